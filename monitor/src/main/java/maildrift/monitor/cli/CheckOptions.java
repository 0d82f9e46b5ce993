package maildrift.monitor.cli;

import java.util.List;
import java.util.stream.Stream;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import picocli.CommandLine.Option;

/** With the choice of probes. */
final class CheckOptions extends CommonOptions {

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PROBE",
      description = "Run only these probes.")
  private List<String> only = List.of();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "PROBE",
      description = "Leave these probes out.")
  private List<String> skip = List.of();

  /** Whether a probe is wanted. */
  boolean wants(String probe) {
    return (only.isEmpty() || only.contains(probe)) && !skip.contains(probe);
  }

  void checkProbeNames() {
    var known = ProbeCatalog.all().stream().map(Probe::name).toList();
    for (var name : Stream.concat(only.stream(), skip.stream()).toList()) {
      if (!known.contains(name)) {
        throw new Failure(
            "there is no probe '%s'; the probes are %s".formatted(name, String.join(", ", known)));
      }
    }
  }
}
