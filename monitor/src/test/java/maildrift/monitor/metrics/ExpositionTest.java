package maildrift.monitor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Exposition text() {
    return to(false, 1_000);
  }

  private Exposition to(boolean openMetrics, int maxSeries) {
    return new Exposition(
        (piece, length) -> bytes.write(piece, 0, length),
        new Asked(openMetrics, Set.of()),
        maxSeries);
  }

  private String said(Exposition out) {
    out.flush();
    var text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  private static void sample(Exposition out, Names name, double value, String... labels) {
    if (out.begin(name, Labels.opened(name, labels))) {
      out.end(value);
    }
  }

  private String valueOf(double value) {
    var out = text();
    sample(out, Names.SPF_LOOKUPS, value, "a.test", "");
    return said(out).replace("maildrift_spf_lookups{domain=\"a.test\",tenant=\"\"} ", "");
  }

  /** The one label's value as it is written, between its quotes. */
  private String label(String value) {
    var out = text();
    out.begin(Names.DKIM_KEY_BITS, Labels.opened(Names.DKIM_KEY_BITS, "a.test", ""));
    out.label(Names.DKIM_KEY_BITS, 2, value).end(1);
    var said = said(out);
    // Whether it is written once for all scrapes or each time.
    sample(out, Names.DKIM_KEY_BITS, 1, "a.test", "", value);
    assertThat(said(out)).isEqualTo(said);
    var prefix = "maildrift_dkim_key_bits{domain=\"a.test\",tenant=\"\",selector=\"";
    assertThat(said).startsWith(prefix).endsWith("\"} 1\n").containsOnlyOnce("\n");
    return said.substring(prefix.length(), said.length() - "\"} 1\n".length());
  }

  @Test
  void aFamilyIsItsHelpItsTypeAndItsSamples() {
    var out = text();
    out.family(Names.SPF_VOID_LOOKUPS);
    sample(out, Names.SPF_VOID_LOOKUPS, 2, "a.test", "blue");
    sample(out, Names.SPF_VOID_LOOKUPS, 0, "b.test", "");

    assertThat(said(out))
        .isEqualTo(
            """
            # HELP maildrift_spf_void_lookups SPF lookups that find nothing; more than 2 is a permerror (RFC 7208 section 4.6.4).
            # TYPE maildrift_spf_void_lookups gauge
            maildrift_spf_void_lookups{domain="a.test",tenant="blue"} 2
            maildrift_spf_void_lookups{domain="b.test",tenant=""} 0
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-3, -3",
    "0.25, 0.25",
    "1795737600.5, 1.7957376005E9",
    "1795737600, 1795737600",
    "9007199254740993, 9.007199254740992E15",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf"
  })
  void wholeNumbersAreWrittenWhole(double value, String written) {
    assertThat(valueOf(value)).isEqualTo(written + "\n");
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
    text.family(Names.NOTIFICATIONS);
    assertThat(said(text)).contains("# TYPE maildrift_notifications_total counter\n");

    var open = to(true, 1_000);
    open.family(Names.NOTIFICATIONS);
    sample(open, Names.NOTIFICATIONS, 1, "oncall");
    assertThat(said(open))
        .contains("# TYPE maildrift_notifications counter\n")
        .endsWith("\nmaildrift_notifications_total{receiver=\"oncall\"} 1\n");
  }

  @Test
  void whatIsBeyondTheCapIsLeftOutAndCounted() {
    var out = to(false, 2);
    for (var i = 0; i < 5; i++) {
      sample(out, Names.RECEIVER_DISABLED, i, "oncall");
    }

    assertThat(said(out).lines()).hasSize(2).last().asString().endsWith(" 1");
    assertThat(out.dropped()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1795737600000, 1795737600", "1795737600050, 1795737600.050"})
  void instantsAreWrittenInDecimals(long millis, String written) {
    var out = text();
    out.begin(Names.DIGEST_TIME, Labels.opened(Names.HEARTBEAT_LAST_SUCCESS, "x"));
    out.endMillis(millis);

    assertThat(said(out)).endsWith("\"x\"} " + written + "\n");
  }

  /** A reader that knows nothing but the format finds exactly one value, and nothing after it. */
  @Test
  void whateverALabelHoldsItIsOneLabelOfOneLine() {
    var random = new Random(20261128);
    var characters = "\"\\\n\r\t\0{}=, #e\u00e9\u2028\u202e\ud83d\udcec";
    for (var i = 0; i < 2_000; i++) {
      var value = new StringBuilder();
      for (var length = random.nextInt(160); length > 0; length--) {
        value.append(
            random.nextInt(8) == 0
                ? (char) random.nextInt(0x10000)
                : characters.charAt(random.nextInt(characters.length())));
      }
      var written = label(value.toString());
      assertThat(written.replaceAll("\\\\[\\\\\"n]", ""))
          .as(written)
          .doesNotContain("\"", "\\", "\n", "\r", "\0", "\u2028", "\u202e");
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(written)).isTrue();
    }
  }

  /** Whatever the lengths, no piece of the text is lost or doubled where a buffer ends. */
  @Test
  void piecesJoinToTheWhole() {
    var out = to(false, Integer.MAX_VALUE);
    var expected = new StringBuilder();
    for (var i = 0; i < 5_000; i++) {
      var name = "d" + "x".repeat(i % 90) + i + ".test";
      sample(out, Names.SPF_LOOKUPS, i, name, "\u00fc");
      expected.append(
          "maildrift_spf_lookups{domain=\"%s\",tenant=\"\u00fc\"} %d\n".formatted(name, i));
    }

    assertThat(said(out)).isEqualTo(expected.toString());
  }
}
