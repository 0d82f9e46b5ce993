package maildrift.probes.mtasts;

import com.google.common.base.Splitter;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import maildrift.probes.dns.DnsName;
import maildrift.probes.textrecord.FieldList;
import maildrift.probes.tls.NameMatch;

/**
 * The policy at {@code /.well-known/mta-sts.txt} (RFC 8461 §3.2):
 *
 * <pre>
 * sts-policy-record = sts-policy-field *WSP *(sts-policy-term sts-policy-field *WSP)
 *                     [sts-policy-term]
 * sts-policy-term   = LF / CRLF
 * version           = %s"version" ":" *WSP %s"STSv1"
 * mode              = %s"mode" ":" *WSP (%s"testing" / %s"enforce" / %s"none")
 * mx                = %s"mx" ":" *WSP ["*."] Domain           ; RFC 5321 §4.1.2
 * max-age           = %s"max_age" ":" *WSP 1*10(DIGIT)        ; at most 31557600
 * extension         = name ":" *WSP vchar [*(%x20 / vchar) vchar]
 * name              = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
 * vchar             = %x21-7E / UTF8-2 / UTF8-3 / UTF8-4
 * </pre>
 *
 * Of a doubled field the first counts, except mx.
 *
 * @param mode empty where it is missing or unknown
 * @param maxAge seconds; empty where it is missing or no number within the bounds
 * @param mx the patterns, in lower case, in their order
 * @param sha256 of the octets, lower-case hex
 * @param faults for which senders refuse it, half a sentence each; none: it is usable
 * @param oddities against the grammar, but such as most senders read over: empty lines
 */
public record StsPolicy(
    Optional<Mode> mode,
    OptionalLong maxAge,
    List<String> mx,
    String sha256,
    List<String> faults,
    List<String> oddities) {

  private static final long MAX_MAX_AGE = 31_557_600;
  private static final int MAX_LINES = 2_000;
  private static final int MAX_FAULTS = 10;

  public StsPolicy {
    mx = List.copyOf(mx);
    faults = List.copyOf(faults);
    oddities = List.copyOf(oddities);
  }

  /** What senders are to do with mail that cannot be delivered as the policy says (§5). */
  public enum Mode {
    ENFORCE,
    TESTING,
    NONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Mode> of(String word) {
      for (var mode : values()) {
        if (mode.word().equals(word)) {
          return Optional.of(mode);
        }
      }
      return Optional.empty();
    }
  }

  public boolean isUsable() {
    return faults.isEmpty();
  }

  /** Whether a sender would take this host for one of the domain's (§4.1). */
  public boolean covers(DnsName host) {
    return mx.stream().anyMatch(pattern -> NameMatch.matches(pattern, host));
  }

  /**
   * Reads a body.
   *
   * @param octets one char each
   */
  public static StsPolicy parse(String octets) {
    var body = octets.getBytes(StandardCharsets.ISO_8859_1);
    var sha256 = Hashing.sha256().hashBytes(body).toString();
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException _) {
      return new StsPolicy(
          Optional.empty(),
          OptionalLong.empty(),
          List.of(),
          sha256,
          List.of("it is not UTF-8"),
          List.of());
    }
    return new Reader().read(text, sha256);
  }

  /** Collects a policy line by line. */
  private static final class Reader {
    private final List<String> faults = new ArrayList<>();
    private final List<String> oddities = new ArrayList<>();
    private final List<String> mx = new ArrayList<>();
    private final HashSet<String> seen = new HashSet<>();
    private Optional<Mode> mode = Optional.empty();
    private OptionalLong maxAge = OptionalLong.empty();

    StsPolicy read(String text, String sha256) {
      var lines = Splitter.on('\n').limit(MAX_LINES + 1).splitToList(text);
      if (lines.size() > MAX_LINES) {
        fault("it has more than %d lines".formatted(MAX_LINES));
      } else {
        var last = lines.size() - 1;
        for (var i = 0; i <= last; i++) {
          line(withoutReturn(lines.get(i)), i == last);
        }
        complete();
      }
      return new StsPolicy(mode, maxAge, mx, sha256, faults, oddities);
    }

    private static String withoutReturn(String line) {
      return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private void line(String written, boolean isLast) {
      var line = withoutSpaceAtTheEnd(written);
      if (line.isEmpty()) {
        if (!(isLast && written.isEmpty()) && oddities.isEmpty()) {
          oddities.add("it has an empty line");
        }
        return;
      }
      if (line.charAt(0) == '\ufeff') {
        fault("it begins with a byte order mark");
        return;
      }
      var colon = line.indexOf(':');
      var name = colon < 0 ? "" : line.substring(0, colon);
      if (!isName(name)) {
        fault("not a field: " + FieldList.quoted(line));
        return;
      }
      var from = colon + 1;
      while (from < line.length() && isSpace(line.charAt(from))) {
        from++;
      }
      field(name, line.substring(from));
    }

    private void field(String name, String value) {
      var isFirst = seen.add(name);
      if (name.equals("mx")) {
        mx(value);
      } else if (isFirst) {
        switch (name) {
          case "version" -> {
            if (!value.equals("STSv1")) {
              fault("version must be STSv1, not " + FieldList.quoted(value));
            }
          }
          case "mode" -> {
            mode = Mode.of(value);
            if (mode.isEmpty()) {
              fault("mode must be enforce, testing or none, not " + FieldList.quoted(value));
            }
          }
          case "max_age" -> {
            maxAge = seconds(value);
            if (maxAge.isEmpty()) {
              fault(
                  "max_age must be 0 to %d seconds, not %s"
                      .formatted(MAX_MAX_AGE, FieldList.quoted(value)));
            }
          }
          default -> {
            if (!isText(value)) {
              fault("%s has no value that may stand there".formatted(name));
            }
          }
        }
      }
    }

    private void mx(String value) {
      var host = value.startsWith("*.") ? value.substring(2) : value;
      if (value.chars().anyMatch(c -> c > 0x7e)) {
        fault(
            "mx must be written in A-labels (xn--…), not %s"
                .formatted(maildrift.probes.smtp.CleanText.of(value, 80)));
      } else if (!isDomain(host)) {
        fault("mx must be a host name or *. and one, not " + FieldList.quoted(value));
      } else {
        mx.add(value.toLowerCase(Locale.ROOT));
      }
    }

    private void complete() {
      for (var name : List.of("version", "mode", "max_age")) {
        if (!seen.contains(name)) {
          fault(name + " is missing");
        }
      }
      if (!seen.contains("mx") && !mode.equals(Optional.of(Mode.NONE))) {
        fault("mx is missing");
      }
    }

    private void fault(String why) {
      if (faults.size() < MAX_FAULTS) {
        faults.add(why);
      }
    }

    private static OptionalLong seconds(String value) {
      if (value.isEmpty()
          || value.length() > 10
          || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return OptionalLong.empty();
      }
      var seconds = Long.parseLong(value);
      return seconds <= MAX_MAX_AGE ? OptionalLong.of(seconds) : OptionalLong.empty();
    }

    private static boolean isName(String name) {
      return new FieldList.Field(name, "x").isExtension();
    }

    /** RFC 5321: labels of letters, digits and inner hyphens. */
    private static boolean isDomain(String host) {
      if (DnsName.parse(host).isEmpty()) {
        return false;
      }
      return Splitter.on('.')
          .splitToStream(host)
          .allMatch(
              label ->
                  !label.isEmpty()
                      && label.charAt(0) != '-'
                      && label.charAt(label.length() - 1) != '-'
                      && label.chars().allMatch(c -> c == '-' || FieldList.isAlphanumeric(c)));
    }

    private static boolean isText(String value) {
      return !value.isEmpty() && value.chars().allMatch(c -> c >= 0x20 && c != 0x7f);
    }

    private static String withoutSpaceAtTheEnd(String line) {
      var end = line.length();
      while (end > 0 && isSpace(line.charAt(end - 1))) {
        end--;
      }
      return line.substring(0, end);
    }

    private static boolean isSpace(char c) {
      return c == ' ' || c == '\t';
    }
  }
}
