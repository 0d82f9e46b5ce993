package maildrift.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.test MX               | 10 mx1.test             | 10 mx2.test             | CRITICAL",
        "s._domainkey.a.test DKIM| k=rsa; p=AAAA           | k=rsa; p=BBBB           | CRITICAL",
        "_dmarc.a.test DMARC     | v=DMARC1; p=reject      | v=DMARC1; p=none        | CRITICAL",
        "_dmarc.a.test DMARC     | v=DMARC1; p=none        | v=DMARC1; p=quarantine  | INFO",
        "a.test SPF              | v=spf1 -all             | v=spf1 +all             | WARNING",
      })
  void aChangedRecordIsGradedByWhatItMeansForMail(
      String record, String old, String now, Severity severity) {
    var findings = Drift.between(Map.of(record, old), new TreeMap<>(Map.of(record, now)));

    assertThat(findings)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(Drift.CHANGED);
              assertThat(finding.subject()).isEqualTo(record);
              assertThat(finding.severity()).isEqualTo(severity);
              assertThat(finding.evidence()).containsEntry("old", old).containsEntry("new", now);
            });
  }

  private static List<Finding> lookups(String record, String now, int before, int after) {
    return Drift.between(
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
    assertThat(Drift.between(Map.of("a.test MX", "10 mx1.test"), new TreeMap<>())).isEmpty();
  }

  @Test
  void aRecordWithoutBaselineHasNotChanged() {
    assertThat(Drift.between(Map.of(), new TreeMap<>(Map.of("a.test MX", "10 mx1.test"))))
        .isEmpty();
  }

  @Test
  void aProvidersNetworksAreOneCauseForAllDomains() {
    var name = "de._netblocks.provider.test netblocks";
    var findings =
        Drift.between(
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
}
