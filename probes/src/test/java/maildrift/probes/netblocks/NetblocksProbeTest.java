package maildrift.probes.netblocks;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Memory;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.network.Cidr;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.spf.Netblocks;
import maildrift.probes.spf.SpfTree;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetblocksProbeTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final NetblocksProbe PROBE = new NetblocksProbe();

  /** Mimecast's region de on 17 December 2024. */
  private static final String DE =
      "v=spf1 ip4:51.163.158.0/24 ip4:194.104.109.0/24 ip4:194.104.111.0/24"
          + " ip4:194.104.110.21/32 ip4:194.104.110.240/28 ip4:62.140.10.21/32 ip4:62.140.7.0/24"
          + " ip4:194.104.108.240/29 ip4:194.104.108.21/32 ~all";

  private static final List<String> NINE =
      List.of(
          "51.163.158.0/24",
          "194.104.109.0/24",
          "194.104.111.0/24",
          "194.104.110.21/32",
          "194.104.110.240/28",
          "62.140.10.21/32",
          "62.140.7.0/24",
          "194.104.108.240/29",
          "194.104.108.21/32");

  // Published by _spf.provider.test, accepted, and the rules that are violated; no others.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ip4:192.0.2.0/24                       | 192.0.2.0/24                 |
          ip4:192.0.2.0/25 ip4:192.0.2.128/25    | 192.0.2.0/24                 |
          ip4:192.0.2.0/24                       | 192.0.2.0/25 192.0.2.128/25  |
          ip4:192.0.2.0/24 ip6:2001:db8::/32     | 192.0.2.0/24 2001:db8::/32   |
          ip4:192.0.2.0/24 ip4:198.51.100.0/24   | 192.0.2.0/24                 | netblocks.missing critical
          ip4:192.0.2.0/24                       | 192.0.2.0/25                 | netblocks.missing critical
          ip4:192.0.2.0/24                       | 192.0.2.0/24 203.0.113.0/24  | netblocks.stale warning
          ip4:192.0.2.0/25                       | 192.0.2.0/24                 | netblocks.wider info
          ip4:192.0.2.0/24                       | 0.0.0.0/0                    | netblocks.wider info
          ip4:192.0.2.0/24                       | 192.0.2.0/24 10.255.255.254  |
          ip4:192.0.2.0/24                       | 10.255.255.254               | netblocks.missing critical
          ip4:192.0.2.0/24                       | 198.51.100.0/24              | netblocks.missing critical, netblocks.stale warning
          ip6:2001:db8::/33                      | 2001:db8::/32                | netblocks.wider info
          -all                                   | 192.0.2.0/24                 | netblocks.stale warning
          ip4:192.0.2.0/24 exists:%{i}._x.test   | 192.0.2.0/24 203.0.113.0/24  |
          """)
  void comparesPublishedAndAcceptedAsAddresses(
      String published, String accepted, @Nullable String violated) {
    var judgement =
        judge(
            domain(List.of(accepted.split(" ", -1)), house("_spf.provider.test")),
            "_spf.provider.test TXT v=spf1 " + published);

    assertThat(violated(judgement)).isEqualTo(violated == null ? "" : violated);
    assertThat(judgement.findings())
        .allSatisfy(
            finding -> {
              assertThat(finding.subject()).isEqualTo("_spf.provider.test");
              assertThat(finding.cause()).isEqualTo("_spf.provider.test TXT");
            });
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void aNetworkThatMimecastAddedIsMissingWithTheListToPaste() {
    var eight = NINE.stream().filter(network -> !network.equals("62.140.10.21/32")).toList();

    var judgement = judge(domain(eight, mimecast()), "de._netblocks.mimecast.com TXT " + DE);

    var missing = judgement.findings().getFirst();
    assertThat(violated(judgement)).isEqualTo("netblocks.missing critical");
    assertThat(missing.subject()).isEqualTo("de._netblocks.mimecast.com");
    assertThat(missing.cause()).isEqualTo("de._netblocks.mimecast.com TXT");
    assertThat(missing.evidence()).containsEntry("missing", List.of("62.140.10.21/32"));
    assertThat(missing.message())
        .isEqualTo(
            "de._netblocks.mimecast.com publishes 62.140.10.21/32, which the allowlist gateway of contoso.test does not accept: mail from this network will be refused");
    assertThat(missing.remedy())
        .isEqualTo(
            "Add to gateway:\n62.140.10.21/32\nThe whole list for gateway:\n"
                + String.join("\n", NINE));
    assertThat(sources(judgement).getFirst())
        .containsEntry("name", "de._netblocks.mimecast.com")
        .containsEntry("published", NINE)
        .containsEntry("allowlist", eight)
        .containsEntry("missing", List.of("62.140.10.21/32"))
        .containsEntry("stale", List.of())
        .containsEntry("wider", List.of());
  }

  @Test
  void theRecordToWatchIsTheSetOfAddresses() {
    var whole =
        judge(
            domain(NINE, house("_spf.provider.test")),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 ~all");
    var halves =
        judge(
            domain(NINE, house("_spf.provider.test")),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.128/25 include:_x.test -all",
            "_x.test TXT v=spf1 ip4:192.0.2.0/25 -all");

    assertThat(whole.records())
        .containsExactly(
            Map.entry("_spf.provider.test SPF", "v=spf1 ip4:192.0.2.0/24 ~all"),
            Map.entry("_spf.provider.test netblocks", "192.0.2.0/24"));
    assertThat(halves.records())
        .containsExactly(
            Map.entry("_spf.provider.test SPF", "v=spf1 ip4:192.0.2.128/25 include:_x.test -all"),
            Map.entry("_spf.provider.test netblocks", "192.0.2.0/24"),
            Map.entry("_x.test SPF", "v=spf1 ip4:192.0.2.0/25 -all"));
  }

  @Test
  void anUndeclaredAllowlistIsNotCompared() {
    var domain =
        ManagedDomain.undeclared(CONTOSO).prescriptions(List.of(house("_spf.provider.test")));

    var judgement = judge(domain, "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(judgement.findings()).isEmpty();
    assertThat(sources(judgement).getFirst())
        .containsEntry("published", List.of("192.0.2.0/24"))
        .doesNotContainKeys("allowlist", "missing", "stale", "wider");
  }

  @Test
  void anEmptyAllowlistAcceptsAll() {
    var judgement =
        judge(
            domain(List.of(), house("_spf.provider.test")),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(violated(judgement)).isEqualTo("declared.allowlist-empty warning");
    assertThat(judgement.findings().getFirst().remedy())
        .isEqualTo("Enter this list in gateway:\n192.0.2.0/24");
    assertThat(sources(judgement).getFirst())
        .containsEntry("allowlist", List.of())
        .containsEntry("missing", List.of());
    assertThat(violated(judge(domain(List.of()), "other.test TXT x")))
        .isEqualTo("declared.allowlist-empty warning");
  }

  @Test
  void withExchangeOnlineAnEmptyAllowlistIsFilledWithAPlaceholder() {
    var domain = domain(List.of(), house("_spf.provider.test"));
    var exchange = domain.declared(domain.declared().exchangeOnline(true));

    assertThat(
            judge(exchange, "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all")
                .findings()
                .getFirst()
                .remedy())
        .endsWith("\n10.255.255.254");
  }

  @Test
  void anOwnServerThatIsDeclaredIsNoStrangerAndStaysInTheListToPaste() {
    var domain = domain(List.of("192.0.2.0/25", "203.0.113.7"), house("_spf.provider.test"));
    var own =
        domain.declared(domain.declared().outboundAddresses(List.of(Cidr.parse("203.0.113.7"))));

    var judgement = judge(own, "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(violated(judgement)).isEqualTo("netblocks.missing critical");
    assertThat(judgement.findings().getFirst().remedy()).endsWith("192.0.2.0/24\n203.0.113.7/32");
  }

  @Test
  void aPlaceholderIsRightWhereTheProviderGetsInByOtherMeans() {
    var microsoft =
        ProfileCatalog.builtIn()
            .named("microsoft365")
            .orElseThrow()
            .prescribe(CONTOSO, Map.of(), Role.MAILBOX);
    var published = "spf.protection.outlook.com TXT v=spf1 ip4:192.0.2.0/24 -all";

    assertThat(judge(domain(List.of("10.255.255.254"), microsoft), published).findings()).isEmpty();
    assertThat(
            violated(judge(domain(List.of("10.255.255.254", "203.0.113.7"), microsoft), published)))
        .isEqualTo("netblocks.missing critical, netblocks.stale warning");
  }

  /** Statements 2.11 and 2.12 of the onboarding guide: the list is for the others. */
  @Test
  void theExchangeIntegrationLetsExchangeOnlineInAndTheListIsForTheOthers() {
    var microsoft = ProfileCatalog.builtIn().named("microsoft365").orElseThrow();
    var mailbox = microsoft.prescribe(CONTOSO, Map.of(), Role.MAILBOX);
    var inbound = microsoft.prescribe(CONTOSO, Map.of(), Role.INBOUND);
    var own = List.of(Cidr.parse("203.0.113.7"));
    var published = "spf.protection.outlook.com TXT v=spf1 ip4:192.0.2.0/24 -all";
    var feed = feed(known("192.0.2.0/24", "198.51.100.0/24"));

    var right = fed(integrated(domain(List.of("203.0.113.7"), mailbox), own), feed, published);
    var undeclared =
        fed(integrated(domain(List.of("203.0.113.7"), mailbox), List.of()), feed, published);
    var foreign = fed(integrated(domain(List.of("203.0.113.7"), inbound), own), feed, published);

    assertThat(violated(right)).isEmpty();
    assertThat(sources(right))
        .allSatisfy(
            source ->
                assertThat(source)
                    .containsEntry("letInBy", "Exchange Online Integration")
                    .doesNotContainKeys("allowlistName", "missing"));
    assertThat(violated(undeclared)).isEqualTo("netblocks.stale warning");
    assertThat(undeclared.findings().getFirst().remedy())
        .isEqualTo(
            "Remove from gateway:\n203.0.113.7/32\nThe whole list for gateway:\n10.255.255.254");
    assertThat(violated(foreign))
        .isEqualTo("netblocks.missing critical, netblocks.missing warning");
  }

  private static ManagedDomain integrated(ManagedDomain domain, List<Cidr> own) {
    return domain.declared(domain.declared().exchangeOnline(true).outboundAddresses(own));
  }

  private static Netblocks.Known known(String... networks) {
    return new Netblocks.Known(
        DnsName.of("m365-endpoints"),
        Stream.of(networks).map(Cidr::parse).toList(),
        List.of(),
        List.of());
  }

  private static Prescription both() {
    return house("_spf.provider.test").feeds(List.of("m365-endpoints"));
  }

  @Test
  void theSpfRecordSpeaksForTheFeedBesideItAndTheFeedAloneWakesNobodyUp() {
    var published = "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all";
    var feed = feed(known("192.0.2.0/24", "198.51.100.0/24"));

    var little = fed(domain(List.of("192.0.2.0/25"), both()), feed, published);
    var much = fed(domain(List.of("192.0.2.0/24", "203.0.113.0/24"), both()), feed, published);

    assertThat(violated(little)).isEqualTo("netblocks.missing critical, netblocks.missing warning");
    assertThat(little.findings().get(0).evidence())
        .containsEntry("missing", List.of("192.0.2.128/25"));
    assertThat(little.findings().get(1).evidence())
        .containsEntry("missing", List.of("198.51.100.0/24"));
    assertThat(violated(much)).isEqualTo("netblocks.missing warning, netblocks.stale warning");
    assertThat(much.findings().get(1).subject()).isEqualTo("_spf.provider.test");
    assertThat(much.findings().get(1).cause()).isEqualTo("_spf.provider.test TXT");
  }

  @Test
  void aFeedThatWasNeverReadIsNotMissedWhereAnSpfRecordSaysTheSame() {
    var silent =
        feed(
            new Netblocks.Unseen(
                DnsName.of("m365-endpoints"),
                List.of(),
                List.of(new SpfTree.Unseen("the feed m365-endpoints Worldwide", "no route"))));
    var domain = domain(List.of("192.0.2.0/24", "203.0.113.0/24"), both());
    var published = "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all";
    var read =
        Context.at(NOW)
            .memory(
                record ->
                    Optional.of("203.0.113.0/24")
                        .filter(_ -> record.equals("m365-endpoints Worldwide netblocks"))
                        .map(last -> new Memory.Past(Optional.empty(), last, Optional.empty())));

    var never = fed(domain, silent, published);
    var once = fed(domain, silent, read, published);

    assertThat(violated(never)).isEqualTo("netblocks.stale warning");
    assertThat(never.gaps()).isEmpty();
    assertThat(never.hides(new Finding.Key("netblocks.missing", "m365-endpoints Worldwide")))
        .isTrue();
    assertThat(violated(once)).isEmpty();
    assertThat(hidden(once, "netblocks.stale", "_spf.provider.test")).isTrue();
  }

  @Test
  void eachRegionOfAProfileIsASourceOfItsOwn() {
    var cloud = ProfileCatalog.builtIn().named("seppmail-cloud").orElseThrow();
    var swiss = cloud.prescribe(CONTOSO, Map.of("region", "ch"), Role.GATEWAY);
    var german = cloud.prescribe(CONTOSO, Map.of("region", "de"), Role.GATEWAY);

    assertThat(judge(ManagedDomain.undeclared(CONTOSO).prescriptions(List.of(swiss))).records())
        .containsOnlyKeys("seppmail-cloud ch networks netblocks");
    var judgement =
        judge(domain(swiss.networks().stream().map(Cidr::toString).toList(), swiss, german));
    assertThat(judgement.findings())
        .extracting(Finding::subject)
        .containsExactly("seppmail-cloud de networks");
  }

  @Test
  void aTimeOutHidesTheSourceAndWhatNeedsAllSources() {
    var judgement =
        judge(
            domain(
                List.of("192.0.2.0/25", "203.0.113.0/24"),
                house("_spf.provider.test"),
                house("_spf.silent.test")),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all",
            "_spf.silent.test TXT timeout");

    assertThat(violated(judgement)).isEqualTo("netblocks.missing critical");
    assertThat(judgement.findings().getFirst().remedy())
        .isEqualTo("Add to gateway:\n192.0.2.128/25");
    assertThat(hidden(judgement, "netblocks.missing", "_spf.silent.test")).isTrue();
    assertThat(hidden(judgement, "netblocks.missing", "_spf.provider.test")).isFalse();
    assertThat(hidden(judgement, "netblocks.stale", "gateway")).isTrue();
    assertThat(hidden(judgement, "netblocks.wider", "gateway")).isTrue();
    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.records())
        .containsOnlyKeys("_spf.provider.test netblocks", "_spf.provider.test SPF");
    assertThat(sources(judgement).get(1))
        .containsEntry("outcome", "unobservable")
        .doesNotContainKey("published");
  }

  @Test
  void anUnseenBranchIsAGapAlthoughTheRestWasSeen() {
    var judgement =
        judge(
            domain(List.of("203.0.113.0/24"), house("_spf.provider.test")),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 include:_b.provider.test -all",
            "_b.provider.test TXT timeout");

    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.gaps().getFirst().unseen()).isEqualTo("_b.provider.test TXT");
    assertThat(judgement.gaps().getFirst().why())
        .isEqualTo("_b.provider.test TXT: timeout after 2s");
    assertThat(hidden(judgement, "netblocks.missing", "_spf.provider.test")).isTrue();
    assertThat(hidden(judgement, "netblocks.stale", "_spf.provider.test")).isTrue();
  }

  @Test
  void aSourceWithoutRecordDoesNotMakeTheListStale() {
    var judgement =
        judge(domain(List.of("192.0.2.0/24"), house("_spf.provider.test")), "other.test TXT x");

    assertThat(violated(judgement)).isEqualTo("netblocks.source warning");
    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judgement.records()).containsEntry("_spf.provider.test netblocks", "");
  }

  @Test
  void anEntryIsHeldAgainstAllSourcesTogether() {
    var judgement =
        judge(
            domain(
                List.of("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
                house("_spf.a.test"),
                house("_spf.b.test")),
            "_spf.a.test TXT v=spf1 ip4:192.0.2.0/24 -all",
            "_spf.b.test TXT v=spf1 ip4:198.51.100.0/25 -all");

    assertThat(violated(judgement)).isEqualTo("netblocks.stale warning, netblocks.wider info");
    assertThat(judgement.findings())
        .extracting(Finding::subject, Finding::cause)
        .containsOnly(org.assertj.core.groups.Tuple.tuple("gateway", "allowlist gateway"));
    assertThat(sources(judgement).get(0)).containsEntry("wider", List.of());
    assertThat(sources(judgement).get(1))
        .containsEntry("wider", List.of("198.51.100.0/24"))
        .containsEntry("stale", List.of("203.0.113.0/24"));
  }

  @Test
  void aWithdrawnRangeMayStayUntilTheDoubleRunEnds() {
    var domain = domain(List.of("192.0.2.0/24", "198.51.100.0/24"), house("_spf.provider.test"));
    var published = "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all";

    var fresh = judge(domain, gone("198.51.100.0/24", Duration.ofDays(29)), published);
    var over = judge(domain, gone("198.51.100.0/24", Duration.ofDays(30)), published);

    assertThat(violated(fresh)).isEqualTo("netblocks.stale info");
    assertThat(fresh.findings().getFirst().evidence())
        .containsEntry("stale", List.of("198.51.100.0/24"))
        .containsEntry("doubleRun", Map.of("198.51.100.0/24", "2026-11-22T17:00:00Z"));
    assertThat(fresh.findings().getFirst().message())
        .isEqualTo(
            "_spf.provider.test has withdrawn 198.51.100.0/24, which the allowlist gateway of contoso.test still accepts; remove before 2026-11-22T17:00:00Z");
    assertThat(violated(over)).isEqualTo("netblocks.stale warning");
  }

  @Test
  void aRangeThatIsGoneForTheFirstTimeWasPublishedUntilNow() {
    var domain = domain(List.of("192.0.2.0/24", "198.51.100.0/24"), house("_spf.provider.test"));
    var memory =
        Context.at(NOW)
            .memory(
                record ->
                    Optional.of("192.0.2.0/24, 198.51.100.0/24")
                        .filter(_ -> record.equals("_spf.provider.test netblocks"))
                        .map(last -> new Memory.Past(Optional.empty(), last, Optional.empty())));

    assertThat(
            violated(judge(domain, memory, "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all")))
        .isEqualTo("netblocks.stale info");
  }

  /** Exchange Online's feed, as somebody read it. */
  private static Judgement fed(ManagedDomain domain, Feeds feeds, String... lines) {
    return fed(domain, feeds, Context.at(NOW), lines);
  }

  private static Judgement fed(
      ManagedDomain domain, Feeds feeds, Context context, String... lines) {
    var dns = ListedDns.of(lines);
    var network =
        new Network() {
          @Override
          public Dns dns() {
            return dns;
          }

          @Override
          public Smtp smtp() {
            return dns.smtp();
          }

          @Override
          public Feeds feeds() {
            return feeds;
          }

          @Override
          public Deadline deadline() {
            return dns.deadline();
          }
        };
    return PROBE.judge(domain, PROBE.observe(domain, network), context);
  }

  private static Feeds feed(Netblocks networks) {
    return name ->
        Optional.of(new Feeds.Feed(name + " Worldwide", networks))
            .filter(_ -> name.equals("m365-endpoints"));
  }

  private static Prescription exchangeOnline() {
    return Prescription.of("house", "house", Role.GATEWAY).feeds(List.of("m365-endpoints"));
  }

  @Test
  void aFeedIsASourceLikeAnyOther() {
    var published =
        new Netblocks.Known(
            DnsName.of("m365-endpoints"),
            List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("198.51.100.0/24")),
            List.of(),
            List.of());

    var judgement = fed(domain(List.of("192.0.2.0/24"), exchangeOnline()), feed(published));

    assertThat(violated(judgement)).isEqualTo("netblocks.missing critical");
    assertThat(judgement.findings().getFirst().subject()).isEqualTo("m365-endpoints Worldwide");
    assertThat(judgement.findings().getFirst().cause()).isEqualTo("m365-endpoints Worldwide");
    assertThat(judgement.records())
        .containsEntry("m365-endpoints Worldwide netblocks", "192.0.2.0/24, 198.51.100.0/24");
    assertThat(fed(domain(List.of("192.0.2.0/24"), exchangeOnline()), Feeds.NONE).records())
        .isEmpty();
  }

  @Test
  void aFeedThatDoesNotAnswerHidesWhatNeedsItAndIsNeverAnEmptyList() {
    var silent =
        new Netblocks.Unseen(
            DnsName.of("m365-endpoints"),
            List.of(),
            List.of(new SpfTree.Unseen("the feed m365-endpoints Worldwide", "503")));
    var listed = domain(List.of("192.0.2.0/24"), exchangeOnline());
    var unlisted = ManagedDomain.undeclared(CONTOSO).prescriptions(List.of(exchangeOnline()));

    var needed = fed(listed, feed(silent));
    var idle = fed(unlisted, feed(silent));

    assertThat(violated(needed)).isEmpty();
    assertThat(needed.records()).isEmpty();
    assertThat(hidden(needed, "netblocks.missing", "m365-endpoints Worldwide")).isTrue();
    assertThat(hidden(needed, "netblocks.stale", "m365-endpoints Worldwide")).isTrue();
    assertThat(idle.gaps()).isEmpty();
    assertThat(idle.hides(new Finding.Key("netblocks.changed", "m365-endpoints Worldwide")))
        .isTrue();
  }

  @Test
  void whatAProfileListsItselfIsASourceAndAGuessOfItNoAlarm() {
    var listed =
        Prescription.of("house", "house", Role.GATEWAY)
            .networks(List.of(Cidr.parse("192.0.2.0/24")));

    var sure = judge(domain(List.of("198.51.100.0/24"), listed));
    var guessed = judge(domain(List.of("198.51.100.0/24"), listed.guessed(Set.of("networks"))));

    assertThat(violated(sure)).isEqualTo("netblocks.missing critical, netblocks.stale warning");
    assertThat(violated(guessed)).isEqualTo("netblocks.missing warning, netblocks.stale warning");
    assertThat(sure.findings().getFirst().subject()).isEqualTo("house networks");
    assertThat(sure.records()).containsEntry("house networks netblocks", "192.0.2.0/24");
  }

  @Test
  void aListOfPlaceholdersSaysThatNobodyMayRelay() {
    var judgement =
        judge(
            domain(List.of("10.255.255.254")),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(violated(judgement)).isEmpty();
    assertThat(judgement.facts())
        .containsEntry(
            "relaying",
            "nobody may relay: the allowlist gateway holds nothing but 10.255.255.254/32, where no mail comes from");
    assertThat(judge(domain(List.of("192.0.2.0/24"))).facts()).doesNotContainKey("relaying");
  }

  @Test
  void anEntryThatWasNeverPublishedIsStaleBesideOneThatWasWithdrawn() {
    var judgement =
        judge(
            domain(
                List.of("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
                house("_spf.provider.test")),
            gone("198.51.100.0/24", Duration.ofDays(1)),
            "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(violated(judgement)).isEqualTo("netblocks.stale warning");
    assertThat(judgement.findings().getFirst().evidence())
        .containsEntry("stale", List.of("203.0.113.0/24"))
        .containsKey("doubleRun");
    assertThat(sources(judgement).getFirst())
        .containsEntry("stale", List.of("198.51.100.0/24", "203.0.113.0/24"));
  }

  @Test
  void aListThatCouldNotBeReadIsAGap() {
    var unreadable =
        new Allowlist("gateway", List.of(), Duration.ofDays(30), Optional.of("https://… said 503"));
    var domain =
        ManagedDomain.undeclared(CONTOSO)
            .prescriptions(List.of(house("_spf.provider.test")))
            .allowlist(unreadable);

    var judgement = judge(domain, "_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "netblocks.missing", "_spf.provider.test")).isTrue();
    assertThat(hidden(judgement, "declared.allowlist-empty", "contoso.test")).isTrue();
    assertThat(judgement.records()).containsEntry("_spf.provider.test netblocks", "192.0.2.0/24");
  }

  @Test
  void aGuessedSourceWakesNobodyUp() {
    var jersey =
        ProfileCatalog.builtIn()
            .named("mimecast")
            .orElseThrow()
            .prescribe(CONTOSO, Map.of("region", "je"), Role.INBOUND);

    var judgement =
        judge(
            domain(List.of("10.255.255.254"), jersey),
            "je._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(judgement.findings().getFirst().severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void aSourceOfSeveralProfilesIsLookedAtOnce() {
    var dns = ListedDns.of("_spf.provider.test TXT v=spf1 ip4:192.0.2.0/24 -all");

    PROBE.observe(domain(List.of(), house("_spf.provider.test"), house("_spf.provider.test")), dns);

    assertThat(dns.asked()).hasSize(1);
  }

  @Test
  void withoutSourcesThereIsNothingToSay() {
    var judgement = judge(ManagedDomain.undeclared(CONTOSO), "contoso.test TXT x");

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts()).containsEntry("sources", List.of());
    assertThat(judge(domain(List.of("192.0.2.0/24")), "contoso.test TXT x").findings()).isEmpty();
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule ->
                assertThat(List.of(rule.why(), rule.reference(), rule.remedy(), rule.example()))
                    .doesNotContain(""));
  }

  @Test
  void inAMoveTheOtherStateSparesOnlyWhereItWasSeen() {
    var domain =
        domain(
            List.of("192.0.2.0/24"),
            house("_spf.provider.test").alternative(),
            house("_spf.old.test").alternative());
    var missing = "_spf.provider.test TXT v=spf1 ip4:198.51.100.0/24 -all";

    assertThat(violated(judge(domain, missing, "_spf.old.test TXT v=spf1 ip4:192.0.2.0/24 -all")))
        .isEmpty();
    assertThat(violated(judge(domain, missing, "_spf.old.test TXT v=spf1 ip4:203.0.113.0/24 -all")))
        .contains("netblocks.missing critical");
    var unseen = judge(domain, missing, "_spf.old.test TXT timeout");
    assertThat(violated(unseen)).isEmpty();
    assertThat(hidden(unseen, "netblocks.missing", "_spf.provider.test")).isTrue();
  }

  private static Judgement judge(ManagedDomain domain, String... lines) {
    return judge(domain, Context.at(NOW), lines);
  }

  private static Judgement judge(ManagedDomain domain, Context context, String... lines) {
    return PROBE.judge(domain, PROBE.observe(domain, ListedDns.of(lines)), context);
  }

  private static Context gone(String network, Duration ago) {
    return new Context(
        NOW, Map.of("_spf.provider.test", Map.of(Cidr.parse(network), NOW.minus(ago))));
  }

  private static ManagedDomain domain(List<String> accepted, Prescription... prescriptions) {
    return ManagedDomain.undeclared(CONTOSO)
        .prescriptions(Arrays.asList(prescriptions))
        .allowlist(Allowlist.of("gateway", accepted.stream().map(Cidr::parse).toList()));
  }

  private static Prescription house(String source) {
    return Profile.read("house", Map.of("netblocks", source))
        .profile()
        .orElseThrow()
        .prescribe(CONTOSO, Map.of(), Role.INBOUND);
  }

  private static Prescription mimecast() {
    return ProfileCatalog.builtIn()
        .named("mimecast")
        .orElseThrow()
        .prescribe(CONTOSO, Map.of("region", "de"), Role.INBOUND);
  }

  private static String violated(Judgement judgement) {
    return String.join(
        ", ",
        judgement.findings().stream()
            .map(finding -> finding.rule().id() + " " + finding.severity().word())
            .toList());
  }

  private static List<Map<String, Object>> sources(Judgement judgement) {
    var sources = new ArrayList<Map<String, Object>>();
    for (var source : (List<?>) requireNonNull(judgement.facts().get("sources"))) {
      var facts = new LinkedHashMap<String, Object>();
      ((Map<?, ?>) requireNonNull(source))
          .forEach((key, value) -> facts.put(key.toString(), value));
      sources.add(facts);
    }
    return sources;
  }

  private static boolean hidden(Judgement judgement, String rule, String subject) {
    return judgement.gaps().stream().anyMatch(gap -> gap.hides(new Finding.Key(rule, subject)));
  }
}
