package maildrift.monitor.wiring;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.Reply;
import maildrift.alerts.notify.http.Request;
import maildrift.monitor.config.DiscoveryConfig;
import maildrift.monitor.config.TargetList;

/** Gets the documents of a source; what cannot be got, or is too long, is no list. */
final class TargetSource {
  private static final int NOT_MODIFIED = 304;

  private TargetSource() {}

  /** There is no list; the message says why. */
  static final class Away extends Exception {
    private static final long serialVersionUID = 1;

    Away(String why) {
      super(why);
    }
  }

  /**
   * What a source said.
   *
   * @param documents by what they are called
   * @param version how a web server is asked whether it says the same still
   */
  record Said(Map<String, String> documents, ListVersion version) {
    static final Said NOTHING = new Said(Map.of(), ListVersion.UNKNOWN);

    Said {
      documents = Map.copyOf(documents);
    }
  }

  /**
   * What a source says; blocks.
   *
   * @param before what it said when it was last believed; a web server is spared saying it again
   */
  static Said said(DiscoveryConfig source, Said before) throws Away {
    return switch (source.source()) {
      case DiscoveryConfig.Files files -> new Said(read(files), ListVersion.UNKNOWN);
      case DiscoveryConfig.Url url -> get(url, source.refreshInterval(), before);
    };
  }

  /** What tells a file from the one before without reading it. */
  record Stamp(Path file, Object key, FileTime modified, long size) {}

  /** Of all that is there. */
  static List<Stamp> stamps(DiscoveryConfig.Files files) {
    var stamps = new ArrayList<Stamp>();
    try {
      for (var file : found(files)) {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        stamps.add(
            new Stamp(
                file,
                String.valueOf(attributes.fileKey()),
                attributes.lastModifiedTime(),
                attributes.size()));
      }
    } catch (Away | IOException _) {
      return List.of(); // Reading says why.
    }
    return stamps;
  }

  private static Map<String, String> read(DiscoveryConfig.Files files) throws Away {
    var texts = new LinkedHashMap<String, String>();
    var left = TargetList.MOST_BYTES;
    for (var file : found(files)) {
      try (var in = Files.newInputStream(file)) {
        var bytes = in.readNBytes(left + 1);
        left -= bytes.length;
        if (left < 0) {
          throw new Away(
              "its files are longer than %d MiB".formatted(TargetList.MOST_BYTES / 1024 / 1024));
        }
        texts.put(
            file.toString(), // Two folders may have files of one name.
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException _) {
        throw new Away("%s is not UTF-8".formatted(file.getFileName()));
      } catch (IOException failure) {
        throw new Away("%s cannot be read: %s".formatted(file.getFileName(), failure));
      }
    }
    if (texts.isEmpty()) {
      throw new Away(
          "there is no file %s"
              .formatted(
                  String.join(
                      ", ",
                      files.patterns().stream().map(DiscoveryConfig.Pattern::shown).toList())));
    }
    return texts;
  }

  /** All files; one that is named without {@code *} and is not there takes nothing away. */
  private static List<Path> found(DiscoveryConfig.Files files) throws Away {
    var found = new TreeSet<Path>();
    for (var pattern : files.patterns()) {
      try (var matching = Files.newDirectoryStream(pattern.folder(), pattern.glob())) {
        var those = new ArrayList<Path>();
        matching.forEach(those::add);
        if (those.isEmpty() && !pattern.glob().contains("*")) {
          throw new Away("there is no file %s".formatted(pattern.shown()));
        }
        found.addAll(those);
      } catch (DirectoryIteratorException failure) {
        throw new Away("%s cannot be listed: %s".formatted(pattern.shown(), failure.getCause()));
      } catch (IOException failure) {
        throw new Away("%s cannot be listed: %s".formatted(pattern.shown(), failure));
      }
    }
    return new ArrayList<>(found);
  }

  /** As Prometheus asks: how often it comes is said, and it waits no longer than until then. */
  private static Said get(DiscoveryConfig.Url source, Duration refresh, Said before) throws Away {
    var host = String.valueOf(source.url().getHost());
    var headers = new LinkedHashMap<String, String>();
    headers.put("Accept", "application/json");
    headers.put(
        "X-Prometheus-Refresh-Interval-Seconds",
        BigDecimal.valueOf(refresh.toMillis(), 3).stripTrailingZeros().toPlainString());
    headers.putAll(before.version().questions());
    try {
      for (Credentials credentials : source.credentials().stream().toList()) {
        headers.put("Authorization", credentials.header());
      }
    } catch (IOException failure) {
      throw new Away("its credentials cannot be read: " + failure.getMessage());
    }
    var request =
        new Request(
            "GET",
            source.url(),
            headers,
            "",
            source.allowPrivate(),
            refresh.compareTo(Request.DEADLINE) < 0 ? refresh : Request.DEADLINE,
            TargetList.MOST_BYTES);
    return switch (GuardedHttp.standard().send(request)) {
      case Reply.Answered answered
          when answered.status() == NOT_MODIFIED && before.version().isKnown() ->
          before;
      // Otherwise http_sd asks for 200 and nothing else.
      case Reply.Answered answered when answered.status() != 200 ->
          throw new Away("%s answered %d".formatted(host, answered.status()));
      case Reply.Answered answered when !answered.complete() ->
          throw new Away(
              "the answer of %s broke off, or is longer than %d MiB"
                  .formatted(host, TargetList.MOST_BYTES / 1024 / 1024));
      case Reply.Answered answered ->
          new Said(Map.of(host, answered.body()), ListVersion.of(answered));
      case Reply.Unanswered(_, var why) ->
          throw new Away("%s could not be reached: %s".formatted(host, why));
    };
  }
}
