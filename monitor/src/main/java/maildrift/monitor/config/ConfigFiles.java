package maildrift.monitor.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files a configuration was read from, as they were then. Ask {@link #changed} as often as you
 * like: it looks at time, size and target of each file and reads only what differs in one of them,
 * so that an editor's save, a rename into place and the symlink swap of a Kubernetes ConfigMap are
 * all seen, and a mere {@code touch} is not taken for a change.
 */
public final class ConfigFiles {
  /** Within this time of a look a file may be written again without its time stamp moving. */
  private static final Duration STAMP_GRAIN = Duration.ofSeconds(2);

  private static final int MOST_INCLUDED = 10_000;

  private final List<Seen> files;
  private final List<Listing> listings;

  ConfigFiles(List<Seen> files, List<Listing> listings) {
    this.files = List.copyOf(files);
    this.listings = List.copyOf(listings);
  }

  /** What was read, in that order, with what was looked for and not there. */
  public List<Path> paths() {
    return files.stream().map(Seen::path).toList();
  }

  /** Content hashes (SHA-256, hex) of what was read. */
  public Map<Path, String> hashes() {
    var hashes = new LinkedHashMap<Path, String>();
    files.forEach(file -> file.hash().ifPresent(hash -> hashes.put(file.path(), hash)));
    return hashes;
  }

  /** Whether reading again would find something else. */
  public boolean changed() {
    return listings.stream().anyMatch(Listing::changed) || files.stream().anyMatch(Seen::changed);
  }

  /** Where a path leads to and what the file system says of it. */
  record Stamp(Path target, Object key, Instant modified, long size, boolean regular) {}

  static Optional<Stamp> stamp(Path path) {
    try {
      var attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(
              path.toRealPath(),
              String.valueOf(attributes.fileKey()),
              attributes.lastModifiedTime().toInstant(),
              attributes.size(),
              attributes.isRegularFile()));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /**
   * One file at the time of reading.
   *
   * @param hash of the content; empty: it could not be read
   */
  record Seen(Path path, Optional<Stamp> stamp, Instant at, Optional<String> hash) {

    static Seen read(Path path, Optional<Stamp> stamp, byte[] content) {
      return new Seen(path, stamp, Instant.now(), Optional.of(sha256(content)));
    }

    static Seen absent(Path path) {
      return new Seen(path, ConfigFiles.stamp(path), Instant.now(), Optional.empty());
    }

    boolean changed() {
      var now = ConfigFiles.stamp(path);
      if (now.isPresent() && !now.get().regular()) {
        return false; // A pipe can be read only once.
      }
      var settled =
          now.map(present -> present.modified().isBefore(at.minus(STAMP_GRAIN))).orElse(true);
      if (now.equals(stamp) && settled) {
        return false;
      }
      return !contentNow().equals(hash);
    }

    private Optional<String> contentNow() {
      try (var in = Files.newInputStream(path)) {
        var bytes = in.readNBytes(Reading.LARGEST_CONFIGURATION + 1);
        return bytes.length > Reading.LARGEST_CONFIGURATION
            ? Optional.empty()
            : Optional.of(sha256(bytes));
      } catch (IOException _) {
        return Optional.empty();
      }
    }
  }

  /** What a pattern of {@code include:} matched. */
  record Listing(Path folder, String pattern, List<Path> found) {
    public Listing {
      found = List.copyOf(found);
    }

    static Listing of(Path folder, String pattern) throws IOException {
      return new Listing(folder, pattern, list(folder, pattern));
    }

    boolean changed() {
      try {
        return !list(folder, pattern).equals(found);
      } catch (IOException _) {
        return !found.isEmpty();
      }
    }

    /** Sorted; hidden files and folders (an editor's, Kubernetes' {@code ..data}) are left out. */
    private static List<Path> list(Path folder, String pattern) throws IOException {
      var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      var depth =
          pattern.contains("**") ? 16 : (int) pattern.chars().filter(c -> c == '/').count() + 1;
      var found = new ArrayList<Path>();
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(
                Path directory, BasicFileAttributes attributes) {
              return directory.equals(folder) || !isHidden(directory)
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (!isHidden(file)
                  && !attributes.isDirectory()
                  && matcher.matches(folder.relativize(file))) {
                found.add(file);
              }
              return found.size() > MOST_INCLUDED
                  ? FileVisitResult.TERMINATE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              if (file.equals(folder)) {
                throw failure;
              }
              return FileVisitResult.CONTINUE; // A dangling link, or gone meanwhile.
            }
          });
      if (found.size() > MOST_INCLUDED) {
        throw new IOException("more than %d files match".formatted(MOST_INCLUDED));
      }
      return found.stream().sorted().toList();
    }

    private static boolean isHidden(Path path) {
      var name = path.getFileName();
      return name != null && name.toString().startsWith(".");
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
