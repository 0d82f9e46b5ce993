package maildrift.monitor.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A command line in a JVM of its own: for what a process has only once. */
record Child(int exit, String out) {
  private static final int PATIENCE_SECONDS = 120;

  /** The whole command line of that JVM. */
  static List<String> line(List<String> jvm, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "maildrift.monitor.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** A port that nobody listens on now. */
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Runs it to its end; stdout and stderr together. */
  static Child run(Consumer<Map<String, String>> environment, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("NO_COLOR");
    builder.environment().remove("COLUMNS");
    environment.accept(builder.environment());
    var process =
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))).start();
    try {
      var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("did not end: " + out);
      }
      return new Child(process.exitValue(), out);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Runs it on a terminal of its own.
   *
   * @param columns how wide the terminal is
   */
  static Child onTerminal(
      int columns, Consumer<Map<String, String>> environment, String... arguments)
      throws IOException, InterruptedException {
    var quoted = line(List.of(), arguments).stream().map(word -> "'" + word + "'").toList();
    return run(
        environment.andThen(map -> map.putIfAbsent("TERM", "xterm")),
        List.of(
            "script",
            "-qec",
            "stty cols %d rows 50; %s".formatted(columns, String.join(" ", quoted)),
            "/dev/null"));
  }
}
