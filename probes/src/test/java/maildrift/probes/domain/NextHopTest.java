package maildrift.probes.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import maildrift.probes.dns.DnsName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NextHopTest {

  @ParameterizedTest
  @CsvSource({
    "mx.test, mx.test, false, 25",
    "mx.test:2525, mx.test, false, 2525",
    "[MX.Test.], mx.test, true, 25",
    "[mx.test]:587, mx.test, true, 587"
  })
  void aNameInBracketsIsAnAddressLookupAndABareOneAnMxLookup(
      String written, String host, boolean bracketed, int port) {
    assertThat(NextHop.parse(written))
        .isEqualTo(
            new NextHop(written, Optional.of(DnsName.of(host)), Optional.empty(), bracketed, port));
  }

  @ParameterizedTest
  @CsvSource({
    "[192.0.2.1], 192.0.2.1, true, 25",
    "192.0.2.1:26, 192.0.2.1, false, 26",
    "2001:db8::1, 2001:db8::1, false, 25",
    "[2001:db8::1]:587, 2001:db8::1, true, 587",
    "[IPv6:2001:db8::1], 2001:db8::1, true, 25"
  })
  void anAddressIsALiteralAndNeverAName(
      String written, String literal, boolean bracketed, int port) {
    assertThat(NextHop.parse(written))
        .isEqualTo(new NextHop(written, Optional.empty(), Optional.of(literal), bracketed, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[",
        "[]",
        "[mx.test",
        "[mx.test]x",
        "[mx.test]:",
        "mx.test:0",
        "mx.test:65536",
        "192.0.2.256",
        "[1.2.3]",
        "mx test",
        "mx.test:25:25",
        ".",
        "mx..test"
      })
  void whatIsNoNextHopIsRefusedWithWhatWasWritten(String written) {
    assertThatThrownBy(() -> NextHop.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + written + "'");
  }

  @Test
  void theWordsOfTheMessageSayWhatToWrite() {
    assertThatThrownBy(() -> NextHop.parse("[mx.test"))
        .hasMessage("'[mx.test' lacks the closing bracket");
  }
}
