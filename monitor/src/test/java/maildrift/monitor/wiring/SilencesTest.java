package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.store.KeptSilence;
import org.junit.jupiter.api.Test;

class SilencesTest {
  private static final Instant NOW = Instant.parse("2026-11-28T20:00:00Z");
  private static final Silence SILENCE =
      new Silence(
          "s1",
          Matcher.parseAll("domain=\"contoso.test\""),
          NOW.plusSeconds(60),
          NOW.plusSeconds(3600),
          "Ada",
          "moves",
          NOW);

  @Test
  void whatIsKeptComesBack() {
    assertThat(Silences.restored(List.of(Silences.kept(SILENCE)))).containsExactly(SILENCE);
  }

  /** As versions before this one kept them. */
  @Test
  void oneWhoseLastChangeIsNotKnownWasChangedWhenItBegan() {
    var kept = Silences.kept(SILENCE);
    var old = kept.definition().replace(",\"updatedAt\":\"" + NOW + "\"", "");
    assertThat(old).doesNotContain("updatedAt");
    assertThat(Silences.restored(List.of(new KeptSilence(kept.id(), kept.endsAt(), old))))
        .singleElement()
        .extracting(Silence::updatedAt)
        .isEqualTo(SILENCE.startsAt());
  }
}
