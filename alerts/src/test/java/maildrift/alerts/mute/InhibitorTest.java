package maildrift.alerts.mute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import org.junit.jupiter.api.Test;

class InhibitorTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  private final Inhibitor inhibitor = new Inhibitor();

  private void rule(String source, String target, String... equal) {
    inhibitor.rules(
        List.of(
            new InhibitRule(
                "why", Matcher.parseAll(source), Matcher.parseAll(target), List.of(equal))),
        List.of());
  }

  @Test
  void aSourceThatFiresHidesTargetsOfTheSameDomainAlone() {
    rule("alertname=ns.lame", "alertname!=ns.lame", "domain");
    var own = alert("spf.present", "a.test", Phase.FIRING);
    var other = alert("spf.present", "b.test", Phase.FIRING);
    var source = alert("ns.lame", "a.test", Phase.FIRING);
    inhibitor.put(own);
    inhibitor.put(other);
    inhibitor.put(source);

    assertThat(inhibitor.why(own))
        .contains(
            new Mutes.Why.Inhibited(List.of(source.fingerprint()), "ns.lame of a.test", "why"));
    assertThat(inhibitor.why(other)).isEmpty();
    assertThat(inhibitor.why(source)).isEmpty();
  }

  @Test
  void theEndOfTheLastSourceReleasesItsTargetsAndNoOthers() {
    rule("severity=critical", "severity=warning", "domain");
    var target = alert("spf.all", "a.test", Phase.FIRING, "warning");
    inhibitor.put(target);
    inhibitor.put(alert("spf.all", "b.test", Phase.FIRING, "warning"));
    inhibitor.put(alert("mx.null", "a.test", Phase.FIRING));
    inhibitor.put(alert("mx.extra", "a.test", Phase.FIRING));

    assertThat(inhibitor.put(alert("mx.null", "a.test", Phase.RESOLVED))).isEmpty();
    assertThat(inhibitor.why(target)).isPresent();
    assertThat(inhibitor.put(alert("mx.extra", "a.test", Phase.RESOLVED)))
        .containsExactly(target.fingerprint());
    assertThat(inhibitor.why(target)).isEmpty();
  }

  @Test
  void aSourceThatIsOnlyPendingHidesNothing() {
    rule("alertname=ns.lame", "alertname!=ns.lame", "domain");
    var target = alert("spf.present", "a.test", Phase.FIRING);
    inhibitor.put(target);
    inhibitor.put(alert("ns.lame", "a.test", Phase.PENDING));

    assertThat(inhibitor.why(target)).isEmpty();
  }

  @Test
  void alertsThatAreBothSourceAndTargetDoNotHideEachOther() {
    rule("domain=a.test", "severity=critical", "domain");
    var one = alert("mx.null", "a.test", Phase.FIRING);
    var two = alert("mx.extra", "a.test", Phase.FIRING);
    inhibitor.put(one);
    inhibitor.put(two);
    assertThat(inhibitor.why(one)).isEmpty();
    assertThat(inhibitor.why(two)).isEmpty();

    var sourceAlone = alert("spf.all", "a.test", Phase.FIRING, "warning");
    inhibitor.put(sourceAlone);
    assertThat(inhibitor.why(one)).isPresent();
    assertThat(inhibitor.put(alert("spf.all", "a.test", Phase.RESOLVED, "warning")))
        .containsExactlyInAnyOrder(one.fingerprint(), two.fingerprint());
  }

  @Test
  void aMissingLabelIsEqualToAnEmptyOne() {
    rule("alertname=network.down", "alertname=probe.unobservable", "site");
    var target = alert("probe.unobservable", "a.test", Phase.FIRING);
    inhibitor.put(target);
    inhibitor.put(alert("network.down", "", Phase.FIRING));

    assertThat(inhibitor.why(target)).isPresent();
  }

  @Test
  void otherRulesCountAtOnce() {
    var target = alert("spf.present", "a.test", Phase.FIRING);
    var source = alert("ns.lame", "a.test", Phase.FIRING);
    inhibitor.put(target);
    inhibitor.put(source);
    assertThat(inhibitor.why(target)).isEmpty();
    inhibitor.rules(
        List.of(
            new InhibitRule(
                "",
                List.of(Matcher.equal("alertname", "ns.lame")),
                List.of(Matcher.equal("alertname", "spf.present")),
                List.of("domain"))),
        List.of(target, source));

    assertThat(inhibitor.why(target).orElseThrow().text())
        .isEqualTo("inhibited by ns.lame of a.test");
  }

  @Test
  void whatWasHiddenSaysByWhatAndUntilWhen() {
    rule("alertname=ns.lame", "alertname!=ns.lame", "domain");
    var target = alert("spf.present", "a.test", Phase.FIRING);
    inhibitor.put(target);
    inhibitor.put(alert("ns.lame", "a.test", Phase.RESOLVED));

    assertThat(inhibitor.heldBack(target, NOW.plusSeconds(3600)))
        .contains(
            "held back by ns.lame of a.test since 2026-11-21T17:00:00Z, until it ended at 2026-11-21T17:10:00Z");
    inhibitor.forget(alert("ns.lame", "a.test", Phase.RESOLVED));
    assertThat(inhibitor.heldBack(target, NOW.plusSeconds(3600))).isEmpty();
  }

  @Test
  void aRuleWithoutASideIsRefused() {
    assertThatThrownBy(() -> rule("", "severity=warning")).hasMessageContaining("would match all");
    assertThatThrownBy(() -> rule("severity=critical", "")).hasMessageContaining("would match all");
  }

  /** A quadratic index would need a hundred million steps here. */
  @Test
  void tenThousandAlertsThatComeAndGoUnderTenThousandSourcesTakeNoTime() {
    rule("severity=critical", "severity=warning", "tenant");
    for (var i = 0; i < 10_000; i++) {
      inhibitor.put(alert("spf.all", "d" + i + ".test", Phase.FIRING, "warning"));
    }
    var started = System.nanoTime();
    for (var i = 0; i < 10_000; i++) {
      inhibitor.put(alert("mx.null", "d" + i + ".test", Phase.FIRING));
    }
    for (var i = 0; i < 9_999; i++) {
      inhibitor.put(alert("mx.null", "d" + i + ".test", Phase.RESOLVED));
    }

    assertThat(inhibitor.put(alert("mx.null", "d9999.test", Phase.RESOLVED))).hasSize(10_000);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
  }

  private static Alert alert(String rule, String domain, Phase phase) {
    return alert(rule, domain, phase, "critical");
  }

  private static Alert alert(String rule, String domain, Phase phase, String severity) {
    return new Alert(
        Labels.of(
            Map.of(
                "alertname", rule,
                "domain", domain,
                "subject", domain,
                "tenant", "contoso",
                "severity", severity)),
        new TreeMap<>(),
        phase,
        0,
        0,
        NOW,
        NOW,
        phase == Phase.RESOLVED ? Optional.of(NOW.plusSeconds(600)) : Optional.empty());
  }
}
