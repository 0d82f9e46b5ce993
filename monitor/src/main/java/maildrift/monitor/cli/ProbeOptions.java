package maildrift.monitor.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** The choice of probes. */
final class ProbeOptions {

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PROBE",
      description =
          "Run only these probes. What one says by another's look, as tlsrpt by those of mtasts and "
              + "dane, it says only where both run.")
  private List<String> only = List.of();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "PROBE",
      description = "Leave these probes out.")
  private List<String> skip = List.of();

  /** Which probes are wanted; unknown ones are a {@link Failure}. */
  ProbeChoice choice() {
    return new ProbeChoice(only, skip);
  }
}
