package maildrift.monitor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private static Exposition text() {
    return new Exposition(false, 1_000);
  }

  private static String said(Exposition out) {
    return new String(out.bytes(), StandardCharsets.UTF_8);
  }

  /** The one label's value as it is written, between its quotes. */
  private static String label(String value) {
    var out = text();
    out.sample(Names.DKIM_KEY_BITS, 1, "a.test", "", value);
    var said = said(out);
    var prefix = "maildrift_dkim_key_bits{domain=\"a.test\",tenant=\"\",selector=\"";
    assertThat(said).startsWith(prefix).endsWith("\"} 1\n").containsOnlyOnce("\n");
    return said.substring(prefix.length(), said.length() - "\"} 1\n".length());
  }

  @Test
  void aFamilyIsItsHelpItsTypeAndItsSamples() {
    var out = text();
    out.family(Names.SPF_VOID_LOOKUPS);
    out.sample(Names.SPF_VOID_LOOKUPS, 2, "a.test", "blue");
    out.sample(Names.SPF_VOID_LOOKUPS, 0, "b.test", "");

    assertThat(said(out))
        .isEqualTo(
            """
            # HELP maildrift_spf_void_lookups SPF lookups that find nothing; more than 2 is a permerror (RFC 7208 section 4.6.4).
            # TYPE maildrift_spf_void_lookups gauge
            maildrift_spf_void_lookups{domain="a.test",tenant="blue"} 2
            maildrift_spf_void_lookups{domain="b.test",tenant=""} 0
            """);
  }

  @Test
  void aSampleWithoutLabelsHasNoBraces() {
    var out = text();
    out.sample(Names.DOMAINS, 7);

    assertThat(said(out)).isEqualTo("maildrift_domains 7\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-3, -3",
    "0.25, 0.25",
    "1795737600.5, 1.7957376005E9",
    "1795737600, 1795737600",
    "NaN, NaN"
  })
  void wholeNumbersAreWrittenWhole(double value, String written) {
    var out = text();
    out.sample(Names.DOMAINS, value);

    assertThat(said(out)).isEqualTo("maildrift_domains " + written + "\n");
  }

  @Test
  void aLabelCannotEndItselfNorItsLine() {
    assertThat(label("\"} 1\nup 1")).isEqualTo("\\\"} 1\\nup 1");
    assertThat(label("back\\slash")).isEqualTo("back\\\\slash");
    assertThat(label("\\\"")).isEqualTo("\\\\\\\"");
  }

  @ParameterizedTest
  @CsvSource({
    "27, \\\\x1b",
    "13, \\\\x0d",
    "0, \\\\x00",
    "127, \\\\x7f",
    "133, \\\\x85",
    "8238, \\\\x202e",
    "8232, \\\\x2028",
    "65279, \\\\xfeff",
    "55296, \\\\xd800"
  })
  void whatTurnsTerminalsOrTextAroundIsSpelledOut(int character, String written) {
    assertThat(label("a" + (char) character + "b")).isEqualTo("a" + written + "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bücher.test", "例え.test", "\uD83D\uDCEC"})
  void otherTextStaysAsItIs(String value) {
    assertThat(label(value)).isEqualTo(value);
  }

  @Test
  void aLongLabelIsCutAndStaysASeriesOfItsOwn() {
    var one = label("x".repeat(64 * 1024) + "1");
    var other = label("x".repeat(64 * 1024) + "2");

    assertThat(one).startsWith("x".repeat(128)).hasSizeLessThan(140).isNotEqualTo(other);
    assertThat(label("x".repeat(128))).isEqualTo("x".repeat(128));
  }

  @Test
  void aCutNeverHalvesACharacter() {
    assertThat(label("\uD83D\uDCEC".repeat(200))).startsWith("\uD83D\uDCEC".repeat(128) + "~");
  }

  @Test
  void openMetricsNamesTheFamilyOfACounterWithoutItsEnding() {
    var text = text();
    text.family(Names.SERIES_DROPPED);
    var open = new Exposition(true, 1_000);
    open.family(Names.SERIES_DROPPED);
    open.sample(Names.SERIES_DROPPED, 1);

    assertThat(said(text)).contains("# TYPE maildrift_series_dropped_total counter\n");
    assertThat(said(open))
        .contains("# TYPE maildrift_series_dropped counter\n")
        .endsWith("\nmaildrift_series_dropped_total 1\n");
  }

  @Test
  void whatIsBeyondTheCapIsLeftOutAndCounted() {
    var out = new Exposition(false, 2);
    for (var i = 0; i < 5; i++) {
      out.sample(Names.DOMAINS, i);
    }

    assertThat(said(out)).isEqualTo("maildrift_domains 0\nmaildrift_domains 1\n");
    assertThat(out.dropped()).isEqualTo(3);
  }
}
