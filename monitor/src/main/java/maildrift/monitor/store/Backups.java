package maildrift.monitor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import maildrift.monitor.config.BackupConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of an H2 store, made at times of the day while it is in use. Each is a folder that is
 * named by its time; it is there whole or not at all, and was opened and read once before it
 * counts. The folders themselves say what is due, so that a restart neither repeats nor forgets.
 */
public final class Backups {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String UNFINISHED = "unfinished-";
  private static final Duration AGAIN = Duration.ofHours(1);

  private final StateStore store;
  private final Supplier<BackupConfig> config;
  private final Clock clock;
  private final Instant begun;
  private final ReentrantLock making = new ReentrantLock();
  private final AtomicLong failures = new AtomicLong();
  private volatile Optional<Failed> failed = Optional.empty();
  private volatile Optional<Instant> newest = Optional.empty();

  /**
   * One copy.
   *
   * @param directory the folder with its files
   */
  public record Backup(Path directory, Instant madeAt, List<Path> files) {}

  /** That the last one could not be made. */
  public record Failed(Instant at, String why) {}

  public Backups(StateStore store, Supplier<BackupConfig> config, Clock clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
    this.begun = clock.instant();
  }

  /** Where copies go; empty: the store is none that is copied. */
  public Optional<Path> directory() {
    return store
        .directory()
        .map(own -> config.get().directory().orElseGet(() -> own.resolve("backups")));
  }

  /** Makes the one that is due; does not throw. */
  public void look() {
    newest = made().stream().map(Backup::madeAt).findFirst();
    if (!config.get().enabled() || directory().isEmpty()) {
      failed = Optional.empty();
      return;
    }
    var now = clock.instant();
    if (failed.filter(last -> now.isBefore(last.at().plus(AGAIN))).isPresent()) {
      return;
    }
    var last = newest.orElse(begun);
    // A copy from the future was named by a clock that was wrong.
    var from = last.isAfter(now) ? begun : last;
    if (failed.isPresent() || config.get().times().last(from, now).isPresent()) {
      try {
        make();
      } catch (StoreFailure _) {
        // It is kept and told.
      }
    }
  }

  /**
   * Makes one now.
   *
   * @throws StoreFailure with the reason, for stores that are copied by another tool too
   */
  public Backup make() {
    making.lock();
    try {
      var backup = made(clock.instant());
      newest = Optional.of(backup.madeAt());
      failed = Optional.empty();
      LOG.info("the store is backed up in {}", backup.directory());
      prune();
      return backup;
    } catch (StoreFailure failure) {
      if (directory().isPresent()) {
        failures.incrementAndGet();
        failed = Optional.of(new Failed(clock.instant(), String.valueOf(failure.getMessage())));
        LOG.error("no backup was made: {}", failure.getMessage());
      }
      throw failure;
    } finally {
      making.unlock();
    }
  }

  private Backup made(Instant now) {
    var directory =
        directory()
            .orElseThrow(
                () ->
                    new StoreFailure("this store has no files of its own to back up; see README"));
    return into(store, directory, now);
  }

  /** Makes one of any store, in a folder of its own in {@code directory}. */
  public static Backup into(StateStore store, Path directory, Instant now) {
    var name = NAME.format(now);
    var unfinished = directory.resolve(UNFINISHED + name);
    var finished = directory.resolve(name);
    try {
      Files.createDirectories(directory);
      if (Files.exists(finished)) {
        throw new StoreFailure(
            "%s is there already; a second later it is another".formatted(finished));
      }
      remove(unfinished);
      store.backup(unfinished);
      Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
      return new Backup(finished, now, files(finished));
    } catch (IOException failure) {
      throw new StoreFailure(
          "the backup %s cannot be written: %s".formatted(finished, H2File.why(failure)), failure);
    }
  }

  /** Those that are there, the newest first. */
  public List<Backup> made() {
    return directory().filter(Files::isDirectory).map(Backups::in).orElse(List.of());
  }

  private static List<Backup> in(Path directory) {
    try (var folders = Files.list(directory)) {
      return folders
          .flatMap(folder -> backup(folder).stream())
          .sorted(Comparator.comparing(Backup::madeAt).reversed())
          .toList();
    } catch (IOException failure) {
      LOG.warn("the backups in {} cannot be listed: {}", directory, H2File.why(failure));
      return List.of();
    }
  }

  private static Optional<Backup> backup(Path folder) {
    try {
      var at = Instant.from(NAME.parse(String.valueOf(folder.getFileName())));
      return Optional.of(new Backup(folder, at, files(folder)));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    } catch (IOException failure) {
      LOG.warn("the backup {} cannot be read: {}", folder, H2File.why(failure));
      return Optional.empty();
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** What fills the disk in the end must not be the copies. */
  private void prune() {
    made().stream()
        .skip(config.get().keep())
        .forEach(
            old -> {
              try {
                remove(old.directory());
              } catch (IOException failure) {
                LOG.warn("the old backup {} stays: {}", old.directory(), H2File.why(failure));
              }
            });
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    for (var file : files(folder)) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  /** That the last one could not be made; empty: it could, or none was due yet. */
  public Optional<Failed> failed() {
    return failed;
  }

  /** When the newest was made, as of the last look; empty: there is none. */
  public Optional<Instant> lastMade() {
    return newest;
  }

  /** How often one could not be made since the start. */
  public long failures() {
    return failures.get();
  }
}
