package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "90s, PT90S",
    "5m, PT5M",
    "12h, PT12H",
    "30d, PT720H",
    "1h30m, PT1H30M",
    "1y2w3d4h5m6s7ms, PT9172H5M6.007S",
    "0s, PT0S",
    "1000y, PT8760000H"
  })
  void prometheusNotationIsRead(String written, Duration duration) {
    assertThat(Durations.parse(written)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "5",
        "5 m",
        "-5m",
        "1.5h",
        "5M",
        "30m1h",
        "1m1m",
        "5min",
        "1001y",
        "99999999999999999999s",
        "999999999999y",
        "９s",
        "5m\n"
      })
  void anythingElseIsRefused(String written) {
    assertThatThrownBy(() -> Durations.parse(written)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theTextIsReadAgain() {
    for (var written : new String[] {"500ms", "1m30s", "5m", "12h", "30d", "1h30m", "0s", "400d"}) {
      assertThat(Durations.text(Durations.parse(written))).isEqualTo(written);
    }
  }
}
