package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPortTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, 53",
    "192.0.2.1:5353, 192.0.2.1, 5353",
    "2001:db8::1, 2001:db8::1, 53",
    "[2001:db8::1], 2001:db8::1, 53",
    "[2001:db8::1]:5353, 2001:db8::1, 5353",
    "localhost, localhost, 53",
    "unbound:53, unbound, 53",
    "127.0.0.1:0, 127.0.0.1, 0"
  })
  void addressesAndNamesAreReadWithAndWithoutAPort(String written, String host, int port) {
    var read = HostPort.parse(written, 53);

    assertThat(read).isEqualTo(new HostPort(host, port));
    assertThat(HostPort.parse(read.toString(), 1)).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":53",
        "192.0.2.1:",
        "192.0.2.1:65536",
        "192.0.2.1:-1",
        "192.0.2",
        "192.0.2.1.5",
        "[192.0.2.1]:53",
        "[::1",
        "[::1]53",
        "a b",
        "a:b:c",
        "http://a.test",
        "*.test"
      })
  void whatIsNoneIsRefusedWithWhatWasWritten(String written) {
    assertThatThrownBy(() -> HostPort.parse(written, 53))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + written + "'");
  }

  @Test
  void onlyLoopbackIsLoopback() {
    for (var loopback : new String[] {"127.0.0.1", "127.8.9.10", "localhost", "[::1]:80"}) {
      assertThat(HostPort.parse(loopback, 1).isLoopback()).as(loopback).isTrue();
    }
    for (var open :
        new String[] {"0.0.0.0", "::", "192.0.2.1", "maildrift.test", "localhost.test"}) {
      assertThat(HostPort.parse(open, 1).isLoopback()).as(open).isFalse();
    }
  }
}
