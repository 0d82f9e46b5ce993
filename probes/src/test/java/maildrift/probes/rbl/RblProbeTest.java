package maildrift.probes.rbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Blocklist.Answers;
import maildrift.probes.domain.Blocklist.Kind;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RblProbeTest {
  private static final RblProbe PROBE = new RblProbe();
  private static final DnsName BL = DnsName.of("bl.test");
  private static final ManagedDomain CONTOSO =
      ManagedDomain.undeclared(DnsName.of("contoso.test"))
          .blocklists(
              List.of(
                  Blocklist.of(BL, Kind.IP), Blocklist.of(DnsName.of("dbl.test"), Kind.DOMAIN)));

  /** A domain with an MX host of both families, and lists that are ones and list nobody. */
  private static ListedDns zone(String... more) {
    var dns =
        ListedDns.of(
            "contoso.test MX 10 mx.contoso.test",
            "mx.contoso.test A 192.0.2.10",
            "mx.contoso.test AAAA 2001:db8::10",
            "2.0.0.127.bl.test A 127.0.0.2",
            "dbl.test NS ns");
    for (var line : more) {
      if (!line.isBlank()) {
        dns.add(line);
      }
    }
    return dns;
  }

  private static Judgement look(ManagedDomain domain, Network network) {
    return PROBE.judge(domain, PROBE.observe(domain, network), Context.at(Instant.EPOCH));
  }

  private static String violated(Judgement judgement) {
    return Stream.of(
            judgement.findings().stream()
                .map(
                    finding ->
                        "%s %s %s"
                            .formatted(
                                finding.rule().id().substring("rbl.".length()),
                                finding.severity().word(),
                                finding.subject())),
            judgement.gaps().stream().map(gap -> "gap " + gap.subject().orElse("all")),
            judgement.asides().stream().map(gap -> "aside " + gap.subject().orElse("all")))
        .flatMap(all -> all)
        .collect(Collectors.joining(", "));
  }

  private static final String IPV6 =
      "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.test";

  // what stands in the zone besides | what is violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          contoso.test TXT nothing                  |
          10.2.0.192.bl.test A 127.0.0.2            | listed warning 192.0.2.10 bl.test
          10.2.0.192.bl.test A 127.0.1.255          | listed warning 192.0.2.10 bl.test
          10.2.0.192.bl.test TXT but no address     |
          11.2.0.192.bl.test A 127.0.0.2            |
          0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.test A 127.0.0.4 | listed warning 2001:db8::10 bl.test
          contoso.test.dbl.test A 127.0.1.2         | listed warning contoso.test dbl.test
          invalid.dbl.test A 127.0.1.2              | unusable info dbl.test, aside contoso.test dbl.test
          1.0.0.127.bl.test A 127.0.0.2             | unusable info bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.test A 127.0.0.2 | unusable info bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          2.0.0.127.bl.test A 127.255.255.254       | unusable info bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          10.2.0.192.bl.test A 127.255.255.255      | unusable info bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          10.2.0.192.bl.test A 127.0.0.1            | unusable info bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          10.2.0.192.bl.test A 203.0.113.7          | unusable info bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          contoso.test.dbl.test A 127.255.255.252   | unusable info dbl.test, aside contoso.test dbl.test
          10.2.0.192.bl.test A timeout              | aside 192.0.2.10 bl.test
          2.0.0.127.bl.test A timeout               | aside bl.test, aside 192.0.2.10 bl.test, aside 2001:db8::10 bl.test
          contoso.test.dbl.test A timeout           | aside contoso.test dbl.test
          mx.contoso.test A timeout                 | gap all
          contoso.test MX timeout                   | gap all
          """)
  void tellsAListingFromWhatIsNone(String line, @Nullable String violated) {
    assertThat(violated(look(CONTOSO, zone(line)))).isEqualTo(violated == null ? "" : violated);
  }

  @Test
  void oneAddressIsOneCauseHoweverManyDomainsShareIt() {
    var judgement =
        look(
            CONTOSO,
            zone(
                "10.2.0.192.bl.test A 127.0.0.2",
                "10.2.0.192.bl.test A 127.0.0.9",
                "10.2.0.192.bl.test TXT see https://bl.test/?192.0.2.10\u0007\u202e"));

    assertThat(judgement.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.cause()).isEqualTo("10.2.0.192.bl.test A");
              assertThat(finding.message())
                  .startsWith(
                      "192.0.2.10, an address of MX host mx.contoso.test, is listed by bl.test (127.0.0.2, 127.0.0.9): see https://bl.test/?192.0.2.10\\x07");
              assertThat(finding.evidence())
                  .containsEntry("answers", List.of("127.0.0.2", "127.0.0.9"))
                  .containsKey("reasons");
            });
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
  }

  @Test
  void aReasonIsCut() {
    var judgement =
        look(
            CONTOSO,
            zone("10.2.0.192.bl.test A 127.0.0.2", "10.2.0.192.bl.test TXT " + "x".repeat(5_000)));

    assertThat(judgement.findings().getFirst().message()).hasSizeLessThan(500);
  }

  @Test
  void withoutListsNothingIsAsked() {
    var dns = zone();
    var judgement = look(CONTOSO.blocklists(List.of()), dns);

    assertThat(dns.asked()).isEmpty();
    assertThat(violated(judgement)).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
  }

  @Test
  void onlyTheAnswersThatTheOperatorNamesCount() {
    var list =
        new Blocklist(
            BL,
            "bl.test",
            Kind.IP,
            List.of(Answers.parse("127.0.0.4-127.0.0.7")),
            Severity.CRITICAL);
    var domain = CONTOSO.blocklists(List.of(list));

    assertThat(violated(look(domain, zone("10.2.0.192.bl.test A 127.0.0.10")))).isEmpty();
    assertThat(violated(look(domain, zone("10.2.0.192.bl.test A 127.0.0.3")))).isEmpty();
    assertThat(
            violated(
                look(
                    domain,
                    zone("10.2.0.192.bl.test A 127.0.0.10", "10.2.0.192.bl.test A 127.0.0.7"))))
        .isEqualTo("listed critical 192.0.2.10 bl.test");
  }

  @Test
  void aZoneThatHoldsAKeyIsNeverShown() {
    var zone = DnsName.of("s3cret.bl.test");
    var list = new Blocklist(zone, "zen", Kind.IP, List.of(), Severity.WARNING);
    var domain = CONTOSO.blocklists(List.of(list));

    for (var line :
        List.of(
            "10.2.0.192.s3cret.bl.test A 127.0.0.2",
            "10.2.0.192.s3cret.bl.test A timeout",
            "1.0.0.127.s3cret.bl.test A 127.0.0.2")) {
      var judgement = look(domain, zone("2.0.0.127.s3cret.bl.test A 127.0.0.2", line));
      assertThat(violated(judgement)).contains("zen");
      assertThat(judgement.toString()).doesNotContain("s3cret");
    }
  }

  @Test
  void gatewaysAreAskedForAndTheDomainItselfWithoutMx() throws Exception {
    var declared = gateway("gw1.contoso.test", InetAddress.getByName("198.51.100.5"));
    var resolved = gateway("gw2.contoso.test");
    var judgement =
        look(
            CONTOSO.gateways(List.of(declared, resolved)),
            ListedDns.of(
                "contoso.test A 203.0.113.4",
                "gw2.contoso.test A 198.51.100.6",
                "2.0.0.127.bl.test A 127.0.0.2",
                "5.100.51.198.bl.test A 127.0.0.2",
                "6.100.51.198.bl.test A 127.0.0.2",
                "4.113.0.203.bl.test A 127.0.0.2"));

    assertThat(violated(judgement))
        .isEqualTo(
            "listed warning 203.0.113.4 bl.test, listed warning 198.51.100.6 bl.test, listed warning 198.51.100.5 bl.test");
  }

  private static Gateway gateway(String host, InetAddress... addresses) {
    return new Gateway(
        host,
        DnsName.of(host),
        List.of(addresses),
        25,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  @Test
  void aNullMxAndTheTestAddressesAreNotAskedFor() {
    var dns =
        ListedDns.of("contoso.test MX 0 .", "2.0.0.127.bl.test A 127.0.0.2", "dbl.test NS ns");

    assertThat(violated(look(CONTOSO, dns))).isEmpty();
    var addresses = CONTOSO.blocklists(List.of(Blocklist.of(BL, Kind.IP)));
    assertThat(look(addresses, dns).outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(look(addresses, ListedDns.of("contoso.test MX timeout")).outcome())
        .isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(dns.asked()).noneMatch(question -> question.name().isWithin(BL));

    assertThat(violated(look(CONTOSO, zone("mx.contoso.test A 127.0.0.2")))).isEmpty();
  }

  @Test
  void noThirdPartyIsAskedAboutWhatStandsInside() throws Exception {
    var dns = zone("mx.contoso.test A 10.0.0.7", "mx.contoso.test AAAA fd00::7");
    var inside = gateway("gw.contoso.test", InetAddress.getByName("192.168.1.9"));
    var judgement = look(CONTOSO.gateways(List.of(inside)), dns);

    assertThat(violated(judgement)).isEmpty();
    assertThat(judgement.facts()).containsEntry("addresses", List.of("192.0.2.10", "2001:db8::10"));
    assertThat(dns.asked())
        .noneMatch(question -> question.name().toString().startsWith("7.0.0.10."))
        .noneMatch(question -> question.name().toString().startsWith("9.1.168.192."));
  }

  @Test
  void aLaboratorysLoopbackAddressIsNobodysSecret() {
    var zone =
        zone(
            "mx.contoso.test A 127.0.0.7",
            "mx.contoso.test A 10.0.0.7",
            "7.0.0.127.bl.test A 127.0.0.2",
            "7.0.0.10.bl.test A 127.0.0.2");

    assertThat(violated(look(CONTOSO, zone))).isEmpty();
    assertThat(violated(look(CONTOSO, zone.allowPrivate())))
        .isEqualTo("listed warning 127.0.0.7 bl.test");
  }

  @Test
  void aDomainWithManyAddressesIsAskedForSoManyOnly() {
    var dns = zone();
    for (var i = 1; i <= 200; i++) {
      dns.add("mx.contoso.test A 198.51.100." + i);
    }
    var judgement = look(CONTOSO, dns);

    assertThat(dns.asked()).hasSizeLessThan(45);
    assertThat(judgement.facts()).containsEntry("addressesOmitted", 202 - RblProbe.MOST_ADDRESSES);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SERVFAIL", "REFUSED", "SILENT"})
  void aListThatDoesNotAnswerMakesNoDomainUnknown(Fault fault) {
    try (var server = NameServer.start();
        var door =
            new DnsDoor(
                DnsSettings.only(List.of(DnsServer.parse(server.hostAndPort())))
                    .timeout(Duration.ofMillis(300)))) {
      server.add(
          "contoso.test MX 10 mx.contoso.test",
          "mx.contoso.test A 192.0.2.10",
          "contoso.test.dbl.test A 127.0.0.2");
      for (var name : List.of("2.0.0.127", "1.0.0.127", "10.2.0.192")) {
        server.fault(name + ".bl.test", fault);
      }
      var deadline = Deadline.after(Duration.ofSeconds(10));
      var judgement = look(CONTOSO, new Wire(door.fresh(deadline), deadline));

      assertThat(violated(judgement))
          .isEqualTo(
              "listed warning contoso.test dbl.test, aside bl.test, aside 192.0.2.10 bl.test");
      assertThat(judgement.hides(new Finding.Key("rbl.listed", "192.0.2.10 bl.test"))).isTrue();
    }
  }

  private record Wire(Dns dns, Deadline deadline) implements Network {
    @Override
    public Smtp smtp() {
      throw new IllegalStateException("no mail server is asked");
    }
  }

  @Test
  void listsAreAskedThroughTheOperatorsOwnResolvers() {
    var asked = zone("10.2.0.192.bl.test A 127.0.0.2");
    var refusing =
        new Network() {
          @Override
          public Dns dns() {
            return zone("2.0.0.127.bl.test A 127.255.255.254");
          }

          @Override
          public Dns resolvers() {
            return asked;
          }

          @Override
          public Smtp smtp() {
            throw new IllegalStateException("no mail server is asked");
          }

          @Override
          public Deadline deadline() {
            return Deadline.after(Duration.ofMinutes(1));
          }
        };

    assertThat(violated(look(CONTOSO, refusing))).isEqualTo("listed warning 192.0.2.10 bl.test");
  }

  @Test
  void answersAreReadAsTheListDocumentsThem() {
    assertThatThrownBy(() -> Answers.parse("127.0.0.2 - "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Answers.parse("127.0.0.2 - 127.0.0.4"))
        .isEqualTo(Answers.parse("127.0.0.2-127.0.0.4"));
    assertThat(IPV6).hasSize(63 + ".bl.test".length());
  }
}
