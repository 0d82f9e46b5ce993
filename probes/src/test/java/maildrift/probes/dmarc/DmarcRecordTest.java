package maildrift.probes.dmarc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DmarcRecordTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=DMARC1",
        "v=DMARC1;",
        "v=DMARC1 ;p=none",
        "v = DMARC1 ; p=none",
        "V=DMARC1; p=none",
        "v\t=\tDMARC1\t;\tp=none"
      })
  void isARecordWhateverFollowsTheVersion(String text) {
    assertThat(DmarcRecord.parse(text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " v=DMARC1; p=none",
        "v=dmarc1; p=none",
        "v=DMARC1x; p=none",
        "v=DMARC10; p=none",
        "v=DMARC2; p=none",
        "v=DMARC1 p=none",
        "v=DMARC1p=none",
        "v=DMARC1,p=none",
        "p=none; v=DMARC1",
        ";v=DMARC1",
        "\"v=DMARC1; p=none\"",
        "v=spf1 -all",
        "DMARC1; p=none",
        "v; p=none"
      })
  void isNoRecordWithoutTheVersionInFront(String text) {
    assertThat(DmarcRecord.parse(text)).isEmpty();
  }

  // record | p, sp, np in force; nothing when DMARC does not apply
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=DMARC1; p=none                                      | NONE NONE NONE
          v=DMARC1; p=quarantine                                | QUARANTINE QUARANTINE QUARANTINE
          v=DMARC1; p=reject                                    | REJECT REJECT REJECT
          v=DMARC1; p=Reject; SP=None                           | REJECT NONE NONE
          v=DMARC1; P = REJECT ; np = Quarantine ;              | REJECT REJECT QUARANTINE
          v=DMARC1; p=none; sp=quarantine; np=reject            | NONE QUARANTINE REJECT
          v=DMARC1; sp=quarantine; p=reject                     | REJECT QUARANTINE QUARANTINE
          v=DMARC1; p=reject; unknown=1; x-y=2                  | REJECT REJECT REJECT
          v=DMARC1; p=reject; p=none                            | REJECT REJECT REJECT
          v=DMARC1; p=reject junk                               |
          v=DMARC1; p=                                          |
          v=DMARC1; p=block                                     |
          v=DMARC1                                              |
          v=DMARC1; sp=reject; np=reject                        |
          v=DMARC1; p=reject; sp=block                          |
          v=DMARC1; p=reject; np=                               |
          v=DMARC1; p=reject; np=; rua=                         |
          v=DMARC1; p=reject; sp=nope; rua=d@contoso.test       |
          v=DMARC1; p=reject; sp=nope; rua=mailto:              |
          v=DMARC1; rua=mailto:d@contoso.test                   | NONE NONE NONE
          v=DMARC1; p=block; rua=mailto:d@contoso.test!10m      | NONE NONE NONE
          v=DMARC1; p=reject; sp=b; rua=x, mailto:d@contoso.test | NONE NONE NONE
          v=DMARC1; p=reject; np=b; rua=https://contoso.test/r  | NONE NONE NONE
          """)
  void asksForPolicies(String text, @Nullable String policies) {
    assertThat(
            DmarcRecord.parse(text)
                .orElseThrow()
                .policies()
                .map(p -> p.domain() + " " + p.subdomains() + " " + p.nonexistent())
                .orElse(null))
        .isEqualTo(policies);
  }

  @Test
  void flagsFallBackToTheirDefaults() {
    var set = DmarcRecord.parse("v=DMARC1; p=none; psd=Y; t=Y; adkim=S; aspf=s").orElseThrow();
    assertThat(set.psd()).isEqualTo('y');
    assertThat(set.testing()).isTrue();
    assertThat(set.strictDkim()).isTrue();
    assertThat(set.strictSpf()).isTrue();
    assertThat(set.problems()).isEmpty();

    var wrong =
        DmarcRecord.parse("v=DMARC1; p=none; psd=1; t=yes; adkim=strict; aspf=").orElseThrow();
    assertThat(wrong.psd()).isEqualTo('u');
    assertThat(wrong.testing()).isFalse();
    assertThat(wrong.strictDkim()).isFalse();
    assertThat(wrong.strictSpf()).isFalse();
    assertThat(wrong.problems())
        .contains(
            "t=yes is none of y, n, so it counts as n",
            "psd=1 is none of y, n, u, so it counts as u");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0     | 0
          1:d:s | 1:d:s
          D : S | d:s
          0:1   | 0:1
          2     | 0
          d:d   | 0
          1:    | 0
          """)
  void readsFailureOptions(String fo, String read) {
    assertThat(DmarcRecord.parse("v=DMARC1; fo=" + fo).orElseThrow().failureOptions())
        .contains(read);
  }

  // uri | destination; nothing when it is not valid
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mailto:dmarc@contoso.test                 | contoso.test
          MAILTO:Dmarc@Contoso.Test.                | contoso.test
          mailto:dmarc@contoso.test!10m             | contoso.test
          mailto:dmarc@contoso.test ! 10            | contoso.test
          mailto:dmarc@contoso.test?subject=x%20y   | contoso.test
          mailto:a%2Cb@contoso.test                 | contoso.test
          mailto:a%40contoso.test                   | contoso.test
          https://reports.contoso.test/dmarc        | reports.contoso.test
          https://u@reports.contoso.test:8443?x     | reports.contoso.test
          mailto:dmarc@contoso.test!10x             |
          mailto:dmarc@contoso.test!m               |
          mailto:dmarc@                             |
          mailto:@contoso.test                      |
          mailto:dmarc                              |
          mailto:                                   |
          mailto:two words@contoso.test             |
          mailto:<dmarc@contoso.test>               |
          mailto:dmarc@contoso..test                |
          mailto:dmarc@[192.0.2.1]                  |
          mailto:dmarc%4@contoso.test               |
          dmarc@contoso.test                        |
          https:reports.contoso.test                |
          https://                                  |
          1mailto:dmarc@contoso.test                |
          """)
  void readsReportUris(String text, @Nullable String destination) {
    var uri = ReportUri.parse(text);

    assertThat(uri.destination().map(Object::toString).orElse(null)).isEqualTo(destination);
    assertThat(uri.isValid()).isEqualTo(destination != null);
  }

  @Test
  void listsSeveralAddresses() {
    var record =
        DmarcRecord.parse(
                "v=DMARC1; p=none; rua=mailto:a@contoso.test , mailto:b@contoso.test!5k,nonsense;"
                    + " ruf=mailto:c@contoso.test; pct=20; rf=afrf; ri=3600")
            .orElseThrow();

    assertThat(record.aggregateReports())
        .extracting(ReportUri::text)
        .containsExactly("mailto:a@contoso.test", "mailto:b@contoso.test");
    assertThat(record.rua()).hasSize(3);
    assertThat(record.failureReports()).hasSize(1);
    assertThat(record.legacy())
        .containsEntry("pct", "20")
        .containsEntry("rf", "afrf")
        .containsEntry("ri", "3600");
    assertThat(record.problems())
        .containsExactly("rua=nonsense is no address for reports (mailto:name@domain)");
  }

  @Test
  void hostileRecordsCostLittle() {
    var start = System.nanoTime();
    for (var text :
        new String[] {
          "v=DMARC1" + ";".repeat(65_000),
          "v=DMARC1; rua=" + ",".repeat(65_000),
          "v=DMARC1; rua=" + "mailto:a@b.test,".repeat(4_000),
          "v=DMARC1; p=" + "\u001b[31m".repeat(10_000),
          "v=DMARC1; fo=" + ":".repeat(65_000)
        }) {
      var record = DmarcRecord.parse(text).orElseThrow();
      assertThat(record.problems().size()).isLessThan(20);
      assertThat(record.rua().size()).isLessThan(50);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void controlCharactersNeverReachAMessage() {
    var record =
        DmarcRecord.parse("v=DMARC1; p=\u001b[31m; adkim=\u0007; rua=\u001b; \u001b").orElseThrow();

    assertThat(record.problems())
        .allSatisfy(problem -> assertThat(problem.chars()).allMatch(c -> c >= 0x20 && c != 0x7f));
    assertThat(record.p().toString().chars()).allMatch(c -> c >= 0x20);
  }

  @Test
  void mutatedRecordsNeverThrow() {
    var seed = 9989L;
    var random = new Random(seed);
    var source =
        "v=DMARC1; p=reject; sp=none; np=quarantine; t=y; psd=n; adkim=s; aspf=r; fo=1:d;"
            + " rua=mailto:a@contoso.test!10m,https://b.test/x; ruf=mailto:c%20@d.test; pct=5; ri=1";
    for (var round = 0; round < 30_000; round++) {
      var text = new StringBuilder(source);
      for (var change = random.nextInt(8); change >= 0 && text.length() > 9; change--) {
        var at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(256));
          case 1 -> text.deleteCharAt(at);
          case 2 -> text.insert(at, ";=:@!,%\u0000".charAt(random.nextInt(8)));
          default -> text.append(text.substring(at));
        }
      }
      var mutated = text.toString();
      assertThatCode(() -> DmarcRecord.parse(mutated).flatMap(DmarcRecord::policies))
          .as("seed %d, round %d: %s", seed, round, mutated)
          .doesNotThrowAnyException();
    }
  }
}
