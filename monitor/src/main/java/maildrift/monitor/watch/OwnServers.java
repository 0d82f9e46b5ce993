package maildrift.monitor.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Finding;

/**
 * The word of the zone's own servers. Where they answered all that a probe asked of the domain,
 * nobody knows better: neither a resolver that remembers what was, nor one that lies, confirms or
 * denies it. Pure.
 *
 * @param look the one at the authoritative servers
 * @param probes those that were answered by them alone
 */
record OwnServers(CheckResult look, Set<String> probes) {
  OwnServers {
    probes = Set.copyOf(probes);
  }

  static OwnServers of(CheckResult look) {
    return new OwnServers(
        look,
        look.probes().stream()
            .filter(probe -> isFirstHand(probe, look))
            .map(ProbeResult::probe)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * What else than DNS was looked at, such as a mail server, they have no say in. Where the
   * domain's names lead, such as a provider's record, the resolvers may have had to answer.
   */
  private static boolean isFirstHand(ProbeResult probe, CheckResult look) {
    var own =
        probe.asked().stream()
            .filter(question -> question.name().isWithin(look.domain().name()))
            .toList();
    return probe.mark().isPresent()
        && probe.judgement().gaps().isEmpty()
        && !own.isEmpty()
        && own.stream().noneMatch(look.secondHand()::contains);
  }

  boolean knows(Optional<String> probe) {
    return probe.filter(probes::contains).isPresent();
  }

  /** Another look with theirs in place of what they know better. */
  CheckResult over(CheckResult other, Function<Finding.Key, Optional<String>> probeOf) {
    var findings = new ArrayList<Finding>();
    other.findings().stream()
        .filter(finding -> !knows(probeOf.apply(finding.key())))
        .forEach(findings::add);
    findings.addAll(findings(probeOf));
    var own =
        look.probes().stream()
            .filter(probe -> probes.contains(probe.probe()))
            .collect(Collectors.toMap(ProbeResult::probe, probe -> probe));
    return new CheckResult(
            other.domain(),
            look.checkedAt(),
            other.probes().stream().map(probe -> own.getOrDefault(probe.probe(), probe)).toList(),
            List.of(),
            other.contradictions(),
            Set.of())
        .plus(findings);
  }

  /** What they know of. */
  List<Finding> findings(Function<Finding.Key, Optional<String>> probeOf) {
    return look.findings().stream().filter(finding -> knows(probeOf.apply(finding.key()))).toList();
  }
}
