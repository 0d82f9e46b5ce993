package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.Overrides;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom a command asks, how long it waits, and whom it trusts. */
final class NetworkOptions {

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

  Optional<Duration> timeout() {
    return Optional.ofNullable(timeout).map(text -> Arguments.questionTimeout("--timeout", text));
  }

  /** What these options say over a configuration. */
  Overrides overrides() {
    return new Overrides(Arguments.servers("--dns", dns), timeout(), Set.of());
  }

  Optional<Path> caFile() {
    return Optional.ofNullable(caFile);
  }
}
