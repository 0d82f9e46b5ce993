package maildrift.probes.bimi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dmarc.DmarcRecord;
import maildrift.probes.dmarc.Policy;
import maildrift.probes.domain.ManagedDomain;

/**
 * BIMI wants DMARC to be enforced. Read from the watched records, because a judgement that is
 * recalled has no facts. Pure.
 */
final class Enforcement {
  private Enforcement() {}

  static Judgement judge(ManagedDomain managed, Judgement own, Judgement dmarc) {
    var name = managed.name().toString();
    var record = own.records().getOrDefault(BimiProbe.LABEL.owner(managed) + " BIMI", "");
    if (record.isEmpty() || BimiRecord.parse(record).declined()) {
      return own;
    }
    if (dmarc.outcome() == Outcome.UNOBSERVABLE) {
      var why =
          Stream.concat(dmarc.gaps().stream(), dmarc.asides().stream())
              .map(Gap::why)
              .findFirst()
              .orElse("could not look");
      return own.aside(
          Gap.of(BimiProbe.NAME, "_dmarc." + name + " TXT", why, BimiRules.DMARC.id())
              .subject(name));
    }
    var problems = problems(name, dmarc);
    return problems.isEmpty()
        ? own
        : own.plus(
            Finding.of(
                    BimiRules.DMARC,
                    name,
                    "mail programs show no logo for %s: %s"
                        .formatted(name, String.join("; ", problems)))
                .cause("_dmarc." + name + " TXT")
                .with("problems", problems));
  }

  private static List<String> problems(String name, Judgement dmarc) {
    var own = dmarc.records().getOrDefault("_dmarc." + name + " DMARC", "");
    var inherited =
        dmarc.records().entrySet().stream()
            .filter(entry -> entry.getKey().endsWith(" DMARC") && !entry.getValue().isEmpty())
            .map(Map.Entry::getValue)
            .findFirst();
    var text = own.isEmpty() ? inherited : Optional.of(own);
    var record = text.flatMap(DmarcRecord::parse);
    if (record.isEmpty() || record.get().policies().isEmpty()) {
      return List.of("it has no DMARC policy");
    }
    var policies = record.get().policies().get();
    var problems = new ArrayList<String>();
    var domain = own.isEmpty() ? policies.subdomains() : policies.domain();
    if (domain == Policy.NONE) {
      problems.add("its DMARC policy is none");
    } else if (policies.subdomains() == Policy.NONE) {
      problems.add("the DMARC policy of its subdomains is none");
    }
    if (record.get().testing()) {
      problems.add("its DMARC policy is a test (t=y)");
    }
    var share = record.get().legacy().getOrDefault("pct", "100");
    if (!share.equals("100")) {
      problems.add("its DMARC policy is for a part of the mail only (pct)");
    }
    return problems;
  }
}
