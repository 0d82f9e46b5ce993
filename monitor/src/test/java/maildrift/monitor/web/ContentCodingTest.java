package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
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

  /** A compressor's memory is beside Java's: one for each reader that left would add up. */
  @Test
  void aCompressorThatWasNotUsedToTheEndIsGivenBackAtOnce() {
    var given = new ArrayList<OutputStream>();
    var sent = new ByteArrayOutputStream();
    assertThatThrownBy(
            () ->
                ContentCoding.gzip(
                    sent,
                    out -> {
                      given.add(out);
                      out.write(new byte[10]);
                      throw new IOException("the reader is gone");
                    }))
        .hasMessage("the reader is gone");
    assertThat(given)
        .singleElement()
        .satisfies(
            out ->
                assertThatThrownBy(() -> out.write(new byte[10]))
                    .hasMessageContaining("Deflater has been closed"));
    // And it does not look whole: nothing but the header.
    assertThat(sent.size()).isEqualTo(10);
  }
}
