package maildrift.monitor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReportCsvTest {

  static Stream<Arguments> cells() {
    return Stream.of(
        Arguments.of("plain", "plain"),
        Arguments.of("a,b", "\"a,b\""),
        Arguments.of("say \"x\"", "\"say \"\"x\"\"\""),
        Arguments.of("two\nlines", "\"two\nlines\""),
        Arguments.of("bell\u0007", "bell "),
        Arguments.of("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        Arguments.of("+1", "'+1"),
        Arguments.of("@SUM", "'@SUM"),
        Arguments.of("\t=1", "' =1"),
        Arguments.of("-2,3", "\"'-2,3\""));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aCellIsTextWhateverARecordSays(String text, String cell) {
    assertThat(ReportCsv.cell(text)).isEqualTo(cell);
  }
}
