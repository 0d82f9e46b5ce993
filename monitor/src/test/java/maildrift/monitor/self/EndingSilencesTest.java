package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import org.junit.jupiter.api.Test;

class EndingSilencesTest {
  private static final Instant START = Instant.parse("2026-11-21T17:00:00Z");

  private final List<Silence> silences = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private final EndingSilences symptom = new EndingSilences(() -> silences, () -> alerts);

  @Test
  void itIsSaidInTimeWithWhoWhyAndWhatToPaste() {
    silences.add(silence("tenant=contoso", Duration.ofHours(10)));
    alerts.add(alert("a.test", "contoso", Alert.Phase.FIRING));

    assertThat(symptom.problems(START.plus(Duration.ofHours(9)).minusSeconds(1))).isEmpty();
    var problem = symptom.problems(START.plus(Duration.ofHours(9))).getFirst();
    assertThat(problem.labels().map())
        .containsEntry("alertname", "silence.ending")
        .containsEntry("subject", "5e1f")
        .containsEntry("tenant", "contoso");
    assertThat(problem.annotations().get("summary"))
        .isEqualTo(
            "The silence of tenant=\"contoso\" by ada (migration) ends at 2026-11-22T03:00:00Z, and what it hides still fires");
    assertThat(problem.annotations().get("description")).contains("spf.present of a.test");
    assertThat(problem.annotations().get("remedy"))
        .contains("maildrift silence extend 5e1f --for 1d");
    // It does not hide what is said of it.
    assertThat(silences.getFirst().mutes(problem.labels(), START.plusSeconds(1))).isFalse();
    assertThat(symptom.problems(START.plus(Duration.ofHours(10)))).isEmpty();
  }

  @Test
  void oneThatHidesNothingThatFiresEndsInPeace() {
    silences.add(silence("tenant=contoso", Duration.ofHours(10)));
    alerts.add(alert("a.test", "contoso", Alert.Phase.PENDING));
    alerts.add(alert("b.test", "fabrikam", Alert.Phase.FIRING));

    assertThat(symptom.problems(START.plus(Duration.ofHours(9)))).isEmpty();
  }

  @Test
  void whatIsHiddenOfSeveralTenantsGoesToNoOneTenant() {
    silences.add(silence("severity=critical", Duration.ofHours(10)));
    alerts.add(alert("a.test", "contoso", Alert.Phase.FIRING));
    alerts.add(alert("b.test", "fabrikam", Alert.Phase.FIRING));

    assertThat(symptom.problems(START.plus(Duration.ofHours(9))).getFirst().labels().get("tenant"))
        .isEmpty();
  }

  @Test
  void theNoticeIsATenthOfTheLengthWithinBounds() {
    assertThat(EndingSilences.notice(silence("a=b", Duration.ofHours(10)))).hasHours(1);
    assertThat(EndingSilences.notice(silence("a=b", Duration.ofHours(1)))).hasMinutes(15);
    assertThat(EndingSilences.notice(silence("a=b", Duration.ofMinutes(10)))).hasMinutes(5);
    assertThat(EndingSilences.notice(silence("a=b", Duration.ofDays(90)))).hasDays(1);
  }

  private static Silence silence(String matchers, Duration length) {
    return new Silence(
        "5e1f", Matcher.parseAll(matchers), START, START.plus(length), "ada", "migration");
  }

  private static Alert alert(String domain, String tenant, Alert.Phase phase) {
    return new Alert(
        Labels.of(
            Map.of(
                "alertname",
                "spf.present",
                "domain",
                domain,
                "subject",
                domain,
                "tenant",
                tenant,
                "severity",
                "critical")),
        new TreeMap<>(),
        phase,
        0,
        0,
        START,
        START,
        Optional.empty());
  }
}
