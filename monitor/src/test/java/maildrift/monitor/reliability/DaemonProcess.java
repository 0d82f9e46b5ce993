package maildrift.monitor.reliability;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code maildrift run} as a process of its own, as an operator has it, with its log. */
final class DaemonProcess implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern ADDRESS =
      Pattern.compile("page and API at http://127\\.0\\.0\\.1:(\\d+)");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Process process;
  private final Path log;
  private final long started = System.nanoTime();

  private DaemonProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** How it is started: options of the virtual machine, and what runs it, e.g. setpriv. */
  record Terms(List<String> before, List<String> jvm) {
    static final Terms USUAL = new Terms(List.of(), List.of("-XX:+UseSerialGC", "-Xmx256m"));

    Terms {
      before = List.copyOf(before);
      jvm = List.copyOf(jvm);
    }
  }

  static DaemonProcess start(Path folder, Path config, Terms terms) {
    var command = new ArrayList<>(terms.before());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1"));
    command.addAll(terms.jvm());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "maildrift.monitor.Main",
            "run",
            "--config",
            config.toString(),
            "--only",
            "mx"));
    try {
      var log = Files.createTempFile(config.toAbsolutePath().getParent(), "daemon-", ".log");
      var builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      var process = builder.start();
      // Where the test's own process is ended, nobody would call close.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new DaemonProcess(process, log);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Waits until it watches. */
  DaemonProcess ready() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("the daemon did not start:\n" + log());
              }
              return ADDRESS.matcher(log()).find();
            });
    return this;
  }

  /** What an operator reads: all it wrote so far. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The body and the status of one of its pages. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var address = ADDRESS.matcher(log());
    if (!address.find()) {
      throw new IllegalStateException("it is not ready:\n" + log());
    }
    return CLIENT.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%s%s".formatted(address.group(1), path)))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; does not wait. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end and gives the exit code. */
  int end() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the daemon does not end:\n" + log());
    }
    return process.exitValue();
  }

  /** The exit code, if it ends so soon. */
  Optional<Integer> endWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }

  /** Since its start. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
