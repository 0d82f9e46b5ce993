package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SpfProbeTest {
  private static final String DOMAIN = "contoso.test";
  private static final DnsName PROVIDER = DnsName.of("_spf.provider.test");
  private final SpfProbe probe = new SpfProbe();
  private final MapDns dns = new MapDns();

  private record Look(Dns dns) implements Network {
    @Override
    public Smtp smtp() {
      throw new IllegalStateException("SPF needs no mail server");
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofSeconds(10));
    }
  }

  private static ManagedDomain undeclared() {
    return ManagedDomain.undeclared(DnsName.of(DOMAIN));
  }

  private static ManagedDomain prescribed(boolean first, boolean certain) {
    return undeclared()
        .prescriptions(
            List.of(
                Prescription.of("provider", "provider region=de", Role.OUTBOUND)
                    .spf(List.of(PROVIDER), "include:_spf.provider.test", first)
                    .guessed(certain ? Set.of() : Set.of("spf"))));
  }

  private Judgement judge(ManagedDomain domain, Dns from) {
    var seen = probe.observe(domain, new Look(from));
    return probe.judge(domain, seen, Context.at(Instant.EPOCH));
  }

  private Judgement judge() {
    return judge(undeclared(), dns);
  }

  private static Finding finding(Judgement judgement, String rule) {
    return judgement.findings().stream()
        .filter(found -> found.rule().id().equals(rule))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + rule + " in " + judgement.findings()));
  }

  private static DynamicTest scenario(String name, Consumer<MapDns> zone, String... rules) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          var dns = new MapDns();
          zone.accept(dns);
          var judgement = new SpfProbeTest().judge(undeclared(), dns);
          assertThat(judgement.findings())
              .extracting(found -> found.rule().id() + " " + found.severity().word())
              .containsExactlyInAnyOrder(rules);
          assertThat(judgement.gaps()).isEmpty();
        });
  }

  private static DynamicTest record(String name, String record, String... rules) {
    return scenario(name, dns -> dns.txt(DOMAIN, record), rules);
  }

  @TestFactory
  Stream<DynamicTest> eachRecordViolatesItsRulesAndNoOther() {
    var long451 = "v=spf1 " + "ip4:192.0.2.100/32 ".repeat(23) + "ip4:192.0.2.1 -all";
    return Stream.of(
        record("good", "v=spf1 ip4:192.0.2.0/24 ~all"),
        record("parked", "v=spf1 -all"),
        scenario("no such name", dns -> {}, "spf.present warning"),
        scenario("no TXT", dns -> dns.a(DOMAIN, "192.0.2.1"), "spf.present warning"),
        record("leading space", " v=spf1 -all", "spf.present warning"),
        record("spf2", "v=spf10 -all", "spf.present warning"),
        scenario(
            "two records",
            dns -> dns.txt(DOMAIN, "v=spf1 -all", "v=spf1 mx ~all"),
            "spf.multiple critical"),
        record("unknown mechanism", "v=spf1 ipv4:192.0.2.1 ~all", "spf.syntax critical"),
        record("ignored modifier", "v=spf1 ip4=192.0.2.1 ~all", "spf.syntax warning"),
        record(
            "doubled include",
            "v=spf1 include:include:x.test ~all",
            "spf.syntax critical",
            "spf.void warning"),
        record("non-ASCII", "v=spf1 ip4:192.0.2.1 \u00a0~all", "spf.syntax critical"),
        scenario("seven lookups", dns -> includes(dns, 7), "spf.lookups info"),
        scenario("six lookups", dns -> includes(dns, 6)),
        scenario("nine lookups", dns -> includes(dns, 9), "spf.lookups warning"),
        scenario("ten lookups", dns -> includes(dns, 10), "spf.lookups warning"),
        scenario("eleven lookups", dns -> includes(dns, 11), "spf.lookups critical"),
        record("self include", "v=spf1 include:contoso.test ~all", "spf.lookups critical"),
        record("one void", "v=spf1 a:gone.test ~all", "spf.void warning"),
        record(
            "three voids",
            "v=spf1 a:gone.test mx:gone.test exists:gone.test ~all",
            "spf.void critical"),
        scenario(
            "eleven MX",
            dns -> {
              dns.txt(DOMAIN, "v=spf1 mx ~all");
              for (var i = 0; i < 11; i++) {
                dns.mx(DOMAIN, "mx%d.test".formatted(i));
              }
            },
            "spf.mx-names critical"),
        record("ptr", "v=spf1 ptr ~all", "spf.ptr warning"),
        record(
            "dead include",
            "v=spf1 include:gone.test ~all",
            "spf.include-none critical",
            "spf.void warning"),
        scenario(
            "include without SPF",
            dns -> dns.txt(DOMAIN, "v=spf1 include:x.test ~all").txt("x.test", "hello"),
            "spf.include-none critical"),
        scenario(
            "include of two records",
            dns ->
                dns.txt(DOMAIN, "v=spf1 include:x.test ~all")
                    .txt("x.test", "v=spf1 -all", "v=spf1 ~all"),
            "spf.multiple critical"),
        scenario(
            "syntax error in an include",
            dns -> dns.txt(DOMAIN, "v=spf1 include:x.test ~all").txt("x.test", "v=spf1 foo -all"),
            "spf.syntax critical"),
        scenario(
            "dead redirect",
            dns -> dns.txt(DOMAIN, "v=spf1 redirect=x.test").txt("x.test", "hello"),
            "spf.redirect critical"),
        scenario(
            "two redirects",
            dns ->
                dns.txt(DOMAIN, "v=spf1 redirect=x.test redirect=x.test")
                    .txt("x.test", "v=spf1 -all"),
            "spf.redirect critical"),
        record("redirect beside all", "v=spf1 redirect=x.test ~all", "spf.redirect warning"),
        scenario(
            "redirect",
            dns ->
                dns.txt(DOMAIN, "v=spf1 redirect=x.test")
                    .txt("x.test", "v=spf1 mx:x.test -all")
                    .mx("x.test", "mx.test")
                    .a("mx.test", "192.0.2.1")),
        record("two exp", "v=spf1 exp=x.test exp=x.test -all", "spf.exp critical"),
        record("after all", "v=spf1 ~all ip4:192.0.2.1", "spf.after-all warning"),
        record("plus all", "v=spf1 ip4:192.0.2.1 +all", "spf.all-qualifier critical"),
        record("bare all", "v=spf1 all", "spf.all-qualifier critical"),
        record("neutral all", "v=spf1 ip4:192.0.2.1 ?all", "spf.all-qualifier warning"),
        record("no all", "v=spf1 ip4:192.0.2.1", "spf.all-qualifier warning"),
        scenario(
            "redirect to plus all",
            dns -> dns.txt(DOMAIN, "v=spf1 redirect=x.test").txt("x.test", "v=spf1 +all"),
            "spf.all-qualifier critical"),
        scenario(
            "include of plus all",
            dns -> dns.txt(DOMAIN, "v=spf1 include:x.test -all").txt("x.test", "v=spf1 +all"),
            "spf.all-qualifier critical"),
        record("large record", long451, "spf.size warning", "spf.duplicate info"),
        record("a term twice", "v=spf1 ip4:192.0.2.1 IP4:192.0.2.1 ~all", "spf.duplicate info"),
        scenario(
            "an include by two ways",
            dns ->
                dns.txt(DOMAIN, "v=spf1 include:a.test include:b.test ~all")
                    .txt("a.test", "v=spf1 include:c.test -all")
                    .txt("b.test", "v=spf1 include:c.test -all")
                    .txt("c.test", "v=spf1 ip4:192.0.2.1 -all"),
            "spf.duplicate info"),
        scenario(
            "a macro that lets everybody pass",
            dns ->
                dns.txt(DOMAIN, "v=spf1 include:%{i}.x.test -all")
                    .txt("198.51.100.77.x.test", "v=spf1 +all"),
            "spf.macro critical"),
        scenario(
            "large answer",
            dns -> dns.txt(DOMAIN, "v=spf1 -all", "x".repeat(250), "y".repeat(250)),
            "spf.size info"),
        scenario(
            "glued terms",
            dns -> dns.strings(DOMAIN, "v=spf1 ip4:192.0.2.1", "include:x.test ~all"),
            "spf.space-join critical"),
        scenario(
            "glued includes",
            dns ->
                dns.strings(DOMAIN, "v=spf1 include:a.test", "include:b.test ~all")
                    .txt("a.testinclude:b.test", "v=spf1 -all"),
            "spf.space-join critical"),
        scenario(
            "glued version",
            dns -> dns.strings(DOMAIN, "v=spf1", "include:x.test ~all"),
            "spf.space-join critical"),
        scenario(
            "split inside a term",
            dns ->
                dns.strings(DOMAIN, "v=spf1 include:_spf.pro", "vider.test ~all")
                    .txt("_spf.provider.test", "v=spf1 ip4:192.0.2.1 -all")),
        record("broad", "v=spf1 ip4:10.0.0.0/8 ~all", "spf.broad warning"),
        record("broad IPv6", "v=spf1 ip6:2001:db8::/31 ~all", "spf.broad warning"),
        record(
            "many",
            "v=spf1 ip4:10.0.0.0/16 ip4:10.2.0.0/16 ip4:10.4.0.0/16 ~all",
            "spf.broad warning"),
        record("macro", "v=spf1 exists:%{i}._spf.x.test ~all", "spf.macro info"),
        record("reverse name macro", "v=spf1 exists:%{p}._spf.x.test ~all", "spf.macro warning"));
  }

  private static void includes(MapDns dns, int count) {
    var record = new StringBuilder("v=spf1");
    for (var i = 0; i < count; i++) {
      record.append(" include:i%d.test".formatted(i));
      dns.txt("i%d.test".formatted(i), "v=spf1 ip4:192.0.2.%d -all".formatted(i));
    }
    dns.txt(DOMAIN, record + " ~all");
  }

  @Test
  void theFactsAreThoseThatOtherProgramsRelyOn() {
    dns.txt(DOMAIN, "v=spf1 include:_spf.provider.test ~all")
        .txt("_spf.provider.test", "v=spf1 ip4:51.163.158.0/24 ip6:2001:db8::/32 -all");

    var judgement = judge();

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts())
        .containsEntry("record", "v=spf1 include:_spf.provider.test ~all")
        .containsEntry("lookups", 1)
        .containsEntry("voidLookups", 0)
        .containsEntry("headroom", 9)
        .containsEntry("voidHeadroom", 2)
        .containsEntry("all", "softfail")
        .containsEntry("netblocks", List.of("51.163.158.0/24", "2001:db8::/32"))
        .containsEntry("macros", List.of())
        .containsKey("tree");
    assertThat(judgement.records())
        .containsExactly(
            Map.entry(
                "_spf.provider.test SPF", "v=spf1 ip4:51.163.158.0/24 ip6:2001:db8::/32 -all"),
            Map.entry("contoso.test SPF", "v=spf1 include:_spf.provider.test ~all"),
            Map.entry("contoso.test SPF-lookups", "1 (include:_spf.provider.test 1)"));
  }

  @Test
  void eachIncludedRecordThatWasSeenIsWatchedAndNoOther() {
    dns.txt(DOMAIN, "v=spf1 include:_SPF.a.test include:slow.test include:gone.test ~all")
        .txt("_spf.a.test", "v=spf1 redirect=_spf.b.test")
        .txt("_spf.b.test", "v=spf1 ip4:192.0.2.0/24 include:_spf.a.test -all")
        .silent("slow.test");

    var judgement = judge();

    assertThat(judgement.records())
        .containsOnlyKeys("contoso.test SPF", "_spf.a.test SPF", "_spf.b.test SPF", "gone.test SPF")
        .containsEntry("gone.test SPF", "")
        .containsEntry("_spf.b.test SPF", "v=spf1 ip4:192.0.2.0/24 include:_spf.a.test -all");
    assertThat(judgement.gaps()).isNotEmpty();
  }

  @Test
  void noRecordIsForgottenForBeingBeyondWhatWeFollow() {
    includes(dns, 400);

    var judgement = judge();

    assertThat(judgement.records().keySet()).hasSizeBetween(10, 40);
    assertThat(judgement.gaps().isEmpty() && judgement.asides().isEmpty()).isFalse();
  }

  @Test
  void anAbsentRecordIsAnEmptyValue() {
    assertThat(judge().outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judge().records()).containsExactly(Map.entry("contoso.test SPF", ""));
  }

  @Test
  void aTimeoutIsAGapAndNoFinding() {
    dns.silent(DOMAIN);

    var judgement =
        judge(prescribed(true, true), dns.txt("_spf.provider.test", "v=spf1 ip4:192.0.2.1 -all"));

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records()).isEmpty();
    assertThat(hidden(judgement, "spf.present", DOMAIN)).isTrue();
    assertThat(hidden(judgement, "spf.not-authorised", "_spf.provider.test")).isTrue();
  }

  private static boolean hidden(Judgement judgement, String rule, String subject) {
    return judgement.gaps().stream().anyMatch(gap -> gap.hides(new Finding.Key(rule, subject)));
  }

  @Test
  void aSilentIncludeHidesWhatNeededItAndNothingElse() {
    dns.txt(DOMAIN, "v=spf1 include:slow.test include:bad.test ptr +all")
        .silent("slow.test")
        .txt("bad.test", "hello");

    var judgement = judge();

    assertThat(judgement.findings())
        .extracting(found -> found.rule().id() + " " + found.subject())
        .containsExactlyInAnyOrder(
            "spf.ptr contoso.test", "spf.include-none bad.test", "spf.all-qualifier contoso.test");
    for (var rule : List.of("spf.lookups", "spf.void")) {
      assertThat(hidden(judgement, rule, DOMAIN)).as(rule).isTrue();
    }
    assertThat(hidden(judgement, "spf.syntax", "slow.test")).isTrue();
    assertThat(hidden(judgement, "spf.include-none", "slow.test")).isTrue();
    for (var rule : List.of("spf.present", "spf.ptr", "spf.syntax", "spf.all-qualifier")) {
      assertThat(hidden(judgement, rule, DOMAIN)).as(rule).isFalse();
    }
    assertThat(hidden(judgement, "spf.include-none", "bad.test")).isFalse();
  }

  @Test
  void tooManyLookupsAreFoundAlthoughABranchIsSilent() {
    dns.txt(DOMAIN, "v=spf1 include:slow.test a mx a mx a mx a mx a mx -all")
        .silent("slow.test")
        .a(DOMAIN, "192.0.2.1")
        .mx(DOMAIN, DOMAIN);

    var judgement = judge();

    assertThat(finding(judgement, "spf.lookups").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding(judgement, "spf.lookups").message()).contains("at least 11");
    assertThat(hidden(judgement, "spf.lookups", DOMAIN)).isFalse();
  }

  private static ManagedDomain probing(String... addresses) {
    return undeclared()
        .prescriptions(
            List.of(
                Prescription.of("macros", "macros allocation=a1", Role.OUTBOUND)
                    .spf(List.of(), "exists:%{i}.spf.a1.test", false)
                    .spfProbe(Arrays.stream(addresses).map(InetAddress::ofLiteral).toList())));
  }

  @Test
  void anAddressOfAMacroProviderIsTried() {
    dns.txt(DOMAIN, "v=spf1 exists:%{i}.spf.a1.test ~all").a("192.0.2.7.spf.a1.test", "127.0.0.2");

    assertThat(judge(probing("192.0.2.7"), dns).findings())
        .extracting(finding -> finding.rule().id())
        .doesNotContain("spf.not-authorised");
    var refused = finding(judge(probing("192.0.2.7", "192.0.2.8"), dns), "spf.not-authorised");
    assertThat(refused.subject()).isEqualTo("192.0.2.8/32");
    assertThat(refused.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(refused.message())
        .isEqualTo(
            "contoso.test SPF does not let 192.0.2.8 pass (softfail), an address of macros allocation=a1");
  }

  @Test
  void withoutTheMacroItsTermIsToBePasted() {
    dns.txt(DOMAIN, "v=spf1 ip4:198.51.100.0/24 ~all");

    assertThat(finding(judge(probing("192.0.2.7"), dns), "spf.not-authorised").remedy())
        .endsWith("\nv=spf1 ip4:198.51.100.0/24 exists:%{i}.spf.a1.test ~all");
  }

  @Test
  void aMacroThatIsNotAnsweredSaysNothingOfTheAddress() {
    dns.txt(DOMAIN, "v=spf1 exists:%{i}.spf.a1.test ~all").silent("192.0.2.7.spf.a1.test");

    var judgement = judge(probing("192.0.2.7"), dns);

    assertThat(judgement.findings())
        .extracting(finding -> finding.rule().id())
        .doesNotContain("spf.not-authorised");
    assertThat(hidden(judgement, "spf.not-authorised", "192.0.2.7/32")).isTrue();
  }

  @Test
  void aHostOfTheProvidersMustPassWithAllItsAddresses() {
    var domain =
        undeclared()
            .prescriptions(
                List.of(
                    Prescription.of("essentials", "essentials", Role.OUTBOUND)
                        .spf(List.of(), "a:dispatch.provider.test", false)
                        .spfHosts(List.of(DnsName.of("dispatch.provider.test")))));
    dns.txt(DOMAIN, "v=spf1 ip4:192.0.2.0/24 ~all").a("dispatch.provider.test", "192.0.2.1");
    assertThat(judge(domain, dns).findings()).isEmpty();

    dns.a("dispatch.provider.test", "198.51.100.1");
    assertThat(finding(judge(domain, dns), "spf.not-authorised").remedy())
        .endsWith("\nv=spf1 ip4:192.0.2.0/24 a:dispatch.provider.test ~all");

    var silent =
        new MapDns().txt(DOMAIN, "v=spf1 ip4:192.0.2.0/24 ~all").silent("dispatch.provider.test");
    assertThat(hidden(judge(domain, silent), "spf.not-authorised", "dispatch.provider.test"))
        .isTrue();
  }

  @Test
  void aHostOfTheProvidersWithoutAnAddressIsTold() {
    var domain =
        undeclared()
            .prescriptions(
                List.of(
                    Prescription.of("essentials", "essentials", Role.OUTBOUND)
                        .spf(List.of(), "a:nowhere.provider.test", false)
                        .spfHosts(List.of(DnsName.of("nowhere.provider.test")))));
    dns.txt(DOMAIN, "v=spf1 a:nowhere.provider.test ip4:192.0.2.0/24 ~all");

    var finding = finding(judge(domain, dns), "spf.not-authorised");

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.message())
        .isEqualTo(
            "nowhere.provider.test, through which essentials sends, has no address: nothing can be authorised by it");
  }

  private static ManagedDomain avoiding(String name) {
    return undeclared()
        .prescriptions(
            List.of(
                Prescription.of("provider", "provider region=de", Role.OUTBOUND)
                    .spf(List.of(PROVIDER), "include:_spf.provider.test", true)
                    .spfAvoid(Map.of(DnsName.of(name), "it costs more lookups"))));
  }

  @Test
  void aNameThatTheProviderAdvisesAgainstIsReplaced() {
    dns.txt("_spf.provider.test", "v=spf1 ip4:192.0.2.0/24 ~all")
        .txt("all.provider.test", "v=spf1 include:_spf.provider.test ~all")
        .txt(DOMAIN, "v=spf1 include:all.provider.test mx ~all");

    var finding = finding(judge(avoiding("all.provider.test"), dns), "spf.avoid");

    assertThat(finding.severity()).isEqualTo(Severity.INFO);
    assertThat(finding.message())
        .isEqualTo("contoso.test SPF has include:all.provider.test: it costs more lookups");
    assertThat(finding.remedy()).endsWith("\nv=spf1 include:_spf.provider.test mx ~all");

    var right =
        new MapDns()
            .txt("_spf.provider.test", "v=spf1 ip4:192.0.2.0/24 ~all")
            .txt(DOMAIN, "v=spf1 include:_spf.provider.test ~all");
    assertThat(judge(avoiding("all.provider.test"), right).findings()).isEmpty();
  }

  @Test
  void whereLookupsAreScarceItIsAWarning() {
    dns.txt("_spf.provider.test", "v=spf1 ip4:192.0.2.0/24 ~all")
        .txt("all.provider.test", "v=spf1 include:_spf.provider.test ~all")
        .txt(DOMAIN, "v=spf1 include:all.provider.test mx mx mx mx mx mx ~all")
        .mx(DOMAIN, "mx.test")
        .a("mx.test", "192.0.2.1");

    assertThat(finding(judge(avoiding("all.provider.test"), dns), "spf.avoid").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void aSilentRedirectHidesTheAll() {
    dns.txt(DOMAIN, "v=spf1 redirect=slow.test").silent("slow.test");

    var judgement = judge();

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "spf.all-qualifier", DOMAIN)).isTrue();
    assertThat(hidden(judgement, "spf.lookups", DOMAIN)).isTrue();
    assertThat(hidden(judgement, "spf.present", DOMAIN)).isFalse();
  }

  @Test
  void aSilentAddressDoesNotHideTheLookups() {
    dns.txt(DOMAIN, "v=spf1 a:slow.test mx mx mx mx mx mx mx mx ~all")
        .silent("slow.test")
        .mx(DOMAIN, "mx.test")
        .a("mx.test", "192.0.2.1");

    var judgement = judge();

    assertThat(finding(judgement, "spf.lookups").severity()).isEqualTo(Severity.WARNING);
    assertThat(hidden(judgement, "spf.void", DOMAIN)).isTrue();
    assertThat(hidden(judgement, "spf.lookups", DOMAIN)).isFalse();
  }

  @Test
  void anErrorInAProvidersRecordHasOneCauseForAllDomains() {
    dns.txt(DOMAIN, "v=spf1 include:_spf.provider.test ~all")
        .txt("_spf.provider.test", "v=spf1 include:deep.provider.test ~all")
        .txt("deep.provider.test", "v=spf1 ip4:192.0.2.300 ~all");

    assertThat(finding(judge(), "spf.syntax").cause()).isEqualTo("deep.provider.test TXT");
    assertThat(finding(judge(), "spf.syntax").subject()).isEqualTo("_spf.provider.test");
  }

  @Test
  void aSyntaxErrorNamesItsPlaceAndTheRecordToPaste() {
    dns.txt(DOMAIN, "v=spf1 ip4:192.0.2.1 include:include:x.test ~all");

    var finding = finding(judge(), "spf.syntax");

    assertThat(finding.evidence())
        .containsEntry("offset", 21)
        .containsEntry("token", "include:include:x.test");
    assertThat(finding.remedy()).endsWith("\nv=spf1 ip4:192.0.2.1 include:x.test ~all");
  }

  @Test
  void twoRecordsAreMergedInTheRemedy() {
    dns.txt(DOMAIN, "v=spf1 mx -all", "v=spf1 mx include:x.test ~all");

    assertThat(finding(judge(), "spf.multiple").remedy())
        .endsWith("\nv=spf1 mx include:x.test ~all");
  }

  @Test
  void aDeadIncludeSaysWhetherItsDomainCanBeBought() {
    dns.txt(DOMAIN, "v=spf1 include:_spf.gone.test include:_spf.moved.test ~all")
        .a("moved.test", "192.0.2.1");

    var findings = judge().findings();

    assertThat(findings)
        .filteredOn(found -> found.subject().equals("_spf.gone.test"))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.rule().id()).isEqualTo("spf.include-none");
              assertThat(found.evidence()).containsEntry("unregistered", "gone.test");
              assertThat(found.message()).contains("gone.test is not registered");
            });
    assertThat(findings)
        .filteredOn(found -> found.subject().equals("_spf.moved.test"))
        .singleElement()
        .satisfies(found -> assertThat(found.evidence()).doesNotContainKey("unregistered"));
    assertThat(finding(judge(), "spf.void").evidence())
        .containsEntry("unregistered", List.of("gone.test"));
  }

  @Test
  void whereTheRegistryDoesNotAnswerNothingIsSaidAboutTheDomain() {
    dns.txt(DOMAIN, "v=spf1 include:_spf.gone.test ~all").silent("gone.test");

    assertThat(finding(judge(), "spf.include-none").evidence()).doesNotContainKey("unregistered");
  }

  @Test
  void theRemedyForADuplicateIsTheRecordWithoutIt() {
    dns.txt(DOMAIN, "v=spf1 include:x.test mx include:x.test ~all")
        .txt("x.test", "v=spf1 -all")
        .mx(DOMAIN, "mx.test")
        .a("mx.test", "192.0.2.1");

    assertThat(finding(judge(), "spf.duplicate").remedy())
        .endsWith("\nv=spf1 include:x.test mx ~all");
  }

  @Test
  void macrosAreTriedWithAddressesThatNobodyOwns() {
    dns.txt(DOMAIN, "v=spf1 exists:%{i}._spf.x.test -all");

    var judgement = judge();

    assertThat(judgement.facts().get("strangers"))
        .isEqualTo(Map.of("198.51.100.77", "fail", "2001:db8:77::77", "fail"));
    assertThat(finding(judgement, "spf.macro").severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void aMacroThatDoesNotAnswerIsAGapOfThatRule() {
    dns.txt(DOMAIN, "v=spf1 exists:%{i}._spf.x.test -all").silent("198.51.100.77._spf.x.test");

    assertThat(hidden(judge(), "spf.macro", DOMAIN)).isTrue();
    assertThat(hidden(judge(), "spf.syntax", DOMAIN)).isFalse();
  }

  private static ManagedDomain behind(String helo, String... addresses) {
    return undeclared()
        .gateways(
            List.of(
                new Gateway(
                    "gw1",
                    DnsName.of("gw.test"),
                    Stream.of(addresses).map(InetAddress::ofLiteral).toList(),
                    25,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(DnsName.of(helo)),
                    List.of())));
  }

  @Test
  void aGatewaysHeloNameHasARecordThatLetsItPass() {
    dns.txt(DOMAIN, "v=spf1 -all");
    var gateway = behind("gw.test", "192.0.2.10");

    assertThat(finding(judge(gateway, dns), "spf.helo").subject()).isEqualTo("gw.test");

    dns.txt("gw.test", "v=spf1 a -all").a("gw.test", "192.0.2.99");
    assertThat(finding(judge(gateway, dns), "spf.helo").message()).contains("192.0.2.10", "fail");

    assertThat(judge(behind("gw.test", "192.0.2.99"), dns).findings()).isEmpty();
    assertThat(hidden(judge(behind("slow.test"), dns.silent("slow.test")), "spf.helo", "slow.test"))
        .isTrue();
  }

  @Test
  void anAddressLiteralInHeloHasNoRecord() {
    dns.txt(DOMAIN, "v=spf1 -all");

    assertThat(judge(behind("[192.0.2.10]", "192.0.2.10"), dns).findings()).isEmpty();
  }

  @Test
  void aDomainWithANullMxSendsNoMailEither() {
    dns.txt(DOMAIN, "v=spf1 mx ~all").mx(DOMAIN, "mx.test").a("mx.test", "192.0.2.1");
    var own = judge();

    assertThat(probe.among(undeclared(), own, Map.of("mx", mx("0 ."))).findings())
        .extracting(found -> found.rule().id())
        .containsExactly("spf.null-sender");
    for (var mx : List.of("10 mx.test", "")) {
      assertThat(probe.among(undeclared(), own, Map.of("mx", mx(mx)))).isEqualTo(own);
    }
    assertThat(probe.among(undeclared(), own, Map.of())).isEqualTo(own);
    var unseen = new Judgement.Builder().build(Outcome.UNOBSERVABLE);
    assertThat(
            hidden(probe.among(undeclared(), own, Map.of("mx", unseen)), "spf.null-sender", DOMAIN))
        .isTrue();

    var parked = judge(undeclared(), new MapDns().txt(DOMAIN, "v=spf1 -all"));
    assertThat(probe.among(undeclared(), parked, Map.of("mx", mx("0 .")))).isEqualTo(parked);
  }

  private static Judgement mx(String value) {
    return new Judgement.Builder().record(DOMAIN + " MX", value).build(Outcome.OBSERVED);
  }

  private MapDns provider() {
    return dns.txt(
        "_spf.provider.test", "v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/26 ip6:2001:db8::/48 -all");
  }

  @Test
  void aMissingProviderIsFoundWithItsNetworksAndTheRecordToPaste() {
    provider().txt(DOMAIN, "v=spf1 ip4:198.51.100.7 ~all");

    var finding = finding(judge(prescribed(false, true), dns), "spf.not-authorised");

    assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding.subject()).isEqualTo("_spf.provider.test");
    assertThat(finding.cause()).isEqualTo("contoso.test SPF");
    assertThat(finding.evidence())
        .containsEntry("missing", List.of("192.0.2.0/25", "192.0.2.128/26", "2001:db8::/48"));
    assertThat(finding.remedy())
        .endsWith("\nv=spf1 ip4:198.51.100.7 include:_spf.provider.test ~all");
  }

  @Test
  void aGuessedProfileWarnsOnly() {
    provider().txt(DOMAIN, "v=spf1 -all");

    assertThat(finding(judge(prescribed(false, false), dns), "spf.not-authorised").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void noRecordAtAllIsCriticalWhereAProviderSends() {
    provider();

    var judgement = judge(prescribed(true, true), dns);

    assertThat(finding(judgement, "spf.present").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(finding(judgement, "spf.present").remedy())
        .endsWith("\nv=spf1 include:_spf.provider.test ~all");
    assertThat(finding(judgement, "spf.not-authorised").remedy())
        .endsWith("\nv=spf1 include:_spf.provider.test ~all");
  }

  @TestFactory
  Stream<DynamicTest> authorisedIsWhatPassesHoweverItGetsThere() {
    var whole = "ip4:192.0.2.0/24 ip6:2001:db8::/32";
    return Stream.of(
        authorised("include", d -> d.txt(DOMAIN, "v=spf1 include:_spf.provider.test ~all")),
        authorised("ip4 and ip6", d -> d.txt(DOMAIN, "v=spf1 " + whole + " ~all")),
        authorised("redirect", d -> d.txt(DOMAIN, "v=spf1 redirect=_spf.provider.test")),
        authorised(
            "include of an include",
            d ->
                d.txt(DOMAIN, "v=spf1 include:own.test ~all")
                    .txt("own.test", "v=spf1 include:_spf.provider.test -all")),
        authorised(
            "macro",
            d ->
                d.txt(DOMAIN, "v=spf1 include:%{i}._spf.test -all")
                    .txt("192.0.2.0._spf.test", "v=spf1 +all")
                    .txt("192.0.2.191._spf.test", "v=spf1 +all")
                    .txt("192.0.2.127._spf.test", "v=spf1 +all")
                    .txt("192.0.2.128._spf.test", "v=spf1 +all")
                    .txt(nibbles("0") + "._spf.test", "v=spf1 +all")
                    .txt(nibbles("f") + "._spf.test", "v=spf1 +all")),
        notAuthorised("softfail", d -> d.txt(DOMAIN, "v=spf1 ~include:_spf.provider.test -all")),
        notAuthorised("behind all", d -> d.txt(DOMAIN, "v=spf1 -all include:_spf.provider.test")),
        notAuthorised(
            "refused before",
            d -> d.txt(DOMAIN, "v=spf1 -ip4:192.0.2.7 include:_spf.provider.test -all")),
        notAuthorised("half of it", d -> d.txt(DOMAIN, "v=spf1 ip4:192.0.2.0/25 -all")),
        notAuthorised(
            "a macro that says no", d -> d.txt(DOMAIN, "v=spf1 exists:%{i}._spf.test -all")));
  }

  private static String nibbles(String rest) {
    return "2.0.0.1.0.D.B.8.0.0.0.0" + ("." + rest).repeat(20);
  }

  private static DynamicTest authorised(String name, Consumer<MapDns> zone) {
    return authorisation(name, zone, false);
  }

  private static DynamicTest notAuthorised(String name, Consumer<MapDns> zone) {
    return authorisation(name, zone, true);
  }

  private static DynamicTest authorisation(String name, Consumer<MapDns> zone, boolean violated) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          var test = new SpfProbeTest();
          zone.accept(test.provider());
          var rules =
              test.judge(prescribed(false, true), test.dns).findings().stream()
                  .map(found -> found.rule().id())
                  .toList();
          assertThat(rules.contains("spf.not-authorised")).as(rules.toString()).isEqualTo(violated);
        });
  }

  @Test
  void anUnseenProviderIsAGapOfThatProvider() {
    dns.txt(DOMAIN, "v=spf1 ip4:198.51.100.7 ~all").silent("_spf.provider.test");

    var judgement = judge(prescribed(false, true), dns);

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "spf.not-authorised", "_spf.provider.test")).isTrue();
    assertThat(hidden(judgement, "spf.lookups", DOMAIN)).isFalse();
  }

  @Test
  void anUnseenBranchMayHoldTheNetworks() {
    provider().txt(DOMAIN, "v=spf1 include:slow.test ~all").silent("slow.test");

    var judgement = judge(prescribed(false, true), dns);

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "spf.not-authorised", "_spf.provider.test")).isTrue();
  }

  @Test
  void theProvidersTermIsFirstWhereItAsksToBe() {
    provider()
        .txt(DOMAIN, "v=spf1 mx include:_spf.provider.test ~all")
        .mx(DOMAIN, "mx.test")
        .a("mx.test", "198.51.100.1");

    assertThat(finding(judge(prescribed(true, true), dns), "spf.position").remedy())
        .endsWith("\nv=spf1 include:_spf.provider.test mx ~all");
    assertThat(judge(prescribed(false, true), dns).findings()).isEmpty();
  }

  @Test
  void aRecordOfJunkNeverThrows() {
    var random = new Random(7208);
    var alphabet = "v=spf1 ainclude:mxptr%{dlsr4-_}/.,+~?=exists\u00e4\u0000\"\\".toCharArray();
    for (var i = 0; i < 1000; i++) {
      var text = new StringBuilder("v=spf1 ");
      for (var j = random.nextInt(60); j > 0; j--) {
        text.append(alphabet[random.nextInt(alphabet.length)]);
      }
      var junk = new MapDns().txt(DOMAIN, text.toString());
      assertThat(judge(prescribed(true, true), junk).facts()).containsKey("record");
      SpfCheck.check("192.0.2.1", text.toString(), "a@" + DOMAIN, junk);
    }
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(probe.rules())
        .allSatisfy(
            rule -> {
              assertThat(rule.why()).isNotEmpty();
              assertThat(rule.reference()).isNotEmpty();
              assertThat(rule.remedy()).isNotEmpty();
              assertThat(rule.example()).isNotEmpty();
            });
    assertThat(probe.rules()).extracting(rule -> rule.id()).doesNotHaveDuplicates();
    assertThat(Arrays.asList("spf.temperror", "spf.provider-authorised"))
        .noneMatch(id -> probe.rules().stream().anyMatch(rule -> rule.id().equals(id)));
  }
}
