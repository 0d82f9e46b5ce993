package maildrift.monitor.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** What blackbox_exporter needs for the DNS records of domains: one probe and one module each. */
final class BlackboxBench {
  private static final List<String> PROGRAMS =
      List.of("prometheus-blackbox-exporter", "blackbox_exporter");
  private static final int CLIENTS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private BlackboxBench() {}

  /** What it took, without the name server. */
  record Cost(int probes, long succeeded, double cpuMicrosPerDomain, double domainsPerSecond) {}

  /** A name and the type that is asked for. */
  record Question(String name, String type) {}

  static Optional<Path> installed() {
    return PROGRAMS.stream()
        .flatMap(
            name ->
                Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                    .map(folder -> Path.of(folder).resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Cost run(
      Path program, Path folder, String server, List<Question> questions, int domains, int rounds)
      throws IOException, InterruptedException {
    var modules = new StringBuilder("modules:\n");
    for (var i = 0; i < questions.size(); i++) {
      modules.append(
          "  q%d: {prober: dns, timeout: 5s, dns: {query_name: %s, query_type: %s, preferred_ip_protocol: ip4}}\n"
              .formatted(i, questions.get(i).name(), questions.get(i).type()));
    }
    var config = Files.writeString(folder.resolve("blackbox.yml"), modules);
    var port = freePort();
    var process =
        new ProcessBuilder(
                program.toString(),
                "--config.file=" + config,
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=error")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("blackbox.log").toFile())
            .start();
    try (var http = HttpClient.newHttpClient()) {
      awaitOpen(process, port);
      ask(http, port, server, questions); // Warms up.
      var before = cpu(process);
      var begun = System.nanoTime();
      var succeeded = 0L;
      for (var round = 0; round < rounds; round++) {
        succeeded += ask(http, port, server, questions);
      }
      var seconds = (System.nanoTime() - begun) / 1e9;
      var worked = cpu(process).minus(before);
      return new Cost(
          questions.size() * rounds,
          succeeded,
          worked.toNanos() / 1e3 / domains / rounds,
          domains * rounds / seconds);
    } finally {
      process.destroy();
    }
  }

  private static long ask(HttpClient http, int port, String server, List<Question> questions)
      throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(CLIENTS, Thread.ofVirtual().factory())) {
      var work =
          java.util.stream.IntStream.range(0, questions.size())
              .mapToObj(
                  i ->
                      (Callable<Boolean>)
                          () ->
                              http.send(
                                      HttpRequest.newBuilder(
                                              URI.create(
                                                  "http://127.0.0.1:%d/probe?module=q%d&target=%s"
                                                      .formatted(port, i, server)))
                                          .build(),
                                      HttpResponse.BodyHandlers.ofString())
                                  .body()
                                  .contains("\nprobe_success 1"))
              .toList();
      var succeeded = 0L;
      for (var answer : threads.invokeAll(work)) {
        succeeded += answer.get() ? 1 : 0;
      }
      return succeeded;
    } catch (ExecutionException failure) {
      throw new Failure("blackbox_exporter did not answer: " + failure.getCause());
    }
  }

  private static Duration cpu(Process process) {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitOpen(Process process, int port) throws InterruptedException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return;
      } catch (IOException _) {
        Thread.sleep(20);
      }
    }
    throw new Failure("blackbox_exporter did not start");
  }
}
