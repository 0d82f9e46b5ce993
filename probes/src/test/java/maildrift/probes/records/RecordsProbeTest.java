package maildrift.probes.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Role;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordsProbeTest {
  private static final DnsName FIRMA = DnsName.of("firma.test");
  private static final RecordsProbe PROBE = new RecordsProbe();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pro     | firma.test TXT x                                                                |
          pro     | autoconfig.firma.test CNAME autoconfig.mail-connect.net                         |
          pro     | autoconfig.firma.test CNAME autoconfig.other.test                               | records.unexpected autoconfig.firma.test
          pro     | _autodiscover._tcp.firma.test SRV 1 100 443 autodiscover.mail-connect.net       |
          pro     | _autodiscover._tcp.firma.test SRV 0 0 443 autodiscover.mail-connect.net         | records.unexpected _autodiscover._tcp.firma.test
          pro     | autoconfig.firma.test CNAME autoconfig.mail-connect.net.firma.test              | records.trailing-dot autoconfig.firma.test
          pro     | _autodiscover._tcp.firma.test SRV 1 100 443 autodiscover.mail-connect.net.firma.test | records.trailing-dot _autodiscover._tcp.firma.test
          pro     | _autodiscover._tcp.firma.test SRV 0 0 443 autodiscover.mail-connect.net.firma.test | records.unexpected _autodiscover._tcp.firma.test
          secgate | autoconfig.firma.test CNAME autoconfig.mail-connect.net.firma.test              | records.forbidden autoconfig.firma.test
          team    | firma.test TXT x                                                                |
          team    | autoconfig.firma.test CNAME autoconfig.mail-connect.net                         | records.forbidden autoconfig.firma.test
          team    | _autodiscover._tcp.firma.test SRV 1 100 443 autodiscover.mail-connect.net       | records.forbidden _autodiscover._tcp.firma.test
          secgate | autoconfig.firma.test CNAME autoconfig.mail-connect.net                         | records.forbidden autoconfig.firma.test
          secgate | autoconfig.firma.test CNAME autoconfig.firma-server.test                        |
          secgate | _autodiscover._tcp.firma.test SRV 0 0 443 autodiscover.mail-connect.net         | records.forbidden _autodiscover._tcp.firma.test
          secgate | _autodiscover._tcp.firma.test SRV 0 0 443 mail.firma.test                       |
          """)
  void holdsAutomaticSetupAgainstTheVariant(
      String variant, String line, @Nullable String violated) {
    var judgement = judge(mailConnect(variant), line);

    assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
  }

  @Test
  void aForbiddenRecordIsNamedWithTheLineToRemove() {
    var judgement =
        judge(mailConnect("secgate"), "autoconfig.firma.test CNAME autoconfig.mail-connect.net");

    var finding = judgement.findings().getFirst();
    assertThat(finding.message())
        .isEqualTo(
            "autoconfig.firma.test CNAME autoconfig.mail-connect.net must not be published with mail-connect variant=secgate: with SECGATE the mailboxes are on your own server, whose records must be used instead");
    assertThat(finding.remedy())
        .isEqualTo("Remove:\nautoconfig.firma.test. IN CNAME autoconfig.mail-connect.net.");
    assertThat(finding.cause()).isEqualTo("autoconfig.firma.test CNAME");
    assertThat(judgement.records())
        .containsEntry("autoconfig.firma.test CNAME", "autoconfig.mail-connect.net")
        .containsEntry("_autodiscover._tcp.firma.test SRV", "");
  }

  @Test
  void aRequiredRecordMustBeThereBesideOthers() {
    var house =
        own(
            Map.of(
                "name",
                "@",
                "type",
                "TXT",
                "value",
                "house={domain-dashes}",
                "demand",
                "required"));

    assertThat(violated(judge(house, "other.test TXT x"))).isEqualTo("records.missing firma.test");
    assertThat(judge(house, "other.test TXT x").findings().getFirst().remedy())
        .isEqualTo("Publish:\nfirma.test. IN TXT \"house=firma-test\"");
    assertThat(violated(judge(house, "firma.test TXT v=spf1 -all")))
        .isEqualTo("records.unexpected firma.test");
    var dns = ListedDns.of("firma.test TXT v=spf1 -all", "firma.test TXT house=firma-test");
    assertThat(judge(house, dns).findings()).isEmpty();
  }

  @Test
  void aTimeOutHidesThisRecordAndNoOther() {
    var judgement =
        judge(
            mailConnect("team"),
            ListedDns.of(
                "autoconfig.firma.test CNAME timeout",
                "_autodiscover._tcp.firma.test SRV 1 100 443 autodiscover.mail-connect.net"));

    assertThat(violated(judgement)).isEqualTo("records.forbidden _autodiscover._tcp.firma.test");
    assertThat(hidden(judgement, "autoconfig.firma.test")).isTrue();
    assertThat(hidden(judgement, "_autodiscover._tcp.firma.test")).isFalse();
    assertThat(judgement.records()).doesNotContainKey("autoconfig.firma.test CNAME");
  }

  @Test
  void nothingAnsweredIsUnobservable() {
    var judgement =
        judge(
            mailConnect("team"),
            ListedDns.of(
                "autoconfig.firma.test CNAME timeout",
                "_autodiscover._tcp.firma.test SRV timeout"));

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.findings()).isEmpty();
  }

  @Test
  void asksNothingWhereNothingIsPrescribed() {
    var dns = ListedDns.of();

    var judgement = judge(ManagedDomain.undeclared(FIRMA), dns);

    assertThat(dns.asked()).isEmpty();
    assertThat(dns.rounds()).isZero();
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts()).containsEntry("records", List.of());
    assertThat(PROBE.rules()).noneMatch(rule -> PROBE.looksAt(rule, judgement));
  }

  @Test
  void onlyWhatTheVariantSpeaksOfIsLookedAt() {
    assertThat(lookedAt(judge(mailConnect("team"), ListedDns.of())))
        .containsExactly("records.forbidden");
    assertThat(lookedAt(judge(mailConnect("pro"), ListedDns.of())))
        .containsExactlyInAnyOrder("records.unexpected", "records.trailing-dot");
  }

  private static List<String> lookedAt(Judgement judgement) {
    return PROBE.rules().stream()
        .filter(rule -> PROBE.looksAt(rule, judgement))
        .map(Rule::id)
        .toList();
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule ->
                assertThat(List.of(rule.why(), rule.reference(), rule.remedy(), rule.example()))
                    .doesNotContain(""));
  }

  private static Judgement judge(ManagedDomain domain, String line) {
    return judge(domain, ListedDns.of(line));
  }

  private static Judgement judge(ManagedDomain domain, ListedDns dns) {
    return PROBE.judge(
        domain, PROBE.observe(domain, dns), Context.at(Instant.parse("2026-11-21T17:00:00Z")));
  }

  private static ManagedDomain mailConnect(String variant) {
    return prescribed(
        ProfileCatalog.builtIn().named("mail-connect").orElseThrow(), Map.of("variant", variant));
  }

  private static ManagedDomain own(Map<String, String> record) {
    return prescribed(
        Profile.read("house", Map.of("records", List.of(record))).profile().orElseThrow(),
        Map.of());
  }

  private static ManagedDomain prescribed(Profile profile, Map<String, String> parameters) {
    return ManagedDomain.undeclared(FIRMA)
        .prescriptions(List.of(profile.prescribe(FIRMA, parameters, Role.INBOUND)));
  }

  private static String violated(Judgement judgement) {
    return String.join(
        ", ", judgement.findings().stream().map(f -> f.rule().id() + " " + f.subject()).toList());
  }

  private static boolean hidden(Judgement judgement, String subject) {
    return judgement.gaps().stream()
        .anyMatch(gap -> gap.hides(new Finding.Key("records.forbidden", subject)));
  }
}
