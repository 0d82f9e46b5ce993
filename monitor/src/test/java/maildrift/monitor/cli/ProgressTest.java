package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void theBarSaysHowFarItIsAndHowLongItWillTake() {
    assertThat(Progress.line(250, 1000, true, 10))
        .isEqualTo("[######..................] 250 of 1000, 25/s, 30 s left");
    assertThat(Progress.line(0, 1000, true, 0))
        .isEqualTo("[........................] 0 of 1000, 0/s");
    assertThat(Progress.line(1000, 1000, true, 10))
        .startsWith("[########################] 1000 of 1000");
    assertThat(Progress.line(250, 1274, false, 10)).isEqualTo("250 looked at, 25/s");
  }

  private static String shown(boolean isTerminal, int found) {
    var err = new ByteArrayOutputStream();
    var progress = new Progress(new PrintStream(err), isTerminal);
    for (var i = 0; i < found; i++) {
      progress.found();
    }
    progress.foundAll();
    progress.show();
    progress.clear();
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void itIsShownOnATerminalOnlyAndForMoreThanAHandful() {
    assertThat(shown(true, 100)).contains("0 of 100").endsWith("\r\u001b[K");
    assertThat(shown(true, 2)).isEmpty();
    assertThat(shown(false, 100)).isEmpty();
  }
}
