package maildrift.probes.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.Said;
import maildrift.probes.dns.ServerLook;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class ZoneJudgeTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final List<Question> QUESTIONS =
      List.of(new Question(CONTOSO, RecordType.SOA), new Question(CONTOSO, RecordType.NS));
  private static final Rdata SOA = new Rdata.Soa(CONTOSO, CONTOSO, 1, 7200, 3600, 1_209_600, 300);
  private static final Rdata NS = new Rdata.Ns(CONTOSO);

  /** One server over IPv4 that answers, and one over IPv6 to which no way leads. */
  private static Judgement judge(boolean isMissed) {
    var heard = List.of(answered(SOA), answered(NS));
    var lost =
        Collections.nCopies(2, (Said) new Said.Unheard(Answer.Failure.NETWORK, "unreachable"));
    return new ZoneProbe()
        .judge(
            ManagedDomain.undeclared(CONTOSO),
            new ZoneSeen.Asked(
                CONTOSO,
                true,
                true,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(
                    server("192.0.2.53", true, heard), server("[2001:db8::53]:53", isMissed, lost)),
                List.of(),
                QUESTIONS,
                List.of()),
            Context.at(Instant.EPOCH));
  }

  private static Said answered(Rdata data) {
    return new Said.Answered(
        new Answer.Found(List.of(data), List.of(), Duration.ofHours(1), "192.0.2.53:53", false));
  }

  private static ZoneSeen.Server server(String at, boolean isMissed, List<Said> said) {
    return new ZoneSeen.Server(at, at, isMissed, new ServerLook(DnsServer.parse(at), said, said));
  }

  private static boolean hides(Judgement judgement) {
    return judgement.hides(new Finding.Key("zone.inconsistent", "contoso.test"));
  }

  @Test
  void aFamilyOfAddressesThatWasHeardHidesWhatItSaid() {
    assertThat(hides(judge(true))).isTrue();
    assertThat(judge(true).facts()).containsEntry("compared", List.of());
  }

  @Test
  void aFamilyThatNeverLeadAnywhereFromHereHidesNothing() {
    assertThat(hides(judge(false))).isFalse();
    assertThat(judge(false).facts().toString()).contains("compared=[contoso.test NS]");
  }
}
