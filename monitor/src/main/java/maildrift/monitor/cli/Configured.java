package maildrift.monitor.cli;

import java.nio.file.Path;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.wiring.Loading;

/** Loads a configuration for a command; all problems go to stderr, one a line. */
final class Configured {
  private Configured() {}

  static MonitorConfig load(Path file) {
    return switch (Loading.besideTheDaemon().load(file)) {
      case ConfigLoader.Loaded loaded -> {
        loaded.warnings().stream()
            .filter(ConfigLoader::isOfTheUnit)
            .forEach(
                warning -> System.err.println("warning: " + Terminal.safe(warning.toString())));
        yield loaded.config();
      }
      case ConfigLoader.Rejected(var problems, _, _) -> {
        problems.forEach(problem -> System.err.println(Terminal.safe(problem.toString())));
        throw new Failure(
            "%s is not valid: %d problem%s"
                .formatted(file, problems.size(), problems.size() == 1 ? "" : "s"));
      }
    };
  }
}
