package maildrift.monitor.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the store that {@code store.url} names. */
public final class Stores {
  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);
  private static final String H2 = "jdbc:h2:file:";
  private static final String POSTGRESQL = "jdbc:postgresql:";

  private Stores() {}

  /**
   * Opens the store, or makes a new one where there is none at all.
   *
   * @param url {@code jdbc:h2:file:PATH} or {@code jdbc:postgresql://HOST/DATABASE?user=…}
   * @param workingDirectory where a relative path starts
   * @param clock of the wall
   * @throws StoreUnusable with path and cure, in a few seconds; {@link StoreInUse} where another
   *     one has a store on PostgreSQL, {@link StoreAway} where its server does not answer
   */
  public static StateStore open(String url, Path workingDirectory, Clock clock)
      throws StoreUnusable {
    return open(url, workingDirectory, clock, Points.NONE);
  }

  /** The same, as somebody. */
  public static StateStore open(Login login, Path workingDirectory, Clock clock)
      throws StoreUnusable {
    return open(login, workingDirectory, clock, Points.NONE);
  }

  static StateStore open(String url, Path workingDirectory, Clock clock, Points points)
      throws StoreUnusable {
    return open(Login.of(url), workingDirectory, clock, points);
  }

  private static StateStore open(Login login, Path workingDirectory, Clock clock, Points points)
      throws StoreUnusable {
    var url = login.url();
    if (url.startsWith(H2)) {
      return h2(new H2File(path(url, workingDirectory)), clock, points);
    }
    if (url.startsWith(POSTGRESQL)) {
      return postgresql(login, node(workingDirectory), clock, points);
    }
    throw new StoreUnusable(
        "store.url must begin with jdbc:h2:file: or jdbc:postgresql:, was " + scheme(url));
  }

  private static Path path(String url, Path workingDirectory) throws StoreUnusable {
    var written = url.substring(H2.length());
    if (written.contains(";")) {
      throw new StoreUnusable(
          "store.url takes a path and no options after ';' (%s): maildrift sets H2's itself"
              .formatted(written));
    }
    if (written.isBlank() || written.endsWith("/")) {
      throw new StoreUnusable("store.url names no file: " + url);
    }
    var home = written.startsWith("~/");
    try {
      return (home
              ? Path.of(System.getProperty("user.home", ""), written.substring(2))
              : workingDirectory.resolve(written))
          .toAbsolutePath()
          .normalize();
    } catch (InvalidPathException invalid) {
      throw new StoreUnusable("store.url is not a path: " + invalid.getMessage(), invalid);
    }
  }

  private static SqlStore postgresql(Login login, String node, Clock clock, Points points)
      throws StoreUnusable {
    var database = Database.postgresql(login, node, Database.Schema.STATE, Database.Schema.HISTORY);
    try {
      return new SqlStore(
          database, Optional.of(database), Optional.empty(), Optional.empty(), node, clock, points);
    } catch (RuntimeException failed) {
      // Its lock would keep this process itself away when it tries again.
      database.close();
      if (Database.isAway(failed)) {
        throw Database.unusable(String.valueOf(failed.getMessage()), failed);
      }
      throw failed;
    }
  }

  private static SqlStore h2(H2File place, Clock clock, Points points) throws StoreUnusable {
    place.checkDirectory();
    var lock = StoreLock.take(place);
    Optional<Database> state = Optional.empty();
    try {
      var historyPlace = place.sibling("-history");
      if (!place.exists() && historyPlace.exists()) {
        throw new StoreUnusable(
            ("the store %s is missing although its history %s is there; restore the last backup, or"
                    + " move the history away to begin with an empty store")
                .formatted(place.file(), historyPlace.file()));
      }
      var database = Database.h2(place, Database.Schema.STATE);
      state = Optional.of(database);
      checkComplete(place, database, lock);
      Optional<Database> history = Optional.empty();
      Optional<String> trouble = Optional.empty();
      try {
        history = Optional.of(Database.h2(historyPlace, Database.Schema.HISTORY));
      } catch (StoreUnusable broken) {
        // A broken history must never cost an alert.
        LOG.error("going on without the history: {}", broken.getMessage());
        trouble = Optional.of(String.valueOf(broken.getMessage()));
      }
      // The lock keeps other processes out, so every claim that is found is of a dead one.
      return new SqlStore(database, history, trouble, Optional.of(lock), "this", clock, points);
    } catch (StoreUnusable | RuntimeException failed) {
      state.ifPresent(Database::close);
      close(lock);
      throw failed;
    }
  }

  private static void checkComplete(H2File place, Database database, StoreLock lock)
      throws StoreUnusable {
    var has = database.inTransaction(handle -> CounterTable.read(handle, CounterTable.COMMITS));
    var mark = lock.mark();
    if (mark.isPresent() && has < mark.getAsLong()) {
      throw new StoreUnusable(
          ("the store %s is damaged or older than it was: it has %,d commits of %,d. It was left as"
                  + " it is; restore the last backup in its place (maildrift restore), or, if you"
                  + " put an older one there on purpose, remove %s")
              .formatted(place.file(), has, mark.getAsLong(), lock.file()));
    }
  }

  private static void close(StoreLock lock) {
    try {
      lock.close();
    } catch (IOException failed) {
      LOG.debug("lock", failed);
    }
  }

  /**
   * Unpacks a file of {@link StateStore#backup} for a store that is not open; nothing that exists
   * is replaced.
   *
   * @param directory where the store's files are
   * @return the database file
   */
  public static Path restore(Path backup, Path directory) throws StoreUnusable {
    var name = String.valueOf(backup.getFileName());
    var file =
        directory.resolve(name.endsWith(".zip") ? name.substring(0, name.length() - 4) : name);
    if (Files.exists(file)) {
      throw new StoreUnusable("%s exists; move it away first".formatted(file));
    }
    var unfinished = file.resolveSibling(file.getFileName() + ".restoring");
    try (var zip = new ZipInputStream(Files.newInputStream(backup))) {
      Files.createDirectories(directory);
      if (zip.getNextEntry() == null) {
        throw new StoreUnusable(backup + " is not a backup of maildrift");
      }
      Files.copy(zip, unfinished, StandardCopyOption.REPLACE_EXISTING);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      // The mark of the store that was there before says nothing of this one.
      Files.deleteIfExists(StoreLock.file(H2File.of(file)));
      return file;
    } catch (IOException failed) {
      throw new StoreUnusable(
          "%s cannot be restored to %s: %s".formatted(backup, file, H2File.why(failed)), failed);
    }
  }

  /**
   * Copies the files of a store that nobody has open, as they are: it is neither made nor brought
   * up to date.
   *
   * @param directory is made
   * @throws StoreUnusable where there is none, or somebody has it open
   */
  public static void copyClosed(String url, Path workingDirectory, Path directory)
      throws StoreUnusable {
    var place = closed(url, workingDirectory);
    var lock = StoreLock.take(place);
    try {
      own(place);
      Files.createDirectories(directory);
      for (var one : List.of(place, place.sibling("-history"))) {
        if (one.exists()) {
          zip(one.file(), directory);
        }
      }
    } catch (IOException failed) {
      throw new StoreUnusable(
          "%s cannot be copied to %s: %s".formatted(place.file(), directory, H2File.why(failed)),
          failed);
    } finally {
      close(lock);
    }
  }

  /** Where the files of an existing H2 store are. */
  public static Path directory(String url, Path workingDirectory) throws StoreUnusable {
    return closed(url, workingDirectory).directory();
  }

  private static H2File closed(String url, Path workingDirectory) throws StoreUnusable {
    if (!url.startsWith(H2)) {
      throw new StoreUnusable("a store on PostgreSQL is backed up with pg_dump --format=custom");
    }
    var place = new H2File(path(url, workingDirectory));
    if (!place.exists()) {
      throw new StoreUnusable(
          "there is no store %s; a relative store.url starts at the working directory"
              .formatted(place.file()));
    }
    return place;
  }

  private static void zip(Path file, Path directory) throws IOException, StoreUnusable {
    var name = String.valueOf(file.getFileName());
    var copy = directory.resolve(name + ".zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(copy))) {
      out.putNextEntry(new ZipEntry(name));
      Files.copy(file, out);
      out.closeEntry();
    }
    if (!BackupProof.opens(copy)) {
      throw new StoreUnusable(H2File.of(file).damage("its copy does not open"));
    }
  }

  /**
   * Puts backups in the place of the store that {@code store.url} names. What is there is moved
   * aside.
   *
   * @param backups of the store, of its history, or of both
   * @return what was moved where, and what was restored, in words
   */
  public static List<String> putBack(String url, Path workingDirectory, List<Path> backups)
      throws StoreUnusable {
    if (!url.startsWith(H2)) {
      throw new StoreUnusable("a store on PostgreSQL is restored by pg_restore");
    }
    var place = new H2File(path(url, workingDirectory));
    var files = List.of(place.file(), place.sibling("-history").file());
    for (var backup : backups) {
      var named = files.stream().map(file -> file.getFileName() + ".zip").toList();
      if (!named.contains(String.valueOf(backup.getFileName()))) {
        throw new StoreUnusable(
            "%s is no backup of this store; they are named %s"
                .formatted(backup, String.join(" and ", named)));
      }
      if (!Files.isReadable(backup)) {
        throw new StoreUnusable("%s cannot be read".formatted(backup));
      }
    }
    try {
      // Whose the folder is, or that in which it is made.
      var owned = Ownership.above(place.directory());
      var madeFolder = !Files.exists(place.directory());
      place.checkDirectory();
      if (madeFolder && owned.isPresent()) {
        owned.get().giveAllTo(place.directory());
      }
      // Nobody may have it open.
      free(place);
      var done = new ArrayList<String>();
      for (var file : files) {
        for (var backup : backups) {
          if (String.valueOf(backup.getFileName()).equals(file.getFileName() + ".zip")) {
            var owner = Files.exists(file) ? Ownership.of(file) : owned.map(Ownership::forFiles);
            done.addAll(putBack(backup, file));
            if (owner.isPresent()) {
              done.addAll(owner.get().giveTo(file));
            }
          }
        }
      }
      return done;
    } catch (IOException failed) {
      throw new StoreUnusable(
          "%s cannot be given to whom it belongs: %s".formatted(place.file(), H2File.why(failed)),
          failed);
    }
  }

  /** Nobody may have it open; a lock that was not there belongs to whom the folder belongs. */
  private static void free(H2File place) throws StoreUnusable, IOException {
    close(StoreLock.take(place));
    own(place);
  }

  private static void own(H2File place) throws IOException {
    var owner = Ownership.of(place.directory());
    if (owner.isPresent()) {
      owner.get().giveAllTo(StoreLock.file(place));
    }
  }

  private static List<String> putBack(Path backup, Path file) throws StoreUnusable {
    var done = new ArrayList<String>();
    if (Files.exists(file)) {
      var aside = file.resolveSibling(file.getFileName() + ".before-restore");
      for (var i = 2; Files.exists(aside); i++) {
        aside = file.resolveSibling(file.getFileName() + ".before-restore-" + i);
      }
      try {
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException failed) {
        throw new StoreUnusable(
            "%s cannot be moved aside: %s".formatted(file, H2File.why(failed)), failed);
      }
      done.add("%s is now %s".formatted(file, aside));
    }
    restore(backup, H2File.of(file).directory());
    done.add("%s restored from %s".formatted(file, backup));
    return done;
  }

  /** Of an unknown URL no more than this is shown: the rest may hold a password. */
  private static String scheme(String url) {
    var end = url.indexOf("//");
    return end < 0 ? "'" + url + "'" : "'" + url.substring(0, end) + "…'";
  }

  /**
   * Who claims. A daemon that starts again gives up what it had claimed before it died, and two
   * daemons on one host, which work in two directories, leave each other's claims alone.
   */
  private static String node(Path workingDirectory) {
    try {
      return InetAddress.getLocalHost().getHostName() + ":" + workingDirectory.toAbsolutePath();
    } catch (UnknownHostException _) {
      return "localhost:" + workingDirectory.toAbsolutePath();
    }
  }
}
