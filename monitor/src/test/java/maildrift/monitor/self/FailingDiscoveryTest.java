package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import maildrift.alerts.Alert;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.TestClock;
import org.junit.jupiter.api.Test;

/** Somebody hears of a list of domains that is away for too long. */
class FailingDiscoveryTest {
  private static final Optional<String> REFUSED = Optional.of("cmdb.test answered 401");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestClock clock = new TestClock();
  private final AtomicReference<List<ListSource>> sources = new AtomicReference<>(List.of());
  private SelfWatch watch = started();

  private SelfWatch started() {
    return new SelfWatch(
        List.of(new FailingDiscovery(sources::get, Presence.always(clock))),
        new MemoryStore(),
        clock,
        _ -> {});
  }

  private List<String> firing() {
    watch.look();
    return watch.alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(alert -> alert.labels().get("alertname") + " " + alert.labels().get("subject"))
        .toList();
  }

  private static ListSource cmdb(
      Instant since, Optional<Instant> succeeded, Optional<String> why, Duration refresh) {
    return new ListSource(
        "cmdb",
        since,
        succeeded,
        why,
        7,
        refresh,
        new TreeMap<>(),
        new TreeMap<>(),
        "Ask cmdb.test");
  }

  @Test
  void itIsToldAfterAnHourAndOverWithAListThatIsBelieved() {
    var begin = clock.instant();
    sources.set(List.of(cmdb(begin, Optional.of(begin), REFUSED, MINUTE)));
    clock.advance(Duration.ofMinutes(59));
    assertThat(firing()).isEmpty();

    clock.advance(Duration.ofMinutes(2));
    assertThat(firing()).containsExactly("discovery.failing cmdb");
    assertThat(watch.alerts().getFirst().annotations())
        .containsEntry("summary", "The list of domains cmdb cannot be used: cmdb.test answered 401")
        .containsEntry("remedy", "Ask cmdb.test");

    sources.set(List.of(cmdb(begin, Optional.of(clock.instant()), Optional.empty(), MINUTE)));
    assertThat(firing()).isEmpty();
  }

  @Test
  void oneThatIsReadSeldomMayFailThreeTimes() {
    var begin = clock.instant();
    sources.set(List.of(cmdb(begin, Optional.of(begin), REFUSED, Duration.ofHours(1))));
    clock.advance(Duration.ofHours(3).minusMinutes(1));
    assertThat(firing()).isEmpty();

    clock.advance(Duration.ofMinutes(2));
    assertThat(firing()).containsExactly("discovery.failing cmdb");
  }

  @Test
  void aRestartEndsNothingUntilAListIsBelieved() {
    sources.set(List.of(cmdb(clock.instant(), Optional.empty(), REFUSED, MINUTE)));
    clock.advance(Duration.ofHours(2));
    assertThat(firing()).containsExactly("discovery.failing cmdb");

    var kept = watch.alerts();
    var restart = clock.instant();
    watch = started();
    watch.restore(kept);
    for (var why : List.of(Optional.<String>empty(), REFUSED)) {
      sources.set(List.of(cmdb(restart, Optional.empty(), why, MINUTE)));
      assertThat(firing()).containsExactly("discovery.failing cmdb");
    }

    sources.set(List.of(cmdb(restart, Optional.of(restart), Optional.empty(), MINUTE)));
    assertThat(firing()).isEmpty();
  }

  @Test
  void aSourceThatIsTakenOutIsNoLongerToldOf() {
    sources.set(List.of(cmdb(clock.instant(), Optional.empty(), REFUSED, MINUTE)));
    clock.advance(Duration.ofHours(2));
    assertThat(firing()).hasSize(1);

    sources.set(List.of());
    assertThat(firing()).isEmpty();
  }

  /** It was suspended; the first look after it finds what was believed before. */
  @Test
  void oneThatWasNotTriedSinceIsNotToldOf() {
    var begin = clock.instant();
    sources.set(List.of(cmdb(begin, Optional.of(begin), Optional.empty(), MINUTE)));
    clock.advance(Duration.ofDays(2));

    assertThat(firing()).isEmpty();
  }
}
