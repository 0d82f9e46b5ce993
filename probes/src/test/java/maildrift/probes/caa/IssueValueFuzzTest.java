package maildrift.probes.caa;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever the value of an issue property says (RFC 8659 §4.2). */
class IssueValueFuzzTest {

  @FuzzTest
  void aValueIsReadOrIsNone(byte[] octets) {
    var text = new String(octets, StandardCharsets.ISO_8859_1);

    assertThat(IssueValue.parse(text)).isEqualTo(IssueValue.parse(text));
  }
}
