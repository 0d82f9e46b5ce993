package maildrift.monitor.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServiceManagerTest {
  private static final long PID = 42;
  private static final long UPTIME = 1_000_000;

  private final Heard heard = new Heard();

  @TempDir Path folder;

  /** Remembers what was told; cannot be reached while {@code deaf}. */
  private static final class Heard implements ServiceManager.Way {
    private final List<String> messages = new ArrayList<>();
    private boolean deaf;

    @Override
    public void send(String message) throws IOException {
      if (deaf) {
        throw new IOException("sendto: errno 111");
      }
      messages.add(message);
    }

    @Override
    public long monotonicMicros() {
      return UPTIME;
    }
  }

  private ServiceManager watched(Duration period) {
    return new ServiceManager(Optional.of(heard), Optional.of(period));
  }

  @Test
  void aWholeLifeIsTold() {
    var manager = watched(Duration.ofMinutes(2));

    manager.stage("opens the store");
    manager.ready("watches 2 domains");
    manager.alive("watches 3 domains");
    manager.reloading();
    manager.reloaded();
    manager.unwell("store: has not moved");
    manager.stopping();

    assertThat(heard.messages)
        .containsExactly(
            "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=opens the store",
            "READY=1\nSTATUS=watches 2 domains",
            "WATCHDOG=1\nSTATUS=watches 3 domains",
            "RELOADING=1\nMONOTONIC_USEC=1000000\nSTATUS=reads the configuration again",
            "READY=1\nSTATUS=watches 3 domains",
            "STATUS=store: has not moved",
            "STOPPING=1\nSTATUS=writes what it has and ends");
  }

  @Test
  void aTakeoverMayTakeLongerThanTheWatchdogWaits() {
    var told = new CountDownLatch(2);
    var manager =
        new ServiceManager(
            Optional.of(
                new ServiceManager.Way() {
                  @Override
                  public void send(String message) {
                    if (message.equals("WATCHDOG=1\nSTATUS=stands by")) {
                      told.countDown();
                    }
                  }

                  @Override
                  public long monotonicMicros() {
                    return UPTIME;
                  }
                }),
            Optional.of(Duration.ofMillis(100)));

    manager.standsBy("stands by");

    // Nobody says alive meanwhile.
    await().until(() -> told.getCount() == 0);
    manager.ready("watches 2 domains");
  }

  @Test
  void aReloadBeforeAllIsStartedDoesNotMakeItReady() {
    var manager = watched(Duration.ofMinutes(2));

    manager.reloading();
    manager.reloaded();

    assertThat(heard.messages).isEmpty();
  }

  @Test
  void whereNobodyAskedNothingIsTold() {
    var manager = ServiceManager.of(Map.of("WATCHDOG_USEC", "1000000"), PID);

    assertThat(manager.listens()).isFalse();
    manager.starting();
    manager.ready("watches 2 domains");
    manager.stopping();
  }

  @Test
  void withoutAWatchdogOnlyTheStatusIsTold() {
    var manager = new ServiceManager(Optional.of(heard), Optional.empty());

    manager.alive("watches 2 domains");

    assertThat(heard.messages).containsExactly("STATUS=watches 2 domains");
    assertThat(manager.pace()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void theWatchdogIsOursOnlyWithOurProcessAndAPeriod() {
    assertThat(watchdog("120000000", "")).contains(Duration.ofMinutes(2));
    assertThat(watchdog("120000000", "42")).contains(Duration.ofMinutes(2));
    assertThat(watchdog("120000000", "43")).isEmpty();
    assertThat(watchdog("0", "")).isEmpty();
    assertThat(watchdog("soon", "")).isEmpty();
    assertThat(watchdog("9223372036854775807", "")).isEmpty();
    assertThat(watched(Duration.ofSeconds(20)).pace()).isEqualTo(Duration.ofSeconds(5));
    assertThat(watched(Duration.ofMinutes(10)).pace()).isEqualTo(Duration.ofSeconds(10));
  }

  private static Optional<Duration> watchdog(String micros, String pid) {
    return ServiceManager.watchdog(Map.of("WATCHDOG_USEC", micros, "WATCHDOG_PID", pid), PID);
  }

  @Test
  void aReasonWithLineBreaksAssignsNothingElse() {
    watched(Duration.ofMinutes(2)).unwell("store: full\nMAINPID=1\r" + "x".repeat(300));

    assertThat(heard.messages)
        .singleElement()
        .satisfies(
            message ->
                assertThat(message)
                    .startsWith("STATUS=store: full MAINPID=1 x")
                    .hasSize("STATUS=".length() + 200));
  }

  @Test
  void aServiceManagerThatCannotBeReachedStopsNothing() {
    heard.deaf = true;
    var manager = watched(Duration.ofMinutes(2));
    manager.alive("watches 2 domains");
    heard.deaf = false;
    manager.alive("watches 2 domains");

    assertThat(heard.messages).hasSize(1);
  }

  @Test
  void onlyWhatHasMovedSinceItWasToldLives() {
    var counts = new HashMap<>(Map.of("store", 1L, "schedule", 1L));
    var keepAlive =
        new KeepAlive(
            Map.of("store", () -> counts.get("store"), "schedule", () -> counts.get("schedule")));

    assertThat(keepAlive.still()).containsExactlyInAnyOrder("store", "schedule");
    counts.merge("schedule", 1L, Long::sum);
    assertThat(keepAlive.still()).containsExactly("store");
    counts.merge("store", 1L, Long::sum);
    assertThat(keepAlive.still()).as("the schedule moved since it was last told, too").isEmpty();
    counts.merge("store", 1L, Long::sum);
    assertThat(keepAlive.still()).containsExactly("schedule");
  }

  @Test
  void aSocketAtAPathHearsUs() throws Throwable {
    var name = folder.resolve("notify").toString();
    try (var listener = new Listener(name)) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", name), PID).ready("watches 2 domains");

      assertThat(listener.next()).isEqualTo("READY=1\nSTATUS=watches 2 domains");
    }
  }

  @Test
  void aSocketWithAnAbstractNameHearsUs() throws Throwable {
    var name = "@maildrift-test-" + UUID.randomUUID();
    try (var listener = new Listener(name)) {
      var manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", name), PID);
      manager.starting();
      assertThat(listener.next()).isEqualTo("EXTEND_TIMEOUT_USEC=60000000\nSTATUS=starts");
      manager.ready("watches 2 domains");
      assertThat(listener.next()).isEqualTo("READY=1\nSTATUS=watches 2 domains");
      manager.reloading();
      assertThat(listener.next()).matches("(?s)RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+\nSTATUS=.*");
    }
  }

  @Test
  void aSocketThatIsGoneIsSaid() {
    var nowhere = new NotifySocket(folder.resolve("nowhere").toString());

    assertThatThrownBy(() -> nowhere.send("READY=1")).hasMessage("sendto: errno 2");
  }

  @Test
  void namesThatNoSocketCanHaveAreNotUsed() {
    assertThatThrownBy(() -> NotifySocket.address("vsock:2:1234")).hasMessageContaining("/ or @");
    assertThatThrownBy(() -> NotifySocket.address("/" + "x".repeat(107)))
        .hasMessageContaining("longer");
    assertThat(NotifySocket.address("@" + "x".repeat(107))).hasSize(108).startsWith((byte) 0);
    assertThat(ServiceManager.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234"), PID).listens()).isFalse();
  }
}
