package maildrift.probes.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Memory;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Declared;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Prescription.MxHost;
import maildrift.probes.domain.Prescription.MxSet;
import maildrift.probes.domain.Prescription.RecordRule;
import maildrift.probes.domain.Role;
import maildrift.probes.migration.MigrationSeen.Moving;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.zone.ZoneServers;
import maildrift.probes.zone.ZoneServers.Server;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a migration at which time, from what was seen. */
class MigrationProbeTest {
  private static final MigrationProbe PROBE = new MigrationProbe();
  private static final Instant START = Instant.parse("2026-12-01T20:00:00Z");
  private static final Instant END = START.plus(Migration.LONGEST_WINDOW);
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final RecordRule OLD_RECORD =
      new RecordRule("autodiscover", RecordType.CNAME, "auto.old.test", Demand.OPTIONAL, "");
  private static final Prescription OLD =
      inbound("old", "mx.old.test")
          .spf(List.of(DnsName.of("_spf.old.test")), "include:_spf.old.test", false)
          .records(List.of(OLD_RECORD))
          .dkim(
              List.of(new DkimExpectation("o1", Optional.empty(), Optional.empty(), "old", false)));
  private static final Prescription NEW = inbound("new", "mx.new.test");
  private static final Migration MIGRATION =
      new Migration(
          START, Migration.LONGEST_WINDOW, OLD, NEW, Optional.of("seppmail-inline"), "inline");
  private static final Migration STAYING =
      new Migration(
          START,
          Migration.LONGEST_WINDOW,
          OLD,
          NEW,
          Optional.empty(),
          "",
          Migration.Mailboxes.STAY);
  private static final ManagedDomain DOMAIN =
      ManagedDomain.undeclared(CONTOSO).prescriptions(List.of(OLD)).migration(MIGRATION);

  private static Prescription inbound(String name, String host) {
    return Prescription.of(name, name, Role.INBOUND)
        .mx(List.of(new MxSet(List.of(new MxHost(new HostPattern(host), Optional.empty())))));
  }

  /** What is seen, beginning with a domain that is in order before its migration. */
  private static final class Scene {
    private Instant now = START.minus(Duration.ofHours(12));
    private ManagedDomain domain = DOMAIN;
    private final List<Server> servers = new ArrayList<>();
    private final List<MigrationSeen.Resolver> resolvers = new ArrayList<>();
    private final List<MigrationSeen.Old> old = new ArrayList<>();
    private final Map<String, Memory.Past> memory = new TreeMap<>();
    private final Map<String, Judgement> siblings = new TreeMap<>();

    Scene staying() {
      domain = DOMAIN.migration(STAYING);
      return this;
    }

    Scene at(Instant value) {
      now = value;
      return this;
    }

    Scene server(int ttl, String... hosts) {
      servers.add(
          new Server(
              "ns" + (servers.size() + 1),
              true,
              List.of(Optional.of(mx(ttl, hosts)), Optional.of(txt(ttl)))));
      return this;
    }

    Scene silentServer(boolean isMissed) {
      servers.add(
          new Server(
              "ns" + (servers.size() + 1), isMissed, List.of(Optional.empty(), Optional.empty())));
      return this;
    }

    Scene resolver(int ttl, String... hosts) {
      resolvers.add(new MigrationSeen.Resolver("192.0.2.53:53", mx(ttl, hosts)));
      return this;
    }

    Scene silentResolver() {
      resolvers.add(
          new MigrationSeen.Resolver(
              "192.0.2.54:53",
              new Answer.Unanswered(Answer.Failure.TIMEOUT, "timeout", "192.0.2.54:53")));
      return this;
    }

    Scene remembered(String last, Instant since) {
      for (var kind : List.of("MX", "SPF")) {
        memory.put(
            CONTOSO + " " + kind + "-TTL",
            new Memory.Past(Optional.empty(), last, Optional.of(since)));
      }
      return this;
    }

    Scene sibling(String probe, Judgement said) {
      siblings.put(probe, said);
      return this;
    }

    Scene spf(String record) {
      return sibling(
          "spf", new Judgement.Builder().record(CONTOSO + " SPF", record).build(Outcome.OBSERVED));
    }

    Judgement judge() {
      var declared = domain.asOf(now);
      var seen =
          new Moving(
              MIGRATION, MIGRATION.phase(now), new ZoneServers.Look.Asked(servers), resolvers, old);
      var context = new Context(now, Map.of(), name -> Optional.ofNullable(memory.get(name)));
      return PROBE.among(declared, PROBE.judge(declared, seen, context), siblings);
    }
  }

  private static Answer mx(int ttl, String... hosts) {
    return new Answer.Found(
        Stream.of(hosts).<Rdata>map(host -> new Rdata.Mx(10, DnsName.of(host))).toList(),
        List.of(),
        Duration.ofSeconds(ttl),
        "ns",
        false);
  }

  private static Answer txt(int ttl) {
    return new Answer.Found(
        List.of(Rdata.Txt.of("v=spf1 include:_spf.old.test -all")),
        List.of(),
        Duration.ofSeconds(ttl),
        "ns",
        false);
  }

  private static Judgement finding(String probe, String rule) {
    return new Judgement.Builder()
        .add(Finding.of(Rule.warning(rule, "…"), "192.0.2.1", "… of " + probe).remedy("mend it"))
        .build(Outcome.OBSERVED);
  }

  private static MigrationSeen.Old old(Answer answer, boolean isKey) {
    var owner = DnsName.of((isKey ? "o1._domainkey." : "autodiscover.") + CONTOSO);
    return new MigrationSeen.Old(
        new Question(owner, isKey ? RecordType.TXT : RecordType.CNAME),
        isKey ? "" : "auto.old.test",
        isKey,
        answer);
  }

  private static Answer found(Rdata data) {
    return new Answer.Found(List.of(data), List.of(), Duration.ofSeconds(60), "ns", false);
  }

  private record Scenario(String name, Scene scene, List<String> violated) {
    Scenario(String name, Scene scene, String... violated) {
      this(name, scene, List.of(violated));
    }
  }

  private static Scene scene() {
    return new Scene();
  }

  private static Scene withOld(Scene scene, Answer answer, boolean isKey) {
    scene.old.add(old(answer, isKey));
    return scene;
  }

  private static Scene withDelivery(Scene scene, boolean isDisabled) {
    var nothing = Declared.NOTHING;
    scene.domain =
        scene.domain.declared(
            new Declared(
                nothing.mode(),
                nothing.headerCheck(),
                nothing.exchangeOnline(),
                Optional.of(isDisabled),
                nothing.tlsLevels(),
                nothing.pins(),
                nothing.deliveryRoutes(),
                nothing.outboundAddresses(),
                nothing.connectors(),
                nothing.clientHosts()));
    return scene;
  }

  private static final Instant ANNOUNCED = START.minus(Duration.ofDays(3));
  private static final Instant LEAD = START.minus(Duration.ofHours(12));
  private static final Instant WITHIN = START.plus(Duration.ofHours(1));
  private static final Instant AFTER = END.plus(Duration.ofHours(1));
  private static final Instant LATER = END.plus(Duration.ofDays(8));
  private static final String CLEAN = "v=spf1 mx -all";

  private static final List<Scenario> SCENARIOS =
      List.of(
          new Scenario(
              "high, but days before", scene().at(ANNOUNCED).server(86_400, "mx.old.test")),
          new Scenario(
              "high within the last day",
              scene().at(LEAD).server(301, "mx.old.test"),
              "ttl.high contoso.test MX",
              "ttl.high contoso.test SPF"),
          new Scenario(
              "high at one of two servers",
              scene().at(LEAD).server(300, "mx.old.test").server(3600, "mx.old.test"),
              "ttl.high contoso.test MX",
              "ttl.high contoso.test SPF"),
          new Scenario(
              "low for days",
              scene().at(LEAD).server(300, "mx.old.test").remembered("low after 86400", ANNOUNCED)),
          new Scenario(
              "lowered too late",
              scene()
                  .at(LEAD)
                  .server(300, "mx.old.test")
                  .remembered("low after 86400", START.minus(Duration.ofHours(13))),
              "ttl.high contoso.test MX",
              "ttl.high contoso.test SPF"),
          new Scenario(
              "lowered just now",
              scene().at(LEAD).server(300, "mx.old.test").remembered("high 86400", ANNOUNCED),
              "ttl.high contoso.test MX",
              "ttl.high contoso.test SPF"),
          new Scenario("low, since when is not known", scene().at(LEAD).server(300, "mx.old.test")),
          new Scenario("no server is heard", scene().at(LEAD).silentServer(true)),
          new Scenario(
              "a gateway without a name, days before",
              scene()
                  .at(ANNOUNCED)
                  .server(300, "mx.old.test")
                  .sibling("gateway", finding("gateway", "gateway.ptr"))),
          new Scenario(
              "a gateway without a name, on the last day",
              scene()
                  .at(LEAD)
                  .server(300, "mx.old.test")
                  .remembered("low", ANNOUNCED)
                  .sibling("gateway", finding("gateway", "gateway.ptr")),
              "migration.readiness contoso.test"),
          new Scenario(
              "something else is wrong with the gateway",
              scene()
                  .at(LEAD)
                  .server(300, "mx.old.test")
                  .remembered("low", ANNOUNCED)
                  .sibling("gateway", finding("gateway", "gateway.mx-name"))),
          new Scenario(
              "nothing is changed yet",
              scene().at(WITHIN).server(300, "mx.old.test").resolver(60, "mx.old.test")),
          new Scenario(
              "nothing is changed yet and the time to live is high",
              scene().at(WITHIN).server(3600, "mx.old.test"),
              "ttl.high contoso.test MX",
              "ttl.high contoso.test SPF"),
          new Scenario(
              "one server follows",
              scene().at(WITHIN).server(300, "mx.new.test").server(300, "mx.old.test"),
              "migration.propagation contoso.test"),
          new Scenario(
              "a resolver remembers",
              scene().at(WITHIN).server(3600, "mx.new.test").resolver(60, "mx.old.test"),
              "migration.propagation contoso.test"),
          new Scenario(
              "both hosts are published",
              scene().at(WITHIN).server(300, "mx.old.test", "mx.new.test"),
              "migration.propagation contoso.test"),
          new Scenario(
              "all is new",
              scene().at(WITHIN).server(300, "mx.new.test").resolver(60, "mx.new.test")),
          new Scenario(
              "old terms in SPF within the window",
              scene()
                  .at(WITHIN)
                  .server(300, "mx.new.test")
                  .spf("v=spf1 include:_spf.old.test -all")),
          new Scenario("all is done", scene().at(AFTER).server(300, "mx.new.test").spf(CLEAN)),
          new Scenario(
              "a server never followed",
              scene().at(AFTER).server(300, "mx.new.test").server(300, "mx.old.test").spf(CLEAN),
              "migration.propagation contoso.test",
              "migration.leftover contoso.test MX"),
          new Scenario(
              "old terms in SPF",
              scene()
                  .at(AFTER)
                  .server(300, "mx.new.test")
                  .spf("v=spf1 +include:_spf.OLD.test mx -all"),
              "migration.leftover contoso.test SPF"),
          new Scenario(
              "old terms in SPF of who keeps the mailboxes",
              scene()
                  .staying()
                  .at(AFTER)
                  .server(300, "mx.new.test")
                  .spf("v=spf1 include:_spf.old.test mx -all")),
          new Scenario(
              "the old MX of who keeps the mailboxes",
              scene().staying().at(AFTER).server(300, "mx.old.test").spf(CLEAN),
              "migration.leftover contoso.test MX"),
          new Scenario(
              "an old record",
              withOld(
                  scene().at(AFTER).server(300, "mx.new.test"),
                  found(new Rdata.Cname(DnsName.of("auto.old.test"))),
                  false),
              "migration.leftover autodiscover.contoso.test CNAME"),
          new Scenario(
              "another record in the place of the old one",
              withOld(
                  scene().at(AFTER).server(300, "mx.new.test"),
                  found(new Rdata.Cname(DnsName.of("auto.new.test"))),
                  false)),
          new Scenario(
              "an old key, too young to remove",
              withOld(
                  scene().at(AFTER).server(300, "mx.new.test"),
                  found(Rdata.Txt.of("v=DKIM1; p=abc")),
                  true)),
          new Scenario(
              "an old key after a week",
              withOld(
                  scene().at(LATER).server(3600, "mx.new.test"),
                  found(Rdata.Txt.of("v=DKIM1; p=abc")),
                  true),
              "migration.leftover o1._domainkey.contoso.test TXT"),
          new Scenario(
              "delivery is still disabled",
              withDelivery(scene().at(AFTER).server(300, "mx.new.test"), true),
              "migration.leftover disable_delivery"),
          new Scenario(
              "delivery is enabled again",
              withDelivery(scene().at(AFTER).server(300, "mx.new.test"), false)),
          new Scenario(
              "delivery is disabled within the window",
              withDelivery(scene().at(WITHIN).server(300, "mx.new.test"), true)),
          new Scenario(
              "low after a week",
              scene().at(LATER).server(300, "mx.new.test"),
              "ttl.low contoso.test MX",
              "ttl.low contoso.test SPF"),
          new Scenario("raised again", scene().at(LATER).server(3600, "mx.new.test")));

  @TestFactory
  Stream<DynamicTest> eachScenarioViolatesItsRulesAndNoOther() {
    return SCENARIOS.stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () ->
                        assertThat(violated(scenario.scene().judge()))
                            .isEqualTo(new TreeSet<>(scenario.violated()))));
  }

  private static Set<String> violated(Judgement judgement) {
    var violated = new TreeSet<String>();
    judgement
        .findings()
        .forEach(finding -> violated.add(finding.rule().id() + " " + finding.subject()));
    return violated;
  }

  @Test
  void nothingIsAskedForADomainThatStays() {
    var domain = ManagedDomain.undeclared(CONTOSO);

    var seen = PROBE.observe(domain, new Untouchable());
    var judgement = PROBE.judge(domain, seen, Context.at(START));

    assertThat(PROBE.judgesWhatIsSeenAlone(domain)).isTrue();
    assertThat(PROBE.judgesWhatIsSeenAlone(DOMAIN)).isFalse();
    assertThat(PROBE.among(domain, judgement, Map.of())).isSameAs(judgement);
    assertThat(judgement.facts()).isEmpty();
    assertThat(judgement.findings()).isEmpty();
    assertThat(PROBE.rules()).noneMatch(rule -> PROBE.looksAt(rule, judgement));
  }

  @ParameterizedTest
  @CsvSource({
    "announced, ''",
    "lead, 'ttl.high migration.readiness'",
    "window, 'ttl.high migration.progress migration.propagation'",
    "after, 'ttl.low migration.propagation migration.leftover'"
  })
  void eachPhaseIsHeldAgainstItsOwnRules(String phase, String rules) {
    var judgement = new Judgement.Builder().fact("phase", phase).build(Outcome.OBSERVED);

    assertThat(PROBE.rules().stream().filter(rule -> PROBE.looksAt(rule, judgement)).map(Rule::id))
        .containsExactlyInAnyOrder(rules.isEmpty() ? new String[0] : rules.split(" ", -1));
  }

  @Test
  void whatTheMailboxesNeedIsNotEvenLookedAtAsLeft() {
    for (var domain : List.of(DOMAIN, DOMAIN.migration(STAYING))) {
      var seen = (Moving) PROBE.observe(domain.asOf(LATER), new Later(LATER));

      assertThat(seen.old())
          .extracting(old -> old.question().toString())
          .containsExactlyElementsOf(
              domain.migrations().getFirst().staying().isEmpty()
                  ? List.of("autodiscover.contoso.test CNAME", "o1._domainkey.contoso.test TXT")
                  : List.of());
    }
  }

  private record Later(Instant now) implements Network {
    @Override
    public Dns dns() {
      return questions ->
          questions.stream()
              .<Answer>map(
                  _ -> new Answer.NoSuchName(List.of(), Duration.ofSeconds(60), "ns", false))
              .toList();
    }

    @Override
    public Smtp smtp() {
      throw new AssertionError("asked");
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }

  private record Untouchable() implements Network {
    @Override
    public Dns dns() {
      throw new AssertionError("asked");
    }

    @Override
    public Smtp smtp() {
      throw new AssertionError("asked");
    }

    @Override
    public Deadline deadline() {
      throw new AssertionError("asked");
    }
  }

  @Test
  void theFactsSayWhenItWillBeReady() {
    var since = START.minus(Duration.ofHours(20));
    var judgement =
        scene().server(300, "mx.old.test").remembered("low after 172800", since).judge();

    assertThat(judgement.facts())
        .containsEntry("phase", "lead")
        .containsEntry("start", "2026-12-01T20:00:00Z")
        .containsEntry("end", "2026-12-04T20:00:00Z")
        .containsEntry("checklist", "seppmail-inline");
    assertThat(judgement.facts())
        .extractingByKey("ttls", InstanceOfAssertFactories.MAP)
        .containsEntry(
            "mx",
            Map.of(
                "seconds",
                300L,
                "low",
                true,
                "lowSince",
                since.toString(),
                "oldAnswersUntil",
                since.plus(Duration.ofDays(2)).toString(),
                "ready",
                false,
                "readyAt",
                since.plus(Duration.ofDays(2)).toString()));
    assertThat(judgement.findings().getFirst().message())
        .contains(since.toString(), "2 d", since.plus(Duration.ofDays(2)).toString());
    assertThat(judgement.records())
        .containsEntry("contoso.test MX-TTL", "low after 172800")
        .containsEntry("contoso.test SPF-TTL", "low after 172800");
    assertThat(MigrationProbe.isTtl("contoso.test MX-TTL")).isTrue();
    assertThat(MigrationProbe.isTtl("contoso.test MX")).isFalse();
  }

  @Test
  void aPauseInWhichNobodyLookedDoesNotCount() {
    var sightings = "contoso.test MX-SEEN-TTL";
    var first = LEAD.minus(Duration.ofDays(2));
    var before = LEAD.minus(Duration.ofHours(30));
    var scene = scene().at(LEAD).server(300, "mx.old.test").remembered("low after 3600", first);
    scene.memory.put(sightings, past(first + " " + LEAD.minus(Duration.ofHours(12))));
    var whole = scene.judge();
    assertThat(mxTtl(whole)).containsEntry("ready", true).doesNotContainKey("notObserved");
    assertThat(whole.records()).containsEntry(sightings, first + " " + LEAD);

    scene.memory.put(sightings, past(first + " " + before));
    var broken = scene.judge();
    assertThat(mxTtl(broken))
        .containsEntry("ready", false)
        .containsEntry("lowSince", LEAD.toString())
        .containsEntry("notObserved", "from %s to %s".formatted(before, LEAD));
    assertThat(broken.findings().getFirst().message()).contains("not observed from " + before);
    assertThat(broken.records())
        .containsEntry(sightings, LEAD + " " + LEAD + " " + before)
        .containsEntry("contoso.test MX-TTL", "low after 3600");

    scene.memory.put(sightings, past(LEAD + " " + LEAD + " " + before));
    var later = scene.at(LEAD.plus(Duration.ofHours(1))).judge();
    assertThat(mxTtl(later))
        .containsEntry("ready", false)
        .containsEntry("lowSince", LEAD.toString())
        .containsKey("notObserved");
  }

  private static Memory.Past past(String last) {
    return new Memory.Past(Optional.empty(), last, Optional.empty());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> mxTtl(Judgement judgement) {
    var ttls = (Map<String, Object>) Objects.requireNonNull(judgement.facts().get("ttls"));
    return (Map<String, Object>) Objects.requireNonNull(ttls.get("mx"));
  }

  @Test
  void loweringItLateIsHarmlessWhereTheOldAnswersWereShort() {
    var judgement =
        scene()
            .server(300, "mx.old.test")
            .remembered("low after 3600", START.minus(Duration.ofHours(13)))
            .judge();

    assertThat(judgement.findings()).extracting(Finding::severity).containsOnly(Severity.INFO);
  }

  @Test
  void aServerThatIsNotHeardHidesThatAllIsLow() {
    var judgement = scene().server(300, "mx.old.test").silentServer(true).judge();

    assertThat(judgement.hides(new Finding.Key("ttl.high", "contoso.test MX"))).isTrue();
    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
    assertThat(scene().server(300, "mx.old.test").silentServer(false).judge().asides()).isEmpty();
  }

  @Test
  void aServerThatIsNotHeardIsNeitherOldNorNew() {
    var judgement = scene().at(WITHIN).server(300, "mx.new.test").silentResolver().judge();

    assertThat(judgement.facts()).containsEntry("oldGone", null);
    assertThat(judgement.hides(new Finding.Key("migration.propagation", "contoso.test"))).isTrue();
    assertThat(scene().at(WITHIN).server(300, "mx.new.test").judge().facts())
        .containsEntry("oldGone", true);
  }

  @Test
  void whereNobodyIsHeardNothingIsGone() {
    for (var scene : List.of(scene(), scene().silentServer(false))) {
      assertThat(scene.at(WITHIN).judge().facts()).containsEntry("oldGone", null);
      assertThat(
              scene
                  .at(AFTER)
                  .judge()
                  .hides(new Finding.Key("migration.leftover", "contoso.test MX")))
          .isTrue();
    }
    assertThat(scene().at(WITHIN).resolver(60, "mx.new.test").judge().facts())
        .containsEntry("oldGone", true);
  }

  private static Gateway gateway(String host, String... addresses) {
    return new Gateway(
        "gw",
        DnsName.of(host),
        Stream.of(addresses).map(InetAddress::ofLiteral).toList(),
        25,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        GatewaySettings.NOTHING);
  }

  private static Gateway closed(Gateway gateway) {
    return gateway.settings(
        gateway
            .settings()
            .onlyFrom(new GatewaySettings.OnlyFrom(List.of("new"), List.of(), List.of())));
  }

  private static Map<String, String> readiness(Scene scene) {
    var states = new TreeMap<String, String>();
    for (var fact : (List<?>) Objects.requireNonNull(scene.judge().facts().get("readiness"))) {
      var fields = (Map<?, ?>) fact;
      states.put(String.valueOf(fields.get("rule")), String.valueOf(fields.get("state")));
    }
    return states;
  }

  private static Scene allLookedAt() {
    var scene = scene().server(300, "mx.old.test");
    for (var probe : List.of("gateway", "tls", "declared")) {
      scene.sibling(probe, new Judgement.Builder().build(Outcome.OBSERVED));
    }
    return scene;
  }

  @Test
  void onlyWhatWasJudgedIsReady() {
    var open = allLookedAt();
    open.domain = DOMAIN.gateways(List.of(gateway("mx.new.test", "192.0.2.1")));
    assertThat(readiness(open))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "gateway.ptr", "ready",
                "gateway.fcrdns", "ready",
                "gateway.banner", "ready",
                "tls.chain", "ready",
                "tls.connector-name", "ready"));

    var closed = allLookedAt();
    closed.domain = DOMAIN.gateways(List.of(closed(gateway("mx.new.test", "192.0.2.1"))));
    assertThat(readiness(closed))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "gateway.ptr", "ready",
                "gateway.fcrdns", "ready",
                "gateway.banner", "unseen",
                "tls.chain", "unseen",
                "tls.connector-name", "unseen"));

    assertThat(readiness(allLookedAt())).doesNotContainValue("ready");
  }

  @Test
  void networksAreTheSameHoweverTheyAreWritten() {
    var to = inbound("new", "gw.new.test").parameters(Map.of("gateway", "gw.new.test"));
    var own = gateway("gw.new.test", "2001:db8::25", "192.0.2.25");
    var terms = SpfTerms.of(to, DOMAIN.gateways(List.of(own)));

    for (var written :
        List.of(
            "ip6:2001:db8::25",
            "ip6:2001:DB8:0:0:0:0:0:25",
            "ip6:2001:0db8:0000:0000:0000:0000:0000:0025/128",
            "+ip4:192.0.2.25/32",
            "ip4:192.0.2.25")) {
      assertThat(terms).as(written).containsAll(SpfTerms.of(written));
    }
    assertThat(SpfTerms.of("ip6:2001:db8::/32 ip4:192.0.2.0/24 ip4:nonsense"))
        .doesNotContainAnyElementsOf(terms)
        .contains("ip6:2001:db8::/32", "ip4:nonsense");
  }

  @Test
  void whatWasNotSeenIsNoLeftover() {
    var unanswered = new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL", "ns");
    var judgement =
        withOld(scene().at(AFTER).silentServer(true), unanswered, false)
            .sibling(
                "spf",
                new Judgement.Builder()
                    .add(Gap.of("spf", "contoso.test TXT", "timeout", "spf."))
                    .build(Outcome.UNOBSERVABLE))
            .judge();

    assertThat(judgement.findings()).isEmpty();
    for (var subject :
        List.of("contoso.test MX", "contoso.test SPF", "autodiscover.contoso.test CNAME")) {
      assertThat(judgement.hides(new Finding.Key("migration.leftover", subject)))
          .as(subject)
          .isTrue();
    }
  }

  @Test
  void eachResolverIsNamedWithTheTimeThatIsLeft() {
    var judgement =
        scene()
            .at(WITHIN)
            .server(300, "mx.new.test")
            .server(300, "mx.old.test")
            .resolver(240, "mx.old.test")
            .judge();

    assertThat(judgement.findings().getFirst().message())
        .contains("ns2", "192.0.2.53:53", "240 s")
        .doesNotContain("ns1");
    assertThat(String.valueOf(judgement.facts().get("propagation")))
        .contains("says=new", "says=old", "until=" + WITHIN.plusSeconds(240));
  }

  @Test
  void remediesAreTextToPaste() {
    assertThat(scene().server(3600, "mx.old.test").judge().findings())
        .extracting(Finding::remedy)
        .containsExactly(
            "Publish with a time to live of 300 s now:\ncontoso.test. 300 IN MX 10 mx.old.test.",
            "Publish with a time to live of 300 s now:\ncontoso.test. 300 IN TXT \"v=spf1 include:_spf.old.test -all\"");
    assertThat(
            scene()
                .at(AFTER)
                .server(300, "mx.new.test")
                .spf("v=spf1 include:_spf.old.test mx -all")
                .judge()
                .findings()
                .getFirst()
                .remedy())
        .isEqualTo("Publish as the only SPF record of contoso.test:\nv=spf1 mx -all");
  }
}
