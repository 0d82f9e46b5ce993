package maildrift.probes.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.Test;

/** The same over real UDP and TCP. */
class DkimOverTheWireTest {
  private static final String OWNER = "default._domainkey.contoso.test";
  private static final String KEY = TestKeys.rsa(4096);
  private static final DkimProbe PROBE = new DkimProbe();

  @Test
  void aLongKeyInSeveralStringsBehindACnameArrivesWhole() {
    var record = "v=DKIM1; k=rsa; p=" + KEY;
    try (var dns =
        FakeDns.serving(OWNER + " CNAME contoso.dkim.provider.test")
            .txt(
                "contoso.dkim.provider.test",
                record.substring(0, 255),
                record.substring(255, 510),
                record.substring(510))) {
      var judgement = look(dns);

      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.records()).containsEntry(OWNER + " DKIM", "k=rsa; p=" + KEY);
      assertThat(judgement.facts().toString())
          .contains("bits=4096", "matchesExpected=true", "cname=[contoso.dkim.provider.test]");
    }
  }

  @Test
  void silenceIsAGapAndAbsenceIsAFinding() {
    try (var dns = FakeDns.serving("contoso.test TXT v=spf1 -all")) {
      assertThat(look(dns).findings())
          .extracting(finding -> finding.rule().id())
          .containsExactly("dkim.selector-missing");

      dns.fault(OWNER, Fault.SERVFAIL);
      var judgement = look(dns);
      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.gaps())
          .singleElement()
          .matches(gap -> gap.hides(new Finding.Key("dkim.selector-missing", OWNER)));
    }
  }

  private static Judgement look(FakeDns fake) {
    var domain =
        ManagedDomain.undeclared(DnsName.of("contoso.test"))
            .dkim(
                List.of(
                    new DkimExpectation(
                        "default", Optional.of(KEY), Optional.empty(), "declared", true)));
    var deadline = Deadline.after(Duration.ofSeconds(10));
    try (var door = new DnsDoor(DnsSettings.only(List.of(DnsServer.parse(fake.hostAndPort()))))) {
      var seen = PROBE.observe(domain, network(door.fresh(deadline), deadline));
      return PROBE.judge(domain, seen, Context.at(Instant.EPOCH));
    }
  }

  private static Network network(Dns dns, Deadline deadline) {
    return new Network() {
      @Override
      public Dns dns() {
        return dns;
      }

      @Override
      public Smtp smtp() {
        throw new AssertionError("dkim has no business with mail servers");
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }
    };
  }
}
