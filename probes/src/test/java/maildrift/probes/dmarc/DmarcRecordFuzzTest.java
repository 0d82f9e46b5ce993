package maildrift.probes.dmarc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands at _dmarc. */
class DmarcRecordFuzzTest {

  @FuzzTest
  void aRecordIsReadWhateverItSays(byte[] octets) {
    var text = new String(octets, StandardCharsets.ISO_8859_1);

    var tags = DmarcRecord.parse("v=DMARC1;" + text);

    assertThat(tags).isPresent();
    assertThat(tags.get().problems())
        .hasSizeLessThanOrEqualTo(8)
        .allSatisfy(problem -> assertThat(problem).isNotBlank().hasSizeLessThan(1_000));
    assertThat(tags.get().rua()).hasSizeLessThanOrEqualTo(32);
    assertThat(DmarcRecord.parse(text)).isEqualTo(DmarcRecord.parse(text));
  }
}
