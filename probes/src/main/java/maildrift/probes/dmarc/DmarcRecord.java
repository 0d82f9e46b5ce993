package maildrift.probes.dmarc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A DMARC policy record (RFC 9989 §4.7, §4.8):
 *
 * <pre>
 * dmarc-record  = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]
 * dmarc-version = "v" equals %s"DMARC1"       ; case sensitive
 * dmarc-sep     = *WSP ";" *WSP
 * dmarc-tag     = 1*ALPHA equals 1*dmarc-value
 * equals        = *WSP "=" *WSP
 * dmarc-value   = %x20-3A / %x3C-7E
 * </pre>
 *
 * Unknown tags are ignored; syntax errors are discarded in favour of defaults and noted in {@code
 * problems}.
 *
 * @param text as published, one char an octet
 * @param p the policy for the domain itself
 * @param sp for its subdomains
 * @param np for subdomains that do not exist
 * @param psd {@code y}, {@code n} or {@code u}
 * @param testing {@code t=y}
 * @param strictDkim {@code adkim=s}
 * @param strictSpf {@code aspf=s}
 * @param failureOptions {@code fo=}; empty when absent
 * @param legacy {@code pct}, {@code rf} and {@code ri} of RFC 7489, as written
 * @param problems half sentences, for people
 */
public record DmarcRecord(
    String text,
    Asked p,
    Asked sp,
    Asked np,
    char psd,
    boolean testing,
    boolean strictDkim,
    boolean strictSpf,
    Optional<String> failureOptions,
    List<ReportUri> rua,
    List<ReportUri> ruf,
    Map<String, String> legacy,
    List<String> problems) {

  private static final String VERSION = "DMARC1";

  /** A hostile record must not fill an alert, nor have us ask a thousand names. */
  private static final int MAX_PROBLEMS = 8;

  private static final int MAX_URIS = 32;

  public DmarcRecord {
    rua = List.copyOf(rua);
    ruf = List.copyOf(ruf);
    legacy = Map.copyOf(legacy);
    problems = List.copyOf(problems);
  }

  /** A tag that asks for a policy. */
  public sealed interface Asked {

    /** The policy, where a valid one is asked for. */
    default Optional<Policy> valid() {
      return this instanceof For(var policy) ? Optional.of(policy) : Optional.empty();
    }
  }

  public record For(Policy policy) implements Asked {}

  /** Something that is no policy. */
  public record Nonsense(String written) implements Asked {}

  /** The tag is not there. */
  public record Unasked() implements Asked {}

  /**
   * Reads a record; nothing when it is none, because it does not begin with {@code v=DMARC1} and a
   * semicolon or its end.
   */
  public static Optional<DmarcRecord> parse(String text) {
    var semicolon = text.indexOf(';');
    var end = semicolon < 0 ? text.length() : semicolon;
    if (!isVersion(text.substring(0, end))) {
      return Optional.empty();
    }
    var problems = new ArrayList<String>();
    return Optional.of(read(text, tags(text, end + 1, problems), problems));
  }

  private static boolean isVersion(String tag) {
    var equals = tag.indexOf('=');
    return equals > 0
        && trailing(tag.substring(0, equals)).equalsIgnoreCase("v")
        && trimmed(tag.substring(equals + 1)).equals(VERSION);
  }

  /** Tags by name in lower case; the first of two counts. */
  private static Map<String, String> tags(String text, int start, List<String> problems) {
    var tags = new HashMap<String, String>();
    for (var at = start; at <= text.length(); ) {
      var semicolon = text.indexOf(';', at);
      var end = semicolon < 0 ? text.length() : semicolon;
      var tag = trimmed(text.substring(at, end));
      if (!tag.isEmpty()) {
        tag(tag, tags, problems);
      } else if (semicolon >= 0) {
        note(problems, "an empty tag");
      }
      at = end + 1;
    }
    return tags;
  }

  private static void tag(String tag, Map<String, String> tags, List<String> problems) {
    var equals = tag.indexOf('=');
    var name = trailing(equals < 0 ? tag : tag.substring(0, equals)).toLowerCase(Locale.ROOT);
    var value = equals < 0 ? "" : trimmed(tag.substring(equals + 1));
    if (equals < 0) {
      note(problems, shown(tag) + " is no tag: '=' is missing");
    } else if (name.isEmpty() || !name.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
      // Not in the grammar, and unknown in any case: ignored (RFC 9989 §4.7).
      if (!isName(name)) {
        note(problems, shown(name) + " is no tag name");
      }
    } else if (!value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
      note(problems, name + "= has characters that are not allowed");
      tags.putIfAbsent(name, "\u0000");
    } else if (tags.putIfAbsent(name, value) != null) {
      note(problems, name + "= is there twice; receivers differ in which one they take");
    }
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
  }

  private static DmarcRecord read(String text, Map<String, String> tags, List<String> problems) {
    var legacy = new HashMap<String, String>();
    for (var name : List.of("pct", "rf", "ri")) {
      Optional.ofNullable(tags.get(name)).ifPresent(value -> legacy.put(name, shown(value)));
    }
    if (tags.containsKey("v")) {
      note(problems, "v= is there twice");
    }
    return new DmarcRecord(
        text,
        asked(tags, "p"),
        asked(tags, "sp"),
        asked(tags, "np"),
        flag(tags, "psd", "ynu", 'u', problems),
        flag(tags, "t", "yn", 'n', problems) == 'y',
        flag(tags, "adkim", "rs", 'r', problems) == 's',
        flag(tags, "aspf", "rs", 'r', problems) == 's',
        failureOptions(tags, problems),
        uris(tags, "rua", problems),
        uris(tags, "ruf", problems),
        legacy,
        problems);
  }

  private static Asked asked(Map<String, String> tags, String name) {
    var written = tags.get(name);
    if (written == null) {
      return new Unasked();
    }
    return Policy.parse(written).<Asked>map(For::new).orElse(new Nonsense(shown(written)));
  }

  private static char flag(
      Map<String, String> tags,
      String name,
      String allowed,
      char otherwise,
      List<String> problems) {
    var written = tags.get(name);
    if (written == null) {
      return otherwise;
    }
    var value = written.toLowerCase(Locale.ROOT);
    if (value.length() == 1 && allowed.indexOf(value.charAt(0)) >= 0) {
      return value.charAt(0);
    }
    note(
        problems,
        "%s=%s is none of %s, so it counts as %s"
            .formatted(
                name,
                shown(written),
                String.join(", ", allowed.chars().mapToObj(Character::toString).toList()),
                otherwise));
    return otherwise;
  }

  /** {@code 0} and {@code 1} exclude each other; {@code d} and {@code s} may join, once each. */
  private static Optional<String> failureOptions(Map<String, String> tags, List<String> problems) {
    var written = tags.get("fo");
    if (written == null) {
      return Optional.empty();
    }
    var seen = new ArrayList<String>();
    for (var option : written.toLowerCase(Locale.ROOT).split(":", 8)) {
      var value = trimmed(option);
      if (value.length() != 1 || "01ds".indexOf(value) < 0 || seen.contains(value)) {
        note(problems, "fo=" + shown(written) + " is none of 0, 1, d, s, joined by colons");
        return Optional.of("0");
      }
      seen.add(value);
    }
    return Optional.of(String.join(":", seen));
  }

  private static List<ReportUri> uris(
      Map<String, String> tags, String name, List<String> problems) {
    var uris = new ArrayList<ReportUri>();
    var written = tags.get(name);
    for (var at = 0; written != null && at <= written.length() && uris.size() < MAX_URIS; ) {
      var comma = written.indexOf(',', at);
      var end = comma < 0 ? written.length() : comma;
      var uri = ReportUri.parse(trimmed(written.substring(at, end)));
      if (!uri.isValid()) {
        note(
            problems,
            "%s=%s is no address for reports (mailto:name@domain)"
                .formatted(name, shown(uri.text())));
      }
      uris.add(uri);
      at = end + 1;
    }
    return uris;
  }

  private static void note(List<String> problems, String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    }
  }

  /** WSP is the space and the tab (RFC 5234 §B.1). */
  private static String trimmed(String text) {
    var start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return trailing(text.substring(start));
  }

  private static String trailing(String text) {
    var end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static String shown(String text) {
    var readable = text.length() <= 64 ? text : text.substring(0, 64) + "…";
    var clean = new StringBuilder(readable.length());
    for (var i = 0; i < readable.length(); i++) {
      var c = readable.charAt(i);
      clean.append((c >= 0x20 && c < 0x7f) || c == '…' ? c : '?');
    }
    return clean.toString();
  }

  /** URIs that a receiver can use. */
  public List<ReportUri> aggregateReports() {
    return rua.stream().filter(ReportUri::isValid).toList();
  }

  public List<ReportUri> failureReports() {
    return ruf.stream().filter(ReportUri::isValid).toList();
  }

  /**
   * What to do with it (RFC 9989 §4.10.1): without a valid {@code p}, or with an invalid {@code sp}
   * or {@code np}, it counts as {@code p=none} when somebody is to get reports, and otherwise DMARC
   * does not apply at all.
   */
  public Optional<Policies> policies() {
    return policies(isSound(p) && !(p instanceof Unasked) && isSound(sp) && isSound(np));
  }

  /** The same as RFC 7489 §6.6.3 reads it, which does not know {@code np}. */
  Optional<Policies> policiesOf7489() {
    return policies(isSound(p) && !(p instanceof Unasked) && isSound(sp));
  }

  private Optional<Policies> policies(boolean sound) {
    if (sound) {
      var domain = p.valid().orElseThrow();
      var subdomains = sp.valid().orElse(domain);
      return Optional.of(new Policies(domain, subdomains, np.valid().orElse(subdomains)));
    }
    return aggregateReports().isEmpty()
        ? Optional.empty()
        : Optional.of(new Policies(Policy.NONE, Policy.NONE, Policy.NONE));
  }

  private static boolean isSound(Asked asked) {
    return !(asked instanceof Nonsense);
  }

  /**
   * The policies that are in force, before {@code t=y}.
   *
   * @param domain for the domain that publishes the record
   * @param subdomains for its subdomains
   * @param nonexistent for those of them that do not exist
   */
  public record Policies(Policy domain, Policy subdomains, Policy nonexistent) {}

  /** {@code t=y} lowers what it applies to. */
  public Policy effective(Policy policy) {
    return testing ? policy.lowered() : policy;
  }
}
