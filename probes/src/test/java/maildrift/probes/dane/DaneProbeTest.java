package maildrift.probes.dane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Memory;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.Dnssec;
import maildrift.probes.dns.DnssecSettings;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Secured;
import maildrift.probes.dns.Security;
import maildrift.probes.dns.SignedZone;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.TestCa;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaneProbeTest {
  private static final DaneProbe PROBE = new DaneProbe();
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private static final String OWNER = "_25._tcp.mx.contoso.test";

  private static final TestCa ROOT = TestCa.root("Lab Root");
  private static final TestCa CA = ROOT.intermediate("Lab CA");
  private static final TestCa.Leaf LEAF = CA.leaf("mx.contoso.test");
  private static final TestCa.Leaf NEXT = CA.leaf("mx.contoso.test");

  /** While it is valid. */
  private static final Instant NOW =
      LEAF.certificate().getNotBefore().toInstant().plus(Duration.ofDays(30));

  /** The chain with its root: what usage 2 of the root needs. */
  private static final TestCa.Leaf WHOLE =
      LEAF.sending(List.of(CA.certificate(), ROOT.certificate()));

  private static String tlsa(int usage, int selector, int matching, X509Certificate of) {
    try {
      var octets = selector == 0 ? of.getEncoded() : of.getPublicKey().getEncoded();
      var data =
          switch (matching) {
            case 1 -> MessageDigest.getInstance("SHA-256").digest(octets);
            case 2 -> MessageDigest.getInstance("SHA-512").digest(octets);
            default -> octets;
          };
      return "%d %d %d %s".formatted(usage, selector, matching, HexFormat.of().formatHex(data));
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String PRESENT = tlsa(3, 1, 1, LEAF.certificate());
  private static final String COMING = tlsa(3, 1, 1, NEXT.certificate());
  private static final String AUTHORITY = tlsa(2, 1, 1, CA.certificate());

  // ---- Scenarios: exactly these rules are violated

  private record Scenario(String name, Consumer<World> change, String violated) {}

  private static Scenario of(String name, Consumer<World> change, String violated) {
    return new Scenario(name, change, violated);
  }

  @TestFactory
  Stream<DynamicTest> judgesWhatIsPublished() {
    return Stream.of(
            of("this key and the next", world -> world.tlsa(PRESENT, COMING), "dane.stale INFO"),
            of("this key and the authority", world -> world.tlsa(PRESENT, AUTHORITY), ""),
            of("no TLSA", _ -> {}, "dane.present INFO contoso.test"),
            of("this key alone", world -> world.tlsa(PRESENT), "dane.rollover WARNING"),
            of(
                "the last key alone",
                world -> world.tlsa(COMING),
                "dane.match CRITICAL, dane.rollover WARNING"),
            of(
                "two keys, neither of them presented",
                world -> world.tlsa(COMING, tlsa(3, 1, 1, ROOT.certificate())),
                "dane.match CRITICAL"),
            of(
                "usage 3 of an expired certificate for another name",
                world ->
                    world.presents(
                        expired("other.test"),
                        tlsa(3, 1, 1, expired("other.test").certificate()),
                        AUTHORITY),
                "dane.stale INFO"),
            of(
                "usage 2 of the intermediate",
                world -> world.tlsa(AUTHORITY, tlsa(2, 0, 1, CA.certificate())),
                ""),
            of(
                "usage 2 of the root, which is sent",
                world ->
                    world.presents(
                        WHOLE,
                        tlsa(2, 0, 1, ROOT.certificate()),
                        tlsa(2, 1, 1, ROOT.certificate())),
                ""),
            of(
                "usage 2 of the root, which is not sent",
                world ->
                    world.tlsa(
                        tlsa(2, 0, 1, ROOT.certificate()), tlsa(2, 1, 1, ROOT.certificate())),
                "dane.match CRITICAL"),
            of(
                "usage 2 0 0 carries the root",
                world -> world.tlsa(tlsa(2, 0, 0, ROOT.certificate()), PRESENT),
                "dane.params WARNING"),
            of(
                "usage 2 and a certificate for another name",
                world -> world.presents(CA.leaf("other.test"), AUTHORITY, COMING),
                "dane.ta-name CRITICAL"),
            of(
                "usage 2 and a certificate for the domain",
                world -> world.presents(CA.leaf("contoso.test"), AUTHORITY, COMING),
                "dane.stale INFO"),
            of(
                "usage 2 and an expired certificate",
                world -> world.presents(expired("mx.contoso.test"), AUTHORITY, COMING),
                "dane.ta-name CRITICAL"),
            of(
                "usage 2 of an authority that did not sign",
                world ->
                    world.presents(
                        LEAF.sending(
                            List.of(
                                CA.certificate(),
                                TestCa.root("Another Root").certificate(),
                                OTHER.certificate())),
                        tlsa(2, 0, 1, OTHER.certificate()),
                        tlsa(2, 1, 1, OTHER.certificate())),
                "dane.ta-name CRITICAL"),
            of(
                "usage 1 beside usage 3",
                world -> world.tlsa(PRESENT, AUTHORITY, tlsa(1, 1, 1, LEAF.certificate())),
                "dane.usage WARNING"),
            of(
                "usage 1 alone",
                world -> world.tlsa(tlsa(1, 1, 1, LEAF.certificate())),
                "dane.usage WARNING"),
            of(
                "3 0 1",
                world -> world.tlsa(tlsa(3, 0, 1, LEAF.certificate()), AUTHORITY),
                "dane.params INFO"),
            of(
                "3 0 0",
                world -> world.tlsa(tlsa(3, 0, 0, LEAF.certificate()), AUTHORITY),
                "dane.params WARNING"),
            of(
                "SHA-512 alone",
                world ->
                    world.tlsa(tlsa(3, 1, 2, LEAF.certificate()), tlsa(2, 1, 2, CA.certificate())),
                "dane.params WARNING"),
            of(
                "a digest that is too short",
                world -> world.tlsa(PRESENT, AUTHORITY, "3 1 1 abcd"),
                "dane.params WARNING"),
            of(
                "a selector that does not exist",
                world -> world.tlsa(PRESENT, AUTHORITY, "3 7 1 " + "ab".repeat(32)),
                "dane.params WARNING"),
            of(
                "no STARTTLS",
                world -> world.shows(new SmtpLook.NotOffered()).tlsa(PRESENT, AUTHORITY),
                "dane.match CRITICAL"),
            of(
                "a handshake that fails",
                world ->
                    world.shows(new SmtpLook.NoHandshake("no cipher")).tlsa(PRESENT, AUTHORITY),
                "dane.match CRITICAL"),
            of(
                "one of two addresses presents another key",
                world ->
                    world
                        .add("mx.contoso.test AAAA 2001:db8::1")
                        .shows(
                            "2001:db8::1", handshake(TestCa.root("Else").leaf("mx.contoso.test")))
                        .tlsa(PRESENT, AUTHORITY),
                "dane.match CRITICAL"),
            of(
                "two addresses with two keys, both announced",
                world ->
                    world
                        .add("mx.contoso.test AAAA 2001:db8::1")
                        .shows("2001:db8::1", handshake(NEXT))
                        .tlsa(PRESENT, COMING),
                ""),
            of(
                "one host of two",
                world ->
                    world
                        .add("contoso.test MX 20 mx2.contoso.test")
                        .add("mx2.contoso.test A 192.0.2.2")
                        .tlsa(PRESENT, AUTHORITY),
                "dane.partial WARNING contoso.test"),
            of(
                "TLSA in a zone that is not signed",
                world ->
                    world.security(new Security.Insecure(true, "no DS")).tlsa(PRESENT, AUTHORITY),
                "dane.mx-secure CRITICAL"),
            of(
                "the domain is not signed, the provider's host is",
                world ->
                    world
                        .mx("mx.provider.test")
                        .security("contoso.test", new Security.Insecure(true, "no DS"))
                        .presents(
                            CA.leaf("mx.provider.test"),
                            tlsa(2, 1, 1, CA.certificate()),
                            tlsa(2, 0, 1, CA.certificate())),
                "dane.mx-secure WARNING mx.provider.test"),
            of(
                "the host's address is not signed",
                world ->
                    world
                        .security("mx.contoso.test", new Security.Insecure(true, "no DS"))
                        .tlsa(PRESENT, AUTHORITY),
                "dane.mx-secure CRITICAL"),
            of(
                "bogus TLSA",
                world -> world.security(OWNER, new Security.Bogus("forged")).tlsa(COMING),
                "dane.denial CRITICAL"),
            of(
                "bogus MX",
                world ->
                    world
                        .security("contoso.test", new Security.Bogus("forged"))
                        .tlsa(PRESENT, AUTHORITY),
                "dane.mx-secure CRITICAL"),
            of(
                "SERVFAIL for TLSA alone",
                world -> world.fails(OWNER, Answer.Failure.SERVFAIL),
                "dane.denial CRITICAL"),
            of(
                "SERVFAIL for TLSA alone, where nobody signs",
                world ->
                    world
                        .security(new Security.Insecure(true, "no DS"))
                        .fails(OWNER, Answer.Failure.SERVFAIL),
                "dane.denial WARNING"),
            of(
                "an alias with records at its end",
                world ->
                    world
                        .mx("alias.contoso.test")
                        .add("alias.contoso.test CNAME mx.contoso.test")
                        .tlsa(PRESENT, AUTHORITY),
                ""),
            of(
                "an alias with records at its beginning",
                world ->
                    world
                        .mx("alias.contoso.test")
                        .add("alias.contoso.test CNAME mx.contoso.test")
                        .add("_25._tcp.alias.contoso.test TLSA " + PRESENT)
                        .add("_25._tcp.alias.contoso.test TLSA " + AUTHORITY),
                "dane.stale INFO"),
            of(
                "TLSA records that are aliases themselves",
                world ->
                    world
                        .add(OWNER + " CNAME _dane.contoso.test")
                        .add("_dane.contoso.test TLSA " + PRESENT)
                        .add("_dane.contoso.test TLSA " + AUTHORITY),
                ""),
            of("no MX", world -> world.withoutMx(), ""))
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      var world = new World();
                      scenario.change().accept(world);
                      var judgement = world.judge();
                      assertThat(violated(judgement)).isEqualTo(scenario.violated());
                      assertThat(
                              judgement.gaps().stream()
                                  .filter(gap -> !scenario.name().startsWith("SERVFAIL")))
                          .isEmpty();
                    }));
  }

  private static final TestCa OTHER = TestCa.root("Other Root");

  private static final Map<String, TestCa.Leaf> EXPIRED = new HashMap<>();

  private static TestCa.Leaf expired(String host) {
    return EXPIRED.computeIfAbsent(
        host,
        name ->
            CA.leaf(TestCa.wish(name).valid(NOW.minus(Duration.ofDays(90)), Duration.ofDays(60))));
  }

  // ---- What is not seen

  @ParameterizedTest
  @CsvSource({"TIMEOUT", "REFUSED", "NETWORK", "RCODE", "MALFORMED", "INCONSISTENT"})
  void aPlainFailureIsAGap(Answer.Failure failure) {
    var judgement = new World().fails(OWNER, failure).judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    for (var rule : List.of("dane.match", "dane.denial", "dane.mx-secure", "dane.stale")) {
      assertThat(hidden(judgement, rule, "mx.contoso.test")).as(rule).isTrue();
    }
    assertThat(hidden(judgement, "dane.present", "contoso.test")).isTrue();
  }

  @Test
  void servfailForEverythingIsAnOutageAndNoDenial() {
    var judgement =
        new World()
            .fails(OWNER, Answer.Failure.SERVFAIL)
            .fails("mx.contoso.test", Answer.Failure.SERVFAIL)
            .judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "dane.denial", "mx.contoso.test")).isTrue();
  }

  @Test
  void anUnansweredMxHidesEverything() {
    var judgement = new World().fails("contoso.test", Answer.Failure.TIMEOUT).judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "dane.match", "mx.contoso.test")).isTrue();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
  }

  @Test
  void aSilentMailHostHidesTheMatchAndNotTheRest() {
    var judgement = new World().shows(new SmtpLook.Interrupted("silence")).tlsa(PRESENT).judge();

    assertThat(violated(judgement)).isEqualTo("dane.rollover WARNING");
    assertThat(hidden(judgement, "dane.match", "mx.contoso.test")).isTrue();
    assertThat(hidden(judgement, "dane.mx-secure", "mx.contoso.test")).isFalse();
  }

  @Test
  void whatCannotBeValidatedIsAGapAndTheMatchIsJudgedAllTheSame() {
    var judgement =
        new World().security(new Security.Unseen("timeout")).tlsa(COMING, AUTHORITY).judge();

    assertThat(violated(judgement)).isEqualTo("dane.stale INFO");
    assertThat(hidden(judgement, "dane.mx-secure", "mx.contoso.test")).isTrue();
    assertThat(hidden(judgement, "dane.match", "mx.contoso.test")).isFalse();
  }

  @Test
  void withoutTlsaNothingIsValidatedAndNobodyContacted() {
    var world = new World();

    world.judge();

    assertThat(world.validated).isEmpty();
    assertThat(world.looked).isEmpty();
  }

  @Test
  void whoeverSkipsTlsDoesNotWantMailHostsToBeContacted() {
    var world = new World();
    world.tlsa(COMING, AUTHORITY);

    var judgement = world.judge(skippingTls());

    assertThat(world.looked).isEmpty();
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void theServerNameIsTheTlsaBaseDomain() {
    var world = new World().mx("alias.contoso.test");
    world.add("alias.contoso.test CNAME mx.contoso.test").tlsa(PRESENT, AUTHORITY);

    world.judge();

    assertThat(world.looked)
        .extracting(target -> target.host().toString())
        .containsExactly("mx.contoso.test");
  }

  @Test
  void saysWhatToPublish() {
    var judgement = new World().tlsa(COMING).judge();

    var finding = judgement.findings().stream().filter(one -> one.rule().id().equals("dane.match"));
    assertThat(finding)
        .singleElement()
        .matches(one -> one.remedy().endsWith(OWNER + ". IN TLSA " + PRESENT))
        .matches(one -> one.cause().equals(OWNER + " TLSA"));
  }

  // ---- On the wire: a signed zone, and the same with a record that was tampered with

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sound         |           | secure   |
          forged        |           | bogus    | dane.denial CRITICAL
          sound         | TRUNCATED | secure   |
          """)
  void validatesTheRecords(String record, Fault fault, String status, String violated) {
    try (var dns = FakeDns.serving()) {
      var contoso =
          SignedZone.of("contoso.test", NOW)
              .add(
                  "contoso.test MX 10 mx.contoso.test",
                  "mx.contoso.test A 192.0.2.1",
                  OWNER + " TLSA " + PRESENT,
                  OWNER + " TLSA " + AUTHORITY)
              .into(dns.server());
      if (record.equals("forged")) {
        dns.set(OWNER + " TLSA " + COMING);
      }
      if (fault != null) {
        dns.faults(fault);
      }
      try (var door =
          new DnsDoor(
              DnsSettings.only(List.of(DnsServer.parse(dns.hostAndPort())))
                  .dnssec(DnssecSettings.DEFAULT.anchors(contoso.anchor())))) {
        var deadline = Deadline.after(Duration.ofSeconds(20));
        var world = new World();
        world.wire = door.cached(deadline);
        world.validator = door.dnssec(deadline);

        var judgement = world.judge();

        assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
        assertThat(String.valueOf(judgement.facts().get("hosts"))).contains("status=" + status);
      }
    }
  }

  // ---- Over time

  /** Twice the TTL of every record here. */
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private static final String ANOTHER = tlsa(3, 1, 1, ROOT.certificate());

  private static String ago(Duration time) {
    return NOW.minus(time).toString();
  }

  @TestFactory
  Stream<DynamicTest> aKeyIsUsedOnlyWhenItsRecordHasGoneRound() {
    var minute = Duration.ofMinutes(1);
    return Stream.of(
            over("key and record at once", PRESENT, new World().presents(NEXT, COMING), true),
            over("nobody remembers", null, new World().presents(NEXT, COMING), false),
            over("there was no record before", "", new World().presents(NEXT, COMING), false),
            over(
                "the record a minute before the key",
                PRESENT + "; " + COMING + " since=" + ago(minute),
                new World().presents(NEXT, PRESENT, COMING),
                true),
            over(
                "the record two TTLs before the key",
                PRESENT + "; " + COMING + " since=" + ago(WINDOW),
                new World().presents(NEXT, PRESENT, COMING),
                false),
            over(
                "and the old one is gone at once",
                PRESENT + "; " + COMING + " since=" + ago(WINDOW),
                new World().presents(NEXT, COMING),
                false),
            over(
                "key and record at once, a minute ago",
                COMING + " since=" + ago(minute) + "; " + PRESENT + " gone=" + ago(minute),
                new World().presents(NEXT, COMING),
                true),
            over(
                "and longer than two TTLs ago",
                COMING + " since=" + ago(WINDOW) + "; " + PRESENT + " gone=" + ago(WINDOW),
                new World().presents(NEXT, COMING),
                false),
            over(
                "the next key is announced, the present one used",
                PRESENT,
                new World().tlsa(PRESENT, COMING),
                false),
            over(
                "the same key by another record",
                tlsa(3, 0, 1, LEAF.certificate()),
                new World().tlsa(PRESENT),
                false),
            over(
                "another key of the same authority, which is published too",
                PRESENT + "; " + AUTHORITY,
                new World().presents(NEXT, COMING, AUTHORITY),
                false),
            over(
                "not signed, so that nobody holds it against the host",
                PRESENT,
                new World().presents(NEXT, COMING).security(new Security.Insecure(true, "no DS")),
                false))
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.name(),
                    () -> {
                      var judgement =
                          one.remembered() == null
                              ? one.world().judge()
                              : one.world().judge(one.remembered());

                      assertThat(violated(judgement).contains("dane.rollover-order CRITICAL"))
                          .isEqualTo(one.tooEarly());
                    }));
  }

  private record OverTime(
      String name, @Nullable String remembered, World world, boolean tooEarly) {}

  private static OverTime over(
      String name, @Nullable String remembered, World world, boolean tooEarly) {
    return new OverTime(name, remembered, world, tooEarly);
  }

  @Test
  void whoChangesKeysTooEarlyIsToldSinceWhenAndUntilWhen() {
    var since = NOW.minus(Duration.ofMinutes(1));

    var judgement =
        new World()
            .presents(NEXT, PRESENT, COMING)
            .judge(PRESENT + "; " + COMING + " since=" + since);

    assertThat(judgement.findings())
        .filteredOn(finding -> finding.rule().id().equals("dane.rollover-order"))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .contains("mx.contoso.test", since.toString(), since.plus(WINDOW).toString()));
    assertThat(judgement.records())
        .containsEntry(OWNER + " TLSA", sorted(PRESENT, COMING + " since=" + since));
  }

  private static String sorted(String... records) {
    return Stream.of(records).sorted().collect(Collectors.joining("; "));
  }

  @Test
  void theRecordSaysSinceWhenThereIsWhatAndForHowLongWhatIsGone() {
    var first = new World().tlsa(PRESENT).judge();
    var added = new World().tlsa(PRESENT, COMING).judge(PRESENT);
    var removed = new World().presents(NEXT, COMING).judge(sorted(PRESENT, COMING));
    var forgotten =
        new World()
            .presents(NEXT, COMING, ANOTHER)
            .judge(COMING + "; " + PRESENT + " gone=" + ago(WINDOW));
    var none = new World().judge(PRESENT);

    assertThat(first.records()).containsEntry(OWNER + " TLSA", PRESENT);
    assertThat(added.records())
        .containsEntry(OWNER + " TLSA", sorted(PRESENT, COMING + " since=" + NOW));
    assertThat(removed.records())
        .containsEntry(OWNER + " TLSA", COMING + "; " + PRESENT + " gone=" + NOW);
    assertThat(forgotten.records())
        .containsEntry(OWNER + " TLSA", sorted(COMING, ANOTHER + " since=" + NOW));
    assertThat(none.records()).containsEntry(OWNER + " TLSA", "");
    assertThat(new World().judge().records()).isEmpty();
    assertThat(DaneProbe.undated(PRESENT + " since=" + NOW))
        .isEqualTo(DaneProbe.undated(PRESENT + " since=" + NOW.minusSeconds(30)))
        .isNotEqualTo(DaneProbe.undated(PRESENT + " gone=" + NOW));
  }

  @Test
  void theNextKeyIsAnnouncedFromWhenItIsSeen() {
    var since = NOW.minus(Duration.ofMinutes(1));

    var judgement =
        new World().tlsa(PRESENT, COMING).judge(sorted(PRESENT, COMING + " since=" + since));

    assertThat(String.valueOf(judgement.facts().get("hosts")))
        .contains(
            "announced={records=[%s], since=%s, usableFrom=%s, usable=false}"
                .formatted(COMING, since, since.plus(WINDOW)));
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule ->
                assertThat(List.of(rule.why(), rule.reference(), rule.remedy(), rule.example()))
                    .doesNotContain(""));
  }

  private static SmtpLook.Tls handshake(TestCa.Leaf leaf) {
    return new SmtpLook.Handshake("TLSv1.3", "TLS_AES_128_GCM_SHA256", leaf.der());
  }

  private static String violated(Judgement judgement) {
    return String.join(
        ", ",
        judgement.findings().stream()
            .map(
                one ->
                    one.rule().id()
                        + " "
                        + one.severity()
                        + (one.subject().equals("mx.contoso.test")
                                || one.subject().equals("alias.contoso.test")
                            ? ""
                            : " " + one.subject()))
            .sorted()
            .toList());
  }

  private static boolean hidden(Judgement judgement, String rule, String subject) {
    return judgement.gaps().stream().anyMatch(gap -> gap.hides(new Finding.Key(rule, subject)));
  }

  private static ManagedDomain skippingTls() {
    return new ManagedDomain(
        CONTOSO.name(),
        CONTOSO.tenant(),
        CONTOSO.prescriptions(),
        CONTOSO.dkim(),
        CONTOSO.allowlist(),
        CONTOSO.forwardingServers(),
        CONTOSO.smarthosts(),
        CONTOSO.tlsLevel(),
        CONTOSO.gateways(),
        CONTOSO.dmarcPolicy(),
        Set.of("tls"),
        CONTOSO.waivers(),
        Map.<String, Severity>of());
  }

  /** A domain with one MX host in a signed world; all of it may be changed. */
  private static final class World implements Network {
    private final ListedDns dns = ListedDns.of("mx.contoso.test A 192.0.2.1");
    private String mx = "mx.contoso.test";
    private boolean hasMx = true;
    private Memory memory = Memory.NOTHING;
    private SmtpLook.Tls tls = handshake(LEAF);
    private final Map<InetAddress, SmtpLook.Tls> others = new HashMap<>();
    private Security security = new Security.Secure();
    private final Map<DnsName, Security> securities = new HashMap<>();
    private final Map<DnsName, Answer.Failure> failures = new HashMap<>();
    private final List<Question> validated = new ArrayList<>();
    private final List<Smtp.Target> looked = new ArrayList<>();
    private Dns wire = this::ask;
    private Dnssec validator = this::validate;

    World tlsa(String... records) {
      for (var record : records) {
        add("_25._tcp." + (mx.startsWith("alias") ? "mx.contoso.test" : mx) + " TLSA " + record);
      }
      return this;
    }

    World add(String line) {
      dns.add(line);
      return this;
    }

    World mx(String host) {
      mx = host;
      if (!host.startsWith("alias")) {
        add(host + " A 192.0.2.1");
      }
      return this;
    }

    World withoutMx() {
      hasMx = false;
      return this;
    }

    World presents(TestCa.Leaf leaf, String... records) {
      tls = handshake(leaf);
      return tlsa(records);
    }

    World shows(SmtpLook.Tls all) {
      tls = all;
      return this;
    }

    World shows(String address, SmtpLook.Tls there) {
      others.put(InetAddress.ofLiteral(address), there);
      return this;
    }

    World security(Security all) {
      security = all;
      return this;
    }

    World security(String owner, Security own) {
      securities.put(DnsName.of(owner), own);
      return this;
    }

    World fails(String owner, Answer.Failure failure) {
      failures.put(DnsName.of(owner), failure);
      return this;
    }

    Judgement judge() {
      return judge(CONTOSO);
    }

    /** As somebody does who remembers the records as this. */
    Judgement judge(String remembered) {
      memory =
          record ->
              record.equals(OWNER + " TLSA")
                  ? Optional.of(new Memory.Past(Optional.empty(), remembered, Optional.empty()))
                  : Optional.empty();
      return judge(CONTOSO);
    }

    Judgement judge(ManagedDomain domain) {
      if (hasMx) {
        add("contoso.test MX 10 " + mx);
      }
      return PROBE.judge(domain, PROBE.observe(domain, this), Context.at(NOW).memory(memory));
    }

    private List<Answer> ask(List<Question> questions) {
      return questions.stream().map(this::answer).toList();
    }

    private Answer answer(Question question) {
      var failure = failures.get(question.name());
      return failure == null
          ? dns.ask(question)
          : new Answer.Unanswered(failure, failure.toString(), "test");
    }

    private List<Secured> validate(List<Question> questions, Instant now) {
      assertThat(now).isEqualTo(NOW);
      validated.addAll(questions);
      return questions.stream()
          .map(
              question -> {
                var answer = answer(question);
                return new Secured(
                    question,
                    answer,
                    answer instanceof Answer.Unanswered(_, var why, _)
                        ? new Security.Unseen(why)
                        : securities.getOrDefault(question.name(), security),
                    List.of(),
                    "maildrift");
              })
          .toList();
    }

    @Override
    public Dns dns() {
      return wire;
    }

    @Override
    public Dnssec dnssec() {
      return validator;
    }

    @Override
    public Instant now() {
      return NOW;
    }

    @Override
    public Smtp smtp() {
      return targets -> {
        looked.addAll(targets);
        return targets.stream()
            .<SmtpLook>map(
                target ->
                    new SmtpLook.Spoke(
                        target,
                        "mx",
                        List.of("STARTTLS"),
                        others.getOrDefault(target.address(), tls)))
            .toList();
      };
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }
}
