package maildrift.monitor.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in the foreground of a child process, stopped by its own handle and nobody else's. */
final class Server implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;
  private final String program;

  private Server(String program, Process process, Path log) {
    this.program = program;
    this.process = process;
    this.log = log;
  }

  /** Starts it and waits until it accepts connections. */
  static Server start(Path folder, String address, int port, String program, String... arguments) {
    var listens = new InetSocketAddress(InetAddress.ofLiteral(address), port);
    var log = folder.resolve(Path.of(program).getFileName() + "-" + port + ".log");
    var command =
        Stream.concat(Stream.of(Programs.path(program)), Arrays.stream(arguments)).toList();
    try {
      var process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      var server = new Server(program, process, log);
      // Where the test's own process is ended, nobody would call close.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> server.accepts(listens));
      return server;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private boolean accepts(InetSocketAddress address) {
    if (!process.isAlive()) {
      throw new IllegalStateException("%s did not start:\n%s".formatted(program, log()));
    }
    try (var socket = new Socket()) {
      socket.connect(address, 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Asks it to end, and waits.
   *
   * @return its exit code
   */
  int end(Duration limit) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("%s does not end:\n%s".formatted(program, log()));
    }
    return process.exitValue();
  }

  /** Ends it as a crash does. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** A TCP port that is free at every one of these addresses now. */
  static int freePort(String... addresses) {
    for (var tries = 0; ; tries++) {
      try (var first = new ServerSocket(0, 1, InetAddress.ofLiteral(addresses[0]))) {
        for (var address : Arrays.asList(addresses).subList(1, addresses.length)) {
          new ServerSocket(first.getLocalPort(), 1, InetAddress.ofLiteral(address)).close();
        }
        return first.getLocalPort();
      } catch (IOException taken) {
        if (tries == 20) {
          throw new UncheckedIOException(taken);
        }
      }
    }
  }
}
