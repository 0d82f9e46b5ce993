package maildrift.monitor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose a file is and who may read it. Administrators restore and copy as root, the daemon is
 * somebody else: what root makes among its files must be the daemon's, or it does not start.
 *
 * @param owner the number of a user
 * @param group the number of a group
 */
record Ownership(int owner, int group, Set<PosixFilePermission> permissions) {
  private static final String OWNER = "unix:uid";
  private static final String GROUP = "unix:gid";

  Ownership {
    permissions = Set.copyOf(permissions);
  }

  /** Of what is there. Empty: this file system knows no owners. */
  static Optional<Ownership> of(Path path) throws IOException {
    try {
      return Optional.of(
          new Ownership(
              (int) Files.getAttribute(path, OWNER),
              (int) Files.getAttribute(path, GROUP),
              Files.getPosixFilePermissions(path)));
    } catch (UnsupportedOperationException _) {
      return Optional.empty();
    }
  }

  /** Of the folder, or of the nearest above it that is there. */
  static Optional<Ownership> above(Path directory) throws IOException {
    for (var at = directory.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at)) {
        return of(at);
      }
    }
    return Optional.empty();
  }

  /** The same for a file in this folder: one that may be listed need not be run. */
  Ownership forFiles() {
    var file = EnumSet.noneOf(PosixFilePermission.class);
    permissions.stream()
        .filter(one -> !one.name().endsWith("_EXECUTE"))
        .forEach(permission -> file.add(permission));
    return new Ownership(owner, group, file);
  }

  /** Makes a file like this. In words what it is now, where that is not what it was. */
  List<String> giveTo(Path file) throws IOException {
    var made = of(file);
    if (made.isEmpty()) {
      return List.of();
    }
    if (!made.get().permissions().equals(permissions)) {
      // Whoever may write in this folder could put a link there meanwhile.
      Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(permissions);
    }
    if (made.get().owner() == owner && made.get().group() == group) {
      return List.of();
    }
    try {
      Files.setAttribute(file, GROUP, group, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, OWNER, owner, LinkOption.NOFOLLOW_LINKS);
      return List.of("%s belongs to %s".formatted(file, names(file)));
    } catch (IOException _) {
      // Nobody but root gives files away. It matters only where the daemon is somebody else.
      return made.get().owner() == owner
          ? List.of()
          : List.of(
              "%s belongs to %s and not to %d:%d; if the daemon is that one, chown it"
                  .formatted(file, names(file), owner, group));
    }
  }

  /**
   * Gives what root made to whom the folder is of that it was made in: the folder itself with all
   * that is in it. What others make stays theirs.
   */
  List<String> giveAllTo(Path made) throws IOException {
    if (of(made).filter(now -> now.owner() == 0 && owner != 0).isEmpty()) {
      return List.of();
    }
    try (var files = Files.walk(made)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.setAttribute(file, GROUP, group, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, OWNER, owner, LinkOption.NOFOLLOW_LINKS);
      }
    }
    return List.of("%s belongs to %s".formatted(made, names(made)));
  }

  private static String names(Path file) throws IOException {
    return Files.getOwner(file) + ":" + Files.getAttribute(file, "posix:group");
  }
}
