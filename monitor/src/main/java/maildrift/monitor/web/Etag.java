package maildrift.monitor.web;

import com.google.common.base.Splitter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/**
 * Strong entity tags (RFC 9110 section 8.8.3): one says which octets an answer has. Compressed ones
 * are other octets, and have another tag.
 */
final class Etag {
  private static final String NAME = "ETag";
  private static final String COMPRESSED = "-gzip";
  private static final int OCTETS = 16;

  private Etag() {}

  /** The same answer with its tag; whoever keeps it asks each time whether it is still so. */
  static Answer tagged(Answer answer) {
    if (answer.status() != 200) {
      return answer;
    }
    var headers = new LinkedHashMap<>(answer.headers());
    headers.put(NAME, "\"" + of(answer.body()) + "\"");
    headers.putIfAbsent("Cache-Control", "private, no-cache");
    headers.put("Vary", "Accept-Encoding, Authorization");
    return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
  }

  /** The tag of the same answer, compressed. */
  static Map<String, String> compressed(Map<String, String> headers) {
    var changed = new LinkedHashMap<>(headers);
    changed.computeIfPresent(
        NAME, (_, tag) -> tag.substring(0, tag.length() - 1) + COMPRESSED + "\"");
    return changed;
  }

  /** 304 where the client has this answer. */
  static Optional<Answer> unchanged(Answer answer, Optional<String> ifNoneMatch) {
    var tag = answer.headers().get(NAME);
    if (tag == null || ifNoneMatch.isEmpty() || !isIn(ifNoneMatch.get(), tag)) {
      return Optional.empty();
    }
    return Optional.of(new Answer(304, answer.contentType(), new byte[0], answer.headers()));
  }

  private static boolean isIn(String header, String tag) {
    return header.strip().equals("*")
        || Splitter.on(',')
            .trimResults()
            .splitToStream(header)
            // Where nothing is changed the weak comparison is enough (section 13.1.2).
            .map(one -> one.startsWith("W/") ? one.substring(2) : one)
            .anyMatch(tag::equals);
  }

  /** Refuses a change of something that has become another one since its caller looked at it. */
  static void require(Request request, Answer now) {
    var ifMatch = request.headers().get("If-Match");
    if (ifMatch == null) {
      return;
    }
    var tag = of(now.body());
    var matches =
        ifMatch.strip().equals("*")
            || Splitter.on(',')
                .trimResults()
                .splitToStream(ifMatch)
                .anyMatch(
                    one ->
                        one.equals("\"" + tag + "\"")
                            || one.equals("\"" + tag + COMPRESSED + "\""));
    if (!matches) {
      throw Refusal.of(
          412,
          "Precondition failed",
          "it was changed since you looked at it; get it again (If-Match names another ETag)");
    }
  }

  private static String of(byte[] body) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(body), OCTETS));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
