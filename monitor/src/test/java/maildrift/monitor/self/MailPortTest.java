package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import maildrift.alerts.Labels;
import maildrift.probes.Gap;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailPortTest {
  private static final String SILENT = "no connection: timed out";
  private static final String CLOSED = "no connection: Connection refused";
  private static final String BUSY = "its banner is 421 try again later";
  private static final Gap TLS = Gap.of("tls", "mx1.contoso.test:25", "timeout", "tls.");

  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private boolean isBlind;
  private final MailPort port =
      new MailPort(() -> 25, () -> Duration.ofMinutes(5), () -> isBlind, clock);

  private void heard(String host, String address, String why) {
    heard(host, address, why, false);
  }

  private void heard(String host, String address, String why, boolean declared) {
    var target = new Smtp.Target(DnsName.of(host), InetAddress.ofLiteral(address), 25, declared);
    port.heard(new SmtpLook.Unobservable(target, why));
  }

  private void threeInTwoNetworks(String why) {
    heard("mx1.contoso.test", "192.0.2.1", why);
    heard("mx2.contoso.test", "192.0.2.2", why);
    heard("mx.fabrikam.test", "198.51.100.1", why);
  }

  private List<String> summaries() {
    return port.problems(now).stream()
        .map(problem -> problem.annotations().getOrDefault("summary", ""))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {SILENT, CLOSED})
  void thatNoHostOfSeveralIsReachedIsToldOnce(String why) {
    threeInTwoNetworks(why);
    now = now.plusSeconds(60);
    threeInTwoNetworks(why);

    assertThat(summaries())
        .containsExactly("No mail server has been reached on port 25 since 2026-11-21T12:00:00Z");
    assertThat(port.explains(TLS)).isTrue();
    assertThat(port.explains(Gap.of("spf", "contoso.test TXT", "timeout", "spf."))).isFalse();
  }

  @Test
  void whoeverAnswersShowsThatThePortIsOpenIfOnlyToTurnUsAway() {
    threeInTwoNetworks(SILENT);

    heard("mx3.contoso.test", "203.0.113.1", BUSY);

    assertThat(summaries()).isEmpty();
    assertThat(port.explains(TLS)).isFalse();
  }

  @Test
  void hostsInOneNetworkMayBeDeadTogether() {
    heard("mx1.contoso.test", "192.0.2.1", SILENT);
    heard("mx2.contoso.test", "192.0.2.2", SILENT);
    heard("mx3.contoso.test", "192.0.2.3", SILENT);

    assertThat(summaries()).isEmpty();
  }

  @Test
  void twoHostsAreNotSeveral() {
    heard("mx1.contoso.test", "192.0.2.1", SILENT);
    heard("mx.fabrikam.test", "198.51.100.1", CLOSED);

    assertThat(summaries()).isEmpty();
  }

  @Test
  void whatWasHeardWithinTwoIntervalsSpeaksForThePort() {
    heard("mx9.contoso.test", "203.0.113.1", BUSY);
    now = now.plus(Duration.ofMinutes(9));
    threeInTwoNetworks(SILENT);
    assertThat(summaries()).isEmpty();

    now = now.plus(Duration.ofMinutes(2));
    threeInTwoNetworks(SILENT);

    assertThat(summaries()).hasSize(1);
  }

  @Test
  void afterARestartNothingIsSaidUntilSomebodyWasHeardOrSeveralWereNot() {
    var labels = Labels.of(Map.of("alertname", "smtp.blocked"));
    assertThat(port.hides(labels, now)).isTrue();

    heard("mx1.contoso.test", "192.0.2.1", SILENT);
    assertThat(port.hides(labels, now)).isTrue();

    heard("mx1.contoso.test", "192.0.2.1", BUSY);
    assertThat(port.hides(labels, now)).isFalse();
  }

  @Test
  void declaredAddressesThatAreToAnswerToOthersAloneProveNothing() {
    heard("gw1.contoso.test", "192.0.2.1", SILENT, true);
    heard("gw2.contoso.test", "198.51.100.1", SILENT, true);
    heard("gw3.contoso.test", "203.0.113.1", SILENT, true);

    assertThat(summaries()).isEmpty();
  }

  @Test
  void aDeclaredHostThatAnswersNearByHidesNothing() {
    heard("gw1.contoso.test", "192.0.2.9", BUSY, true);
    threeInTwoNetworks(SILENT);
    heard("gw1.contoso.test", "192.0.2.9", BUSY, true);

    assertThat(summaries()).hasSize(1);
  }

  @Test
  void whereNobodyTriesAnyMoreItEnds() {
    threeInTwoNetworks(SILENT);
    assertThat(summaries()).hasSize(1);

    ask(Duration.ofMinutes(9));
    assertThat(summaries()).hasSize(1);
    ask(Duration.ofMinutes(2));

    assertThat(summaries()).isEmpty();
    var labels = Labels.of(Map.of("alertname", "smtp.blocked"));
    assertThat(port.hides(labels, now)).isFalse();
  }

  @Test
  void itDoesNotEndBecauseNobodyCouldTry() {
    threeInTwoNetworks(SILENT);
    assertThat(summaries()).hasSize(1);

    now = now.plus(Duration.ofHours(8)); // the machine slept
    assertThat(summaries()).hasSize(1);
    isBlind = true;
    ask(Duration.ofMinutes(30));

    assertThat(summaries()).hasSize(1);
  }

  @Test
  void moreAddressesThanAreRememberedAreStillJudged() {
    heard("mx9.contoso.test", "203.0.113.1", BUSY);
    for (var i = 0; i < 1100; i++) {
      heard("mx%d.contoso.test".formatted(i), "198.%d.%d.1".formatted(18 + i % 2, i / 8), SILENT);
      heard("my%d.contoso.test".formatted(i), "198.18.%d.%d".formatted(i / 250, i % 250), SILENT);
    }
    now = now.plus(Duration.ofMinutes(11));
    threeInTwoNetworks(SILENT);
    assertThat(summaries()).hasSize(1);
  }

  private void ask(Duration during) {
    for (var end = now.plus(during); now.isBefore(end); now = now.plusSeconds(2)) {
      summaries();
    }
  }
}
