package maildrift.probes.mx;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Role;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MxProbeTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final MxProbe PROBE = new MxProbe();

  /** Two hosts of a provider that nothing is wrong with; addresses in no documentation range. */
  private static final String[] PROVIDER = {
    "mx1.provider.test A 62.140.7.1",
    "mx1.provider.test AAAA 2a01:111::1",
    "mx2.provider.test A 62.140.9.2",
    "mx2.provider.test AAAA 2a01:222::2",
  };

  // Scenarios: the zone's lines, and the rules that they violate with severity and subject; no
  // others.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          contoso.test MX 10 mx1.provider.test; contoso.test MX 10 mx2.provider.test |
          contoso.test MX 10 mx1.provider.test | mx.single info contoso.test
          contoso.test TXT x | mx.present critical contoso.test
          www.other.test A 62.140.7.1 | mx.nxdomain critical contoso.test, mx.present critical contoso.test
          contoso.test A 62.140.7.1 | mx.present warning contoso.test
          contoso.test MX 0 .; contoso.test A 62.140.7.1 |
          contoso.test MX 0 . | mx.null info contoso.test
          contoso.test MX 0 .; contoso.test MX 10 mx1.provider.test; contoso.test MX 10 mx2.provider.test | mx.null critical contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mail.contoso.test; mail.contoso.test CNAME mx2.provider.test | mx.cname critical mail.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 192.0.2.25 | mx.ip-literal critical 192.0.2.25
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mail | mx.ip-literal critical mail
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 gone.provider.test | mx.resolves warning gone.provider.test
          contoso.test MX 10 gone1.provider.test; contoso.test MX 20 gone2.provider.test | mx.resolves critical gone1.provider.test, mx.resolves critical gone2.provider.test
          contoso.test MX 10 gone.provider.test; contoso.test MX 20 mail | mx.resolves critical gone.provider.test, mx.ip-literal critical mail
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 in.contoso.test; in.contoso.test A 192.168.1.25 | mx.private critical in.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 in.contoso.test; in.contoso.test A 62.140.7.3; in.contoso.test AAAA fd00::25 | mx.private critical in.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 in.contoso.test; in.contoso.test A 127.0.0.1 | mx.private critical in.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 in.contoso.test; in.contoso.test A 192.0.2.1 | mx.private critical in.contoso.test
          contoso.test MX 10 in.contoso.test; in.contoso.test A 62.140.7.3; in.contoso.test A 62.140.7.4 | mx.ipv6 info contoso.test
          contoso.test MX 10 in.contoso.test; in.contoso.test A 62.140.7.3 | mx.ipv6 info contoso.test, mx.single info contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mx2.provider.test.contoso.test | mx.trailing-dot critical mx2.provider.test.contoso.test, mx.resolves warning mx2.provider.test.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mx.mail-connect.net.contoso.test | mx.trailing-dot critical mx.mail-connect.net.contoso.test, mx.resolves warning mx.mail-connect.net.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mail.contoso.test.contoso.test; contoso.test.contoso.test A 62.140.7.3; mail.contoso.test.contoso.test A 62.140.8.3 | mx.trailing-dot critical mail.contoso.test.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 a.prod.net.contoso.test; a.prod.net.contoso.test A 62.140.8.3 |
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 gone.contoso.test | mx.resolves warning gone.contoso.test
          contoso.test MX 10 .; contoso.test A 62.140.7.1 | mx.null warning contoso.test
          contoso.test MX 10 a.one.test; contoso.test MX 20 b.one.test; a.one.test A 62.140.7.3; b.one.test A 62.140.7.4; a.one.test AAAA 2a01:111::3 | mx.dup-subnet info contoso.test
          contoso.test MX 10 a.one.test; contoso.test MX 20 b.one.test; a.one.test A 62.140.7.3; b.one.test A 62.140.8.4; a.one.test AAAA 2a01:111::3 |
          contoso.test MX 10 a.one.test; contoso.test MX 20 b.one.test; a.one.test AAAA 2a01:111::3; b.one.test AAAA 2a01:111:0:9::3; b.one.test A 62.140.8.4 | mx.dup-subnet info contoso.test
          contoso.test MX 10 a.one.test; contoso.test MX 20 b.one.test; a.one.test A 192.168.7.3; b.one.test A 192.168.7.4; a.one.test AAAA 2a01:111::3 | mx.private critical a.one.test, mx.private critical b.one.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mx.dead.test | mx.resolves warning mx.dead.test, dns.takeover critical mx.dead.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mail.contoso.test; mail.contoso.test CNAME mx.dead.test | mx.resolves warning mail.contoso.test, mx.cname critical mail.contoso.test, dns.takeover critical mail.contoso.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mx.dead.test; dead.test NS ns.dead.test | mx.resolves warning mx.dead.test
          contoso.test MX 10 mx1.provider.test; contoso.test MX 20 mx.dead.test; www.dead.test A 62.140.7.9 | mx.resolves warning mx.dead.test
          """)
  void judgesWhatIsPublished(String zone, @Nullable String violated) {
    var judgement = judge(ManagedDomain.undeclared(CONTOSO), zone.split("; ", -1));

    assertThat(violated(judgement)).isEqualTo(rules(violated));
    assertThat(judgement.gaps()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          10 mx1.provider.test, 10 mx2.provider.test |
          5 mx2.provider.test, 50 MX1.provider.test |
          10 mx1.provider.test | mx.missing critical mx2.provider.test
          10 mx1.provider.test, 10 mx2.provider.test, 20 mx.old.test | mx.extra critical mx.old.test
          10 mx1.provider.test, 20 mx.old.test | mx.missing critical mx2.provider.test, mx.extra critical mx.old.test
          0 . | mx.missing critical mx1.provider.test, mx.missing critical mx2.provider.test, mx.null critical contoso.test
          10 mx1.provider.test, 10 mx2.provider.test.contoso.test | mx.missing critical mx2.provider.test, mx.extra critical mx2.provider.test.contoso.test, mx.trailing-dot critical mx2.provider.test.contoso.test, mx.resolves warning mx2.provider.test.contoso.test
          """)
  void comparesTheSetWithTheInboundProfile(String published, @Nullable String violated) {
    var domain = inbound(own(List.of("mx1.provider.test", "mx2.provider.test")));

    var judgement = judge(domain, (mx(published) + "; mx.old.test A 62.140.7.9").split("; ", -1));

    assertThat(violated(judgement)).isEqualTo(rules(violated));
    assertThat(judgement.facts())
        .containsEntry("matchesProfile", violated == null)
        .containsEntry("profile", "house");
  }

  /** Google's two sets at once: no mail goes past it, but nobody wants it so. */
  @Test
  void aMixtureOfSetsIsAWarning() {
    var legacy =
        "1 aspmx.l.google.com, 5 alt1.aspmx.l.google.com, 5 alt2.aspmx.l.google.com, 10 alt3.aspmx.l.google.com, 10 alt4.aspmx.l.google.com";
    var oldest =
        "1 aspmx.l.google.com, 5 alt1.aspmx.l.google.com, 5 alt2.aspmx.l.google.com, 10 aspmx2.googlemail.com, 10 aspmx3.googlemail.com";

    assertThat(compared("google-workspace", legacy)).isEmpty();
    assertThat(compared("google-workspace", oldest)).isEmpty();
    assertThat(compared("google-workspace", "1 smtp.google.com")).isEmpty();
    assertThat(compared("google-workspace", "1 smtp.google.com, " + legacy))
        .containsExactly(Map.entry("mx.extra smtp.google.com", "warning"));
    assertThat(compared("google-workspace", legacy + ", 10 aspmx2.googlemail.com"))
        .containsExactly(Map.entry("mx.extra aspmx2.googlemail.com", "warning"));
    assertThat(compared("google-workspace", "1 smtp.google.com, 20 mx.stranger.test"))
        .containsExactly(Map.entry("mx.extra mx.stranger.test", "critical"));
    assertThat(
            compared(
                "microsoft365",
                "0 contoso-test.x-v1.mx.microsoft, 30 contoso-test.mail.protection.outlook.com"))
        .containsExactly(Map.entry("mx.extra contoso-test.x-v1.mx.microsoft", "warning"));
  }

  @Test
  void someProvidersGiveSeveralHostsOfOnePattern() {
    var one = "10 d1a.ess.barracudanetworks.com";

    assertThat(compared("barracuda", one)).isEmpty();
    assertThat(compared("barracuda", one + ", 20 d1b.ess.barracudanetworks.com")).isEmpty();
    assertThat(compared("barracuda", one + ", 20 d1b.ess.de.barracudanetworks.com"))
        .containsExactly(Map.entry("mx.extra d1b.ess.de.barracudanetworks.com", "critical"));
    assertThat(compared("barracuda", "10 mx.stranger.test"))
        .containsOnlyKeys("mx.extra mx.stranger.test", "mx.missing *.ess.barracudanetworks.com");
  }

  /** What the comparison with the profile violates. */
  private static Map<String, String> compared(String profile, String published) {
    var domain =
        prescribed(profile, profile.equals("barracuda") ? Map.of("region", "us") : Map.of());
    var violated = new TreeMap<>(violated(judge(domain, mx(published).split("; ", -1))));
    violated
        .keySet()
        .removeIf(rule -> !rule.startsWith("mx.extra") && !rule.startsWith("mx.missing"));
    return violated;
  }

  @Test
  void aRegistryThatDoesNotAnswerHidesOnlyWhoMayTakeTheNameOver() {
    var gone = new Answer.NoSuchName(List.of(), Duration.ofMinutes(5), "list", false);
    var dead = DnsName.of("mx.dead.test");
    var seen =
        new MxSeen(
            new Answer.Found(
                List.of(new Rdata.Mx(10, dead)), List.of(), Duration.ofMinutes(5), "list", false),
            Map.of(dead, new MxSeen.Host(gone, gone, Map.of())),
            Optional.empty(),
            false,
            Map.of(
                DnsName.of("dead.test"),
                new Answer.Unanswered(Answer.Failure.TIMEOUT, "timeout after 2s", "list")));

    var judgement = judge(seen, ManagedDomain.undeclared(CONTOSO));

    assertThat(judgement.findings())
        .extracting(found -> found.rule().id())
        .containsExactly("mx.resolves");
    assertThat(judgement.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.hides(new Finding.Key("dns.takeover", "mx.dead.test"))).isTrue();
              assertThat(gap.hides(new Finding.Key("mx.resolves", "mx.dead.test"))).isFalse();
            });
  }

  @Test
  void theRegistryIsAskedOnlyForAHostThatIsNot() {
    var dns =
        ListedDns.of(PROVIDER)
            .add("contoso.test MX 10 mx1.provider.test")
            .add("contoso.test MX 20 mx2.provider.test");
    PROBE.observe(ManagedDomain.undeclared(CONTOSO), dns);

    assertThat(dns.asked()).noneMatch(question -> question.type() == RecordType.NS);
  }

  @Test
  void everyHostIsNamedWithTheLinesToPaste() {
    var domain = inbound(own(List.of("10 mx1.provider.test", "20 mx2.provider.test")));

    var judgement = judge(domain, mx("10 mx1.provider.test, 15 mx.old.test").split("; ", -1));

    var missing = finding(judgement, "mx.missing");
    assertThat(missing.message())
        .isEqualTo(
            "contoso.test does not name mx2.provider.test as MX, which house prescribes: mail does not reach it there");
    assertThat(missing.cause()).isEqualTo("contoso.test MX");
    assertThat(missing.evidence())
        .containsEntry("expected", List.of("10 mx1.provider.test", "20 mx2.provider.test"))
        .containsEntry("published", List.of("10 mx1.provider.test", "15 mx.old.test"));
    assertThat(missing.remedy())
        .isEqualTo(
            """
            Publish exactly:
            contoso.test. IN MX 10 mx1.provider.test.
            contoso.test. IN MX 20 mx2.provider.test.""");
    assertThat(finding(judgement, "mx.extra").remedy())
        .endsWith("Remove:\ncontoso.test. IN MX 15 mx.old.test.");
  }

  @Test
  void aPreferenceIsComparedOnlyWhereOneIsPrescribed() {
    var domain = inbound(own(List.of("10 mx1.provider.test", "mx2.provider.test")));

    var judgement = judge(domain, mx("20 mx1.provider.test, 30 mx2.provider.test").split("; ", -1));

    assertThat(violated(judgement)).isEqualTo(rules("mx.preference info mx1.provider.test"));
    assertThat(finding(judgement, "mx.preference").message())
        .isEqualTo("mx1.provider.test has the preference 20 at contoso.test; house prescribes 10");
    assertThat(finding(judgement, "mx.preference").remedy())
        .contains("contoso.test. IN MX 10 mx1.provider.test.\ncontoso.test. IN MX 30 mx2");
  }

  @Test
  void aMixtureOfSetsIsHeldAgainstTheClosest() {
    var google = prescribed("google-workspace", Map.of());

    var mixture = judge(google, mx("1 smtp.google.com, 10 aspmx.l.google.com").split("; ", -1));
    var legacy =
        judge(
            google,
            mx("1 aspmx.l.google.com, 5 alt1.aspmx.l.google.com, 5 alt2.aspmx.l.google.com, 10 alt3.aspmx.l.google.com")
                .split("; ", -1));

    assertThat(violated(mixture)).containsEntry("mx.extra aspmx.l.google.com", "warning");
    assertThat(violated(mixture)).doesNotContainKey("mx.missing alt1.aspmx.l.google.com");
    assertThat(violated(legacy)).containsEntry("mx.missing alt4.aspmx.l.google.com", "critical");
    assertThat(violated(legacy)).doesNotContainKey("mx.extra aspmx.l.google.com");
  }

  @Test
  void bothFormsOfMicrosoftsNamesAreRight() {
    var microsoft = prescribed("microsoft365", Map.of());
    for (var host :
        List.of("contoso-test.mail.protection.outlook.com", "contoso-test.n-v1.mx.microsoft")) {
      var judgement =
          judge(
              microsoft,
              "contoso.test MX 0 " + host,
              host + " A 62.140.7.1",
              host + " AAAA 2a01:111::1");

      assertThat(judgement.findings()).isEmpty();
    }
    var other = judge(microsoft, "contoso.test MX 0 fabrikam-test.mail.protection.outlook.com");

    assertThat(violated(other))
        .containsEntry("mx.missing contoso-test.mail.protection.outlook.com", "critical")
        .containsEntry("mx.extra fabrikam-test.mail.protection.outlook.com", "critical");
  }

  @Test
  void aPatternIsShownWhereTheNameIsNotKnown() {
    var domain = inbound(own(List.of("*.cell.provider.test")));

    assertThat(finding(judge(domain, "contoso.test TXT x"), "mx.missing").remedy())
        .isEqualTo(
            "Publish exactly:\ncontoso.test. IN MX 10 … ; the name that the provider shows, like *.cell.provider.test");
  }

  @Test
  void aGuessedSetWakesNobodyUp() {
    var canada = prescribed("mimecast", Map.of("region", "ca"));

    var judgement = judge(canada, mx("10 mx1.provider.test, 10 mx2.provider.test").split("; ", -1));

    assertThat(violated(judgement)).containsEntry("mx.extra mx1.provider.test", "warning");
    assertThat(violated(judgement))
        .containsEntry("mx.missing ca-smtp-inbound-1.mimecast.com", "warning");
  }

  @Test
  void oneHostIsEnoughWhereTheProviderWantsOne() {
    var domain = inbound(own(List.of("mx1.provider.test")));

    assertThat(judge(domain, "contoso.test MX 10 mx1.provider.test").findings()).isEmpty();
  }

  @Test
  void theFactsNameHostsAddressesAndReverseNames() {
    var judgement =
        judge(
            ManagedDomain.undeclared(CONTOSO),
            "contoso.test MX 20 mx2.provider.test",
            "contoso.test MX 10 mx1.provider.test",
            "1.7.140.62.in-addr.arpa PTR mx1.provider.test",
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.1.1.0.1.0.a.2.ip6.arpa PTR mx1.provider.test",
            "2.7.140.62.in-addr.arpa PTR timeout");

    assertThat(judgement.outcome()).isEqualTo(Outcome.OBSERVED);
    assertThat(judgement.facts())
        .containsEntry("nullMx", false)
        .containsEntry(
            "hosts",
            List.of(
                Map.of(
                    "host",
                    "mx1.provider.test",
                    "preference",
                    10,
                    "addresses",
                    List.of("62.140.7.1", "2a01:111::1"),
                    "reverse",
                    List.of("mx1.provider.test")),
                Map.of(
                    "host",
                    "mx2.provider.test",
                    "preference",
                    20,
                    "addresses",
                    List.of("62.140.9.2", "2a01:222::2"),
                    "reverse",
                    List.of())));
    assertThat(judgement.records())
        .containsExactly(
            Map.entry("contoso.test MX", "10 mx1.provider.test, 20 mx2.provider.test"));
    assertThat(judgement.gaps()).isEmpty();
  }

  @Test
  void withoutMxTheDomainItselfIsTheHost() {
    var judgement = judge(ManagedDomain.undeclared(CONTOSO), "contoso.test A 62.140.7.1");

    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(judgement.facts())
        .containsEntry("implicit", true)
        .containsEntry(
            "hosts",
            List.of(
                Map.of(
                    "host",
                    "contoso.test",
                    "preference",
                    0,
                    "addresses",
                    List.of("62.140.7.1"),
                    "reverse",
                    List.of())));
    assertThat(judgement.records()).containsEntry("contoso.test MX", "");
  }

  @Test
  void aTimeOutIsAGapAndNotAMissingRecord() {
    var domain = inbound(own(List.of("mx1.provider.test")));

    var judgement = judge(domain, "contoso.test MX timeout");

    assertThat(judgement.outcome()).isEqualTo(Outcome.UNOBSERVABLE);
    assertThat(judgement.findings()).isEmpty();
    assertThat(judgement.records()).isEmpty();
    assertThat(judgement.gaps())
        .containsExactly(Gap.of("mx", "contoso.test MX", "timeout after 2s", "mx."));
    assertThat(Verdict.of(judgement.findings(), judgement.gaps())).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void anUnseenHostHidesItselfAndNoOther() {
    var judgement =
        judge(
            ManagedDomain.undeclared(CONTOSO),
            "contoso.test MX 10 gone.provider.test",
            "contoso.test MX 20 silent.provider.test",
            "silent.provider.test A timeout",
            "silent.provider.test AAAA timeout");

    assertThat(violated(judgement)).isEqualTo(rules("mx.resolves warning gone.provider.test"));
    assertThat(hidden(judgement, "mx.resolves", "silent.provider.test")).isTrue();
    assertThat(hidden(judgement, "mx.cname", "silent.provider.test")).isTrue();
    assertThat(hidden(judgement, "mx.private", "silent.provider.test")).isTrue();
    assertThat(hidden(judgement, "mx.ipv6", "contoso.test")).isTrue();
    assertThat(hidden(judgement, "mx.resolves", "gone.provider.test")).isFalse();
    assertThat(hidden(judgement, "mx.missing", "mx1.provider.test")).isFalse();
    assertThat(hidden(judgement, "mx.present", "contoso.test")).isFalse();
  }

  @Test
  void oneUnseenFamilyHidesOnlyWhatNeededIt() {
    var judgement =
        judge(
            ManagedDomain.undeclared(CONTOSO),
            "contoso.test MX 10 half.provider.test",
            "half.provider.test A 62.140.7.1",
            "half.provider.test AAAA timeout");

    assertThat(judgement.findings()).isEmpty();
    assertThat(hidden(judgement, "mx.private", "half.provider.test")).isTrue();
    assertThat(hidden(judgement, "mx.resolves", "half.provider.test")).isFalse();
    assertThat(hidden(judgement, "mx.cname", "half.provider.test")).isFalse();
    assertThat(hidden(judgement, "mx.ipv6", "contoso.test")).isTrue();
    assertThat(hidden(judgement, "mx.single", "contoso.test")).isTrue();
  }

  @Test
  void thatThereIsNoMxIsCertainWhenOnlyTheAddressIsUnseen() {
    var judgement =
        judge(ManagedDomain.undeclared(CONTOSO), "contoso.test TXT x", "contoso.test A timeout");

    assertThat(violated(judgement)).isEqualTo(rules("mx.present warning contoso.test"));
    assertThat(judgement.gaps()).hasSize(1);
    assertThat(hidden(judgement, "mx.present", "contoso.test")).isFalse();
  }

  @Test
  void privateAddressesAreOnlyNotedWhereTheOperatorMeansThem() {
    var dns =
        ListedDns.of(
                "contoso.test MX 10 mx.contoso.test",
                "mx.contoso.test A 127.0.0.25",
                "mx.contoso.test A 127.0.0.26",
                "mx.contoso.test AAAA ::1")
            .allowPrivate();
    var domain = ManagedDomain.undeclared(CONTOSO);

    assertThat(violated(judge(PROBE.observe(domain, dns), domain)))
        .isEqualTo(rules("mx.private info mx.contoso.test"));
  }

  @Test
  void hostsAreAskedForInOneRoundAndReverseNamesInAnother() {
    var dns =
        ListedDns.of(PROVIDER)
            .add("contoso.test MX 10 mx1.provider.test")
            .add("contoso.test MX 10 mx2.provider.test");

    PROBE.observe(ManagedDomain.undeclared(CONTOSO), dns);

    assertThat(dns.rounds()).isEqualTo(3);
    assertThat(dns.asked()).hasSize(1 + 4 + 4);
  }

  @Test
  void aHostileZoneIsBounded() {
    var dns = new ArrayList<String>();
    for (var i = 0; i < 200; i++) {
      dns.add("contoso.test MX %d mx%d.contoso.test".formatted(i, i));
      dns.add("mx%d.contoso.test A 62.140.7.%d".formatted(i, i % 100));
    }
    for (var i = 0; i < 200; i++) {
      dns.add("mx0.contoso.test A 62.140.8.%d".formatted(i));
    }
    var listed = ListedDns.of(dns.toArray(String[]::new));

    var seen = PROBE.observe(ManagedDomain.undeclared(CONTOSO), listed);
    var judgement = judge(seen, ManagedDomain.undeclared(CONTOSO));

    assertThat(listed.asked().stream().filter(q -> q.type() == RecordType.A)).hasSize(20);
    assertThat(listed.asked().stream().filter(q -> q.type() == RecordType.PTR)).hasSize(27);
    assertThat(hidden(judgement, "mx.resolves", "mx30.contoso.test")).isTrue();
    assertThat(hidden(judgement, "mx.resolves", "mx3.contoso.test")).isFalse();
  }

  @Test
  void anAddressIsLookedUpBackwards() {
    assertThat(ReverseName.of(InetAddress.ofLiteral("192.0.2.25")))
        .hasToString("25.2.0.192.in-addr.arpa");
    assertThat(ReverseName.of(InetAddress.ofLiteral("2001:db8::25")))
        .hasToString("5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  }

  @Test
  void everyRuleIsExplained() {
    assertThat(PROBE.rules())
        .allSatisfy(
            rule -> {
              assertThat(rule.why()).isNotEmpty();
              assertThat(rule.reference()).isNotEmpty();
              assertThat(rule.remedy()).isNotEmpty();
              assertThat(rule.example()).isNotEmpty();
            });
  }

  private static String mx(String published) {
    return String.join(
        "; ", Arrays.stream(published.split(", ", -1)).map(mx -> "contoso.test MX " + mx).toList());
  }

  private static Judgement judge(ManagedDomain domain, String... lines) {
    var dns = ListedDns.of(PROVIDER);
    for (var line : lines) {
      dns.add(line);
    }
    return judge(PROBE.observe(domain, dns), domain);
  }

  private static Judgement judge(MxSeen seen, ManagedDomain domain) {
    return PROBE.judge(domain, seen, Context.at(Instant.parse("2026-11-21T17:00:00Z")));
  }

  private static Profile own(List<String> mx) {
    return Profile.read("house", Map.of("mx", mx)).profile().orElseThrow();
  }

  private static ManagedDomain inbound(Profile profile) {
    return ManagedDomain.undeclared(CONTOSO)
        .prescriptions(List.of(profile.prescribe(CONTOSO, Map.of(), Role.INBOUND)));
  }

  private static ManagedDomain prescribed(String profile, Map<String, String> parameters) {
    return ManagedDomain.undeclared(CONTOSO)
        .prescriptions(
            List.of(
                ProfileCatalog.builtIn()
                    .named(profile)
                    .orElseThrow()
                    .prescribe(CONTOSO, parameters, Role.INBOUND)));
  }

  private static Map<String, String> violated(Judgement judgement) {
    return judgement.findings().stream()
        .collect(
            toMap(
                finding -> finding.rule().id() + " " + finding.subject(),
                finding -> finding.severity().word(),
                (a, b) -> a + " and " + b,
                TreeMap::new));
  }

  /** {@code mx.missing critical mx2.provider.test, …}. */
  private static Map<String, String> rules(@Nullable String text) {
    var rules = new TreeMap<String, String>();
    if (text != null) {
      for (var each : text.split(", ", -1)) {
        var words = each.split(" ", -1);
        assertThat(Arrays.stream(Severity.values()).map(Severity::word)).contains(words[1]);
        rules.put(words[0] + " " + words[2], words[1]);
      }
    }
    return rules;
  }

  private static Finding finding(Judgement judgement, String rule) {
    return judgement.findings().stream()
        .filter(finding -> finding.rule().id().equals(rule))
        .findFirst()
        .orElseThrow();
  }

  private static boolean hidden(Judgement judgement, String rule, String subject) {
    return judgement.gaps().stream().anyMatch(gap -> gap.hides(new Finding.Key(rule, subject)));
  }
}
