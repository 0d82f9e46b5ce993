package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreAway;
import maildrift.monitor.store.StoreInUse;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.store.TestPostgres;
import maildrift.monitor.web.FrontDoor;
import maildrift.monitor.wiring.Loading;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StandbyTest {
  private static final String LOOPBACK = "http: {listen: '127.0.0.1:0'}";

  @TempDir Path folder = Path.of(".");

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void startServer() {
    TestPostgres.require();
  }

  /** Without a port of its own: a free one. */
  private void write(String url, boolean standby, String rest) throws IOException {
    Files.writeString(
        file(), "store: {url: '%s', standby: %s}\n%s\n".formatted(url, standby, rest));
  }

  private Path file() {
    return folder.resolve("maildrift.yml");
  }

  private Standby standby(FrontDoor door) {
    var loader = Loading.loader();
    return switch (loader.load(file())) {
      case ConfigLoader.Loaded loaded ->
          new Standby(
              loaded, loader, file(), door.web(), ServiceManager.nobody(), Clock.systemUTC());
      case ConfigLoader.Rejected rejected ->
          throw new IllegalStateException(rejected.problems().toString());
    };
  }

  private static CompletableFuture<Optional<StateStore>> opening(
      Standby standby, CountDownLatch ended) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return standby.open(ended);
          } catch (Exception failure) {
            throw new IllegalStateException(failure);
          }
        });
  }

  private static List<String> domains(Standby standby) {
    return standby.loaded().config().domains().stream()
        .map(domain -> domain.name().toString())
        .toList();
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aServerThatIsAwayEndsNoStandbyAndAMistakeDoes() throws Exception {
    var url = TestPostgres.newDatabase();
    try (var door = FrontDoor.shut()) {
      var away = "jdbc:postgresql://127.0.0.1:%d/d?user=u".formatted(closedPort());
      write(away, false, LOOPBACK);
      assertThatThrownBy(() -> standby(door).open(new CountDownLatch(1)))
          .isInstanceOf(StoreAway.class)
          .hasMessageContaining(" refused");
      write(url.replaceAll("/maildrift_[0-9]+", "/nope"), true, LOOPBACK);
      assertThatThrownBy(() -> standby(door).open(new CountDownLatch(1)))
          .isInstanceOf(StoreUnusable.class)
          .isNotInstanceOf(StoreAway.class);

      write(away, true, LOOPBACK);
      var waiting = standby(door);
      var port = door.web().serve(waiting.loaded().config().http());
      var ended = new CountDownLatch(1);
      var second = opening(waiting, ended);
      await()
          .untilAsserted(
              () ->
                  assertThat(get(port, "/-/ready").body())
                      .contains("\"standby\":\"the store cannot be opened\""));
      assertThat(second).isNotDone();
      ended.countDown();
      assertThat(second.get(30, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void whoStandsByIsNotReadySaysSoAndTakesOver() throws Exception {
    var url = TestPostgres.newDatabase();
    var first = Stores.open(url, Path.of(""), Clock.systemUTC());
    try (var door = FrontDoor.shut()) {
      write(url, false, LOOPBACK);
      assertThatThrownBy(() -> standby(door).open(new CountDownLatch(1)))
          .isInstanceOf(StoreInUse.class);

      write(url, true, LOOPBACK + "\ndomains: [{name: one.test}]");
      var waiting = standby(door);
      var port = door.web().serve(waiting.loaded().config().http());
      var second = opening(waiting, new CountDownLatch(1));
      await()
          .untilAsserted(
              () ->
                  assertThat(get(port, "/-/ready").body())
                      .contains("\"standby\":\"another maildrift has the store\""));
      assertThat(get(port, "/-/ready").statusCode()).isEqualTo(503);
      assertThat(get(port, "/api/v1/domains").statusCode()).isEqualTo(503);
      assertThat(get(port, "/-/healthy").statusCode()).isEqualTo(200);
      // Up for Prometheus, and nothing is counted twice.
      assertThat(get(port, "/metrics").statusCode()).isEqualTo(200);
      assertThat(get(port, "/metrics").body().lines().filter(line -> !line.startsWith("# ")))
          .satisfiesExactly(
              build -> assertThat(build).startsWith("maildrift_build_info{java=").endsWith("} 1"),
              standby -> assertThat(standby).isEqualTo("maildrift_standby 1"));

      // SIGHUP, with a mistake and then without; and later nobody says that the file is another.
      write(url, true, "domains: [{nam: one.test}]");
      waiting.reload();
      assertThat(domains(waiting)).containsExactly("one.test");
      write(url, true, LOOPBACK + "\ndomains: [{name: two.test}]");
      waiting.reload();
      assertThat(domains(waiting)).containsExactly("two.test");
      write(url, false, LOOPBACK + "\ndomains: [{name: three.test}]");
      assertThat(second).isNotDone();

      first.close();
      try (var taken = second.get(30, TimeUnit.SECONDS).orElseThrow()) {
        assertThat(taken.health().writable()).isTrue();
        assertThat(domains(waiting)).containsExactly("three.test");
        assertThat(get(port, "/-/ready").body()).contains("\"start\"");

        write(url, true, LOOPBACK);
        var ended = new CountDownLatch(1);
        var third = opening(standby(door), ended);
        ended.countDown();
        assertThat(third.get(30, TimeUnit.SECONDS)).isEmpty();
      }
    }
  }
}
