package maildrift.monitor.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.domain.ManagedDomain;

/**
 * The latest of one probe of one domain.
 *
 * @param seconds how long the look took
 * @param observedAt when it last reached a conclusion without a gap; {@link Instant#EPOCH}: never
 * @param unseenSince since when it has had gaps; {@link Instant#EPOCH}: it has none
 * @param facts a JSON object
 * @param gaps a JSON array
 * @param samples the numbers among the facts, and those that a gap hid from the look as they were
 * @param unseen what the look could not see, with the rules that needed it: its gaps and its asides
 */
public record ProbeState(
    String probe,
    Outcome outcome,
    double seconds,
    Instant observedAt,
    Instant unseenSince,
    String facts,
    String gaps,
    List<FindingState> findings,
    List<Sample> samples,
    List<Gap> unseen) {

  public ProbeState {
    findings = List.copyOf(findings);
    samples = List.copyOf(samples);
    unseen = List.copyOf(unseen);
  }

  static ProbeState of(
      ManagedDomain domain,
      ProbeResult result,
      List<FindingState> findings,
      Instant now,
      ProbeState before) {
    var clear = result.judgement().gaps().isEmpty();
    var unseenSince = before.unseenSince.equals(Instant.EPOCH) ? now : before.unseenSince;
    return new ProbeState(
        result.probe(),
        result.judgement().outcome(),
        CheckJson.seconds(result.took()),
        clear && isSight(result.judgement().outcome()) ? now : before.observedAt,
        clear ? Instant.EPOCH : unseenSince,
        result.isRecalled()
            ? before.facts
            : CheckJson.value(result.judgement().facts(), before.facts),
        clear ? "[]" : CheckJson.gaps(result.judgement().gaps()),
        findings,
        result.isRecalled()
            ? before.samples
            : Samples.after(result.probe(), result.judgement(), domain, before.samples),
        unseenIn(result));
  }

  private static List<Gap> unseenIn(ProbeResult result) {
    var judgement = result.judgement();
    return judgement.asides().isEmpty()
        ? judgement.gaps()
        : Stream.concat(judgement.gaps().stream(), judgement.asides().stream()).toList();
  }

  /** Where nothing could be looked at there may be no gap, because nobody needed it. */
  private static boolean isSight(Outcome outcome) {
    return outcome != Outcome.UNOBSERVABLE;
  }

  static ProbeState none(String probe) {
    return new ProbeState(
        probe,
        Outcome.UNOBSERVABLE,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        "{}",
        "[]",
        List.of(),
        List.of(),
        List.of());
  }

  /** The same, seen again. */
  ProbeState again(ProbeResult recalled, Instant now) {
    return new ProbeState(
        probe,
        outcome,
        CheckJson.seconds(recalled.took()),
        isSight(outcome) ? now : observedAt,
        Instant.EPOCH,
        facts,
        "[]",
        findings,
        samples,
        unseenIn(recalled));
  }

  /** Whether the last look reached a conclusion without a gap. */
  public boolean observed() {
    return unseenSince.equals(Instant.EPOCH)
        && isSight(outcome)
        && !observedAt.equals(Instant.EPOCH);
  }

  public boolean hasGaps() {
    return gaps.length() > 2;
  }

  /** What could not be seen that a finding with this key would be about. */
  public Optional<Gap> hides(Finding.Key key) {
    return unseen.stream().filter(gap -> gap.hides(key)).findFirst();
  }

  /** What could not be seen of anything that the rule is held against. */
  public Optional<Gap> hides(String rule) {
    return unseen.stream().filter(gap -> gap.needs(rule)).findFirst();
  }

  boolean sameContent(ProbeState other) {
    return outcome == other.outcome
        && unseenSince.equals(other.unseenSince)
        && facts.equals(other.facts)
        && gaps.equals(other.gaps)
        && unseen.equals(other.unseen)
        // Without a gap the facts say all there is to say.
        && (!hasGaps() || samples.equals(other.samples))
        && findings.size() == other.findings.size()
        && java.util.stream.IntStream.range(0, findings.size())
            .allMatch(i -> findings.get(i).sameContent(other.findings.get(i)));
  }
}
