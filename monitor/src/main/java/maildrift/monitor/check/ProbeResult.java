package maildrift.monitor.check;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.ManagedDomain;

/**
 * What one probe found in one look.
 *
 * @param probe its name
 * @param took from the first question to the judgement
 * @param mark of what it saw, where the judgement depends on nothing else
 * @param asked what it asked of DNS, every question as often as it was asked; empty for one that is
 *     recalled
 * @param isRecalled the probe saw what it saw the last time, so that this is the judgement of then;
 *     it carries no facts
 * @param alone the judgement before those of the siblings were known: what the mark stands for
 */
public record ProbeResult(
    String probe,
    Duration took,
    Judgement judgement,
    OptionalLong mark,
    List<Question> asked,
    boolean isRecalled,
    Judgement alone) {

  public ProbeResult {
    asked = List.copyOf(asked);
  }

  public ProbeResult(
      String probe,
      Duration took,
      Judgement judgement,
      OptionalLong mark,
      List<Question> asked,
      boolean isRecalled) {
    this(probe, took, judgement, mark, asked, isRecalled, judgement);
  }

  public ProbeResult(String probe, Duration took, Judgement judgement) {
    this(probe, took, judgement, OptionalLong.empty(), List.of(), false);
  }

  /** The probe has seen nothing of what it looks at. */
  public static ProbeResult unseen(
      Probe<?> probe, ManagedDomain domain, Duration took, String why) {
    var rules = probe.rules().stream().map(Rule::id).toArray(String[]::new);
    return new ProbeResult(
        probe.name(),
        took,
        new Judgement.Builder()
            .add(Gap.of(probe.name(), domain.name() + " " + probe.name(), why, rules))
            .build(Outcome.UNOBSERVABLE));
  }

  static ProbeResult recalled(String probe, Duration took, Judgement judgement, long mark) {
    return new ProbeResult(probe, took, judgement, OptionalLong.of(mark), List.of(), true);
  }

  /** The same with what the siblings added. */
  ProbeResult judgement(Judgement completed) {
    return new ProbeResult(probe, took, completed, mark, asked, isRecalled, alone);
  }
}
