package maildrift.probes.strays;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Answer;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StraysProbeTest {
  private static final String DOMAIN = "contoso.test";
  private static final String KEY = "default._domainkey.contoso.test TXT v=DKIM1; p=";
  private static final StraysProbe PROBE = new StraysProbe();

  private record Look(Dns dns, Deadline deadline) implements Network {
    @Override
    public Smtp smtp() {
      throw new IllegalStateException("no mail server is asked");
    }
  }

  private static Judgement judge(NameServer server, String name, boolean signs) {
    return judge(server, name, signs, dns -> dns);
  }

  private static Judgement judge(
      NameServer server, String name, boolean signs, UnaryOperator<Dns> through) {
    var domain = ManagedDomain.undeclared(DnsName.of(name));
    if (signs) {
      domain =
          domain.dkim(
              List.of(
                  new DkimExpectation(
                      "default", Optional.empty(), Optional.empty(), "declared", true)));
    }
    var deadline = Deadline.after(Duration.ofSeconds(10));
    try (var door = new DnsDoor(DnsSettings.only(List.of(DnsServer.parse(server.hostAndPort()))))) {
      var seen = PROBE.observe(domain, new Look(through.apply(door.fresh(deadline)), deadline));
      return PROBE.judge(domain, seen, Context.at(Instant.EPOCH));
    }
  }

  private static DynamicTest scenario(String name, Consumer<NameServer> zone, String... rules) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (var server = NameServer.start()) {
            zone.accept(server);
            var judgement = judge(server, DOMAIN, true);
            assertThat(judgement.findings())
                .extracting(found -> found.rule().id() + " " + found.severity().word())
                .containsExactlyInAnyOrder(rules);
            assertThat(judgement.findings()).extracting(Finding::subject).allMatch(DOMAIN::equals);
            assertThat(judgement.gaps()).isEmpty();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> eachZoneViolatesItsRulesAndNoOther() {
    return Stream.of(
        scenario("a plain zone", server -> server.add("contoso.test TXT v=spf1 -all", KEY)),
        scenario("an empty zone", server -> {}),
        scenario(
            "type SPF",
            server -> server.add("contoso.test SPF \"v=spf1 -all\"", KEY),
            "spf.rrtype99 info"),
        scenario(
            "a wildcard",
            server -> server.add("*.contoso.test TXT v=spf1 -all"),
            "dkim.wildcard warning"),
        scenario(
            "a wildcard alias",
            server ->
                server.add(
                    "*._domainkey.contoso.test CNAME keys.provider.test",
                    "keys.provider.test TXT v=DKIM1; p="),
            "dkim.wildcard warning"),
        scenario(
            "a wildcard that a record at _domainkey hides",
            server -> server.add("*.contoso.test TXT v=spf1 -all", KEY)),
        scenario(
            "a tree that is denied because nothing is below it",
            server -> server.add("contoso.test A 192.0.2.1")));
  }

  /** As name servers do that do not know empty non-terminals. */
  private static Dns denying(Dns dns) {
    return questions ->
        questions.stream()
            .map(
                question ->
                    question.name().toString().equals("_domainkey.contoso.test")
                        ? new Answer.NoSuchName(List.of(), Duration.ZERO, "192.0.2.53:53", false)
                        : dns.ask(question))
            .toList();
  }

  @Test
  void aTreeThatIsDeniedAboveItsSelectorsIsAFault() {
    try (var server = NameServer.start()) {
      server.add("contoso.test A 192.0.2.1");
      assertThat(judge(server, DOMAIN, true, StraysProbeTest::denying).findings()).isEmpty();

      server.add(KEY);
      assertThat(judge(server, DOMAIN, true, StraysProbeTest::denying).findings())
          .extracting(found -> found.rule().id())
          .containsExactly("dkim.nxdomain-tree");

      server.fault("default._domainkey.contoso.test", Fault.SERVFAIL);
      assertThat(judge(server, DOMAIN, true, StraysProbeTest::denying).gaps())
          .anyMatch(gap -> gap.hides(new Finding.Key("dkim.nxdomain-tree", DOMAIN)));
    }
  }

  @Test
  void whatDoesNotAnswerIsAGapOfItsRuleAlone() {
    try (var server = NameServer.start()) {
      server.add(KEY).fault("_domainkey.contoso.test", Fault.SERVFAIL);
      var judgement = judge(server, DOMAIN, true);

      assertThat(judgement.findings()).isEmpty();
      assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
      assertThat(judgement.gaps())
          .singleElement()
          .matches(gap -> gap.hides(new Finding.Key("dkim.nxdomain-tree", DOMAIN)))
          .matches(gap -> !gap.hides(new Finding.Key("dkim.wildcard", DOMAIN)));

      server.faults(Fault.REFUSED);
      assertThat(judge(server, DOMAIN, true).outcome()).isEqualTo(Outcome.UNOBSERVABLE);
      assertThat(judge(server, DOMAIN, true).findings()).isEmpty();
    }
  }

  @Test
  void aServerThatDropsARetiredTypeHidesThatAloneAndMakesNoDomainUnknown() {
    try (var server = NameServer.start()) {
      server.add(KEY).fault(DOMAIN, Fault.SERVFAIL);
      var judgement = judge(server, DOMAIN, true);

      assertThat(judgement.gaps()).isEmpty();
      assertThat(judgement.hides(new Finding.Key("spf.rrtype99", DOMAIN))).isTrue();
      assertThat(judgement.hides(new Finding.Key("dkim.wildcard", DOMAIN))).isFalse();
    }
  }

  @Test
  void namesTooLongForSelectorsAreNotAskedFor() {
    var label = "a".repeat(60);
    try (var server = NameServer.start()) {
      var name = String.join(".", label, label, label, label.substring(2), "test");

      assertThat(judge(server, name, true).findings()).isEmpty();
    }
  }
}
