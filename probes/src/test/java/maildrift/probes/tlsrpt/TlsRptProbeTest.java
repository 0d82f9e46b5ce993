package maildrift.probes.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.common.base.Splitter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsRptProbeTest {
  private static final TlsRptProbe PROBE = new TlsRptProbe();
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));

  // record | addresses; nothing where it is broken
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v=TLSRPTv1; rua=mailto:tls@contoso.test                    | mailto:tls@contoso.test
          v=TLSRPTv1;rua=mailto:tls@contoso.test;                    | mailto:tls@contoso.test
          v=TLSRPTv1 ; x=1; rua=https://contoso.test/tls ;           | https://contoso.test/tls
          v=TLSRPTv1; rua=https://contoso.test:8443                  | https://contoso.test:8443
          v=TLSRPTv1; rua=mailto:a@b.test , MAILTO:c@d.test?subject=x | mailto:a@b.test MAILTO:c@d.test?subject=x
          v=TLSRPTv1; rua=tls@contoso.test                           |
          v=TLSRPTv1; rua=http://contoso.test/tls                    |
          v=TLSRPTv1; rua=mailto:tls                                 |
          v=TLSRPTv1; rua=mailto:@contoso.test                       |
          v=TLSRPTv1; rua=mailto:a@b.test,                           |
          v=TLSRPTv1; rua=https://                                   |
          v=TLSRPTv1; rua=mailto:a b@c.test                          |
          v=TLSRPTv1; rua=                                           |
          v=TLSRPTv1; rua=mailto:a@b.test; rua=mailto:c@b.test       | mailto:a@b.test
          v=TLSRPTv1; rua=mailto:a@b.test; rua=c@b.test              |
          v=TLSRPTv1; rua=mailto:a@b.test,ftp://b.test/              | mailto:a@b.test ftp://b.test/
          v=TLSRPTv1; rua=ftp://b.test/,http://b.test/               |
          v=TLSRPTv1; RUA=mailto:a@b.test                            |
          v=TLSRPTv1; rua =mailto:a@b.test                           |
          v=TLSRPTv1; rua= mailto:a@b.test                           |
          v=TLSRPTv1; rua=mailto:a@b.test,,mailto:c@b.test           |
          v=TLSRPTv1; rua=,mailto:a@b.test                           |
          v=TLSRPTv1; rua=mailto:a@b.test!10m                        |
          v=TLSRPTv1; rua=mailto:a%21b@b.test                        | mailto:a%21b@b.test
          v=TLSRPTv1; rua=mailto:a%2b@b.test                         | mailto:a%2b@b.test
          v=TLSRPTv1; rua=mailto:a%2@b.test                          |
          v=TLSRPTv1; rua=mailto:a@b@c.test                          |
          v=TLSRPTv1; rua=https://[2001:db8::1]:8443/x               | https://[2001:db8::1]:8443/x
          v=TLSRPTv1; rua=https://[2001:db8::1/x                     |
          v=TLSRPTv1; rua=https://[::::]/x                           |
          v=TLSRPTv1; rua=https://b.test/a[1]                        |
          v=TLSRPTv1; rua=https://b.test/?a=b&c=d#e                  | https://b.test/?a=b&c=d#e
          v=TLSRPTv1; rua=https://b.test/#a#b                        |
          v=TLSRPTv1; rua=https://u@b.test/                          | https://u@b.test/
          v=TLSRPTv1; rua=https:b.test                               |
          v=TLSRPTv1; rua=https://b.test:99999/                      |
          v=TLSRPTv1; rua=mailto:a@b.test; x=a=b                     |
          v=TLSRPTv1; rua=mailto:a@b.test; x=                        |
          v=TLSRPTv1; rua=mailto:a@b.test; bad name=x                |
          v=TLSRPTv1; rua                                            |
          v=TLSRPTv1;; rua=mailto:a@b.test                           |
          v=TLSRPTv1 rua=mailto:a@b.test                             |
          v=TLSRPTv1;                                                |
          v=TLSRPTv1                                                 |
          v=tlsrptv1; rua=mailto:a@b.test                            |
          """)
  void readsTheRecord(String text, @Nullable String addresses) {
    var judgement = judge(found(text));

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts())
        .containsEntry("record", text)
        .containsEntry(
            "rua", addresses == null ? List.of() : Splitter.on(' ').splitToList(addresses));
    assertThat(judgement.findings())
        .extracting(finding -> finding.rule().id() + " " + finding.severity())
        .isEqualTo(
            addresses == null
                ? List.of("tlsrpt.txt WARNING")
                : addresses.contains("ftp:") ? List.of("tlsrpt.dest WARNING") : List.of());
    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .allMatch("_smtp._tls.contoso.test TXT"::equals);
  }

  @Test
  void whiteSpaceBelongsToASemicolonOrAComma() {
    assertThat(TlsRptRecord.parse("v=TLSRPTv1 ;\trua=mailto:a@b.test\t, mailto:c@b.test ; ").rua())
        .containsExactly("mailto:a@b.test", "mailto:c@b.test");
    assertThat(TlsRptRecord.parse("v=TLSRPTv1; rua=mailto:a@b.test ").problem())
        .contains("white space at the end that no ';' follows");
  }

  @Test
  void absenceIsNoFinding() {
    for (var absent :
        List.of(
            new Answer.NoSuchName(List.of(), Duration.ZERO, "test", false),
            new Answer.NoData(List.of(), Duration.ZERO, "test", false),
            found("v=spf1 -all"))) {
      var judgement = judge(absent);
      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
      assertThat(judgement.records())
          .containsExactly(Map.entry("_smtp._tls.contoso.test TLSRPT", ""));
    }
  }

  // mtasts | dane | mx | what is said of a domain without a record
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          absent       | absent       | 10 mx.contoso.test | INFO
          observed     | absent       | 10 mx.contoso.test | WARNING
          absent       | observed     | 10 mx.contoso.test | WARNING
          observed     | observed     | 10 mx.contoso.test | WARNING
          observed     | unobservable | 10 mx.contoso.test | WARNING
          observed     |              | 10 mx.contoso.test | WARNING
          absent       | unsecured    | 10 mx.contoso.test | INFO
          absent       | unobservable | 10 mx.contoso.test | hidden
          unobservable | absent       | 10 mx.contoso.test | hidden
          absent       |              | 10 mx.contoso.test | nothing
                       |              |                    | nothing
          observed     | observed     | 0 .                | nothing
          observed     | absent       | none               | nothing
          absent       | absent       |                    | INFO
          """)
  void absenceMattersWhereSendersInsistOnTls(
      @Nullable String policy, @Nullable String dane, @Nullable String mx, String expected) {
    var siblings = new HashMap<String, Judgement>();
    if (policy != null) {
      siblings.put("mtasts", sibling(policy));
    }
    if (dane != null) {
      siblings.put("dane", sibling(dane));
    }
    if (mx != null) {
      siblings.put(
          "mx",
          new Judgement.Builder()
              .record("contoso.test MX", mx.equals("none") ? "" : mx)
              .build(Outcome.OBSERVED));
    }
    var own = judge(new Answer.NoData(List.of(), Duration.ZERO, "test", false));

    var judgement = PROBE.among(CONTOSO, own, siblings);

    var said = judgement.findings().stream().map(finding -> finding.severity().toString()).toList();
    var hidden = judgement.hides(new Finding.Key("tlsrpt.txt", "contoso.test"));
    assertThat(judgement.gaps()).isEmpty();
    assertThat(hidden ? "hidden" : said.isEmpty() ? "nothing" : said.getFirst())
        .isEqualTo(expected);
  }

  private static Judgement sibling(String outcome) {
    var judgement = new Judgement.Builder();
    if (outcome.equals("unobservable")) {
      judgement.add(Gap.of("x", "mx.contoso.test A", "timeout", "x."));
    }
    if (outcome.equals("unsecured")) {
      judgement.add(
          Finding.of(
              Rule.critical("dane.mx-secure", "not secured"), "mx.contoso.test", "not signed"));
    }
    return judgement.build(
        outcome.equals("unsecured")
            ? Outcome.OBSERVED
            : Outcome.valueOf(outcome.toUpperCase(Locale.ROOT)));
  }

  @Test
  void whoPublishesOneIsNotToldToWhateverTheOthersSay() {
    var own = judge(found("v=TLSRPTv1; rua=mailto:a@b.test"));

    assertThat(
            PROBE.among(
                CONTOSO, own, Map.of("mtasts", sibling("observed"), "dane", sibling("absent"))))
        .isEqualTo(own);
  }

  @Test
  void severalRecordsAreNone() {
    var judgement =
        judge(found("v=TLSRPTv1; rua=mailto:a@b.test", "v=TLSRPTv1; rua=mailto:c@b.test", "noise"));

    assertThat(judgement.findings())
        .singleElement()
        .matches(finding -> finding.severity() == Severity.WARNING)
        .matches(finding -> finding.message().contains("has 2 TLS-RPT records"));
    assertThat(judgement.facts()).containsEntry("rua", List.of());
  }

  @Test
  void othersBesideItAreIgnored() {
    var judgement = judge(found("noise", "v=TLSRPTv1; rua=mailto:a@b.test"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records())
        .containsExactly(
            Map.entry("_smtp._tls.contoso.test TLSRPT", "v=TLSRPTv1; rua=mailto:a@b.test"));
  }

  @Test
  void servfailIsAGapAndResolvesNothing() {
    var judgement = judge(new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL", "test"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.gaps())
        .singleElement()
        .matches(gap -> gap.hides(new Finding.Key("tlsrpt.txt", "contoso.test")));
  }

  // zone, + between | violated, with its subject; gap
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test + b.test MX 10 mx.b.test               |
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test + b.test A 192.0.2.1                   |
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test + b.test MX 0 .                        | tlsrpt.dest b.test
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test                                        | tlsrpt.dest b.test
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test + b.test MX timeout                    | gap b.test
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test + b.test A timeout                     | gap b.test
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=https://t.b.test/x + t.b.test AAAA 2001:db8::1         |
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=https://t.b.test/x                                     | tlsrpt.dest t.b.test
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=https://[2001:db8::1]/x                                |
          _smtp._tls.contoso.test TXT v=TLSRPTv1; rua=mailto:a@b.test,https://t.b.test/ + b.test MX 5 b.test | tlsrpt.dest t.b.test
          """)
  void judgesWhereReportsGo(String records, @Nullable String expected) {
    var dns = ListedDns.of();
    for (var line : Splitter.on(" + ").split(records.strip())) {
      dns.add(line);
    }

    var judgement = PROBE.judge(CONTOSO, PROBE.observe(CONTOSO, dns), Context.at(Instant.EPOCH));

    assertThat(
            java.util.stream.Stream.concat(
                judgement.findings().stream()
                    .map(finding -> finding.rule().id() + " " + finding.subject()),
                judgement.gaps().stream().map(gap -> "gap " + gap.subject().orElse("all"))))
        .containsExactlyElementsOf(expected == null ? List.of() : List.of(expected));
  }

  @Test
  void mutatedRecordsNeverThrow() {
    var random = new Random(8460);
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder("v=TLSRPTv1; rua=mailto:a@b.test,https://c.test/;");
      for (var change = random.nextInt(6); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      assertThatCode(() -> TlsRptRecord.parse(text.toString())).doesNotThrowAnyException();
    }
    assertThat(TlsRptRecord.parse("v=TLSRPTv1" + ";".repeat(65_000)).problem()).isPresent();
  }

  private static Judgement judge(Answer seen) {
    return PROBE.judge(
        CONTOSO, new TlsRptSeen(seen, Map.of(), Map.of()), Context.at(Instant.EPOCH));
  }

  private static Answer found(String... texts) {
    return new Answer.Found(
        Arrays.stream(texts).<Rdata>map(text -> Rdata.Txt.of(text)).toList(),
        List.of(),
        Duration.ofMinutes(5),
        "test",
        false);
  }
}
