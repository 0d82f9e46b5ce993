package maildrift.monitor.check;

import java.time.Duration;
import maildrift.probes.Judgement;

/**
 * What one probe found in one look.
 *
 * @param probe its name
 * @param took from the first question to the judgement
 */
public record ProbeResult(String probe, Duration took, Judgement judgement) {}
