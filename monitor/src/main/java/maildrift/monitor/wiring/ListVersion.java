package maildrift.monitor.wiring;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import maildrift.alerts.notify.http.Reply;

/**
 * Which version of a document a web server gave, to ask whether it has another one by now (RFC 9110
 * section 13.1).
 *
 * @param tag its entity tag
 * @param modified when it was changed, as the server wrote it
 */
record ListVersion(Optional<String> tag, Optional<String> modified) {
  static final ListVersion UNKNOWN = new ListVersion(Optional.empty(), Optional.empty());

  private static final int LONGEST_TAG = 1024;

  /** RFC 9110 section 8.8.3, without what is not ASCII: it would not come back as it went. */
  private static final Pattern TAG = Pattern.compile("(W/)?\"[!#-~]*\"");

  static ListVersion of(Reply.Answered answer) {
    return new ListVersion(
        answer
            .header("ETag")
            .filter(tag -> tag.length() <= LONGEST_TAG && TAG.matcher(tag).matches()),
        answer.header("Last-Modified").filter(at -> isOld(at, answer)));
  }

  /**
   * Whether no other version can be of the same second (RFC 9110 section 8.8.2.2): that one would
   * be missed for ever.
   */
  private static boolean isOld(String modified, Reply.Answered answer) {
    return instant(modified)
        .flatMap(at -> answer.header("Date").flatMap(ListVersion::instant).map(at::isBefore))
        .orElse(false);
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  boolean isKnown() {
    return tag.isPresent() || modified.isPresent();
  }

  /** What asks for the document only if there is another version of it. */
  Map<String, String> questions() {
    var headers = new LinkedHashMap<String, String>();
    tag.ifPresent(it -> headers.put("If-None-Match", it));
    modified.ifPresent(it -> headers.put("If-Modified-Since", it));
    return headers;
  }
}
