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
  void nothingMutesTheAlertThatAlwaysFires() {
    var watchdog = Labels.of(Map.of("alertname", "Watchdog", "severity", "info"));
    var mutes =
        new Mutes(
            List.of(silence("severity=\"info\"")),
            List.of(
                new Maintenance(
                    Set.of(),
                    Set.of(),
                    List.of(Matcher.equal("severity", "info")),
                    NOW,
                    Duration.ofHours(2),
                    "")));

    assertThat(mutes.why(Labels.of(Map.of("alertname", "a", "severity", "info")), NOW)).isPresent();
    assertThat(mutes.why(watchdog, NOW)).isEmpty();
    assertThat(mutes.heldBack(watchdog, NOW, NOW.plusSeconds(9_000))).isEmpty();
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

  @Test
  void anEndThatSomebodyMakesIsAChange() {
    var silence = silence("domain=\"contoso.test\"");
    assertThat(silence.updatedAt()).isEqualTo(NOW);
    var over = silence.expire(NOW.plusSeconds(60));
    assertThat(over.updatedAt()).isEqualTo(NOW.plusSeconds(60));
    assertThat(over.expire(NOW.plusSeconds(90))).isEqualTo(over);
    assertThat(silence.expire(NOW.minusSeconds(60)).updatedAt()).isEqualTo(NOW.minusSeconds(60));
  }

  private static Silence silence(String matchers) {
    return new Silence(
        "s1", Matcher.parseAll(matchers), NOW, NOW.plusSeconds(3600), "alice", "known");
  }

  @Test
  void aWindowIsOfDomainsAndTenantsAndOfTheirAlertsThatMatch() {
    var from = Instant.parse("2026-12-01T20:00:00Z");
    var window =
        new Maintenance(
            Set.of("fabrikam.test"),
            Set.of("contoso"),
            List.of(Matcher.parse("alertname=~\"tls.*\"")),
            from,
            Duration.ofHours(1),
            "");

    assertThat(window.covers(labels("tls.level", "contoso.test", "contoso"))).isTrue();
    assertThat(window.covers(labels("tls.level", "fabrikam.test", "other"))).isTrue();
    assertThat(window.covers(labels("mx.missing", "contoso.test", "contoso"))).isFalse();
    assertThat(window.covers(labels("tls.level", "northwind.test", "other"))).isFalse();
    assertThat(window.mutes(labels("tls.level", "contoso.test", "contoso"), from.minusSeconds(1)))
        .isFalse();
  }

  @Test
  void noWindowMutesWhatTellsOfIt() {
    var window =
        new Maintenance(
            Set.of(),
            Set.of(),
            List.of(Matcher.parse("tenant=contoso")),
            Instant.parse("2026-12-01T20:00:00Z"),
            Duration.ofHours(1),
            "");

    assertThat(window.covers(labels("tls.level", "", "contoso"))).isTrue();
    assertThat(window.covers(labels(Maintenance.PROGRESS, "", "contoso"))).isFalse();
  }

  private static Labels labels(String rule, String domain, String tenant) {
    return Labels.of(Map.of("alertname", rule, "domain", domain, "tenant", tenant));
  }
}
