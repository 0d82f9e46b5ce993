package maildrift.monitor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  /** A second one within a second is numbered. */
  private static final Pattern NAMED = Pattern.compile("(\\d{8}T\\d{6}Z)(?:-\\d{1,3})?");

  private static final String UNFINISHED = "unfinished-";
  private static final String SUFFIX = ".mv.db.zip";
  private static final Duration AGAIN = Duration.ofHours(1);

  /** A copy that claims to be later was named by a clock that was wrong. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private final StateStore store;
  private final Supplier<BackupConfig> config;
  private final Clock clock;
  private final Instant begun;
  private final ReentrantLock making = new ReentrantLock();
  private final AtomicLong failures = new AtomicLong();
  private final Set<Path> warned = ConcurrentHashMap.newKeySet();
  private volatile Optional<Instant> madeHere = Optional.empty();
  private volatile Optional<Failed> failed = Optional.empty();
  private volatile Optional<Instant> newest = Optional.empty();
  private volatile boolean settled;

  /**
   * One copy.
   *
   * @param directory the folder with its files
   */
  public record Backup(Path directory, Instant madeAt, List<Path> files) {
    public Backup {
      files = List.copyOf(files);
    }
  }

  /** That the last one could not be made. */
  public record Failed(Instant at, String why) {}

  /** Writes the copies of a store's files into a folder. */
  @FunctionalInterface
  public interface Copier {
    void copyTo(Path folder) throws StoreUnusable, IOException;
  }

  public Backups(StateStore store, Supplier<BackupConfig> config, Clock clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
    this.begun = clock.instant();
  }

  /** Where copies go; empty: the store is none that is copied. */
  public Optional<Path> directory() {
    return store.directory().map(own -> directory(config.get(), own));
  }

  /** Where the copies of a store go whose files are in {@code own}. */
  public static Path directory(BackupConfig config, Path own) {
    return config.directory().orElseGet(() -> own.resolve("backups"));
  }

  /** Makes the one that is due; does not throw. */
  public void look() {
    var now = clock.instant();
    newest = trusted(now).map(Backup::madeAt).findFirst();
    if (!config.get().enabled() || directory().isEmpty()) {
      failed = Optional.empty();
      settled = true;
      return;
    }
    if (failed.filter(last -> now.isBefore(last.at().plus(AGAIN))).isPresent()) {
      return;
    }
    if (failed.isPresent() || isDue(now)) {
      try {
        make();
      } catch (StoreFailure _) {
        // It is kept and told.
      }
    } else {
      settled |= newest.isPresent();
    }
  }

  /**
   * Where there is none yet, one is made without waiting for the night: a daemon may never see one.
   */
  private boolean isDue(Instant now) {
    if (newest.isEmpty() && madeHere.isEmpty() && !now.isBefore(begun.plus(AGAIN))) {
      return true;
    }
    var last =
        Stream.concat(newest.stream(), madeHere.stream())
            .filter(at -> !at.isAfter(now))
            .max(Comparator.naturalOrder())
            .orElse(begun);
    return config.get().times().last(last, now).isPresent();
  }

  /**
   * Makes one now.
   *
   * @throws StoreFailure with the reason, for stores that are copied by another tool too
   */
  public Backup make() {
    making.lock();
    try {
      var now = clock.instant();
      var backup = into(store::backup, known(), now);
      madeHere = Optional.of(now);
      newest = Optional.of(backup.madeAt());
      failed = Optional.empty();
      LOG.info("the store is backed up in {}", backup.directory());
      prune(backup, now);
      return backup;
    } catch (StoreFailure | StoreUnusable failure) {
      var why = String.valueOf(failure.getMessage());
      if (directory().isPresent()) {
        failures.incrementAndGet();
        failed = Optional.of(new Failed(clock.instant(), why));
        LOG.error("no backup was made: {}", why);
      }
      throw failure instanceof StoreFailure known ? known : new StoreFailure(why, failure);
    } finally {
      settled = true;
      making.unlock();
    }
  }

  private Path known() {
    return directory()
        .orElseThrow(
            () ->
                new StoreFailure(
                    "this store has no files of its own; one on PostgreSQL is backed up with"
                        + " pg_dump --format=custom"));
  }

  /**
   * Makes one in a folder of its own in {@code directory}; one that failed leaves nothing there.
   */
  public static Backup into(Copier copier, Path directory, Instant now) throws StoreUnusable {
    var name = NAME.format(now);
    var unfinished = directory.resolve(UNFINISHED + name);
    try {
      Files.createDirectories(directory);
      sweep(directory);
      var finished = directory.resolve(name);
      for (var i = 2; Files.exists(finished, LinkOption.NOFOLLOW_LINKS); i++) {
        finished = directory.resolve(name + "-" + i);
      }
      try {
        copier.copyTo(unfinished);
        Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        sweep(directory);
      }
      return new Backup(finished, now, copies(finished));
    } catch (IOException failure) {
      throw new StoreFailure(
          "the backup in %s cannot be written: %s".formatted(directory, H2File.why(failure)),
          failure);
    }
  }

  /**
   * The same of a store that no daemon has open. What root makes in a folder of the daemon's is
   * given to the daemon, which lists its backups and removes old ones.
   *
   * @param given takes in words what now belongs to whom
   */
  public static Backup closed(Copier copier, Path directory, Instant now, Consumer<String> given)
      throws StoreUnusable {
    try {
      var owner = Ownership.above(directory);
      var isNew = !Files.exists(directory);
      var made = into(copier, directory, now);
      if (owner.isPresent()) {
        owner.get().giveAllTo(isNew ? directory : made.directory()).forEach(given);
      }
      return made;
    } catch (IOException failure) {
      throw new StoreFailure(
          "the backup in %s cannot be given to whom the folder belongs: %s"
              .formatted(directory, H2File.why(failure)),
          failure);
    }
  }

  /** What was begun and never finished, by a process that was killed or for want of room. */
  private static void sweep(Path directory) throws IOException {
    try (var folders = Files.newDirectoryStream(directory, UNFINISHED + "*")) {
      for (var folder : folders) {
        if (isFolder(folder)) {
          try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
              Files.deleteIfExists(file);
            }
          }
        }
      }
    }
  }

  /** Those that are there, the newest first. */
  public List<Backup> made() {
    return directory().filter(Files::isDirectory).map(this::in).orElse(List.of());
  }

  /** Those of which the time can be believed. */
  private Stream<Backup> trusted(Instant now) {
    return made().stream().filter(backup -> isTrusted(backup, now));
  }

  private boolean isTrusted(Backup backup, Instant now) {
    if (!backup.madeAt().isAfter(now.plus(AHEAD))) {
      return true;
    }
    warn(backup.directory(), "is named by a time that is yet to come, and counts for nothing");
    return false;
  }

  private List<Backup> in(Path directory) {
    try (var folders = Files.list(directory)) {
      return folders
          .flatMap(folder -> backup(folder).stream())
          .sorted(Comparator.comparing(Backup::madeAt).reversed())
          .toList();
    } catch (IOException failure) {
      warn(directory, "cannot be listed: " + H2File.why(failure));
      return List.of();
    }
  }

  /** What somebody else put there, a link for instance, is none of ours. */
  private Optional<Backup> backup(Path folder) {
    var name = NAMED.matcher(String.valueOf(folder.getFileName()));
    if (!name.matches() || !isFolder(folder)) {
      return Optional.empty();
    }
    try {
      var files = copies(folder);
      return files.isEmpty()
          ? Optional.empty()
          : Optional.of(new Backup(folder, Instant.from(NAME.parse(name.group(1))), files));
    } catch (DateTimeException _) {
      return Optional.empty();
    } catch (IOException failure) {
      warn(folder, "cannot be read: " + H2File.why(failure));
      return Optional.empty();
    }
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> copies(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).endsWith(SUFFIX))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  private void warn(Path path, String what) {
    if (warned.add(path)) {
      LOG.warn("backups: {} {}", path, what);
    }
  }

  /** What fills the disk in the end must not be the copies. */
  private void prune(Backup latest, Instant now) {
    trusted(now)
        .filter(backup -> !backup.directory().equals(latest.directory()))
        .skip(config.get().keep() - 1L)
        .forEach(
            old -> {
              try {
                for (var file : old.files()) {
                  Files.delete(file);
                }
                Files.delete(old.directory());
              } catch (IOException failure) {
                warn(old.directory(), "stays although it is old: " + H2File.why(failure));
              }
            });
  }

  /** That the last one could not be made; empty: it could, or none was due yet. */
  public Optional<Failed> failed() {
    return failed;
  }

  /** Whether this process has tried, or knows that none is due. */
  public boolean isSettled() {
    return settled;
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
