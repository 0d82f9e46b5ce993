package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.config.BackupConfig;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.StoreConfig;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreInUse;
import maildrift.monitor.store.Stores;
import maildrift.monitor.store.TestPostgres;
import maildrift.monitor.web.FrontDoor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StandbyTest {
  private static final HttpConfig LOOPBACK =
      new HttpConfig(
          new HostPort("127.0.0.1", 0),
          Optional.empty(),
          Set.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          false);

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void startServer() {
    TestPostgres.require();
  }

  private static StoreConfig on(String url, boolean standby) {
    return new StoreConfig(
        url,
        Optional.empty(),
        Optional.empty(),
        StoreConfig.DEFAULT.keep(),
        standby,
        BackupConfig.DEFAULT);
  }

  private static CompletableFuture<Optional<StateStore>> opening(
      String url, FrontDoor door, CountDownLatch ended) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new Standby(on(url, true), Clock.systemUTC())
                .open(door.web(), ServiceManager.nobody(), ended);
          } catch (Exception failure) {
            throw new IllegalStateException(failure);
          }
        });
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whoStandsByIsNotReadySaysSoAndTakesOver() throws Exception {
    var url = TestPostgres.newDatabase();
    var first = Stores.open(url, Path.of(""), Clock.systemUTC());
    assertThatThrownBy(
            () ->
                new Standby(on(url, false), Clock.systemUTC())
                    .open(FrontDoor.shut().web(), ServiceManager.nobody(), new CountDownLatch(1)))
        .isInstanceOf(StoreInUse.class);
    try (var door = FrontDoor.shut()) {
      var port = door.web().serve(LOOPBACK);
      var second = opening(url, door, new CountDownLatch(1));

      await()
          .untilAsserted(
              () ->
                  assertThat(get(port, "/-/ready").body())
                      .contains("\"standby\":\"stands by: the store jdbc:postgresql://"));
      assertThat(get(port, "/-/ready").statusCode()).isEqualTo(503);
      assertThat(get(port, "/api/v1/domains").statusCode()).isEqualTo(503);
      assertThat(get(port, "/-/healthy").statusCode()).isEqualTo(200);
      // Up for Prometheus, and nothing is counted twice.
      assertThat(get(port, "/metrics").statusCode()).isEqualTo(200);
      assertThat(get(port, "/metrics").body().lines()).allMatch(line -> line.startsWith("# "));
      assertThat(second).isNotDone();

      first.close();
      try (var taken = second.get(30, TimeUnit.SECONDS).orElseThrow()) {
        assertThat(taken.health().writable()).isTrue();
        var ended = new CountDownLatch(1);
        var third = opening(url, door, ended);
        ended.countDown();
        assertThat(third.get(30, TimeUnit.SECONDS)).isEmpty();
      }
    }
  }
}
