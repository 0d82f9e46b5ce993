package maildrift.monitor.check;

import java.time.Duration;
import java.util.OptionalLong;
import maildrift.probes.Judgement;

/**
 * What one probe found in one look.
 *
 * @param probe its name
 * @param took from the first question to the judgement
 * @param mark of what it saw, where the judgement depends on nothing else
 * @param isRecalled the probe saw what it saw the last time, so that this is the judgement of then;
 *     it carries no facts
 * @param alone the judgement before those of the siblings were known: what the mark stands for
 */
public record ProbeResult(
    String probe,
    Duration took,
    Judgement judgement,
    OptionalLong mark,
    boolean isRecalled,
    Judgement alone) {

  public ProbeResult(
      String probe, Duration took, Judgement judgement, OptionalLong mark, boolean isRecalled) {
    this(probe, took, judgement, mark, isRecalled, judgement);
  }

  public ProbeResult(String probe, Duration took, Judgement judgement) {
    this(probe, took, judgement, OptionalLong.empty(), false);
  }

  /** The same with what the siblings added. */
  ProbeResult judgement(Judgement completed) {
    return new ProbeResult(probe, took, completed, mark, isRecalled, alone);
  }
}
