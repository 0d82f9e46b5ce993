package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WrapTest {
  @Test
  void linesBreakAtBlanksAndFit() {
    assertThat(Wrap.lines("one two three four", 9)).containsExactly("one two", "three", "four");
    assertThat(Wrap.lines("one two three four", 13)).containsExactly("one two three", "four");
  }

  @Test
  void aWordThatDoesNotFitStaysWhole() {
    assertThat(Wrap.lines("see de._netblocks.mimecast.com now", 10))
        .containsExactly("see", "de._netblocks.mimecast.com", "now");
  }

  @Test
  void nothingIsOneEmptyLine() {
    assertThat(Wrap.lines("", 10)).containsExactly("");
  }

  @Test
  void charactersCountNotUnits() {
    assertThat(Wrap.lines("\uD83D\uDCE7\uD83D\uDCE7 \uD83D\uDCE7\uD83D\uDCE7", 5)).hasSize(1);
  }
}
