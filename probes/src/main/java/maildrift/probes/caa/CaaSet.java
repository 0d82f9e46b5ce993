package maildrift.probes.caa;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.dns.Rdata;
import maildrift.probes.smtp.CleanText;

/**
 * The CAA records of one name, and what they allow.
 *
 * @param properties in the records' order
 */
record CaaSet(List<Property> properties) {
  private static final int CRITICAL = 128;
  private static final int MAX_SHOWN = 256;

  /** IANA, "Certification Authority Restriction Properties". */
  private static final Set<String> ISSUE_TAGS =
      Set.of("issue", "issuewild", "issuemail", "issuevmc");

  private static final Set<String> OTHER_TAGS = Set.of("iodef", "contactemail", "contactphone");

  CaaSet {
    properties = List.copyOf(properties);
  }

  static CaaSet of(List<Rdata.Caa> records) {
    return new CaaSet(records.stream().map(CaaSet::property).toList());
  }

  private static Property property(Rdata.Caa caa) {
    return new Property(
        caa.flags(),
        caa.tag().toLowerCase(Locale.ROOT),
        caa.value(),
        CleanText.of(caa.text(), MAX_SHOWN));
  }

  /**
   * One record.
   *
   * @param tag in lower case (RFC 8659 §4.1)
   * @param shown the record as text, clean and cut
   */
  record Property(int flags, String tag, String value, String shown) {

    boolean isCritical() {
      return (flags & CRITICAL) != 0;
    }

    boolean isKnown() {
      return ISSUE_TAGS.contains(tag) || OTHER_TAGS.contains(tag);
    }

    /** The authority it names; empty: none at all, which a malformed value says too (§4.2). */
    Optional<String> issuer() {
      return IssueValue.parse(value).flatMap(IssueValue::issuer);
    }

    boolean isMalformedIssue() {
      return ISSUE_TAGS.contains(tag) && IssueValue.parse(value).isEmpty();
    }

    /** RFC 8659 §4.4: mailto, http or https. */
    boolean isMalformedIodef() {
      return tag.equals("iodef") && !isReportUrl(value);
    }

    private static boolean isReportUrl(String value) {
      var lower = value.toLowerCase(Locale.ROOT);
      var clean = value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
      if (lower.startsWith("mailto:")) {
        var at = value.indexOf('@');
        return clean && at > "mailto:".length() && at < value.length() - 1;
      }
      return clean && Stream.of("https://", "http://").anyMatch(scheme -> has(lower, scheme));
    }

    private static boolean has(String url, String scheme) {
      return url.startsWith(scheme) && url.length() > scheme.length();
    }
  }

  /** What is wrong with a record, and how much of it an authority would care about. */
  record Problem(Property property, boolean blocksIssuance, String text) {}

  List<String> issuers(String tag) {
    return properties.stream()
        .filter(property -> property.tag().equals(tag))
        .map(property -> property.issuer().orElse(";"))
        .distinct()
        .toList();
  }

  List<String> values(String tag) {
    return properties.stream()
        .filter(property -> property.tag().equals(tag))
        .map(property -> CleanText.of(property.value(), MAX_SHOWN))
        .toList();
  }

  List<String> shown() {
    return properties.stream().map(Property::shown).toList();
  }

  /** It says who may issue certificates of servers; without, every authority may. */
  boolean restricts() {
    return has("issue") || has("issuewild") || forbidsAll();
  }

  private boolean has(String tag) {
    return properties.stream().anyMatch(property -> property.tag().equals(tag));
  }

  /** Something is marked critical that no authority knows. */
  boolean forbidsAll() {
    return properties.stream().anyMatch(CaaSet::isUnknown);
  }

  /** RFC 8659 §4.1: an authority that does not know a critical property must not issue. */
  private static boolean isUnknown(Property property) {
    return property.isCritical() && !property.isKnown();
  }

  /**
   * Whether an authority may issue (RFC 8659 §4.2, §4.3).
   *
   * @param authority the names by which it calls itself in CAA records
   * @param wildcard for a wildcard name, where {@code issuewild}, if there is any, replaces {@code
   *     issue}
   */
  boolean permits(Set<String> authority, boolean wildcard) {
    if (forbidsAll()) {
      return false;
    }
    var named = allowed(wildcard);
    return named.isEmpty() || named.stream().anyMatch(authority::contains);
  }

  /** Those who may issue; {@code ;} stands for nobody; empty: all may. */
  Set<String> allowed(boolean wildcard) {
    return new LinkedHashSet<>(issuers(wildcard && has("issuewild") ? "issuewild" : "issue"));
  }

  List<Problem> problems() {
    var problems = new ArrayList<Problem>();
    for (var property : properties) {
      if (isUnknown(property)) {
        problems.add(
            new Problem(
                property,
                true,
                "“%s” is marked critical and no authority knows it, so none may issue"
                    .formatted(property.shown())));
      } else if (property.isMalformedIssue()) {
        var blocks = property.tag().equals("issue") || property.tag().equals("issuewild");
        problems.add(
            new Problem(
                property,
                blocks,
                "“%s” is malformed and therefore authorises nobody".formatted(property.shown())));
      } else if (!property.isKnown()) {
        problems.add(
            new Problem(
                property,
                false,
                "“%s” has a tag that no authority knows and is ignored"
                    .formatted(property.shown())));
      } else if ((property.flags() & ~CRITICAL) != 0) {
        problems.add(
            new Problem(
                property,
                false,
                "“%s” has flags other than 0 and 128, which mean nothing"
                    .formatted(property.shown())));
      }
    }
    return problems;
  }
}
