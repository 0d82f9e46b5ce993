package maildrift.probes.dmarc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dmarc.ReportPaths.Consent;
import maildrift.probes.dmarc.TreeWalk.Found;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;

/** What receivers of RFC 9989, and of RFC 7489, make of the same answers. Pure. */
final class Readings {
  private final DnsName domain;
  private final DmarcProbe.Seen seen;
  private final Found found;
  private final Found found7489;

  Readings(DnsName domain, DmarcProbe.Seen seen) {
    this.domain = domain;
    this.seen = seen;
    this.found = TreeWalk.rfc9989(domain, seen.policies());
    this.found7489 = TreeWalk.rfc7489(domain, seen.policies());
  }

  Found found() {
    return found;
  }

  Found found7489() {
    return found7489;
  }

  /** Where the record stands; nothing when there is none, or nothing is known. */
  static Optional<Found.At> at(Found found) {
    return found instanceof Found.At at ? Optional.of(at) : Optional.empty();
  }

  Answer answer(DnsName name) {
    var answer = seen.policies().get(name);
    return answer == null
        ? new Answer.Unanswered(Answer.Failure.UNASKABLE, "not asked", "")
        : answer;
  }

  /** The policy for mail from the domain itself; nothing when none applies or it is not known. */
  Optional<Policy> effective() {
    return found instanceof Found.At at
        ? published(at).map(at.record()::effective)
        : Optional.empty();
  }

  /** The same before {@code t=y}. */
  Optional<Policy> published(Found.At at) {
    var policies = at.record().policies();
    if (at.foundAt().equals(domain)) {
      return policies.map(DmarcRecord.Policies::domain);
    }
    if (!DmarcProbe.dependsOnExistence(at, domain, seen.policies())) {
      return policies.map(DmarcRecord.Policies::subdomains);
    }
    return switch (existence()) {
      case Answer.Unanswered _ -> Optional.empty();
      // An alias exists, even where it leads to nothing.
      case Answer.NoSuchName gone when gone.aliases().isEmpty() ->
          policies.map(DmarcRecord.Policies::nonexistent);
      case Answer.NoSuchName _, Answer.Found _, Answer.NoData _ ->
          policies.map(DmarcRecord.Policies::subdomains);
    };
  }

  boolean isExistenceHidden() {
    return found instanceof Found.At at
        && DmarcProbe.dependsOnExistence(at, domain, seen.policies())
        && existence() instanceof Answer.Unanswered;
  }

  Answer existence() {
    return seen.existence()
        .orElse(new Answer.Unanswered(Answer.Failure.UNASKABLE, "not asked", ""));
  }

  Optional<Policy> effective7489() {
    if (!(found7489 instanceof Found.At at)) {
      return Optional.empty();
    }
    var policies = at.record().policiesOf7489();
    var policy =
        at.foundAt().equals(domain)
            ? policies.map(DmarcRecord.Policies::domain)
            : policies.map(DmarcRecord.Policies::subdomains);
    // RFC 7489 §6.6.4: what the percentage leaves out is treated one level lower.
    return percentIsZero(at.record()) ? policy.map(Policy::lowered) : policy;
  }

  private static boolean percentIsZero(DmarcRecord record) {
    return percent(record).filter(percent -> percent == 0).isPresent();
  }

  static Optional<Integer> percent(DmarcRecord record) {
    return Optional.ofNullable(record.legacy().get("pct"))
        .filter(text -> !text.isEmpty() && text.length() <= 3)
        .filter(text -> text.chars().allMatch(c -> c >= '0' && c <= '9'))
        .map(Integer::valueOf)
        .filter(percent -> percent <= 100);
  }

  /**
   * What is in force after {@code t=y} or {@code pct=0}; nothing where no policy applies or it is
   * not known.
   *
   * @param domain for mail from the domain itself
   * @param subdomains from names below it
   * @param nonexistent from names below it that do not exist
   */
  record InForce(
      Optional<Policy> domain, Optional<Policy> subdomains, Optional<Policy> nonexistent) {}

  InForce inForce() {
    var policies = at(found).map(Found.At::record).flatMap(DmarcRecord::policies);
    return new InForce(
        effective(),
        policies.map(DmarcRecord.Policies::subdomains).map(this::lowered),
        policies.map(DmarcRecord.Policies::nonexistent).map(this::lowered));
  }

  private Policy lowered(Policy policy) {
    return at(found).map(at -> at.record().effective(policy)).orElse(policy);
  }

  /** RFC 7489 does not ask whether a name exists. */
  InForce inForce7489() {
    var at = at(found7489);
    var subdomains =
        at.map(Found.At::record)
            .flatMap(DmarcRecord::policiesOf7489)
            .map(DmarcRecord.Policies::subdomains)
            .map(policy -> percentIsZero(at.get().record()) ? policy.lowered() : policy);
    return new InForce(effective7489(), subdomains, subdomains);
  }

  /** Of the policy for the domain itself. */
  Optional<String> difference() {
    return isHidden() || effective().equals(effective7489())
        ? Optional.empty()
        : Optional.of(
            differing(described(found, effective()), described(found7489, effective7489())));
  }

  private boolean isHidden() {
    return found instanceof Found.Hidden || found7489 instanceof Found.Hidden;
  }

  private static String differing(String rfc9989, String rfc7489) {
    return "receivers of RFC 9989 apply %s, those of RFC 7489 apply %s".formatted(rfc9989, rfc7489);
  }

  /** Each once: what is said of the domain is not said again of the names below it. */
  List<String> differences() {
    var differences = new ArrayList<String>();
    difference().ifPresent(differences::add);
    if (isHidden()) {
      return differences;
    }
    var now = inForce();
    var before = inForce7489();
    var subdomainsAsDomain =
        now.subdomains().equals(now.domain()) && before.subdomains().equals(before.domain());
    if (!subdomainsAsDomain && !now.subdomains().equals(before.subdomains())) {
      differences.add(
          "for subdomains "
              + differing(
                  described(found, now.subdomains()), described(found7489, before.subdomains())));
    }
    if (!now.nonexistent().equals(now.subdomains())
        && !now.nonexistent().equals(before.nonexistent())) {
      differences.add(
          "for subdomains that do not exist "
              + differing(
                  described(found, now.nonexistent()), described(found7489, before.nonexistent())));
    }
    at(found7489)
        .map(Found.At::record)
        .flatMap(Readings::percent)
        .filter(percent -> percent > 0 && percent < 100)
        .filter(_ -> before.domain().filter(policy -> policy != Policy.NONE).isPresent())
        .ifPresent(
            percent ->
                differences.add(
                    "receivers of RFC 9989 apply the policy to all mail, those of RFC 7489 to %d %% of it"
                        .formatted(percent)));
    return differences;
  }

  static String described(Found found, Optional<Policy> effective) {
    var policy = effective.map(Policy::word).orElse("nothing");
    return found instanceof Found.At at ? policy + " (from " + at.foundAt() + ")" : policy;
  }

  Consent consent(Found.At at, DnsName destination) {
    var owner = ReportPaths.authorisation(at.foundAt(), destination);
    var answer = Optional.ofNullable(seen.authorisations().get(destination));
    return owner.isPresent() && answer.isEmpty()
        ? Consent.UNKNOWN
        : ReportPaths.consent(destination, answer);
  }
}
