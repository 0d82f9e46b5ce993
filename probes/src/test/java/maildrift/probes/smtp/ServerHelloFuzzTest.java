package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Whatever a mail server says to our hello. */
class ServerHelloFuzzTest {

  @FuzzTest
  void anAnswerIsReadOrRefusedWithinBounds(byte[] octets) {
    var in = new ByteArrayInputStream(octets);
    try {
      switch (ServerHello.read(in)) {
        case ServerHello.Chosen(var version, var suite) -> {
          assertThat(version).isBetween(0, 0xffff);
          assertThat(suite).isBetween(0, 0xffff);
        }
        case ServerHello.Alerted(var description) -> assertThat(description).isBetween(0, 255);
      }
      assertThat(octets.length - in.available()).isBetween(7, 1024);
    } catch (IOException refused) {
      assertThat(refused.getMessage())
          .isNotBlank()
          .hasSizeLessThan(200)
          .doesNotContainPattern("\\p{Cntrl}");
    }
  }
}
