package maildrift.monitor.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputLinesTest {
  private static List<InputLines.Line> read(String octets, int longest) throws IOException {
    var lines = new InputLines(new ByteArrayInputStream(octets.getBytes(ISO_8859_1)), longest);
    var all = new ArrayList<InputLines.Line>();
    for (var line = lines.next(); line.isPresent(); line = lines.next()) {
      all.add(line.get());
    }
    return all;
  }

  @Test
  void linesAreCountedAndLoseTheirEnds() throws IOException {
    assertThat(read("\u00ef\u00bb\u00bfone\r\n\ntwo\rthree\nlast", 100))
        .containsExactly(
            new InputLines.Text(1, "one"),
            new InputLines.Text(2, ""),
            new InputLines.Text(3, "two\rthree"),
            new InputLines.Text(4, "last"));
    assertThat(read("", 100)).isEmpty();
    assertThat(read("\n", 100)).containsExactly(new InputLines.Text(1, ""));
  }

  @Test
  void whatIsNoTextOrTooLongSparesTheOtherLines() throws IOException {
    assertThat(read("\u00ff\u00fe\n12345\n123456\nx\u0000y\n", 5))
        .containsExactly(
            new InputLines.Unreadable(1, "not UTF-8"),
            new InputLines.Text(2, "12345"),
            new InputLines.Unreadable(3, "longer than 5 octets"),
            new InputLines.Text(4, "x\u0000y"));
  }

  @Test
  void aLineOfAGigabyteTakesNoMemory() throws IOException {
    var lines =
        new InputLines(
            new InputStream() {
              private long left = 1L << 30;

              @Override
              public int read() {
                return left-- > 0 ? 'a' : -1;
              }

              @Override
              public int read(byte[] buffer, int from, int length) {
                var some = (int) Math.min(length, left);
                left -= some;
                return some == 0 ? -1 : some;
              }
            },
            4096);

    assertThat(lines.next()).contains(new InputLines.Unreadable(1, "longer than 4096 octets"));
    assertThat(lines.next()).isEmpty();
  }
}
