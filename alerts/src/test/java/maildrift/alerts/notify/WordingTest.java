package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.Visible;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordingTest {

  @Test
  void theTextSaysCauseChangeDamageDomainsAndWhatToPaste() {
    assertThat(Wording.of(Samples.netblocks(3)).text())
        .isEqualTo(
            """
            Cause: de._netblocks.mimecast.test TXT
            Hits: 3 domains of contoso
            Since: 2026-11-21 17:00 UTC
            All of it: https://maildrift.test/alerts?cause=de._netblocks.mimecast.test+TXT

            FIRING netblocks.missing (critical) since 2026-11-21 17:00 UTC
              What is wrong:
                192.0.2.0/24 is published but not allowed
              What changed:
                + 192.0.2.0/24
              What it breaks:
                mail from there is refused
              Domains (3):
                d0.test, d1.test, d2.test
              Tenant:
                contoso
              What to do:
                add this line:
                192.0.2.0/24

            RESOLVED netblocks.missing (critical) over after 10 min (2026-11-21 17:00 UTC to 2026-11-21 17:10 UTC)
              What was wrong:
                192.0.2.0/24 is published but not allowed
              What had changed:
                + 192.0.2.0/24
              Domain:
                mended.test
              Tenant:
                contoso
            """);
  }

  @Test
  void ofManyDomainsTwentyAreNamedAndTheOthersCounted() {
    assertThat(Wording.of(Samples.netblocks(300)).text())
        .contains("Domains (300):", "d19.test, and 280 more")
        .doesNotContain("d20.test");
  }

  @Test
  void theTenantsAreCountedAndNamedAsTheDomainsAre() {
    var items =
        IntStream.range(0, 30)
            .mapToObj(
                i -> Samples.item("d" + i + ".test", "tenant" + i, Map.of(), Optional.empty()))
            .toList();

    assertThat(Wording.of(Samples.notification(items)).text())
        .contains("Hits: 30 domains of 30 tenants", "Tenants (30):", "tenant19, and 10 more")
        .doesNotContain("tenant20");
  }

  /** A dead name server has a remedy of its own for every domain behind it. */
  @Test
  void whereOneRuleSaysSomethingElseOfEachDomainTheFirstAreToldInFull() {
    var items =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    Samples.item(
                        "d" + i + ".test",
                        "contoso",
                        Map.of("remedy", "write to d" + i + ".test"),
                        Optional.empty()))
            .toList();
    var wording = Wording.of(Samples.notification(items));

    assertThat(wording.sections()).hasSize(4);
    assertThat(wording.text())
        .contains("write to d2.test", "Domains (297):", "Look at each domain")
        .doesNotContain("write to d3.test");
  }

  @Test
  void whatIsOverSaysAfterHowLong() {
    var items =
        List.of(
            Samples.item(
                "a.test",
                "contoso",
                Map.of("resolution", "the record is back"),
                Optional.of(Samples.STARTED.plusSeconds(7_800))));

    assertThat(Wording.of(Samples.notification(items)).text())
        .contains("Over: after 2 h 10 min", "over after 2 h 10 min (", "the record is back")
        .doesNotContain("What to do", "What it breaks");
  }

  @ParameterizedTest
  @CsvSource({
    "0, less than a second",
    "59, 59 s",
    "60, 1 min",
    "3_601, 1 h",
    "7_805, 2 h 10 min",
    "180_000, 2 d 2 h"
  })
  void aLengthIsSaidInItsTwoLargestUnits(String seconds, String said) {
    assertThat(Wording.length(Duration.ofSeconds(Long.parseLong(seconds.replace("_", "")))))
        .isEqualTo(said);
  }

  @Test
  void theLinkIsFilteredOnWhatTheGroupIsMadeBy() {
    assertThat(link(Map.of("cause", "a b&c"), "https://m.test"))
        .contains("https://m.test/alerts?cause=a+b%26c");
    assertThat(link(Map.of("tenant", "contoso"), "https://m.test/x/"))
        .contains("https://m.test/x/alerts?tenant=contoso");
    assertThat(link(Map.of(), "https://m.test")).contains("https://m.test");
    assertThat(link(Map.of(), "javascript:alert(1)")).isEmpty();
    assertThat(link(Map.of("cause", "x".repeat(3_000)), "https://m.test"))
        .contains("https://m.test");
  }

  private static Optional<String> link(Map<String, String> group, String page) {
    return Wording.of(
            new Notification(
                "r", "g", "first", Labels.of(group), Samples.netblocks(1).items(), page))
        .link();
  }

  @Test
  void aPageShowsOldAndNewSideBySideAndWhatToPasteAsItIs() {
    var page =
        Wording.of(
                Samples.saying(
                    Map.of("diff", "- old.test\n+ new.test", "remedy", "Publish:\na\n  b")))
            .html();

    assertThat(page)
        .containsSubsequence("<td class=\"side\"", "- old.test", "<td class=\"side\"", "+ new.test")
        .contains(">Publish:</p>", ">a\n  b</pre>");
  }

  @Test
  void eachThingToPasteStandsAloneUnderTheSentenceThatLeadsToIt() {
    var page =
        Wording.of(
                Samples.saying(
                    Map.of(
                        "remedy",
                        "Compare with the list:\nmaildrift a\nkey:\n  x\nIf it is right, accept:\nmaildrift b")))
            .html();

    assertThat(page)
        .containsSubsequence(
            ">Compare with the list:</p>",
            ">maildrift a\nkey:\n  x</pre>",
            ">If it is right, accept:</p>",
            ">maildrift b</pre>");
  }

  @Test
  void aMessageIsOfBoundedSizeWhateverHappened() {
    var items = IntStream.range(0, 2_000).mapToObj(WordingTest::lengthy).toList();
    var wording = Wording.of(Samples.notification(items));

    assertThat(wording.text().length()).isLessThan(200_000);
    assertThat(wording.html().length()).isLessThan(400_000);
    assertThat(wording.text()).endsWith("more kinds of alerts\n");
  }

  private static Notification.Item lengthy(int i) {
    var labels = Map.of("alertname", "rule" + i % 100, "domain", i + ".test", "tenant", "t" + i);
    var annotations =
        Map.of(
            "summary", "\u202e<&".repeat(5_000) + i,
            "diff", "+ <\n".repeat(10_000),
            "description", "&".repeat(20_000),
            "remedy", "\"".repeat(20_000));
    return new Notification.Item(
        Labels.of(labels),
        new TreeMap<>(annotations),
        Samples.STARTED,
        Optional.empty(),
        "",
        "f" + i);
  }

  @Test
  void aSubjectIsShortAndOneLine() {
    var wording = Wording.of(Samples.netblocks(300));

    assertThat(wording.subject())
        .isEqualTo("[FIRING:300] netblocks.missing (critical): de._netblocks.mimecast.test TXT");
    assertThat(
            Wording.of(
                    new Notification(
                        "r",
                        "g",
                        "first",
                        Labels.of(Map.of("cause", "x\r\ny".repeat(200))),
                        Samples.netblocks(1).items(),
                        ""))
                .subject())
        .hasSizeLessThanOrEqualTo(120)
        .doesNotContain("\r", "\n");
  }

  @Test
  void whatIsOverSaysSo() {
    var over = Samples.notification(Samples.netblocks(0).items());

    assertThat(Wording.of(over).subject()).startsWith("[RESOLVED:1] netblocks.missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[31m",
        "\u009b31m",
        "\u0007",
        "\u202e",
        "\u2066",
        "\u200f",
        "\u2028",
        "\u0000",
        "\ud800",
        "\ufeff"
      })
  void nothingHiddenGetsThrough(String hostile) {
    for (var text :
        List.of(
            Visible.line("a" + hostile + "b"),
            Visible.lines("a" + hostile + "b"),
            Visible.html("a" + hostile + "b"))) {
      assertThat(text).doesNotContain(hostile).startsWith("a\\").endsWith("b");
    }
  }

  @Test
  void ordinaryTextStaysAsItIs() {
    assertThat(Visible.lines("Grüße – 日本 🎉\n\tok")).isEqualTo("Grüße – 日本 🎉\n\tok");
    assertThat(Visible.line("a\nb")).isEqualTo("a\\x0ab");
  }

  @Test
  void htmlIsText() {
    assertThat(Visible.html("<a href=\"x\" onclick='y'>&</a>"))
        .isEqualTo("&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
    assertThat(
            Wording.of(
                    Samples.saying(Map.of("summary", "<script>alert(1)</script>", "diff", "{{x}}")))
                .html())
        .doesNotContain("<script");
  }
}
