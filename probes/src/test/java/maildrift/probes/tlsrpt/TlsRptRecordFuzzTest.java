package maildrift.probes.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands at _smtp._tls. */
class TlsRptRecordFuzzTest {

  @FuzzTest
  void aRecordHasDestinationsOrAProblem(byte[] octets) {
    var record =
        TlsRptRecord.parse("v=TLSRPTv1;" + new String(octets, StandardCharsets.ISO_8859_1));

    assertThat(record.rua().isEmpty()).isEqualTo(record.problem().isPresent());
    assertThat(record.problem().orElse("fine"))
        .hasSizeLessThan(1_000)
        .doesNotContainPattern("\\p{Cntrl}");
  }
}
