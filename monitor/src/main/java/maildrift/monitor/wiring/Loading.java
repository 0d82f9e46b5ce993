package maildrift.monitor.wiring;

import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.Vocabulary;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;

/** The loader that knows this maildrift's probes and rules. */
public final class Loading {
  private Loading() {}

  public static ConfigLoader loader() {
    return new ConfigLoader(
        Vocabulary.with(
            WatchRules.all().stream().map(Rule::id).collect(Collectors.toUnmodifiableSet())));
  }
}
