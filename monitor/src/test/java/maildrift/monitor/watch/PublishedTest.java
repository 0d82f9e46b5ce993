package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.network.Cidr;
import org.junit.jupiter.api.Test;

class PublishedTest {
  private static final String SOURCE = "nets.test";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Cidr FIRST = Cidr.parse("198.51.100.0/24");
  private static final Cidr SECOND = Cidr.parse("203.0.113.0/24");

  private final Published published = new Published();

  private void sees(Instant at, Cidr... networks) {
    published.learn(published.news(judgement(networks), at, _ -> true));
  }

  private static Judgement judgement(Cidr... networks) {
    return new Judgement.Builder()
        .fact(
            "sources",
            List.of(
                Map.of(
                    "name", SOURCE, "published", Stream.of(networks).map(Cidr::toString).toList())))
        .build(Outcome.OBSERVED);
  }

  @Test
  void whatIsNoLongerPublishedIsWithdrawnUntilItComesBack() {
    sees(NOON, FIRST, SECOND);
    assertThat(published.withdrawn()).isEmpty();

    sees(NOON.plusSeconds(60), FIRST);
    assertThat(published.withdrawn())
        .isEqualTo(Map.of(SOURCE, Map.of(SECOND, NOON.plusSeconds(60))));

    sees(NOON.plusSeconds(120), FIRST, SECOND);
    assertThat(published.withdrawn()).isEmpty();
  }

  @Test
  void aTurnThatChangesNothingCopiesNothing() {
    sees(NOON, FIRST, SECOND);
    sees(NOON.plusSeconds(60), FIRST);
    var before = published.withdrawn();

    sees(NOON.plusSeconds(120), FIRST);

    assertThat(published.withdrawn()).isSameAs(before);
  }

  @Test
  void aLookThatIsNotBelievedIsNoNews() {
    sees(NOON, FIRST);

    assertThat(published.news(judgement(SECOND), NOON, source -> !source.equals(SOURCE))).isEmpty();
  }

  @Test
  void whatWasWithdrawnLongAgoIsForgotten() {
    sees(NOON, FIRST, SECOND);
    sees(NOON.plusSeconds(60), FIRST);

    published.expire(NOON.plusSeconds(60));
    assertThat(published.withdrawn()).containsOnlyKeys(SOURCE);
    published.expire(NOON.plus(Duration.ofDays(1)));

    assertThat(published.withdrawn()).isEmpty();
    assertThat(published.knows(SOURCE)).isTrue();
  }
}
