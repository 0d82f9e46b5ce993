package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import maildrift.monitor.config.ConfigExample;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.ConfigSchema;
import maildrift.monitor.wiring.Loading;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "config",
    description = "Validate a configuration, or print its schema or an example.",
    subcommands = {
      ConfigCommand.Check.class,
      ConfigCommand.Schema.class,
      ConfigCommand.Example.class
    },
    footer = {
      "",
      "Examples:",
      "  maildrift config example > maildrift.yml",
      "  maildrift config check maildrift.yml",
      "  maildrift config schema > maildrift.schema.json"
    })
final class ConfigCommand {

  @Command(
      name = "check",
      description =
          "Validate: one line a problem on stderr, FILE:LINE:COLUMN: message. Exit code 0 or 2.")
  static final class Check implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration.")
    Path file = Path.of("maildrift.yml");

    @Override
    public Integer call() {
      var result = Loading.loader().load(file);
      result
          .warnings()
          .forEach(warning -> System.err.println("warning: " + Terminal.safe(warning.toString())));
      return switch (result) {
        case ConfigLoader.Loaded loaded -> {
          System.out.println(
              "%s is valid: %d domains, %d receivers"
                  .formatted(
                      file,
                      loaded.config().domains().size(),
                      loaded.config().alerts().receivers().size()));
          if (loaded.config().domains().isEmpty()) {
            System.err.println(
                "warning: %s has no domains: nothing is watched until some are added"
                    .formatted(file));
          }
          yield Exit.OK;
        }
        case ConfigLoader.Rejected rejected -> {
          rejected
              .problems()
              .forEach(problem -> System.err.println(Terminal.safe(problem.toString())));
          yield Exit.USAGE;
        }
      };
    }
  }

  @Command(
      name = "schema",
      description = "Print the JSON Schema of the configuration, for editors.")
  static final class Schema implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.print(ConfigSchema.text());
      return Exit.OK;
    }
  }

  @Command(
      name = "example",
      description = "Print a commented example that passes config check in any folder.")
  static final class Example implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.print(ConfigExample.text());
      return Exit.OK;
    }
  }
}
