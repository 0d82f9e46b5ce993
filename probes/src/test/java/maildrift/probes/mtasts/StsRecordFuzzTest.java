package maildrift.probes.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands at _mta-sts. */
class StsRecordFuzzTest {

  @FuzzTest
  void aRecordHasAnIdOrAProblem(byte[] octets) {
    var record = StsRecord.parse("v=STSv1;" + new String(octets, StandardCharsets.ISO_8859_1));

    assertThat(record.id().isPresent()).isNotEqualTo(record.problem().isPresent());
    assertThat(record.id().orElse("a1")).hasSizeBetween(1, 32).isAlphanumeric();
    assertThat(record.problem().orElse("fine"))
        .hasSizeLessThan(1_000)
        .doesNotContainPattern("\\p{Cntrl}");
  }
}
