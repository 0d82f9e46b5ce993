package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import maildrift.alerts.Notification;
import maildrift.alerts.Visible;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordingTest {

  @Test
  void theTextSaysCauseChangeDamageDomainsAndWhatToPaste() {
    assertThat(Wording.of(Samples.netblocks(3)).text())
        .isEqualTo(
            """
            Cause: de._netblocks.mimecast.test TXT

            FIRING netblocks.missing (critical) since 2026-11-21 17:00 UTC
              What is wrong:
                192.0.2.0/24 is published but not allowed
              What changed:
                + 192.0.2.0/24
              What it breaks:
                mail from there is refused
              Domains (3):
                d0.test, d1.test, d2.test
              What to do:
                add this line:
                192.0.2.0/24

            RESOLVED netblocks.missing (critical) since 2026-11-21 17:00 UTC until 2026-11-21 17:10 UTC
              What is wrong:
                192.0.2.0/24 is published but not allowed
              What changed:
                + 192.0.2.0/24
              What it breaks:
                mail from there is refused
              Domain:
                mended.test

            https://maildrift.test/
            """);
  }

  @Test
  void ofManyDomainsTwentyAreNamedAndTheOthersCounted() {
    assertThat(Wording.of(Samples.netblocks(300)).text())
        .contains("Domains (300):", "d19.test, and 280 more")
        .doesNotContain("d20.test");
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
                        maildrift.alerts.Labels.of(Map.of("cause", "x\r\ny".repeat(200))),
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
