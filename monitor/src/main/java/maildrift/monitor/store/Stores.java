package maildrift.monitor.store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
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
   * @throws StoreUnusable with path and cure, in a few seconds
   */
  public static StateStore open(String url, Path workingDirectory, Clock clock)
      throws StoreUnusable {
    return open(url, workingDirectory, clock, Points.NONE);
  }

  static StateStore open(String url, Path workingDirectory, Clock clock, Points points)
      throws StoreUnusable {
    if (url.startsWith(H2)) {
      return h2(new H2File(path(url, workingDirectory)), clock, points);
    }
    if (url.startsWith(POSTGRESQL)) {
      var database = Database.postgresql(url, Database.Schema.STATE, Database.Schema.HISTORY);
      return new SqlStore(
          database,
          Optional.of(database),
          Optional.empty(),
          Optional.empty(),
          node(workingDirectory),
          clock,
          points);
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

  private static SqlStore h2(H2File place, Clock clock, Points points) throws StoreUnusable {
    place.checkDirectory();
    var lock = place.lock();
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
      Optional<Database> history = Optional.empty();
      Optional<String> trouble = Optional.empty();
      try {
        history = Optional.of(Database.h2(historyPlace, Database.Schema.HISTORY));
      } catch (StoreUnusable broken) {
        // A broken history must never cost an alert.
        LOG.error("going on without the history: {}", broken.getMessage(), broken);
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

  private static void close(FileChannel lock) {
    try {
      lock.close();
    } catch (java.io.IOException failed) {
      LOG.debug("lock", failed);
    }
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
