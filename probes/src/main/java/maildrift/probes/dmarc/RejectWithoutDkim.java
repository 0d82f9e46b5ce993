package maildrift.probes.dmarc;

import java.util.Optional;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/**
 * A domain that asks for reject must not rely on SPF alone (RFC 9989 §7.4). Read from the watched
 * records, because a judgement that is recalled has no facts. Pure.
 */
final class RejectWithoutDkim {
  private RejectWithoutDkim() {}

  static Judgement judge(ManagedDomain managed, Judgement own, Judgement dkim) {
    if (own.outcome() != Outcome.OBSERVED
        || (managed.dkim().isEmpty() && managed.prescriptions().isEmpty())) {
      return own;
    }
    var state = DkimProbe.state(dkim);
    var isSafe = state instanceof DkimProbe.State.Works;
    if (isSafe || effective(managed.name(), own).filter(Policy.REJECT::equals).isEmpty()) {
      return own;
    }
    var name = managed.name().toString();
    return switch (state) {
      case DkimProbe.State.Works _, DkimProbe.State.Undeclared _ -> own;
      case DkimProbe.State.Unseen(var unseen, var why) ->
          own.plus(
              Gap.of(DmarcProbe.NAME, unseen, why, DmarcRules.REJECT_SPF_ONLY.id()).subject(name));
      case DkimProbe.State.Broken(var findings) ->
          own.plus(
              Finding.of(
                      DmarcRules.REJECT_SPF_ONLY,
                      name,
                      "%s asks for reject while no DKIM selector works (%s): forwarded mail is refused"
                          .formatted(name, findings.getFirst().message()))
                  // What is to be repaired is the selector.
                  .cause(findings.getFirst().cause())
                  .with("selectors", findings.stream().map(Finding::subject).distinct().toList())
                  .with(
                      "rules",
                      findings.stream().map(found -> found.rule().id()).distinct().toList()));
    };
  }

  /** For the domain itself; of an inherited record the policy for subdomains. */
  private static Optional<Policy> effective(DnsName domain, Judgement own) {
    var at = own.records().get("_dmarc." + domain + " DMARC");
    if (at != null && !at.isEmpty()) {
      return DmarcRecord.parse(at)
          .flatMap(
              record -> record.policies().map(DmarcRecord.Policies::domain).map(record::effective));
    }
    return own.records().values().stream()
        .filter(text -> !text.isEmpty())
        .flatMap(text -> DmarcRecord.parse(text).stream())
        .flatMap(
            record ->
                record
                    .policies()
                    .map(DmarcRecord.Policies::subdomains)
                    .map(record::effective)
                    .stream())
        .findFirst();
  }
}
