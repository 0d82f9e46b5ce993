package maildrift.probes.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.tls.TrustAnchors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MtaStsProbeTest {
  private static final MtaStsProbe PROBE = new MtaStsProbe(TrustAnchors.only(List.of()));
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));

  // record | id; nothing where it is broken
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v=STSv1; id=20261121T080000                     | 20261121T080000
          v=STSv1;id=1;                                   | 1
          v=STSv1 ; id=a ;                                | a
          v=STSv1; ext.1=x; id=abc                        | abc
          v=STSv1; id=aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb    | aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb
          v=STSv1; id=aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbc   |
          v=STSv1; id=2026-11-21                          |
          v=STSv1; id=                                    |
          v=STSv1; id                                     |
          v=STSv1; ID=1                                   |
          v=STSv1; id=1; id=2                             | 1
          v=STSv1; id=1; id=-                             | 1
          v=STSv1; id=-; id=1                             |
          v=STSv1; id=1; id=                              |
          v=STSv1; v=STSv1; id=1                          | 1
          v=STSv1; id=1 ; x=2                             | 1
          v=STSv1; id=1; x=a=b                            |
          v=STSv1; id=1; x=a b                            |
          v=STSv1; id=1; -x=a                             |
          v=STSv1; id=1; a_b-c.d=<>?[]{}~!                | 1
          v=STSv1; id=1; aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb=1 | 1
          v=STSv1; id=1; aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbc=1 |
          v=STSv1; id=1; x=                               |
          v=STSv1; id=1; =x                               |
          v=STSv1; id=ä                                   |
          v = STSv1; id=1                                 |
          v=STSv1 id=1                                    |
          v=STSv1,id=1                                    |
          v=STSv1; id=1;;                                 |
          v=STSv1; id = 1                                 |
          v=STSv1; id=1; bad name=x                       |
          v=STSv1;                                        |
          v=STSv1                                         |
          v=stsv1; id=1                                   |
          v=STSv10; id=1                                  |
          """)
  void readsTheRecord(String text, @Nullable String id) {
    var judgement = judge(found(text));

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts()).containsEntry("record", text).containsEntry("id", id);
    assertThat(judgement.findings())
        .extracting(finding -> finding.rule().id() + " " + finding.severity())
        .isEqualTo(id == null ? List.of("mtasts.txt WARNING") : List.of());
    assertThat(judgement.findings())
        .extracting(Finding::cause)
        .allMatch("_mta-sts.contoso.test TXT"::equals);
  }

  @Test
  void whiteSpaceBelongsToASemicolon() {
    assertThat(StsRecord.parse("v=STSv1\t;\t id=1 \t; ").id()).contains("1");
    assertThat(StsRecord.parse("v=STSv1; id=1 ").problem())
        .contains("white space at the end that no ';' follows");
    assertThat(StsRecord.parse("v=STSv1; id=1 ; ;").problem()).contains("an empty field");
    assertThat(StsRecord.parse(" v=STSv1; id=1").problem()).contains("it must begin with v=STSv1;");
    assertThat(StsRecord.parse("v=STSv1; id=1\n").problem()).isPresent();
  }

  @Test
  void whatHasNoSemicolonAfterTheVersionIsDiscardedBesideARealOne() {
    var judgement = judge(found("v=STSv1 id=2", "v=STSv1", "v=STSv1; id=1"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.facts()).containsEntry("id", "1");
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
          .containsExactly(Map.entry("_mta-sts.contoso.test MTA-STS", ""));
    }
  }

  @Test
  void severalRecordsAreNone() {
    var judgement = judge(found("v=STSv1; id=1", "v=STSv1; id=2", "noise"));

    assertThat(judgement.findings())
        .singleElement()
        .matches(finding -> finding.severity() == Severity.WARNING)
        .matches(finding -> finding.message().contains("has 2 MTA-STS records"));
    assertThat(judgement.facts()).containsEntry("id", null);
  }

  @Test
  void othersBesideItAreIgnored() {
    var judgement = judge(found("noise", "v=STSv1; id=1"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records())
        .containsExactly(Map.entry("_mta-sts.contoso.test MTA-STS", "v=STSv1; id=1"));
  }

  @Test
  void servfailIsAGapAndResolvesNothing() {
    var judgement = judge(new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL", "test"));

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.gaps())
        .singleElement()
        .matches(gap -> gap.hides(new Finding.Key("mtasts.txt", "contoso.test")));
  }

  @Test
  void mutatedRecordsNeverThrow() {
    var random = new Random(8461);
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder("v=STSv1; id=20261121; x.y=z;");
      for (var change = random.nextInt(6); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      assertThatCode(() -> StsRecord.parse(text.toString())).doesNotThrowAnyException();
    }
    assertThat(StsRecord.parse("v=STSv1" + ";".repeat(65_000)).problem()).isPresent();
  }

  private static Judgement judge(Answer seen) {
    return PROBE.judge(CONTOSO, new StsSeen(seen, Optional.empty()), Context.at(Instant.EPOCH));
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
