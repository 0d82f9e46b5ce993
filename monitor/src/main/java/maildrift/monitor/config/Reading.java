package maildrift.monitor.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One reading of a configuration: what it may use, what it read, and what was wrong. */
final class Reading {
  /** 100,000 domains with everything declared fit; a core dump named by mistake does not. */
  static final int LARGEST_CONFIGURATION = 64 << 20;

  static final int LARGEST_LIST = 16 << 20;
  static final int LARGEST_SECRET = 64 << 10;

  private static final int MOST_PROBLEMS = 1000;
  private static final String OPENING = "${env:";

  private final Map<String, String> environment;
  private final boolean mayUseFiles;
  private final Optional<Credentials> credentials;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final Map<Path, ConfigFiles.Seen> files = new LinkedHashMap<>();
  private final List<ConfigFiles.Listing> listings = new ArrayList<>();
  private final Map<String, Set<String>> keys = new TreeMap<>();
  private int unsaid;
  private boolean unseen;

  private Reading(
      Map<String, String> environment, boolean mayUseFiles, Optional<Credentials> credentials) {
    this.environment = environment;
    this.mayUseFiles = mayUseFiles;
    this.credentials = credentials;
  }

  /** Of files that the operator wrote. */
  static Reading ofFiles(Map<String, String> environment) {
    return ofFiles(environment, Optional.empty());
  }

  /**
   * The same beside the daemon's unit.
   *
   * @param credentials those of the unit, which need not be readable here
   */
  static Reading ofFiles(Map<String, String> environment, Optional<Credentials> credentials) {
    return new Reading(environment, true, credentials);
  }

  /** Of text that came over the network: it names no files and no environment variables. */
  static Reading ofRequest() {
    return new Reading(Map.of(), false, Optional.empty());
  }

  void problem(Place place, String message) {
    problem(place.problem(message));
  }

  void problem(Problem problem) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(problem);
    } else {
      unsaid++;
    }
  }

  void warning(Place place, String message) {
    warning(place.problem(message));
  }

  void warning(Problem warning) {
    if (warnings.size() < MOST_PROBLEMS) {
      warnings.add(warning);
    }
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  /** In the order of files and lines; what exceeds a thousand is counted. */
  List<Problem> problems() {
    var sorted = new ArrayList<>(problems.stream().sorted().distinct().toList());
    if (unsaid > 0) {
      var last = sorted.getLast();
      sorted.add(
          new Problem(
              last.file(), last.line(), last.column(), "and %d more problems".formatted(unsaid)));
    }
    return List.copyOf(sorted);
  }

  List<Problem> warnings() {
    return warnings.stream().sorted().distinct().toList();
  }

  ConfigFiles files() {
    return new ConfigFiles(List.copyOf(files.values()), listings);
  }

  void listed(ConfigFiles.Listing listing) {
    listings.add(listing);
  }

  void knows(String pattern, String key) {
    keys.computeIfAbsent(pattern, _ -> new TreeSet<>()).add(key);
  }

  /** Every key that was asked for, by the place where it may stand; the schema's test reads it. */
  Map<String, Set<String>> keys() {
    return keys;
  }

  /** The text with {@code ${env:NAME}} replaced; unset variables are problems. */
  Optional<Text> text(Node.Scalar scalar) {
    var written = scalar.text();
    var at = written.indexOf("${");
    if (at < 0) {
      return Optional.of(new Text(written, written, scalar.place()));
    }
    var value = new StringBuilder(written.substring(0, at));
    while (at >= 0) {
      var end = written.indexOf('}', at);
      if (!written.startsWith(OPENING, at) || end < 0) {
        var part = end < 0 ? written.substring(at) : written.substring(at, end + 1);
        problem(
            scalar.place(),
            "'%s' is not replaced by anything; an environment variable is written ${env:NAME}"
                .formatted(Words.shortened(part)));
        return Optional.empty();
      }
      var name = written.substring(at + OPENING.length(), end);
      if (!mayUseFiles) {
        problem(scalar.place(), "'${env:%s}' may not be used here".formatted(name));
        return Optional.empty();
      }
      var found = environment.get(name);
      if (found == null) {
        problem(
            scalar.place(),
            "the environment variable '%s' is not set".formatted(Words.shortened(name)));
        return Optional.empty();
      }
      value.append(found);
      at = written.indexOf("${", end);
      value.append(written, end + 1, at < 0 ? written.length() : at);
    }
    return Optional.of(new Text(value.toString(), written, scalar.place()));
  }

  /**
   * A file's text, UTF-8, without a byte order mark; what is wrong is said at {@code named}, where
   * {@code key} names it.
   */
  Optional<String> file(Place.Source source, Place named, String key, int atMost) {
    return bytes(source, named, key, atMost)
        .flatMap(
            bytes -> {
              try {
                var text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
                return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
              } catch (CharacterCodingException _) {
                problem(
                    new Place(source, 1 + linesBeforeMalformed(bytes), 1),
                    "this line is not UTF-8");
                return Optional.empty();
              }
            });
  }

  /** As {@link #file}, for a file whose content concerns somebody else. */
  Optional<byte[]> bytes(Place.Source source, Place named, String key, int atMost) {
    if (!mayUseFiles) {
      problem(
          named,
          "%s: '%s': a file may not be named here".formatted(key, Words.shortened(source.shown())));
      return Optional.empty();
    }
    try {
      if (Files.isDirectory(source.path())) {
        return unreadable(source, named, key, "'%s' is a folder, not a file");
      }
      var stamp = ConfigFiles.stamp(source.path());
      byte[] bytes;
      try (var in = Files.newInputStream(source.path())) {
        bytes = in.readNBytes(atMost + 1);
      }
      if (bytes.length > atMost) {
        return unreadable(
            source,
            named,
            key,
            "'%s' is larger than " + (atMost >> 10) + " KiB, which it may not be");
      }
      files.put(source.path(), ConfigFiles.Seen.read(source.path(), stamp, bytes));
      return Optional.of(bytes);
    } catch (NoSuchFileException _) {
      return unreadable(source, named, key, "'%s': no such file");
    } catch (AccessDeniedException _) {
      return unreadable(source, named, key, "'%s' may not be read by this user");
    } catch (IOException failed) {
      return unreadable(source, named, key, "'%s' cannot be read: " + failed.getMessage());
    }
  }

  private Optional<byte[]> unreadable(
      Place.Source source, Place named, String key, String message) {
    files.put(source.path(), ConfigFiles.Seen.absent(source.path()));
    if (isUnseen(source)) {
      unseen = true;
      warning(named, Credentials.unseen(key, source));
      return Optional.empty();
    }
    problem(
        named,
        (key.isEmpty() ? "" : key + ": ") + message.formatted(Words.shortened(source.shown())));
    return Optional.empty();
  }

  /** Whether something is left out that the daemon's unit would have read. */
  boolean hasUnseen() {
    return unseen;
  }

  /** Whether it is of the daemon's unit and cannot be read here. */
  boolean isUnseen(Place.Source source) {
    return credentials.filter(unit -> unit.has(source.path())).isPresent()
        && !Files.isReadable(source.path());
  }

  /** The file holds a secret: others should not read it. */
  void warnIfOthersRead(Place.Source source, Place named) {
    try {
      if (Files.getPosixFilePermissions(source.path()).contains(PosixFilePermission.OTHERS_READ)) {
        warning(
            named,
            "every user of this machine may read '%s'; chmod o-r it".formatted(source.shown()));
      }
    } catch (IOException | UnsupportedOperationException _) {
      // A file system without permissions has nothing to warn of.
    }
  }

  private static int linesBeforeMalformed(byte[] bytes) {
    var lines = 0;
    var start = 0;
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        try {
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, i - start));
        } catch (CharacterCodingException _) {
          return lines;
        }
        lines++;
        start = i + 1;
      }
    }
    return lines;
  }
}
