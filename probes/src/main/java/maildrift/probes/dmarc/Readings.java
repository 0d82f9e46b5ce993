package maildrift.probes.dmarc;

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
    var none = percent(at.record()).filter(percent -> percent == 0).isPresent();
    return none ? policy.map(Policy::lowered) : policy;
  }

  static Optional<Integer> percent(DmarcRecord record) {
    return Optional.ofNullable(record.legacy().get("pct"))
        .filter(text -> !text.isEmpty() && text.length() <= 3)
        .filter(text -> text.chars().allMatch(c -> c >= '0' && c <= '9'))
        .map(Integer::valueOf)
        .filter(percent -> percent <= 100);
  }

  List<String> differences() {
    if (found instanceof Found.Hidden
        || found7489 instanceof Found.Hidden
        || effective().equals(effective7489())) {
      return List.of();
    }
    return List.of(
        "receivers of RFC 9989 apply %s, those of RFC 7489 apply %s"
            .formatted(described(found, effective()), described(found7489, effective7489())));
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
