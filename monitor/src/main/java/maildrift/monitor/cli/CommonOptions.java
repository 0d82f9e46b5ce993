package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command which looks at something takes. */
final class CommonOptions {

  @Option(
      names = "--dns",
      split = ",",
      paramLabel = "HOST[:PORT]",
      description = "Ask these resolvers and nothing else (default: the system's).")
  private List<String> dns = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "One question's whole deadline, retries and TCP included (default: 2s).")
  private @Nullable String timeout;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "json: one compact object a line (default: text).")
  String format = "text";

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PROBE",
      description = "Run only these probes.")
  List<String> only = List.of();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "PROBE",
      description = "Leave these probes out.")
  List<String> skip = List.of();

  @Option(names = "--no-color", description = "No colour on a terminal; NO_COLOR does the same.")
  boolean noColor;

  @Option(
      names = "--ca-file",
      paramLabel = "PEM",
      description = "Trust these certificate authorities besides the system's.")
  private @Nullable Path caFile;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr.")
  boolean verbose;

  boolean json() {
    return switch (format) {
      case "json" -> true;
      case "text" -> false;
      default -> throw new Failure("--format is text or json, not '" + format + "'");
    };
  }

  Optional<Duration> timeout() {
    return Optional.ofNullable(timeout).map(text -> Arguments.duration("--timeout", text));
  }

  List<String> dns() {
    return dns;
  }

  Optional<Path> caFile() {
    return Optional.ofNullable(caFile);
  }

  /** Whether a probe is wanted. */
  boolean wants(String probe) {
    return (only.isEmpty() || only.contains(probe)) && !skip.contains(probe);
  }

  void checkProbeNames() {
    var known = ProbeCatalog.all().stream().map(Probe::name).toList();
    for (var name : List.of(only, skip).stream().flatMap(List::stream).toList()) {
      if (!known.contains(name)) {
        throw new Failure(
            "there is no probe '%s'; the probes are %s".formatted(name, String.join(", ", known)));
      }
    }
  }

  Terminal terminal() {
    return Terminal.standard(noColor);
  }
}
