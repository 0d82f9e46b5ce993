package maildrift.monitor.wiring;

import java.nio.file.Path;
import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.Vocabulary;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;

/** The loader that knows this maildrift's probes and rules. */
public final class Loading {
  /** Where systemd keeps what {@code LoadCredential=} gives to the unit of deploy/systemd. */
  private static final Path CREDENTIALS = Path.of("/run/credentials/maildrift.service");

  private Loading() {}

  /** For commands, which may run beside a daemon that is a unit of systemd. */
  public static ConfigLoader besideTheDaemon() {
    return loader().besideTheUnit(CREDENTIALS);
  }

  /** For the daemon. */
  public static ConfigLoader loader() {
    return new ConfigLoader(
        Vocabulary.with(
            WatchRules.all().stream().map(Rule::id).collect(Collectors.toUnmodifiableSet())));
  }
}
