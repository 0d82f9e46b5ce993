package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.config.HeartbeatConfig;
import org.junit.jupiter.api.Test;

class PulseTest {
  private final Map<String, String> unwell = new HashMap<>();
  private boolean storeMoves = true;
  private long nanos = 1;
  private final Pulse pulse =
      new Pulse(
          () -> unwell,
          Map.of(
              "store",
              () -> {
                if (!storeMoves) {
                  throw new java.util.concurrent.TimeoutException("no commit");
                }
              }),
          () -> nanos);

  @Test
  void itBeatsWhileEverythingMoves() {
    assertThat(pulse.isSilent()).isTrue();

    assertThat(pulse.beat()).isTrue();

    assertThat(pulse.isSilent()).isFalse();
  }

  @Test
  void whatIsUnwellOrCannotShowThatItMovesStopsIt() {
    pulse.beat();
    storeMoves = false;
    assertThat(pulse.beat()).isFalse();
    storeMoves = true;
    unwell.put("deliveries", "nobody sends to oncall");
    assertThat(pulse.beat()).isFalse();
    pass(Duration.ofSeconds(61));
    assertThat(pulse.isSilent()).isTrue();

    unwell.clear();

    assertThat(pulse.beat()).isTrue();
    assertThat(pulse.isSilent()).isFalse();
  }

  @Test
  void aSilenceThatBeganWhileABeatWasAtItsProofsIsEndedByIt() {
    var slow =
        new Pulse(() -> unwell, Map.of("store", () -> pass(Duration.ofSeconds(40))), () -> nanos);
    slow.beat();
    assertThat(slow.endedSilence()).isTrue();
    pass(Duration.ofSeconds(10));
    slow.beat();
    assertThat(slow.endedSilence()).isFalse();
    pass(Duration.ofSeconds(30));
    assertThat(slow.isSilent()).isFalse();

    slow.beat();

    assertThat(slow.endedSilence()).isTrue();
  }

  @Test
  void nobodyWhoBeatsNoMoreIsAlive() {
    pulse.beat();

    pass(Duration.ofSeconds(61));

    assertThat(pulse.isSilent()).isTrue();
  }

  @Test
  void aShutdownOnPurposeIsSilentAtOnce() {
    pulse.beat();

    pulse.end();

    assertThat(pulse.isSilent()).isTrue();
    assertThat(pulse.beat()).isFalse();
  }

  @Test
  void switchesAreToldAtTheirOwnIntervalsAndOneThatHangsHoldsUpNoOther() throws Exception {
    try (var quick = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(200));
        var slow = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(204));
        var hanging = new LoopbackHttp(_ -> new LoopbackHttp.Answer.Hang())) {
      var heartbeats = new Heartbeats(GuardedHttp.standard(), Clock.systemUTC(), () -> nanos);
      heartbeats.configured(
          List.of(
              config("quick", quick.uri("/a"), 10, HeartbeatConfig.Method.POST),
              config("slow", slow.uri("/b"), 60, HeartbeatConfig.Method.GET),
              config("hanging", hanging.uri("/c"), 10, HeartbeatConfig.Method.POST)));
      for (var i = 0; i < 4; i++) {
        heartbeats.beat();
        var times = i + 1;
        await().until(() -> quick.got().size() == times);
        pass(Duration.ofSeconds(10));
      }

      await().until(() -> slow.got().size() == 1);
      assertThat(hanging.got()).hasSize(1);
      assertThat(quick.got().getFirst().body()).isEqualTo("maildrift is alive\n");
      await().until(() -> heartbeats.lastSuccess("quick").isPresent());
      assertThat(heartbeats.lastSuccess("hanging")).isEmpty();
    }
  }

  private static HeartbeatConfig config(
      String name, URI url, int seconds, HeartbeatConfig.Method method) {
    return new HeartbeatConfig(name, url, Duration.ofSeconds(seconds), method, false);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
