package maildrift.monitor.check;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Verdict;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.ManagedDomain;

/**
 * One look at one domain: all probes' results, and the findings as graded for this domain (waivers,
 * severities, drift added).
 *
 * @param checkedAt when the look ended
 * @param probes in the catalogue's order
 * @param findings the worst first
 * @param contradictions questions about which authoritative servers contradicted each other
 * @param secondHand questions that the authoritative servers were meant to answer, and did not
 */
public record CheckResult(
    ManagedDomain domain,
    Instant checkedAt,
    List<ProbeResult> probes,
    List<Finding> findings,
    List<Contradiction> contradictions,
    Set<Question> secondHand) {

  public CheckResult {
    probes = List.copyOf(probes);
    findings = List.copyOf(findings);
    contradictions = List.copyOf(contradictions);
    secondHand = Set.copyOf(secondHand);
  }

  public CheckResult(
      ManagedDomain domain, Instant checkedAt, List<ProbeResult> probes, List<Finding> findings) {
    this(domain, checkedAt, probes, findings, List.of(), Set.of());
  }

  public List<Gap> gaps() {
    return probes.stream().flatMap(probe -> probe.judgement().gaps().stream()).toList();
  }

  /** Whether this look could not see what a finding with this key is about. */
  public boolean hides(Finding.Key key) {
    return probes.stream().anyMatch(probe -> probe.judgement().hides(key));
  }

  public Verdict verdict() {
    return Verdict.of(findings, gaps());
  }

  /** Whether every probe saw what it saw the last time. */
  public boolean isRecalled() {
    return contradictions.isEmpty() && probes.stream().allMatch(ProbeResult::isRecalled);
  }

  /** The same look with findings that do not come from a probe alone, such as drift. */
  public CheckResult plus(List<Finding> more) {
    return new CheckResult(
        domain,
        checkedAt,
        probes,
        Grading.sorted(Stream.concat(findings.stream(), more.stream()).toList()),
        contradictions,
        secondHand);
  }
}
