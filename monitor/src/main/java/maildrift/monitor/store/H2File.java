package maildrift.monitor.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.h2.api.ErrorCode;

/**
 * One H2 database on the disk: which files it has, what its URL is, and what can be wrong with it
 * before and while it is opened. A file is never replaced or emptied.
 *
 * @param base the path without H2's suffix
 */
record H2File(Path base) {
  private static final String SUFFIX = ".mv.db";

  /** Two headers of one block; H2 takes a shorter file for a new one, and would start afresh. */
  private static final long SMALLEST = 2 * 4096;

  private static final Set<String> REMOTE =
      Set.of("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "fuse.sshfs");

  static H2File of(Path file) {
    var name = String.valueOf(file.getFileName());
    return new H2File(
        file.resolveSibling(
            name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name));
  }

  Path file() {
    return base.resolveSibling(base.getFileName() + SUFFIX);
  }

  H2File sibling(String suffix) {
    return new H2File(base.resolveSibling(base.getFileName() + suffix));
  }

  /** Where a backup of it goes before an upgrade from that version of the schema. */
  Path beforeUpgrade(String version) {
    return base.resolveSibling("before-upgrade-from-" + version)
        .resolve(file().getFileName() + ".zip");
  }

  boolean exists() {
    return Files.exists(file());
  }

  /**
   * No server, no close at exit (we close in our own order), write delay as it is (0 would bring no
   * sync). {@code async:} because on H2's default file system the interrupt of any thread that
   * reads closes the file under everybody and gives its lock up. No lazy execution: with it a query
   * meets rows that others delete meanwhile ("Row not found in primary index").
   */
  String url(boolean create) {
    return "jdbc:h2:async:%s;DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=-1%s"
        .formatted(base, create ? "" : ";IFEXISTS=TRUE");
  }

  /** Whether a store can live here at all. */
  void checkDirectory() throws StoreUnusable {
    var directory = directory();
    try {
      Files.createDirectories(directory);
    } catch (IOException failed) {
      throw new StoreUnusable(
          "the store's directory %s cannot be made (%s); make it, or set store.url to another place"
              .formatted(directory, why(failed)),
          failed);
    }
    if (!Files.isWritable(directory)) {
      throw new StoreUnusable(
          "the store's directory %s is not writable for user %s; chown or chmod it, or set store.url"
              .formatted(directory, user()));
    }
    try {
      var type = Files.getFileStore(directory).type().toLowerCase(Locale.ROOT);
      if (REMOTE.contains(type)) {
        throw new StoreUnusable(
            ("the store's directory %s is on %s, where locks and syncs cannot be trusted; set store.url"
                    + " to a local disk or to jdbc:postgresql://…")
                .formatted(directory, type));
      }
    } catch (IOException _) {
      // What cannot be told is no reason to refuse.
    }
  }

  /** Whether an existing file can be the store that it claims to be. */
  void checkFile() throws StoreUnusable {
    var file = file();
    if (!Files.isRegularFile(file)) {
      throw new StoreUnusable(file + " is not a file; move it away, or set store.url");
    }
    if (!Files.isReadable(file) || !Files.isWritable(file)) {
      throw new StoreUnusable(
          "the store %s cannot be read and written by user %s; chown or chmod it"
              .formatted(file, user()));
    }
    try {
      if (Files.size(file) < SMALLEST) {
        throw damaged("it has only %d octets".formatted(Files.size(file)));
      }
    } catch (IOException failed) {
      throw new StoreUnusable(
          "the store %s cannot be read: %s".formatted(file, why(failed)), failed);
    }
  }

  StoreUnusable damaged(String how) {
    return new StoreUnusable(damage(how));
  }

  String damage(String how) {
    return ("the store %s is damaged: %s. It was left as it is; restore the last backup in its place"
            + " (maildrift restore), or move it away to begin with an empty store")
        .formatted(file(), how);
  }

  /** What an error at opening means and what to do about it. */
  StoreUnusable unusable(SQLException failed) {
    var reason = GroupCommit.reason(failed);
    return switch (failed.getErrorCode()) {
      case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
          new StoreUnusable(
              "the store %s is open in another program; end that one first".formatted(file()),
              failed);
      case ErrorCode.FILE_VERSION_ERROR_1 ->
          new StoreUnusable(
              "the store %s was written by another version of H2 (%s); use the maildrift that wrote it"
                  .formatted(file(), reason),
              failed);
      case ErrorCode.WRONG_USER_OR_PASSWORD -> foreign("it has other users");
      default -> new StoreUnusable(damage(reason), failed);
    };
  }

  StoreUnusable foreign(String how) {
    return new StoreUnusable(
        "%s is a database but not one of maildrift's (%s); set store.url to another path"
            .formatted(file(), how));
  }

  /** What a first start that was killed half way has left. */
  void removeUnfinished() throws StoreUnusable {
    try {
      Files.deleteIfExists(file());
    } catch (IOException failed) {
      throw new StoreUnusable("%s cannot be removed: %s".formatted(file(), why(failed)), failed);
    }
  }

  /** Takes the place of {@code other}, at once and for good. */
  void becomes(H2File other) throws StoreUnusable {
    try {
      Files.move(file(), other.file(), StandardCopyOption.ATOMIC_MOVE);
      try (var directory = FileChannel.open(directory(), StandardOpenOption.READ)) {
        directory.force(true);
      }
    } catch (IOException failed) {
      throw new StoreUnusable(
          "the new store %s cannot be named %s: %s".formatted(file(), other.file(), why(failed)),
          failed);
    }
  }

  private static String user() {
    return System.getProperty("user.name", "?");
  }

  Path directory() {
    var parent = base.getParent();
    return parent == null ? Path.of("/") : parent;
  }

  static String why(IOException failed) {
    return failed.getClass().getSimpleName() + ": " + failed.getMessage();
  }
}
