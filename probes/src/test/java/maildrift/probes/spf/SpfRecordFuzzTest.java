package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands behind v=spf1, the reader reads it and says what is wrong in plain words. */
class SpfRecordFuzzTest {

  @FuzzTest
  void aRecordIsReadWhateverItSays(byte[] octets) {
    var text = "v=spf1 " + new String(octets, StandardCharsets.ISO_8859_1);

    var record = SpfRecord.parse(text);

    assertThat(record.problems())
        .allSatisfy(problem -> assertThat(problem.message()).isNotBlank().hasSizeLessThan(1_000));
    assertThat(record.terms()).hasSizeLessThanOrEqualTo(text.length());
    assertThat(SpfRecord.parse(text)).isEqualTo(record);
  }
}
