package maildrift.probes.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import org.junit.jupiter.api.Test;

class TlsDriftTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final String SUBJECT = "mx.provider.test:25";
  private static final String CERTIFICATE = SUBJECT + " certificate";
  private static final String EHLO = SUBJECT + " EHLO";

  private static String line(String certificate, String key, Instant from, String issuer) {
    return "certificate=%s key=%s from=%s issuer=%s".formatted(certificate, key, from, issuer);
  }

  private static String record(boolean pinned, String... lines) {
    return TlsDrift.certificates(List.of(lines), pinned);
  }

  private static final String OLD = line("c1", "k1", NOW.minus(Duration.ofDays(60)), "CN=Lab CA");
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));

  private static Optional<Finding> changed(boolean pinned, String... lines) {
    return TlsDrift.between(CERTIFICATE, record(pinned, OLD), record(pinned, lines), NOW);
  }

  @Test
  void aRenewalIsNewsForAWeek() {
    var renewed = changed(false, line("c2", "k2", YESTERDAY, "CN=Lab CA"));

    assertThat(renewed)
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.rule().id()).isEqualTo("tls.cert-changed");
              assertThat(finding.severity()).isEqualTo(Severity.INFO);
              assertThat(finding.subject()).isEqualTo(SUBJECT);
              assertThat(finding.cause()).isEqualTo(SUBJECT);
              assertThat(finding.message()).contains("another key", "same issuer");
            });
    assertThat(changed(false, line("c2", "k2", NOW.minus(Duration.ofDays(8)), "CN=Lab CA")))
        .isEmpty();
  }

  @Test
  void anotherIssuerStaysUntilItIsAccepted() {
    var longAgo = NOW.minus(Duration.ofDays(40));

    assertThat(changed(false, line("c2", "k1", longAgo, "CN=Other CA, O=A thing")))
        .hasValueSatisfying(
            finding ->
                assertThat(finding.message())
                    .contains(
                        "the same key", "issued by CN=Other CA, O=A thing instead of CN=Lab CA"));
  }

  @Test
  void anotherKeyIsCriticalWhereFingerprintsAreDeclared() {
    assertThat(changed(true, line("c2", "k2", YESTERDAY, "CN=Lab CA")))
        .map(Finding::severity)
        .contains(Severity.CRITICAL);
    assertThat(changed(true, line("c2", "k1", YESTERDAY, "CN=Lab CA")))
        .map(Finding::severity)
        .contains(Severity.INFO);
  }

  @Test
  void anAddressThatIsGoneOrADeclarationThatIsNewIsNoDrift() {
    var other = line("c2", "k2", YESTERDAY, "CN=Lab CA");

    assertThat(TlsDrift.between(CERTIFICATE, record(false, OLD, other), record(false, OLD), NOW))
        .isEmpty();
    assertThat(TlsDrift.between(CERTIFICATE, record(false, OLD), record(true, OLD), NOW)).isEmpty();
    assertThat(TlsDrift.between(CERTIFICATE, "", record(false, other), NOW)).isEmpty();
  }

  private static SmtpLook.Spoke spoke(String... extensions) {
    return new SmtpLook.Spoke(
        new Smtp.Target(DnsName.of("mx.provider.test"), InetAddress.ofLiteral("192.0.2.1"), 25),
        "mx.provider.test ESMTP",
        List.of(extensions),
        new SmtpLook.NotOffered());
  }

  @Test
  void extensionsAreKeywordsInOrderWithoutTheirParameters() {
    assertThat(TlsDrift.extensions(List.of(spoke("size 35882577", "STARTTLS"), spoke("8BITMIME "))))
        .isEqualTo("8BITMIME SIZE STARTTLS");
  }

  @Test
  void alteredExtensionsAreInfoAndALostStarttlsIsCritical() {
    assertThat(TlsDrift.between(EHLO, "8BITMIME SIZE STARTTLS", "SIZE STARTTLS VRFY", NOW))
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.rule().id()).isEqualTo("smtp.ehlo-ext");
              assertThat(finding.severity()).isEqualTo(Severity.INFO);
              assertThat(finding.message()).contains("added VRFY", "removed 8BITMIME");
            });
    assertThat(TlsDrift.between(EHLO, "SIZE STARTTLS", "SIZE", NOW))
        .map(Finding::severity)
        .contains(Severity.CRITICAL);
    assertThat(TlsDrift.between(EHLO, "SIZE", "SIZE STARTTLS", NOW))
        .map(Finding::severity)
        .contains(Severity.INFO);
  }

  @Test
  void aFindingNamesTheRecordThatItIsAbout() {
    assertThat(TlsDrift.recordOf(new Finding.Key("tls.cert-changed", SUBJECT)))
        .contains(CERTIFICATE);
    assertThat(TlsDrift.recordOf(new Finding.Key("smtp.ehlo-ext", SUBJECT))).contains(EHLO);
    assertThat(TlsDrift.recordOf(new Finding.Key("tls.chain", SUBJECT))).isEmpty();
    assertThat(TlsDrift.isRecord(CERTIFICATE)).isTrue();
    assertThat(TlsDrift.isRecord("contoso.test MX")).isFalse();
  }
}
