package maildrift.monitor.lab;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs of this machine. A test that needs an absent one is skipped and says so; in CI,
 * where {@code .ci/run} has installed them all, it fails.
 */
final class Programs {
  private Programs() {}

  static void require(String... names) {
    var absent = Arrays.stream(names).filter(name -> find(name).isEmpty()).toList();
    condition(
        absent.isEmpty(),
        "not installed: %s (.ci/run names the Debian packages)"
            .formatted(String.join(", ", absent)));
  }

  /** Postfix changes users, which only root may. */
  static void requireRoot() {
    condition("root".equals(System.getProperty("user.name")), "Postfix starts for root only");
  }

  private static void condition(boolean met, String reason) {
    condition(met, reason, "true".equals(System.getenv("CI")));
  }

  static void condition(boolean met, String reason, boolean ci) {
    if (!met && ci) {
      throw new AssertionError("in CI this must not be skipped: " + reason);
    }
    assumeTrue(met, reason);
  }

  static String path(String name) {
    return find(name).orElseThrow(() -> new IllegalStateException(name + " is not installed"));
  }

  static boolean isInstalled(String name) {
    return find(name).isPresent();
  }

  /** Servers lie in sbin, which is not on everybody's PATH. */
  private static Optional<String> find(String name) {
    return Stream.concat(
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
            Stream.of("/usr/sbin", "/usr/bin"))
        .map(folder -> Path.of(folder).resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** What a program that ends by itself said. */
  record Ran(int exit, String output) {}

  /** Runs a program to its end, which must be a good one. */
  static String run(Path folder, String program, String... arguments) {
    var ran = tryTo(folder, "", program, arguments);
    if (ran.exit() != 0) {
      throw new IllegalStateException(
          "%s %s ended with %d:\n%s"
              .formatted(program, List.of(arguments), ran.exit(), ran.output()));
    }
    return ran.output();
  }

  /** Runs a program to its end; stdout and stderr together. */
  static Ran tryTo(Path folder, String input, String program, String... arguments) {
    try {
      var command = Stream.concat(Stream.of(path(program)), Arrays.stream(arguments)).toList();
      var stdin = Files.createTempFile(folder, "stdin", "");
      Files.writeString(stdin, input);
      var process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(stdin.toFile())
              .start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(program + " does not end");
      }
      return new Ran(process.exitValue(), output);
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
