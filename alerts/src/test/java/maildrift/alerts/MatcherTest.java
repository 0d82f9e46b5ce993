package maildrift.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatcherTest {
  private static final Labels LABELS =
      Labels.of(Map.of("severity", "critical", "domain", "shop.contoso.test"));

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "severity=critical, true",
        "'severity=\"critical\"', true",
        "severity = critical, true",
        "severity=warning, false",
        "severity!=warning, true",
        "'severity=~\"critical|warning\"', true",
        "'severity=~\"crit\"', false",
        "'severity!~\"crit\"', true",
        "'domain=~\".+\\.contoso\\.test\"', true",
        "'domain=~\"a|shop.*\"', true",
        "'domain!~\".*contoso.*\"', false",
        "'tenant=\"\"', true",
        "'tenant!=\"\"', false",
        "'tenant=~\".*\"', true",
        "'tenant=~\".+\"', false",
      })
  void conditionsMeanWhatTheyMeanInAlertmanager(String text, boolean matches) {
    assertThat(Matcher.parse(text).matches(LABELS)).isEqualTo(matches);
  }

  @Test
  void severalAreSeparatedByCommasAlsoInBraces() {
    assertThat(Matcher.parseAll("{severity=\"critical\", domain=~\"a,b\",}"))
        .extracting(Matcher::toString)
        .containsExactly("severity=\"critical\"", "domain=~\"a,b\"");
    assertThat(Matcher.parseAll("")).isEmpty();
  }

  @Test
  void whatIsPrintedIsReadBack() {
    var matcher = new Matcher("cause", Matcher.Operator.EQUAL, "a \"b\" \\ c\nd");

    assertThat(Matcher.parse(matcher.toString())).isEqualTo(matcher);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {"severity", "=critical", "'severity=~\"(\"', ", "1a=b", "'a=\"b'", "'a=\"b\" c=d'"})
  void nonsenseIsRefused(String text) {
    assertThatThrownBy(() -> Matcher.parseAll(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noExpressionIsSlow() {
    var matcher = Matcher.parse("domain=~\"(a+)+$\"");

    assertThat(matcher.matches(Labels.of(Map.of("domain", "a".repeat(50_000) + "!")))).isFalse();
  }
}
