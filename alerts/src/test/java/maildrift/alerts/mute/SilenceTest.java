package maildrift.alerts.mute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final Labels CONTOSO = Labels.of(Map.of("domain", "contoso.test"));

  @Test
  void itIsPendingThenActiveThenExpired() {
    var silence = silence("domain=\"contoso.test\"");

    assertThat(silence.state(NOW.minusMillis(1))).isEqualTo(Silence.State.PENDING);
    assertThat(silence.state(NOW)).isEqualTo(Silence.State.ACTIVE);
    assertThat(silence.state(NOW.plusSeconds(3600))).isEqualTo(Silence.State.EXPIRED);
  }

  @Test
  void itMutesOnlyWhatAllItsMatchersMatchWhileItIsActive() {
    var silence = silence("domain=\"contoso.test\", severity!=\"critical\"");

    assertThat(silence.mutes(CONTOSO, NOW)).isTrue();
    assertThat(silence.mutes(CONTOSO, NOW.minusSeconds(1))).isFalse();
    assertThat(
            silence.mutes(Labels.of(Map.of("domain", "contoso.test", "severity", "critical")), NOW))
        .isFalse();
  }

  @Test
  void oneThatWouldMuteEverythingIsRefused() {
    assertThatThrownBy(() -> silence("domain=~\".*\"")).hasMessageContaining("would mute all");
    assertThatThrownBy(() -> silence("")).hasMessageContaining("would mute all");
  }

  @Test
  void expiringEndsItNow() {
    var silence = silence("domain=\"contoso.test\"");

    assertThat(silence.expire(NOW.plusSeconds(60)).state(NOW.plusSeconds(60)))
        .isEqualTo(Silence.State.EXPIRED);
    assertThat(silence.expire(NOW.minusSeconds(60)).state(NOW)).isEqualTo(Silence.State.EXPIRED);
    assertThat(silence.expire(NOW.minusSeconds(60)).state(NOW.minusSeconds(60)))
        .isEqualTo(Silence.State.EXPIRED);
  }

  @Test
  void mutesSayWhyAndWhenTheyChange() {
    var mutes =
        new Mutes(
            List.of(silence("domain=\"contoso.test\"")),
            List.of(
                new Maintenance(
                    Set.of("other.test"), NOW.plusSeconds(60), Duration.ofHours(2), "migration")));
    var other = Labels.of(Map.of("domain", "other.test"));

    assertThat(mutes.why(CONTOSO, NOW))
        .contains(new Mutes.Why.Silenced("s1", "alice", "known", NOW.plusSeconds(3600)));
    assertThat(mutes.why(other, NOW)).isEmpty();
    assertThat(mutes.why(other, NOW.plusSeconds(60)))
        .contains(new Mutes.Why.InMaintenance("migration", NOW.plusSeconds(7260)));
    assertThat(mutes.nextChange(NOW)).contains(NOW.plusSeconds(60));
    assertThat(mutes.nextChange(NOW.plusSeconds(60))).contains(NOW.plusSeconds(3600));
    assertThat(mutes.nextChange(NOW.plus(Duration.ofDays(1)))).isEmpty();
  }

  private static Silence silence(String matchers) {
    return new Silence(
        "s1", Matcher.parseAll(matchers), NOW, NOW.plusSeconds(3600), "alice", "known");
  }
}
