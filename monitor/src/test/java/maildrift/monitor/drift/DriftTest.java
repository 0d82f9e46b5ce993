package maildrift.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {
  private static final ManagedDomain DOMAIN = ManagedDomain.undeclared(DnsName.of("a.test"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.test MX               | 10 mx1.test             | 10 mx2.test             | CRITICAL",
        "s._domainkey.a.test DKIM| k=rsa; p=AAAA           | k=rsa; p=BBBB           | CRITICAL",
        "_dmarc.a.test DMARC     | v=DMARC1; p=reject      | v=DMARC1; p=none        | CRITICAL",
        "_dmarc.a.test DMARC     | v=DMARC1; p=none        | v=DMARC1; p=quarantine  | INFO",
        "a.test SPF              | v=spf1 -all             | v=spf1 +all             | WARNING",
        "a.test DNSSEC           | secure                  | insecure                | CRITICAL",
        "a.test DNSSEC           | insecure                | secure                  | INFO",
      })
  void aChangedRecordIsGradedByWhatItMeansForMail(
      String record, String old, String now, Severity severity) {
    var findings = Drift.between(DOMAIN, Map.of(record, old), new TreeMap<>(Map.of(record, now)));

    assertThat(findings)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(Drift.CHANGED);
              assertThat(finding.subject()).isEqualTo(record);
              assertThat(finding.severity()).isEqualTo(severity);
              assertThat(finding.evidence()).containsEntry("old", old).containsEntry("new", now);
              assertThat(finding.remedy()).endsWith(":\nmaildrift baseline accept a.test");
            });
  }

  // accepted | seen now | cause | what the remedy says to undo
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          autodiscover CNAME x.test | autodiscover CNAME y.test | autodiscover.a.test CNAME | autodiscover.a.test. IN CNAME x.test.
          "" | autodiscover CNAME y.test | autodiscover.a.test CNAME | remove autodiscover.a.test CNAME
          autoconfig, autodiscover CNAME x.test | autodiscover CNAME x.test | autoconfig.a.test A | autoconfig.a.test. with the address that it had
          autoconfig | autoconfig CNAME y.test | autoconfig.a.test CNAME | remove autoconfig.a.test CNAME, and publish;autoconfig.a.test. with the address that it had
          _imaps._tcp SRV 0 1 993 x.test + 0 2 993 y.test | _imaps._tcp SRV 0 1 993 z.test | _imaps._tcp.a.test SRV | _imaps._tcp.a.test. IN SRV 0 1 993 x.test.;_imaps._tcp.a.test. IN SRV 0 2 993 y.test.
          _imap._tcp SRV 0 0 0 ., autoconfig | "" | a.test auto-setup | _imap._tcp.a.test. IN SRV 0 0 0 .;autoconfig.a.test. with the address that it had
          """)
  void whatSetsUpMailProgramsIsUndoneRecordByRecord(
      String old, String now, String cause, String undo) {
    var name = "a.test auto-setup";

    assertThat(Drift.between(DOMAIN, Map.of(name, old), new TreeMap<>(Map.of(name, now))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(Drift.CHANGED);
              assertThat(finding.subject()).isEqualTo(name);
              assertThat(finding.cause()).isEqualTo(cause);
              assertThat(finding.message()).doesNotContain("auto-setup");
              assertThat(finding.remedy())
                  .isEqualTo(
                      "If nobody of yours made this change, undo it:\n%s\nIf it is right, accept it:\nmaildrift baseline accept a.test"
                          .formatted(undo.replace(';', '\n')));
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "-",
      value = {
        "p=reject; rua=mailto:a@a.test                 | p=reject; rua=mailto:a@stranger.test          | WARNING",
        "p=reject; rua=mailto:a@a.test                 | p=reject; rua=mailto:a@a.test,mailto:b@b.test | WARNING",
        "p=reject; rua=mailto:a@a.test                 | p=reject                                      | WARNING",
        "p=reject; rua=mailto:a@a.test,mailto:b@b.test | p=reject; rua=mailto:b@b.test , mailto:A@a.test | INFO",
        "p=reject                                      | p=reject; ruf=mailto:a@stranger.test          | WARNING",
        "p=reject; adkim=s                             | p=reject                                      | WARNING",
        "p=reject; aspf=s                              | p=reject; aspf=r                              | WARNING",
        "p=reject                                      | p=reject; adkim=s; aspf=s                     | INFO",
        "p=reject                                      | p=reject; sp=none                             | WARNING",
        "p=reject; sp=none                             | p=reject                                      | INFO",
        "p=reject; np=reject; sp=none                  | p=reject; np=none; sp=none                    | WARNING",
        "p=reject                                      | p=reject; t=y                                 | CRITICAL",
        "p=reject; t=y                                 | p=reject                                      | INFO",
        "p=reject; t=y                                 | p=quarantine                                  | INFO",
        "p=reject                                      | p=reject; psd=y                               | WARNING",
        "p=reject                                      | p=reject; pct=10                              | WARNING",
        "p=reject; pct=10                              | p=reject                                      | INFO",
        "p=reject                                      | p=quarantine; sp=reject                       | CRITICAL",
        "p=quarantine; rua=mailto:a@a.test             | p=quaratine; rua=mailto:a@a.test              | CRITICAL",
        "p=none                                        | -                                             | CRITICAL",
        "-                                             | p=none                                        | INFO",
        "-                                             | p=none; rua=mailto:a@stranger.test            | WARNING",
      })
  void aDmarcRecordThatAllowsMoreOrReportsElsewhereIsNeverOnlyWorthKnowing(
      @Nullable String old, @Nullable String now, Severity severity) {
    var name = "_dmarc.a.test DMARC";

    assertThat(
            Drift.between(
                DOMAIN, Map.of(name, dmarc(old)), new TreeMap<>(Map.of(name, dmarc(now)))))
        .singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(severity));
  }

  private static String dmarc(@Nullable String tags) {
    return tags == null ? "" : "v=DMARC1; " + tags;
  }

  @Test
  void twoDmarcRecordsAreNoneAndAHashedOneIsNeverHarmless() {
    var two = "v=DMARC1; p=reject | v=DMARC1; p=reject; sp=none";

    assertThat(DmarcChange.severity("v=DMARC1; p=reject", two)).isEqualTo(Severity.CRITICAL);
    assertThat(DmarcChange.severity(two, "v=DMARC1; p=reject")).isEqualTo(Severity.WARNING);
    assertThat(DmarcChange.severity("sha256:aa", "sha256:bb")).isEqualTo(Severity.WARNING);
  }

  private static List<Finding> lookups(String record, String now, int before, int after) {
    return Drift.between(
        DOMAIN,
        Map.of("a.test SPF", record, "a.test SPF-lookups", before + " (include:p.test 4)"),
        new TreeMap<>(
            Map.of("a.test SPF", now, "a.test SPF-lookups", after + " (include:p.test 6)")));
  }

  @Test
  void aCountOfLookupsThatGrewWithoutALocalEditIsTheProvidersDoing() {
    var record = "v=spf1 include:p.test ~all";

    assertThat(lookups(record, record, 7, 9))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule().id()).isEqualTo("spf.lookups-trend");
              assertThat(finding.subject()).isEqualTo("a.test");
              assertThat(finding.cause()).isEqualTo("a.test SPF");
              assertThat(finding.severity()).isEqualTo(Severity.WARNING);
              assertThat(finding.message()).contains("needs 9 DNS lookups, 7 when");
            });
    assertThat(lookups(record, record, 9, 7))
        .singleElement()
        .matches(finding -> finding.severity() == Severity.INFO);
    assertThat(lookups(record, record, 7, 7)).isEmpty();
  }

  @Test
  void anEditedRecordIsSaidOnceAndNotForItsCountToo() {
    assertThat(lookups("v=spf1 include:p.test ~all", "v=spf1 include:p.test mx ~all", 7, 8))
        .extracting(finding -> finding.rule().id())
        .containsExactly("record.changed");
  }

  @Test
  void aRecordThatCouldNotBeSeenHasNotChanged() {
    assertThat(Drift.between(DOMAIN, Map.of("a.test MX", "10 mx1.test"), new TreeMap<>()))
        .isEmpty();
  }

  @Test
  void aRecordWithoutBaselineHasNotChanged() {
    assertThat(Drift.between(DOMAIN, Map.of(), new TreeMap<>(Map.of("a.test MX", "10 mx1.test"))))
        .isEmpty();
  }

  @Test
  void aProvidersNetworksAreOneCauseForAllDomains() {
    var name = "de._netblocks.provider.test netblocks";
    var findings =
        Drift.between(
            DOMAIN,
            Map.of(name, "192.0.2.0/24 198.51.100.0/24"),
            new TreeMap<>(Map.of(name, "192.0.2.0/24 203.0.113.0/24")));

    assertThat(findings)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(Drift.NETBLOCKS_CHANGED);
              assertThat(finding.cause()).isEqualTo("de._netblocks.provider.test TXT");
              assertThat(finding.message())
                  .isEqualTo(
                      "de._netblocks.provider.test publishes other networks than accepted: added 203.0.113.0/24 removed 198.51.100.0/24");
            });
  }

  private static List<Finding> certificate(String key, Instant at) {
    var record = "mx.a.test:25 certificate";
    var line = "certificate=%s key=%s from=2026-11-20T00:00:00Z issuer=CN=Lab CA";
    return Drift.between(
        DOMAIN,
        Map.of(record, line.formatted("c1", "k1")),
        new TreeMap<>(Map.of(record, line.formatted("c2", key))),
        at);
  }

  @Test
  void aRenewedCertificateIsNewsThatNobodyNeedAccept() {
    assertThat(certificate("k2", Instant.parse("2026-11-21T00:00:00Z")))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule().id()).isEqualTo("tls.cert-changed");
              assertThat(finding.subject()).isEqualTo("mx.a.test:25");
              assertThat(finding.severity()).isEqualTo(Severity.INFO);
            });
    assertThat(certificate("k2", Instant.parse("2026-12-21T00:00:00Z"))).isEmpty();
  }
}
