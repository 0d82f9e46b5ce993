package maildrift.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dmarc.DmarcProbe;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.spf.SpfProbe;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * SPF, DKIM and DMARC of one zone on two real name servers: what goes wrong, the rules that are
 * then violated and what is then hidden; every other rule is neither.
 */
class RecordScenariosTest {
  private static final String APEX = "contoso.test";
  private static final String PROVIDER = "_spf.provider.test";
  private static final String SELECTOR = "default._domainkey.contoso.test";
  private static final String DMARC = "_dmarc.contoso.test";
  private static final String REPORTS = "contoso.test._report._dmarc.reports.test";
  private static final String KEY = key();
  private static final List<Probe<?>> PROBES =
      List.of(new SpfProbe(), new DkimProbe(), new DmarcProbe());

  private static String key() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return Base64.getEncoder()
          .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Two authoritative servers, the first of which is the resolver, too. */
  private record Servers(NameServer one, NameServer two) {
    void both(Consumer<NameServer> change) {
      change.accept(one);
      change.accept(two);
    }

    void fault(String owner, Fault fault) {
      both(server -> server.fault(owner, fault));
    }
  }

  private static void good(NameServer server) {
    server
        .add(
            "contoso.test SOA ns.contoso.test admin.contoso.test 1 2 3 4 300",
            "contoso.test MX 10 mx.contoso.test",
            "mx.contoso.test A 192.0.2.10",
            "reports.test MX 10 mx.contoso.test")
        .txt(APEX, "v=spf1 include:_spf.provider.test mx ~all")
        .txt(PROVIDER, "v=spf1 ip4:192.0.2.0/24 -all")
        .txt(DMARC, "v=DMARC1; p=quarantine; rua=mailto:d@reports.test")
        .txt(REPORTS, "v=DMARC1");
    key(server, KEY);
  }

  private static void key(NameServer server, String key) {
    var record = "v=DKIM1; k=rsa; p=" + key;
    var at = Math.min(255, record.length());
    server.remove(SELECTOR, "TXT").txt(SELECTOR, record.substring(0, at), record.substring(at));
  }

  private enum Asked {
    RESOLVER,
    AUTHORITIES
  }

  private record Look(Dns dns, Deadline deadline) implements Network {
    @Override
    public Smtp smtp() {
      throw new IllegalStateException("no mail server is asked");
    }
  }

  /**
   * @param violated rule and subject
   * @param hidden rule and subject: neither found nor resolved
   */
  private static DynamicTest scenario(
      String name,
      Asked asked,
      Consumer<Servers> change,
      Set<String> violated,
      Set<String> hidden) {
    return DynamicTest.dynamicTest(
        name + " (" + asked + ")",
        () -> {
          try (var one = NameServer.start();
              var two = NameServer.start()) {
            var servers = new Servers(one, two);
            servers.both(RecordScenariosTest::good);
            change.accept(servers);
            var judgements = judge(servers, asked);

            var findings = new ArrayList<String>();
            judgements.forEach(
                judgement ->
                    judgement
                        .findings()
                        .forEach(found -> findings.add(found.rule().id() + " " + found.subject())));
            assertThat(findings).containsExactlyInAnyOrderElementsOf(violated);
            assertThat(hiddenOf(judgements)).isEqualTo(hidden);
          }
        });
  }

  private static List<Judgement> judge(Servers servers, Asked asked) {
    var domain =
        ManagedDomain.undeclared(DnsName.of(APEX))
            .dkim(
                List.of(
                    new DkimExpectation(
                        "default", Optional.of(KEY), Optional.empty(), "declared", true)));
    var both =
        List.of(
            DnsServer.parse(servers.one.hostAndPort()), DnsServer.parse(servers.two.hostAndPort()));
    var settings =
        DnsSettings.only(List.of(both.getFirst()))
            .authoritative(Map.of(DnsName.of("test"), both))
            .timeout(Duration.ofMillis(400));
    var deadline = Deadline.after(Duration.ofSeconds(10));
    try (var door = new DnsDoor(settings)) {
      var dns =
          switch (asked) {
            case RESOLVER -> door.fresh(deadline);
            case AUTHORITIES -> door.authoritative(deadline);
          };
      return PROBES.stream().map(probe -> judge(probe, domain, new Look(dns, deadline))).toList();
    }
  }

  private static <T> Judgement judge(Probe<T> probe, ManagedDomain domain, Network network) {
    return probe.judge(domain, probe.observe(domain, network), Context.at(Instant.EPOCH));
  }

  /** Of some telling keys, those that a gap hides. */
  private static Set<String> hiddenOf(List<Judgement> judgements) {
    var keys =
        Stream.of(
            SPF_PRESENT,
            SPF_LOOKUPS,
            SPF_INCLUDE,
            DKIM_MISSING,
            DKIM_SIZE,
            DMARC_PRESENT,
            DMARC_POLICY,
            DMARC_OUTSIDE,
            DMARC_MAILBOX);
    return keys.filter(
            key -> {
              var space = key.indexOf(' ');
              var finding = new Finding.Key(key.substring(0, space), key.substring(space + 1));
              return judgements.stream()
                  .flatMap(judgement -> judgement.gaps().stream())
                  .anyMatch(gap -> gap.hides(finding));
            })
        .collect(Collectors.toSet());
  }

  private static final String SPF_PRESENT = "spf.present " + APEX;
  private static final String SPF_LOOKUPS = "spf.lookups " + APEX;
  private static final String SPF_INCLUDE = "spf.include-none " + PROVIDER;
  private static final String DKIM_MISSING = "dkim.selector-missing " + SELECTOR;
  private static final String DKIM_SIZE = "dkim.key-size " + SELECTOR;
  private static final String DMARC_PRESENT = "dmarc.present " + APEX;
  private static final String DMARC_POLICY = "dmarc.policy " + APEX;
  private static final String DMARC_OUTSIDE = "dmarc.rua-external reports.test";
  private static final String DMARC_MAILBOX = "dmarc.rua-mx reports.test";

  private static final Set<String> ALL_SPF = Set.of(SPF_PRESENT, SPF_LOOKUPS, SPF_INCLUDE);
  private static final Set<String> ALL_DKIM = Set.of(DKIM_MISSING, DKIM_SIZE);
  private static final Set<String> ALL_DMARC =
      Set.of(DMARC_PRESENT, DMARC_POLICY, DMARC_OUTSIDE, DMARC_MAILBOX);

  @TestFactory
  Stream<DynamicTest> whatIsUnseenIsNeverFoundAndNeverResolved() {
    return Stream.of(Fault.SERVFAIL, Fault.REFUSED, Fault.SILENT, Fault.NOTIMP)
        .flatMap(
            fault ->
                Stream.of(
                    scenario(
                        fault + " at the SPF record",
                        Asked.RESOLVER,
                        servers -> servers.fault(APEX, fault),
                        Set.of(),
                        ALL_SPF),
                    scenario(
                        fault + " at the provider's SPF record",
                        Asked.RESOLVER,
                        servers -> servers.fault(PROVIDER, fault),
                        Set.of(),
                        Set.of(SPF_LOOKUPS, SPF_INCLUDE)),
                    scenario(
                        fault + " at the selector",
                        Asked.RESOLVER,
                        servers -> servers.fault(SELECTOR, fault),
                        Set.of(),
                        ALL_DKIM),
                    scenario(
                        fault + " at the DMARC record",
                        Asked.RESOLVER,
                        servers -> servers.fault(DMARC, fault),
                        Set.of(),
                        ALL_DMARC),
                    scenario(
                        fault + " at the authorisation of reports",
                        Asked.RESOLVER,
                        servers -> servers.fault(REPORTS, fault),
                        Set.of(),
                        Set.of(DMARC_OUTSIDE)),
                    scenario(
                        fault + " at the mailbox for reports",
                        Asked.RESOLVER,
                        servers -> servers.fault("reports.test", fault),
                        Set.of(),
                        Set.of(DMARC_MAILBOX))));
  }

  @TestFactory
  Stream<DynamicTest> whatIsSeenIsJudgedWhicheverWayItComes() {
    return Stream.of(
        scenario("all is well", Asked.RESOLVER, servers -> {}, Set.of(), Set.of()),
        scenario("all is well", Asked.AUTHORITIES, servers -> {}, Set.of(), Set.of()),
        scenario(
            "truncated answers come over TCP",
            Asked.RESOLVER,
            servers -> servers.both(server -> server.faults(Fault.TRUNCATED)),
            Set.of(),
            Set.of()),
        scenario(
            "truncated answers without TCP are none",
            Asked.RESOLVER,
            servers -> servers.both(server -> server.faults(Fault.TRUNCATED, Fault.MUTE_TCP)),
            Set.of(),
            all()),
        scenario(
            "a zone without records",
            Asked.RESOLVER,
            servers ->
                servers.both(
                    server ->
                        server.remove(APEX, "TXT").remove(SELECTOR, "TXT").remove(DMARC, "TXT")),
            Set.of(SPF_PRESENT, DKIM_MISSING, DMARC_PRESENT),
            Set.of()),
        scenario(
            "two of each",
            Asked.AUTHORITIES,
            servers ->
                servers.both(
                    server ->
                        server
                            .txt(APEX, "v=spf1 -all")
                            .txt(SELECTOR, "v=DKIM1; p=")
                            .txt(DMARC, "v=DMARC1; p=none")),
            Set.of("spf.multiple " + APEX, "dkim.multiple " + SELECTOR, "dmarc.multiple " + APEX),
            Set.of()),
        scenario(
            "reports that nobody takes",
            Asked.RESOLVER,
            servers ->
                servers.both(
                    server ->
                        server
                            .remove(REPORTS, "TXT")
                            .remove("reports.test", "MX")
                            .add("reports.test MX 0 .")),
            Set.of(DMARC_OUTSIDE, DMARC_MAILBOX),
            Set.of()));
  }

  private static Set<String> all() {
    return Stream.of(ALL_SPF, ALL_DKIM, ALL_DMARC).flatMap(Set::stream).collect(Collectors.toSet());
  }

  @TestFactory
  Stream<DynamicTest> serversThatDisagreeOrAreLameDecideNothing() {
    return Stream.of(
        scenario(
            "one server has another SPF record",
            Asked.AUTHORITIES,
            servers -> servers.two.remove(APEX, "TXT").txt(APEX, "v=spf1 +all"),
            Set.of(),
            ALL_SPF),
        scenario(
            "one server has lost the selector",
            Asked.AUTHORITIES,
            servers -> servers.two.remove(SELECTOR, "TXT"),
            Set.of(),
            ALL_DKIM),
        scenario(
            "one server has an older DMARC record",
            Asked.AUTHORITIES,
            servers -> servers.two.remove(DMARC, "TXT").txt(DMARC, "v=DMARC1; p=none"),
            Set.of(),
            ALL_DMARC),
        scenario(
            "one server is lame",
            Asked.AUTHORITIES,
            servers -> servers.two.faults(Fault.REFERRAL),
            Set.of(),
            Set.of()),
        scenario(
            "both servers are lame",
            Asked.AUTHORITIES,
            servers -> servers.both(server -> server.faults(Fault.REFUSED)),
            Set.of(),
            all()));
  }
}
