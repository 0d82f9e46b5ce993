package maildrift.probes.tls;

import com.google.common.base.Splitter;
import com.google.common.collect.Sets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.smtp.SmtpLook;

/**
 * What is watched of a mail host: its certificates and its extensions, {@code mx.contoso.tld:25
 * certificate} and {@code mx.contoso.tld:25 EHLO}. Judged against the accepted baseline. Pure.
 */
public final class TlsDrift {
  private static final String CERTIFICATE = " certificate";
  private static final String EXTENSIONS = " EHLO";
  static final Set<String> KINDS = Set.of(CERTIFICATE.strip(), EXTENSIONS.strip());

  private static final String PINNED = "pinned";

  /** A renewal is news for so long; nobody need accept it. */
  private static final Duration NEWS = Duration.ofDays(7);

  private static final int MAX_EXTENSIONS = 40;
  private static final int MAX_KEYWORD = 40;

  private TlsDrift() {}

  /** Whether this is one of these records. */
  public static boolean isRecord(String name) {
    return name.endsWith(CERTIFICATE) || name.endsWith(EXTENSIONS);
  }

  /** What all who look at the host see alike: without what one domain demands of it. */
  public static String common(String record, String value) {
    return record.endsWith(CERTIFICATE) && value.startsWith(PINNED + "\n")
        ? value.substring(PINNED.length() + 1)
        : value;
  }

  /**
   * Whether one who sees fewer of a host's addresses than another may see this instead: nothing is
   * in it that the whole has not.
   */
  public static boolean isPart(String record, String value, String whole) {
    return record.endsWith(CERTIFICATE)
        ? parts('\n', whole).containsAll(parts('\n', value))
        : record.endsWith(EXTENSIONS) && parts(' ', whole).containsAll(parts(' ', value));
  }

  private static Set<String> parts(char separator, String value) {
    return Set.copyOf(Splitter.on(separator).omitEmptyStrings().splitToList(value));
  }

  /** The record that a finding of drift is about. */
  public static Optional<String> recordOf(Finding.Key key) {
    return key.rule().equals(TlsRules.CERT_CHANGED.id())
        ? Optional.of(key.subject() + CERTIFICATE)
        : Optional.of(key.subject() + EXTENSIONS)
            .filter(_ -> key.rule().equals(TlsRules.EHLO_EXTENSIONS.id()));
  }

  /**
   * What the difference means.
   *
   * @param at when the host was looked at
   */
  public static Optional<Finding> between(String record, String old, String now, Instant at) {
    var subject = record.substring(0, record.lastIndexOf(' '));
    return (record.endsWith(CERTIFICATE)
            ? certificates(subject, old, now, at)
            : extensions(subject, old, now))
        .map(finding -> finding.with("old", old).with("new", now));
  }

  static String certificateRecord(String subject) {
    return subject + CERTIFICATE;
  }

  static String extensionsRecord(String subject) {
    return subject + EXTENSIONS;
  }

  // ---- Certificates

  /** One line of the record; the issuer is text of strangers, so it stands last. */
  private record Certificate(String sha256, String key, Instant from, String issuer) {
    String text() {
      return "certificate=%s key=%s from=%s issuer=%s".formatted(sha256, key, from, issuer);
    }

    static Optional<Certificate> parse(String line) {
      var parts = Splitter.on(' ').limit(4).splitToList(line);
      if (parts.size() < 4) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Certificate(
                value(parts.get(0)),
                value(parts.get(1)),
                Instant.parse(value(parts.get(2))),
                value(parts.get(3))));
      } catch (DateTimeException _) {
        return Optional.empty();
      }
    }

    private static String value(String part) {
      return part.substring(part.indexOf('=') + 1);
    }
  }

  static String line(Leaf leaf) {
    return new Certificate(leaf.sha256(), leaf.spkiSha256(), leaf.notBefore(), leaf.issuer())
        .text();
  }

  /** Those of all addresses, each once. */
  static String certificates(Collection<String> lines, boolean pinned) {
    return Stream.concat(pinned ? Stream.of(PINNED) : Stream.empty(), new TreeSet<>(lines).stream())
        .collect(Collectors.joining("\n"));
  }

  private static List<Certificate> certificates(String record) {
    return record.lines().flatMap(line -> Certificate.parse(line).stream()).toList();
  }

  private static Optional<Finding> certificates(
      String subject, String old, String now, Instant at) {
    var before = certificates(old);
    var added =
        certificates(now).stream()
            .filter(one -> before.stream().noneMatch(known -> known.sha256().equals(one.sha256())))
            .toList();
    if (added.isEmpty() || before.isEmpty()) {
      return Optional.empty();
    }
    var keys = before.stream().map(Certificate::key).collect(Collectors.toSet());
    var issuers = before.stream().map(Certificate::issuer).collect(Collectors.toSet());
    var newKey = added.stream().anyMatch(one -> !keys.contains(one.key()));
    var newIssuer = added.stream().filter(one -> !issuers.contains(one.issuer())).findFirst();
    var pinned = now.startsWith(PINNED + "\n");
    var isNews = added.stream().anyMatch(one -> one.from().isAfter(at.minus(NEWS)));
    if (!isNews && newIssuer.isEmpty() && !(pinned && newKey)) {
      return Optional.empty();
    }
    var what =
        "%s presents another certificate than accepted, valid from %s, %s, %s"
            .formatted(
                subject,
                added.getFirst().from(),
                newKey ? "with another key" : "with the same key",
                newIssuer
                    .map(one -> "issued by %s instead of %s".formatted(one.issuer(), some(issuers)))
                    .orElse("by the same issuer"));
    return Optional.of(
        Finding.of(
                TlsRules.CERT_CHANGED,
                subject,
                pinned && newKey
                    ? what + ": whoever pinned the key no longer delivers to this host"
                    : what)
            .severity(pinned && newKey ? Severity.CRITICAL : Severity.INFO));
  }

  private static String some(Set<String> issuers) {
    return issuers.stream().sorted().limit(3).collect(Collectors.joining(" or "));
  }

  // ---- Extensions

  /** The keywords that any of these looks showed: what varies is their parameters. */
  static String extensions(Collection<SmtpLook.Spoke> looks) {
    return looks.stream()
        .flatMap(look -> look.extensions().stream())
        .map(TlsDrift::keyword)
        .filter(keyword -> !keyword.isEmpty())
        .distinct()
        .sorted()
        .limit(MAX_EXTENSIONS)
        .collect(Collectors.joining(" "));
  }

  private static String keyword(String extension) {
    var text = extension.strip();
    var end = text.indexOf(' ');
    var keyword = end < 0 ? text : text.substring(0, end);
    return keyword.substring(0, Math.min(MAX_KEYWORD, keyword.length())).toUpperCase(Locale.ROOT);
  }

  private static Optional<Finding> extensions(String subject, String old, String now) {
    var before = keywords(old);
    var after = keywords(now);
    var added = Sets.difference(after, before);
    var removed = Sets.difference(before, after);
    if (added.isEmpty() && removed.isEmpty()) {
      return Optional.empty();
    }
    var lost = removed.contains("STARTTLS");
    return Optional.of(
        Finding.of(
                TlsRules.EHLO_EXTENSIONS,
                subject,
                "%s answers EHLO differently than accepted:%s%s%s"
                    .formatted(
                        subject,
                        listed(" added ", added),
                        listed(" removed ", removed),
                        lost ? "; without STARTTLS mail to it crosses the network in clear" : ""))
            .severity(lost ? Severity.CRITICAL : Severity.INFO));
  }

  private static Set<String> keywords(String record) {
    return new TreeSet<>(Splitter.on(' ').omitEmptyStrings().splitToList(record));
  }

  private static String listed(String word, Set<String> keywords) {
    return keywords.isEmpty() ? "" : word + String.join(", ", keywords);
  }
}
