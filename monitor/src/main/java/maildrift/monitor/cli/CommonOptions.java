package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command which looks at something takes. */
abstract sealed class CommonOptions extends OutputOptions permits CheckOptions, SingleOptions {

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
      names = "--ca-file",
      paramLabel = "PEM",
      description = "Trust these certificate authorities besides the system's.")
  private @Nullable Path caFile;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr.")
  private boolean verbose;

  /** Before anything is looked at. */
  void begin() {
    Logging.quiet(verbose);
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
}
