package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentCodingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "GZIP | true",
        "deflate, gzip;q=0.5 | true",
        "x-gzip | true",
        "* | true",
        "gzip;q=0 | false",
        "*, gzip;q=0 | false",
        "identity | false",
        "gzip;q=0.3, identity;q=0.7 | false",
        "gzip;q=0.7, identity;q=0.3 | true",
        "gzip;q=lots | false",
        "br, deflate | false",
        "'' | false"
      })
  void onlyWhoAsksForItGetsGzip(String accept, boolean wanted) {
    assertThat(ContentCoding.wantsGzip(Optional.of(accept))).isEqualTo(wanted);
  }

  @Test
  void whoDoesNotAskGetsNone() {
    assertThat(ContentCoding.wantsGzip(Optional.empty())).isFalse();
  }
}
