package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import maildrift.monitor.store.Backups;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "backup",
    description = {
      "Copy the H2 store into a folder that is named by the time.",
      "A running daemon is asked to do it, into the directory of store.backup. With --config the store of a daemon that does"
          + " not run is copied into DIRECTORY. A daemon does it every night by itself; maildrift restore puts one back."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift backup",
      "  maildrift backup --config maildrift.yml /mnt/backups"
    })
final class BackupCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration of a daemon that does not run.")
  @Nullable Path config;

  @Parameters(
      paramLabel = "DIRECTORY",
      arity = "0..1",
      description = "With --config: where to. Default: where the daemon would put it.")
  @Nullable Path directory;

  @Mixin ClientOptions client = new ClientOptions();

  @Override
  public Integer call() {
    if (config != null) {
      return offline(config);
    }
    if (directory != null) {
      throw new Failure(
          "a running daemon writes where store.backup.directory says; leave %s out, or give --config FILE when it does not run"
              .formatted(directory));
    }
    var made = client.post("/api/v1/backups", null);
    System.out.println(
        client.json() ? made.toString() : Terminal.safe(made.path("directory").asString("")));
    return Exit.OK;
  }

  private int offline(Path file) {
    var settings = Configured.load(file).store();
    var here = Path.of("");
    try {
      var own = Stores.directory(settings.url(), here);
      var into = directory == null ? Backups.directory(settings.backup(), own) : directory;
      var made =
          Backups.closed(
              folder -> Stores.copyClosed(settings.url(), here, folder),
              into,
              Instant.now(),
              line -> System.err.println(Terminal.safe(line)));
      System.out.println(Terminal.safe(made.directory().toString()));
      return Exit.OK;
    } catch (StoreUnusable | StoreFailure problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }
}
