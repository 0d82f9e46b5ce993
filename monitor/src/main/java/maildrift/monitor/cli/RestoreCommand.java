package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    description =
        "Put a backup in the place of the H2 store; the daemon must not run. What is there is moved aside, nothing is deleted.",
    footer = {
      "",
      "Examples:",
      "  maildrift restore --config maildrift.yml data/backups/20261128T031000Z",
      "  maildrift restore --config maildrift.yml data/before-upgrade-from-1/maildrift.mv.db.zip"
    })
final class RestoreCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration whose store.url says where the store is.")
  Path config = Path.of("maildrift.yml");

  @Parameters(
      paramLabel = "BACKUP",
      arity = "1..2",
      description =
          "A folder that maildrift backup made, or files of one: of the store, of its history, or of both.")
  List<Path> backups = List.of();

  private List<Path> files() {
    return backups.stream().flatMap(RestoreCommand::files).toList();
  }

  private static Stream<Path> files(Path backup) {
    if (!Files.isDirectory(backup)) {
      return Stream.of(backup);
    }
    try (var files = Files.list(backup)) {
      var found = files.filter(file -> file.toString().endsWith(".zip")).sorted().toList();
      if (found.isEmpty()) {
        throw new Failure("%s holds no backup".formatted(backup));
      }
      return found.stream();
    } catch (IOException failure) {
      throw new Failure("%s cannot be read: %s".formatted(backup, failure.getMessage()));
    }
  }

  @Override
  public Integer call() {
    var url = Configured.load(config).store().url();
    try {
      Stores.putBack(url, Path.of(""), files())
          .forEach(line -> System.out.println(Terminal.safe(line)));
      return Exit.OK;
    } catch (StoreUnusable problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }
}
