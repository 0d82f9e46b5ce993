package maildrift.probes.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands at a selector, and whatever an operator expects there. */
class KeyRecordFuzzTest {

  @FuzzTest
  void aKeyRecordIsReadWhateverItSays(byte[] octets) {
    var text = new String(octets, StandardCharsets.ISO_8859_1);

    var record = KeyRecord.parse(text);

    assertThat(record.problems())
        .allSatisfy(problem -> assertThat(problem.message()).isNotBlank().hasSizeLessThan(1_000));
    assertThat(KeyRecord.parse(text)).isEqualTo(record);
  }
}
