package maildrift.monitor.digest;

import static maildrift.monitor.digest.Fixtures.FROM;
import static maildrift.monitor.digest.Fixtures.NOW;
import static maildrift.monitor.digest.Fixtures.change;
import static maildrift.monitor.digest.Fixtures.domain;
import static maildrift.monitor.digest.Fixtures.episode;
import static maildrift.monitor.digest.Fixtures.finding;
import static maildrift.monitor.digest.Fixtures.material;
import static maildrift.monitor.digest.Fixtures.probe;
import static maildrift.monitor.digest.Fixtures.state;
import static maildrift.monitor.digest.Fixtures.unseen;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Course;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Severity;
import maildrift.probes.domain.Waiver;
import org.junit.jupiter.api.Test;

class WritingTest {

  @Test
  void aQuietWeekIsShort() {
    assertThat(text(material(List.of(state(domain("quiet.test"), probe("spf", "{}"))))))
        .isEqualTo(
            """
            Contoso AG, 23 Nov to 30 Nov 2026, times in Europe/Berlin

            1 domain: 1 pass
            0 alerts fired and 0 ended; 0 record changes.

            Domains (1)
            -----------
            [pass] quiet.test

            All of it: https://maildrift.test/?tenant=contoso
            """);
  }

  @Test
  void aWeekIsToldFromTheWorstOn() {
    var text = text(week());

    assertThat(text)
        .isEqualTo(
            """
            Contoso AG, 23 Nov to 30 Nov 2026, times in Europe/Berlin

            3 domains: 1 fail, 1 unknown, 1 pass
            Last time: 1 warn, 2 pass
            2 alerts fired and 1 ended; 2 record changes.

            Domains (3)
            -----------
            [fail] contoso.test  (1 critical, 1 warning)
                netblocks.missing: 192.0.2.0/24 is not allowed
                spf.lookups: nine lookups
            [unknown] dark.test
            [pass] quiet.test

            Fires now (1)
            -------------
            [critical] netblocks.missing  (since Tue 24 Nov 07:00)
                192.0.2.0/24 is published but not allowed
                cause: de._netblocks.mimecast.test TXT
                domains: contoso.test, quiet.test

            Over since the last digest (1)
            ------------------------------
            [critical] mx.missing  (Fri 20 Nov 07:00 to Mon 23 Nov 08:00)
                192.0.2.0/24 is published but not allowed
                cause: de._netblocks.mimecast.test TXT
                domains: contoso.test
                ended: seen again

            Changes (2)
            -----------
            contoso.test MX  (Mon 30 Nov 06:00)
                old: 10 mx1.test
                new: 10 mx2.test
            quiet.test DMARC  (Mon 30 Nov 06:00)
                old: v=DMARC1; p=none
                there is none any more

            Trends (1)
            ----------
            [fail] contoso.test
                SPF lookups: 7 → 9 of 10
                findings: 1 → 2 (critical 0 → 1, warning 1 → 1)
                verdict: warn → fail

            Due within 30 days (5)
            ----------------------
            certificate of mx1.contoso.test expires  (Wed 2 Dec 01:00, in 1 day)
                domains: contoso.test
            waiver of spf.all-qualifier ends  (Sat 5 Dec 07:00, in 5 days)
                provider prescribes ?all
                domains: quiet.test
            silence ends  (Thu 10 Dec 07:00, in 10 days)
                domains: contoso.test
            mark certificate of contoso.test expires  (Tue 15 Dec 01:00, in 14 days)
                domains: contoso.test
            DKIM key in test mode  (no date)
                domains: contoso.test
                selectors: s1

            Could not be observed (1)
            -------------------------
            dark.test  (since Sun 29 Nov 07:00)
                tls: the MX hosts: SERVFAIL

            Not told (1)
            ------------
            [critical] netblocks.missing  (contoso.test)
                silenced, until Thu 10 Dec 07:00

            All of it: https://maildrift.test/?tenant=contoso
            """);
  }

  @Test
  void ofAThousandDomainsTwentyAreShownTheOthersCountedAndThePageLinked() {
    var states = new ArrayList<DomainState>();
    for (var i = 0; i < 1_000; i++) {
      states.add(state(domain("d%03d.test".formatted(i)), probe("spf", "{}")));
    }
    var episodes =
        states.stream()
            .map(
                one ->
                    episode(
                        one.domain().name().toString(),
                        "netblocks.missing",
                        FROM.plusSeconds(60),
                        Optional.empty()))
            .toList();
    var material = material(states, episodes, List.of(), Figures.NONE);

    assertThat(text(material))
        .contains(
            "Domains (1000)",
            "[pass] d019.test",
            "and 980 more: https://maildrift.test/?tenant=contoso")
        .contains("Fires now (1)", "d019.test, and 980 more")
        .doesNotContain("d020.test");
    assertThat(Written.of(material).html().length()).isLessThan(60_000);
  }

  @Test
  void whatStrangersWroteIsTextInTextAndInHtml() {
    var hostile = "<script>alert(1)</script> \u001b[31m \u202e \r\nBcc: a@b.test \"><img src=x>";
    var material =
        material(
            List.of(state(domain("a.test"), probe("spf", "{}"))),
            List.of(),
            List.of(change("a.test", "a.test SPF", hostile, hostile)),
            Figures.NONE);

    assertThat(text(material)).doesNotContain("\u001b", "\u202e", "\r", "\nBcc").contains("\\x1b");
    assertThat(Written.of(material).html())
        .doesNotContain("<script>alert", "<img", "\u001b", "\u202e")
        .contains("&lt;script&gt;");
    assertThat(Written.of(material).subject()).doesNotContain("\r", "\n");
  }

  @Test
  void theSubjectSaysWhoWhenAndHowItIs() {
    assertThat(Written.of(week()).subject())
        .isEqualTo(
            "maildrift digest for Contoso AG, 23 Nov to 30 Nov 2026:"
                + " 3 domains: 1 fail, 1 unknown, 1 pass");
  }

  @Test
  void theHtmlSaysWhatTheTextSays() {
    var html = Written.of(week()).html();

    assertThat(html)
        .contains("Contoso AG", "netblocks.missing", "10 mx1.test", "SPF lookups", "7 → 9 of 10")
        .contains("https://maildrift.test/?tenant=contoso")
        .doesNotContain("<script", "<img", "http://");
  }

  @Test
  void figuresAreReadBackAndNonsenseIsNone() {
    var figures = Figures.of(week().states());

    assertThat(Figures.parse(figures.toJson())).isEqualTo(figures);
    assertThat(Figures.parse("never")).isEqualTo(Figures.NONE);
  }

  /** A week in which something of everything happened. */
  private static Material week() {
    var contoso =
        state(
            domain("contoso.test"),
            probe(
                "spf", "{\"lookups\":9}", finding("spf.lookups", Severity.WARNING, "nine lookups")),
            probe(
                "netblocks",
                "{}",
                finding("netblocks.missing", Severity.CRITICAL, "192.0.2.0/24 is not allowed")),
            probe(
                "tls",
                "{\"hosts\":[{\"host\":\"mx1.contoso.test\",\"notAfter\":\"2026-12-02T00:00:00Z\"},"
                    + "{\"host\":\"mx2.contoso.test\",\"notAfter\":\"2027-12-01T00:00:00Z\"}]}"),
            probe("bimi", "{\"certificate\":{\"notAfter\":\"2026-12-15T00:00:00Z\"}}"),
            probe(
                "dkim",
                "{\"selectors\":[{\"selector\":\"s1\",\"testing\":true},"
                    + "{\"selector\":\"s2\",\"testing\":false}]}"));
    var quiet =
        state(
            domain(
                "quiet.test",
                new Waiver(
                    "spf.all-qualifier",
                    Optional.of(NOW.plus(Duration.ofDays(5))),
                    "provider prescribes ?all")),
            probe("spf", "{\"lookups\":3}"));
    var dark = state(domain("dark.test"), unseen("tls", "the MX hosts", "SERVFAIL"));
    var silence =
        new Silence(
            "s1",
            List.of(Matcher.equal("domain", "contoso.test")),
            NOW.minusSeconds(60),
            NOW.plus(Duration.ofDays(10)),
            "alice",
            "until the move");
    var labels =
        Labels.of(
            Map.of(
                "alertname",
                "netblocks.missing",
                "domain",
                "contoso.test",
                "severity",
                "critical"));
    var alert =
        new Alert(
            labels,
            new TreeMap<>(),
            Alert.Phase.FIRING,
            0,
            0,
            FROM,
            FROM,
            Optional.empty(),
            Course.STRAIGHT);
    var day = Duration.ofDays(1);
    var before = new TreeMap<String, Figures.Of>();
    before.put("contoso.test", new Figures.Of("warn", Optional.of(7), 0, 1, 0));
    before.put("quiet.test", new Figures.Of("pass", Optional.of(3), 0, 0, 0));
    before.put("gone.test", new Figures.Of("pass", Optional.empty(), 0, 0, 0));
    return new Material(
        Fixtures.CONTOSO,
        FROM,
        NOW,
        Fixtures.BERLIN,
        List.of(contoso, quiet, dark),
        List.of(
            episode("contoso.test", "netblocks.missing", FROM.plus(day), Optional.empty()),
            episode("quiet.test", "netblocks.missing", FROM.plus(day), Optional.empty()),
            episode(
                "contoso.test",
                "mx.missing",
                FROM.minus(day.multipliedBy(3)),
                Optional.of(FROM.plusSeconds(3_600)))),
        List.of(
            change("contoso.test", "contoso.test MX", "10 mx1.test", "10 mx2.test"),
            change("quiet.test", "quiet.test DMARC", "v=DMARC1; p=none", "")),
        List.of(
            new Material.Muted(
                alert,
                List.of(
                    new Mutes.Why.Silenced(
                        "s1", "alice", "until the move", NOW.plus(Duration.ofDays(10)))))),
        List.of(silence),
        new Figures(before),
        "https://maildrift.test");
  }

  private static String text(Material material) {
    return Written.of(material).text();
  }
}
