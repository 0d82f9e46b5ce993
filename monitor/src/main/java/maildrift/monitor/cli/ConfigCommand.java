package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import maildrift.monitor.config.ConfigExample;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.ConfigSchema;
import maildrift.monitor.config.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.wiring.ListedDomains;
import maildrift.monitor.wiring.Loading;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
          "Validate without the network: one line a problem on stderr, FILE:LINE:COLUMN: message. Exit code 0, or 2 where the daemon would not start with it; what is wrong with the files of discovery is a warning, because the daemon leaves it out.")
  static final class Check implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration.")
    Path file = Path.of("maildrift.yml");

    /** Domains in lists, besides those of the configuration. */
    private int listed;

    @Mixin OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      output.begin();
      var json = output.json();
      var result = withLists();
      if (json) {
        System.out.println(CheckJson.value(facts(result)));
      }
      result
          .warnings()
          .forEach(warning -> System.err.println("warning: " + Terminal.safe(warning.toString())));
      return switch (result) {
        case ConfigLoader.Loaded loaded -> {
          if (!json) {
            System.out.println(
                "%s is valid: %d domains%s, %d receivers"
                    .formatted(
                        file,
                        loaded.config().domains().size(),
                        listed == 0 ? "" : " and %d in lists".formatted(listed),
                        loaded.config().alerts().receivers().size()));
          }
          if (loaded.config().domains().isEmpty() && loaded.config().discovery().isEmpty()) {
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

    /** The configuration with the lists of its discovery that are files here. */
    private ConfigLoader.Result withLists() {
      var loader = Loading.besideTheDaemon();
      var result = loader.load(file);
      if (!(result instanceof ConfigLoader.Loaded(var config, var files, var warnings))) {
        return result;
      }
      var lists = ListedDomains.inFiles(loader, config);
      listed = lists.domains().size();
      var all = new ArrayList<>(warnings);
      // Whoever writes it may start later.
      lists
          .away()
          .forEach(
              (name, why) ->
                  all.add(
                      new Problem(file.toString(), 1, 1, "discovery %s: %s".formatted(name, why))));
      // What is wrong with lists keeps no daemon from starting: it leaves that out.
      all.addAll(lists.problems());
      return new ConfigLoader.Loaded(config, files, all);
    }

    private Map<String, Object> facts(ConfigLoader.Result result) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("file", file.toString());
      switch (result) {
        case ConfigLoader.Loaded loaded -> {
          facts.put("valid", true);
          facts.put("domains", loaded.config().domains().size());
          facts.put("listed", listed);
          facts.put("receivers", loaded.config().alerts().receivers().size());
          facts.put("problems", List.of());
        }
        case ConfigLoader.Rejected rejected -> {
          facts.put("valid", false);
          facts.put("problems", facts(rejected.problems()));
        }
      }
      facts.put("warnings", facts(result.warnings()));
      return facts;
    }

    private static List<Map<String, Object>> facts(List<Problem> problems) {
      return problems.stream()
          .map(
              problem -> {
                var facts = new LinkedHashMap<String, Object>();
                facts.put("file", problem.file());
                facts.put("line", problem.line());
                facts.put("column", problem.column());
                facts.put("message", problem.message());
                return (Map<String, Object>) facts;
              })
          .toList();
    }
  }

  @Command(
      name = "schema",
      description = "Print the JSON Schema of the configuration, for editors.")
  static final class Schema implements Callable<Integer> {
    @Mixin OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      output.begin();
      if (output.json()) {
        System.out.println(CheckJson.mapper().readTree(ConfigSchema.text()));
      } else {
        System.out.print(ConfigSchema.text());
      }
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
