package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRingTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String KEY = "k=rsa; p=MIIB";

  private final KeyRing keys = new KeyRing();

  private static ManagedDomain domain(String name) {
    return ManagedDomain.undeclared(DnsName.of(name));
  }

  private static String record(ManagedDomain domain) {
    return "s._domainkey." + domain.name() + " DKIM";
  }

  private List<Finding> look(ManagedDomain domain, String value, Duration age) {
    var watch = new DomainWatch(DomainState.unseen(domain));
    watch.keysSince.put(record(domain), NOW.minus(age));
    keys.seen(domain, Map.of(record(domain), value));
    var judgement =
        new Judgement(
            Outcome.OBSERVED,
            Map.of(),
            new TreeMap<>(Map.of(record(domain), value)),
            List.of(),
            List.of());
    var result =
        new CheckResult(
            domain, NOW, List.of(new ProbeResult("dkim", Duration.ZERO, judgement)), List.of());
    return keys.findings(domain, watch, result, NOW, Set.of());
  }

  @ParameterizedTest
  @CsvSource({"181, INFO", "365, INFO", "366, WARNING", "2000, WARNING"})
  void aKeyAgesFromItsFirstSight(int days, Severity severity) {
    assertThat(look(domain("contoso.test"), KEY, Duration.ofDays(days)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule().id()).isEqualTo("dkim.key-age");
              assertThat(finding.subject()).isEqualTo("s._domainkey.contoso.test");
              assertThat(finding.severity()).isEqualTo(severity);
            });
  }

  @Test
  void whatIsYoungOrRevokedOrUnclearDoesNotAge() {
    assertThat(look(domain("contoso.test"), KEY, Duration.ofDays(180))).isEmpty();
    for (var value : List.of("", "k=rsa; p=", KEY + " | k=rsa; p=MIIC", "junk")) {
      assertThat(look(domain("contoso.test"), value, Duration.ofDays(999))).as(value).isEmpty();
    }
  }

  @Test
  void aKeyThatTwoOrganisationsPublishIsSharedUntilOneOfThemChangesIt() {
    var contoso = domain("contoso.test");
    var fabrikam = domain("fabrikam.test");
    assertThat(look(contoso, KEY, Duration.ZERO)).isEmpty();

    assertThat(look(fabrikam, KEY, Duration.ZERO))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule().id()).isEqualTo("dkim.key-shared");
              assertThat(finding.severity()).isEqualTo(Severity.INFO);
              assertThat(finding.message()).endsWith(": contoso.test");
            });
    assertThat(look(contoso, KEY, Duration.ZERO)).hasSize(1);

    look(fabrikam, "k=rsa; p=OTHER", Duration.ZERO);
    assertThat(look(contoso, KEY, Duration.ZERO)).isEmpty();

    look(fabrikam, KEY, Duration.ZERO);
    keys.forget(fabrikam);
    assertThat(look(contoso, KEY, Duration.ZERO)).isEmpty();
  }

  @Test
  void namesOfOneOrganisationMayShareAKey() {
    look(domain("contoso.test"), KEY, Duration.ZERO);

    assertThat(look(domain("mail.contoso.test"), KEY, Duration.ZERO)).isEmpty();
  }

  @Test
  void aKeyThatAProviderPrescribesIsMeantToBeShared() {
    var prescribed =
        domain("contoso.test")
            .prescriptions(
                List.of(
                    Prescription.of("mail-connect", "mail-connect", Role.OUTBOUND)
                        .dkim(
                            List.of(
                                new DkimExpectation(
                                    "s",
                                    Optional.of("MIIB"),
                                    Optional.empty(),
                                    "mail-connect",
                                    true)))));
    look(domain("fabrikam.test"), KEY, Duration.ZERO);

    assertThat(look(prescribed, KEY, Duration.ZERO)).isEmpty();
  }

  @Test
  void aQuietDomainIsWorkedThroughAgainWhenTimeOrAnotherDomainSaysSo() {
    var contoso = domain("contoso.test");
    var watch = new DomainWatch(DomainState.unseen(contoso));
    assertThat(keys.stamp(watch, NOW)).isZero();

    watch.keysSince.put(record(contoso), NOW);
    keys.seen(contoso, Map.of(record(contoso), KEY));
    var before = keys.stamp(watch, NOW);
    assertThat(keys.stamp(watch, NOW.plus(Duration.ofDays(180)))).isEqualTo(before);
    assertThat(keys.stamp(watch, NOW.plus(Duration.ofDays(181)))).isNotEqualTo(before);

    keys.seen(domain("fabrikam.test"), Map.of(record(domain("fabrikam.test")), KEY));
    assertThat(keys.stamp(watch, NOW)).isNotEqualTo(before);
  }
}
