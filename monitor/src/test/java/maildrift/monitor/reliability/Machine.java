package maildrift.monitor.reliability;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Where and of what something was measured; neither the machine's name nor its paths. */
final class Machine {
  private static final String COMMIT = describeSources();

  private Machine() {}

  /** The commit, with a plus where sources differ from it. */
  static String commit() {
    return COMMIT;
  }

  static String text() {
    var memory =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? Math.round(system.getTotalMemorySize() / (double) (1L << 30)) + " GiB, "
            : "";
    return "%d cores, %s%s %s, JDK %s (%s)"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            memory,
            System.getProperty("os.name"),
            release(),
            Runtime.version(),
            System.getProperty("java.vendor"));
  }

  /** Of the kernel, {@code 6.18}: what follows names whose build it is. */
  private static String release() {
    var numbers = System.getProperty("os.version").split("[.-]", 3);
    return numbers.length < 2 ? numbers[0] : numbers[0] + "." + numbers[1];
  }

  private static String describeSources() {
    var commit = git("rev-parse", "--short=10", "HEAD");
    if (!commit.matches("[0-9a-f]{10,}")) {
      return "unknown";
    }
    return git("status", "--porcelain", "--", "*.java", "*.sql").isEmpty() ? commit : commit + "+";
  }

  private static String git(String... arguments) {
    var command = new ArrayList<>(List.of("git", "-C", ".."));
    command.addAll(List.of(arguments));
    try {
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? said.strip() : "?";
    } catch (IOException _) {
      return "?";
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
