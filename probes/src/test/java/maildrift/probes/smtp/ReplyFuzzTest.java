package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Whatever a mail server says instead of a reply. */
class ReplyFuzzTest {

  @FuzzTest
  void aReplyIsReadOrRefusedWithinBounds(byte[] octets) {
    var conversation =
        new Conversation(new ByteArrayInputStream(octets), OutputStream.nullOutputStream());
    try {
      for (var i = 0; i < 8; i++) {
        var reply = conversation.reply();
        assertThat(reply.code()).isBetween(100, 999);
        assertThat(reply.lines()).isNotEmpty().hasSizeLessThanOrEqualTo(Conversation.MAX_LINES);
        assertThat(reply.toString()).doesNotContainPattern("[\\p{Cntrl}&&[^\\t]]");
      }
    } catch (IOException refused) {
      assertThat(refused.getMessage())
          .isNotBlank()
          .hasSizeLessThan(1_000)
          .doesNotContainPattern("\\p{Cntrl}");
      assertThat(new String(octets, StandardCharsets.ISO_8859_1)).isNotNull();
    }
  }
}
