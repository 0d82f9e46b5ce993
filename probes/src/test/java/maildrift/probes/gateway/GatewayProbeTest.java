package maildrift.probes.gateway;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.FakeSmtp;
import maildrift.probes.smtp.SharedSmtp;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpDoor;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.SmtpSettings;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GatewayProbeTest {
  private static final GatewayProbe PROBE = new GatewayProbe();
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final String POINTER = "7.113.0.203.in-addr.arpa";
  private static final String ADDRESS = "gw.house.test[203.0.113.7]";
  private static final String SERVER = ADDRESS + ":25";

  // ---- Scenarios: exactly these rules are violated

  private record Scenario(String name, Consumer<World> change, String violated) {}

  private static Scenario of(String name, Consumer<World> change, String violated) {
    return new Scenario(name, change, violated);
  }

  private static Stream<DynamicTest> tests(
      java.util.function.Supplier<World> worlds, Stream<Scenario> scenarios) {
    return scenarios.map(
        scenario ->
            DynamicTest.dynamicTest(
                scenario.name(),
                () -> {
                  var world = worlds.get();
                  scenario.change().accept(world);
                  var judgement = world.judge();
                  assertThat(violated(judgement)).isEqualTo(scenario.violated());
                  assertThat(judgement.gaps()).isEmpty();
                }));
  }

  /** With its subject where that is not the address itself. */
  private static String violated(Judgement judgement) {
    return judgement.findings().stream()
        .map(found -> found.rule().id() + " " + found.severity())
        .sorted()
        .collect(joining(", "));
  }

  /** A gateway whose names agree, behind another provider's MX. */
  private static World gateway() {
    return new World()
        .add(
            "contoso.test MX 10 gw.house.test",
            "gw.house.test A 203.0.113.7",
            POINTER + " PTR gw.house.test")
        .greets("203.0.113.7", "gw.house.test ESMTP");
  }

  @TestFactory
  Stream<DynamicTest> judgesTheNamesOfADeclaredGateway() {
    return tests(
        GatewayProbeTest::gateway,
        Stream.of(
            of("all names agree", _ -> {}, ""),
            of(
                "all of them declared",
                world -> world.banner("gw.house.test").helo("gw.house.test"),
                ""),
            of("no PTR", world -> world.without(POINTER, "PTR"), "gateway.ptr CRITICAL"),
            of(
                "the reverse name leads elsewhere",
                world -> world.pointer("mail.house.test").add("mail.house.test A 203.0.113.8"),
                "gateway.fcrdns CRITICAL"),
            of(
                "the reverse name does not exist",
                world -> world.pointer("gone.house.test"),
                "gateway.fcrdns CRITICAL"),
            of(
                "the reverse name has an address of the other family only",
                world -> world.pointer("six.house.test").add("six.house.test AAAA 2001:db8::7"),
                "gateway.fcrdns CRITICAL"),
            of(
                "the reverse name is an alias that leads back",
                world ->
                    world
                        .pointer("alias.house.test")
                        .add("alias.house.test CNAME gw.house.test")
                        .greets("203.0.113.7", "alias.house.test"),
                "gateway.mx-name WARNING"),
            of(
                "two reverse names, both lead back",
                world ->
                    world.add(POINTER + " PTR mail.house.test", "mail.house.test A 203.0.113.7"),
                ""),
            of(
                "two reverse names, one of them leads back",
                world ->
                    world.add(POINTER + " PTR mail.house.test", "mail.house.test A 203.0.113.8"),
                "gateway.fcrdns WARNING"),
            of(
                "a reverse name made of the address",
                world ->
                    world
                        .pointer("203-0-113-7.dyn.provider.test")
                        .add("203-0-113-7.dyn.provider.test A 203.0.113.7"),
                "ptr.generic WARNING"),
            of(
                "greets as another host",
                world -> world.greets("203.0.113.7", "mail.house.test ESMTP"),
                "gateway.banner WARNING"),
            of(
                "greets without a name",
                world -> world.greets("203.0.113.7", "ESMTP ready"),
                "gateway.banner WARNING"),
            of(
                "greets with a single label",
                world -> world.greets("203.0.113.7", "localhost ESMTP"),
                "gateway.banner WARNING"),
            of(
                "greets with nothing",
                world -> world.greets("203.0.113.7", ""),
                "gateway.banner WARNING"),
            of(
                "greets as its reverse name says and not as declared",
                world -> world.banner("secure.house.test"),
                "gateway.banner WARNING"),
            of(
                "greets with a name that does not exist, and has no reverse name",
                world -> world.without(POINTER, "PTR").greets("203.0.113.7", "gone.house.test"),
                "gateway.banner WARNING, gateway.mx-name WARNING, gateway.ptr CRITICAL"),
            of(
                "says another name in HELO",
                world -> world.helo("mail.house.test").add("mail.house.test A 203.0.113.7"),
                "gateway.helo WARNING"),
            of(
                "says a name in HELO that does not exist",
                world -> world.helo("gateway.local"),
                "gateway.helo WARNING"),
            of("says one label in HELO", world -> world.helo("gateway"), "gateway.helo WARNING"),
            of("says its address in HELO", world -> world.helo("[203.0.113.7]"), ""),
            of(
                "says another's address in HELO",
                world -> world.helo("[203.0.113.8]"),
                "gateway.helo WARNING"),
            of(
                "the MX calls it otherwise",
                world ->
                    world
                        .without("contoso.test", "MX")
                        .add("contoso.test MX 10 mx.contoso.test", "mx.contoso.test A 203.0.113.7"),
                "gateway.mx-name WARNING"),
            of(
                "somebody else is the MX",
                world ->
                    world
                        .without("contoso.test", "MX")
                        .add(
                            "contoso.test MX 10 mx.provider.test",
                            "mx.provider.test A 198.51.100.1",
                            "1.100.51.198.in-addr.arpa PTR mx.provider.test")
                        .greets("198.51.100.1", "mx.provider.test"),
                ""),
            of(
                "two addresses, one of them without PTR",
                world -> world.at("203.0.113.7", "2001:db8::7"),
                "gateway.ptr CRITICAL"),
            of(
                "a private address",
                world -> world.at("10.0.0.7").greets("10.0.0.7", "gw.house.test"),
                ""),
            of(
                "a private address that greets otherwise than declared",
                world ->
                    world.at("10.0.0.7").banner("gw.house.test").greets("10.0.0.7", "x.house.test"),
                "gateway.banner WARNING"),
            of(
                "a private address that is meant",
                world -> world.at("10.0.0.7").allowPrivate().greets("10.0.0.7", "gw.house.test"),
                "gateway.ptr INFO")));
  }

  @Test
  void aGatewayThatOnlyOthersMayReachIsNotSpokenToUnlessItIsTheMx() {
    var only = new GatewaySettings.OnlyFrom(List.of("192.0.2.0/24"), List.of(), List.of());
    UnaryOperator<ManagedDomain> closed =
        domain ->
            domain.gateways(
                domain.gateways().stream()
                    .map(own -> own.settings(GatewaySettings.NOTHING.onlyFrom(only)))
                    .toList());

    var mx = gateway();
    mx.judge(closed);
    assertThat(mx.looked).hasSize(1);

    var behind = gateway().without("contoso.test", "MX");
    var judgement = behind.judge(closed);
    assertThat(violated(judgement)).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(behind.looked).isEmpty();
    assertThat(judgement.asides())
        .singleElement()
        .matches(gap -> gap.needs("gateway.banner") && !gap.needs("gateway.ptr"));
  }

  @TestFactory
  Stream<DynamicTest> anMxHostThatNobodyDeclaredIsWorthANoteAndNoMore() {
    return tests(
        () -> gateway().undeclared(),
        Stream.of(
            of("all names agree", _ -> {}, ""),
            of("no PTR", world -> world.without(POINTER, "PTR"), "gateway.ptr INFO"),
            of(
                "the reverse name does not exist",
                world -> world.pointer("gone.house.test"),
                "gateway.fcrdns INFO"),
            of(
                "a reverse name made of the address",
                world ->
                    world
                        .pointer("host-203-0-113-7.house.test")
                        .add("host-203-0-113-7.house.test A 203.0.113.7"),
                "ptr.generic INFO"),
            of(
                "a load balancer greets as one of its machines",
                world -> world.greets("203.0.113.7", "node17.house.test ESMTP"),
                ""),
            of(
                "greets as somebody else's",
                world -> world.greets("203.0.113.7", "host17.provider.test ESMTP"),
                "gateway.mx-name INFO"),
            of(
                "greets without a name",
                world -> world.greets("203.0.113.7", "ESMTP ready"),
                "gateway.banner INFO"),
            of(
                "null MX",
                world -> world.without("contoso.test", "MX").add("contoso.test MX 0 ."),
                ""),
            of("no MX", world -> world.without("contoso.test", "MX"), ""),
            of(
                "a private address",
                world ->
                    world
                        .without("gw.house.test", "A")
                        .without(POINTER, "PTR")
                        .add("gw.house.test A 10.0.0.7"),
                "")));
  }

  @ParameterizedTest
  @CsvSource({
    "203-0-113-7.dyn.provider.test, 203.0.113.7, true",
    "static.7.113.0.203.clients.provider.test, 203.0.113.7, true",
    "ip203000113007.provider.test, 203.0.113.7, true",
    "p1cb007107.provider.test, 203.0.113.7, true",
    "host-203-000-113-007.provider.test, 203.0.113.7, true",
    "gw7.house.test, 203.0.113.7, false",
    "mail-113-7.house.test, 203.0.113.7, false",
    "203-0-113-70.provider.test, 203.0.113.7, false",
    "2001-db8--7.provider.test, 2001:db8::7, true",
    "20010db8000000000000000000000007.provider.test, 2001:db8::7, true",
    "2001-0db8-0-0-0-0-0-7.provider.test, 2001:db8::7, true",
    "mx7.house.test, 2001:db8::7, false",
  })
  void aNameIsGenericWhenTheWholeAddressIsInIt(String name, String address, boolean generic) {
    assertThat(GenericName.contains(DnsName.of(name), InetAddress.ofLiteral(address)))
        .isEqualTo(generic);
  }

  // ---- What is not seen

  @Test
  void aNameThatNobodyDeclaredWasNotLookedAt() {
    var without = gateway().silent().judge();
    assertThat(PROBE.looksAt(GatewayRules.PTR, without)).isTrue();
    assertThat(PROBE.looksAt(GatewayRules.HELO, without)).isFalse();
    assertThat(PROBE.looksAt(GatewayRules.BANNER, without)).isFalse();

    var with = gateway().helo("gw.house.test").greets("203.0.113.7", "gw.house.test").judge();
    assertThat(PROBE.looksAt(GatewayRules.HELO, with)).isTrue();
    assertThat(PROBE.looksAt(GatewayRules.BANNER, with)).isTrue();
  }

  private static boolean hidden(Judgement judgement, String rule, String subject) {
    return judgement.hides(new Finding.Key(rule, subject));
  }

  @Test
  void anUnansweredReverseNameHidesWhatNeedsItAndNothingElse() {
    var judgement =
        gateway()
            .without(POINTER, "PTR")
            .add(POINTER + " PTR timeout")
            .helo("gw.house.test")
            .greets("203.0.113.7", "gw.house.test")
            .judge();

    assertThat(violated(judgement)).isEmpty();
    for (var rule : List.of("gateway.ptr", "gateway.fcrdns", "ptr.generic", "gateway.helo")) {
      assertThat(hidden(judgement, rule, ADDRESS)).as(rule).isTrue();
    }
    assertThat(hidden(judgement, "gateway.banner", SERVER)).isTrue();
    assertThat(hidden(judgement, "gateway.mx-name", SERVER)).isTrue();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.asides()).doesNotHaveDuplicates();
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
  }

  @Test
  void whereNothingOfAGatewayIsSeenTheProbeCouldNotLook() {
    var judgement =
        gateway().without(POINTER, "PTR").add(POINTER + " PTR timeout").silent().judge();

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
  }

  @Test
  void whatIsWrongWithAGreetingAloneIsSaidWithoutTheReverseName() {
    var judgement =
        gateway()
            .without(POINTER, "PTR")
            .add(POINTER + " PTR timeout")
            .greets("203.0.113.7", "ESMTP")
            .judge();

    assertThat(violated(judgement)).isEqualTo("gateway.banner WARNING");
  }

  @Test
  void anUnansweredForwardLookupHidesTheConfirmation() {
    var judgement = gateway().pointer("x.house.test").add("x.house.test A timeout").judge();

    assertThat(violated(judgement)).isEmpty();
    assertThat(hidden(judgement, "gateway.fcrdns", ADDRESS)).isTrue();
    assertThat(hidden(judgement, "gateway.ptr", ADDRESS)).isFalse();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void oneReverseNameThatLeadsBackIsEnoughToSayThatAnotherDoesNot() {
    var judgement =
        gateway()
            .add(POINTER + " PTR gone.house.test", POINTER + " PTR late.house.test")
            .add("late.house.test A timeout")
            .judge();

    assertThat(violated(judgement)).isEqualTo("gateway.fcrdns WARNING");
  }

  @Test
  void aSilentGatewayHidesItsGreetingAndNotItsReverseName() {
    var judgement = gateway().silent().without(POINTER, "PTR").judge();

    assertThat(violated(judgement)).isEqualTo("gateway.ptr CRITICAL");
    assertThat(hidden(judgement, "gateway.banner", SERVER)).isTrue();
    assertThat(hidden(judgement, "gateway.ptr", ADDRESS)).isFalse();
    assertThat(judgement.gaps()).as("the tls probe has it").isEmpty();
  }

  @Test
  void theAddressesOfAGatewayAreAGapHereOnlyWhereTheTlsProbeIsSkipped() {
    var world =
        gateway()
            .without("contoso.test", "MX")
            .without("gw.house.test", "A")
            .add("gw.house.test A timeout")
            .byNameAlone();

    var judgement = world.judge();
    var skipping = world.judge(domain -> domain.skip(Set.of("tls")));

    assertThat(hidden(judgement, "gateway.ptr", ADDRESS)).isTrue();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(skipping.gaps()).hasSize(1);
  }

  @Test
  void aSilentStrangerHidesItsGreeting() {
    var judgement = gateway().undeclared().silent().judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(hidden(judgement, "gateway.banner", SERVER)).isTrue();
    assertThat(hidden(judgement, "gateway.mx-name", SERVER)).isTrue();
  }

  @Test
  void anUnansweredMxHidesEverySubject() {
    var judgement = gateway().without("contoso.test", "MX").add("contoso.test MX timeout").judge();

    assertThat(judgement.hides(new Finding.Key("gateway.ptr", "mx.contoso.test[203.0.113.9]")))
        .isTrue();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void whatIsHiddenOfAStrangerIsAnAside() {
    var judgement =
        gateway()
            .undeclared()
            .without(POINTER, "PTR")
            .add(POINTER + " PTR timeout")
            .silent()
            .judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(judgement.hides(new Finding.Key("gateway.ptr", ADDRESS))).isTrue();
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
  }

  @Test
  void theReverseNameOfAPrivateAddressIsAnAsideTooWhenNobodyAnswersForIt() {
    var judgement =
        gateway()
            .at("127.0.0.7")
            .allowPrivate()
            .add("7.0.0.127.in-addr.arpa PTR timeout")
            .greets("127.0.0.7", "gw.house.test")
            .judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void whoeverSkipsTlsDoesNotWantMailHostsToBeContacted() {
    var world = gateway().greets("203.0.113.7", "ESMTP");

    var judgement = world.judge(domain -> domain.skip(Set.of("tls")));

    assertThat(world.looked).isEmpty();
    assertThat(violated(judgement)).isEmpty();
  }

  // ---- What is said

  @Test
  void saysWhatToPublishAndWhoHasTo() {
    var finding = gateway().without(POINTER, "PTR").judge().findings().getFirst();

    assertThat(finding.subject()).isEqualTo(ADDRESS);
    assertThat(finding.cause()).isEqualTo(POINTER + " PTR");
    assertThat(finding.message())
        .isEqualTo(
            "203.0.113.7, an address of the gateway gw.house.test, has no reverse name (PTR)");
    assertThat(finding.remedy())
        .contains("provider")
        .endsWith("7.113.0.203.in-addr.arpa. IN PTR gw.house.test.");
    assertThat(finding.evidence())
        .containsEntry("address", "203.0.113.7")
        .containsEntry("ptr", List.of())
        .containsEntry("banner", "gw.house.test")
        .containsEntry("mx", List.of("gw.house.test"));
  }

  @Test
  void theNamesStandSideBySide() {
    var judgement =
        gateway()
            .pointer("mail.house.test")
            .add("mail.house.test A 203.0.113.7")
            .banner("gw.house.test")
            .helo("gw.house.test")
            .judge();

    assertThat(violated(judgement))
        .isEqualTo("gateway.banner WARNING, gateway.helo WARNING, gateway.mx-name WARNING");
    assertThat(judgement.findings()).extracting(Finding::cause).containsOnly("gw.house.test:25");
    var banner = judgement.findings().getFirst();
    assertThat(banner.message())
        .endsWith("greets as gw.house.test, but its reverse name is mail.house.test");
    assertThat(banner.evidence().toString())
        .isEqualTo(
            "{address=203.0.113.7, ptr=[mail.house.test], forward=[203.0.113.7], banner=gw.house.test,"
                + " declared=gw.house.test, helo=gw.house.test, mx=[gw.house.test]}");
  }

  @Test
  void domainsBehindOneGatewayHaveOneCause() {
    var world = gateway().greets("203.0.113.7", "ESMTP").add("fabrikam.test MX 10 gw.house.test");

    var causes =
        Stream.of("contoso.test", "fabrikam.test")
            .flatMap(name -> world.judge(DnsName.of(name), domain -> domain).findings().stream())
            .map(Finding::cause)
            .distinct();

    assertThat(causes).containsExactly("gw.house.test:25");
  }

  @Test
  void theLooksAreThoseOfTheTlsProbe() {
    var world = gateway().at("203.0.113.7", "203.0.113.9");

    world.judge();

    assertThat(world.looked)
        .containsExactly(
            new Smtp.Target(
                DnsName.of("gw.house.test"), InetAddress.ofLiteral("203.0.113.7"), 25, true),
            new Smtp.Target(
                DnsName.of("gw.house.test"), InetAddress.ofLiteral("203.0.113.9"), 25, true));
  }

  @Test
  void aHostileReverseZoneCostsABoundedNumberOfQuestions() {
    var world = gateway();
    for (var i = 0; i < 500; i++) {
      world.add(POINTER + " PTR name%d.house.test".formatted(i));
    }

    var judgement = world.judge();

    assertThat(world.dns.asked()).hasSizeLessThan(40);
    assertThat(judgement.findings())
        .filteredOn(found -> found.rule().id().equals("gateway.fcrdns"))
        .extracting(Finding::severity)
        .containsExactly(Severity.WARNING);
  }

  // ---- Over the wire

  private static Judgement overTheWire(FakeDns dns, int port, UnaryOperator<DnsSettings> settings) {
    var deadline = Deadline.after(Duration.ofSeconds(20));
    var smtp =
        new SharedSmtp(
            new SmtpDoor(SmtpSettings.DEFAULT.port(port).allowPrivate(true)), Duration.ofHours(1));
    try (var door =
        new DnsDoor(
            settings.apply(DnsSettings.only(List.of(DnsServer.parse(dns.hostAndPort())))))) {
      var network = new Wire(door.cached(deadline), smtp.within(deadline), deadline);
      var domain =
          ManagedDomain.undeclared(CONTOSO)
              .gateways(
                  List.of(
                      new Gateway(
                          "gw",
                          DnsName.of("gw.house.test"),
                          List.of(InetAddress.ofLiteral("127.0.0.1")),
                          port,
                          Optional.empty(),
                          Optional.empty(),
                          Optional.empty(),
                          List.of())));
      return PROBE.judge(domain, PROBE.observe(domain, network), Context.at(Instant.EPOCH));
    }
  }

  private record Wire(Dns dns, Smtp smtp, Deadline deadline) implements Network {
    @Override
    public boolean allowsPrivate() {
      return true;
    }
  }

  private static FakeDns loopback() {
    return FakeDns.serving(
        "contoso.test MX 10 gw.house.test",
        "gw.house.test A 127.0.0.1",
        "1.0.0.127.in-addr.arpa PTR gw.house.test");
  }

  @Test
  void readsAGreetingAndComparesItWithTheReverseName() {
    try (var dns = loopback();
        var good = FakeSmtp.greeting("220 gw.house.test ESMTP");
        var bad = FakeSmtp.greeting("220-mail.house.test ESMTP\r\n220 more")) {
      assertThat(violated(overTheWire(dns, good.port(), settings -> settings))).isEmpty();
      assertThat(violated(overTheWire(dns, bad.port(), settings -> settings)))
          .isEqualTo("gateway.banner WARNING");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SERVFAIL", "REFUSED", "NOTIMP", "REFERRAL", "GARBAGE_EVERYWHERE", "TRUNCATED"})
  void whatTheReverseZoneGetsWrongIsNeverAFinding(Fault fault) {
    try (var dns = loopback();
        var server = FakeSmtp.greeting("220 gw.house.test ESMTP")) {
      dns.fault("1.0.0.127.in-addr.arpa", fault);

      var judgement =
          overTheWire(dns, server.port(), settings -> settings.timeout(Duration.ofMillis(400)));

      assertThat(violated(judgement)).isEmpty();
      assertThat(judgement.hides(new Finding.Key("gateway.ptr", "gw.house.test[127.0.0.1]")))
          .isEqualTo(fault != Fault.TRUNCATED);
      assertThat(judgement.gaps()).isEmpty();
    }
  }

  // ---- The world

  private static final class World implements Network {
    private final ListedDns dns = ListedDns.of();
    private final List<String> lines = new ArrayList<>();
    private final Map<InetAddress, String> greetings = new HashMap<>();
    private final List<Smtp.Target> looked = new ArrayList<>();
    private List<String> addresses = List.of("203.0.113.7");
    private Optional<DnsName> banner = Optional.empty();
    private Optional<DnsName> helo = Optional.empty();
    private boolean isDeclared = true;
    private boolean isSilent;

    World add(String... more) {
      lines.addAll(List.of(more));
      return this;
    }

    World without(String owner, String type) {
      lines.removeIf(line -> line.startsWith(owner + " " + type + " "));
      return this;
    }

    World pointer(String name) {
      return without(POINTER, "PTR").add(POINTER + " PTR " + name);
    }

    World greets(String address, String text) {
      greetings.put(InetAddress.ofLiteral(address), text);
      return this;
    }

    World at(String... all) {
      addresses = List.of(all);
      without("gw.house.test", "A");
      addresses.forEach(
          address ->
              add("gw.house.test %s %s".formatted(address.contains(":") ? "AAAA" : "A", address)));
      return this;
    }

    World byNameAlone() {
      addresses = List.of();
      return this;
    }

    World banner(String name) {
      banner = Optional.of(DnsName.of(name));
      return this;
    }

    World helo(String name) {
      helo = Optional.of(DnsName.of(name));
      return this;
    }

    World undeclared() {
      isDeclared = false;
      return this;
    }

    World silent() {
      isSilent = true;
      return this;
    }

    World allowPrivate() {
      var _ = dns.allowPrivate();
      return this;
    }

    Judgement judge() {
      return judge(domain -> domain);
    }

    Judgement judge(UnaryOperator<ManagedDomain> change) {
      return judge(CONTOSO, change);
    }

    Judgement judge(DnsName name, UnaryOperator<ManagedDomain> change) {
      lines.forEach(dns::add);
      lines.clear();
      var gateway =
          new Gateway(
              "gw1",
              DnsName.of("gw.house.test"),
              addresses.stream().map(InetAddress::ofLiteral).toList(),
              25,
              Optional.empty(),
              banner,
              helo,
              List.of());
      var domain =
          change.apply(
              ManagedDomain.undeclared(name).gateways(isDeclared ? List.of(gateway) : List.of()));
      return PROBE.judge(domain, PROBE.observe(domain, this), Context.at(Instant.EPOCH));
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public boolean allowsPrivate() {
      return dns.allowsPrivate();
    }

    @Override
    public Smtp smtp() {
      return targets -> {
        looked.addAll(targets);
        return targets.stream().map(this::look).toList();
      };
    }

    private SmtpLook look(Smtp.Target target) {
      return isSilent
          ? new SmtpLook.Unobservable(target, "no connection")
          : new SmtpLook.Spoke(
              target,
              greetings.getOrDefault(target.address(), target.host().toString()),
              List.of(),
              new SmtpLook.NotOffered());
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
