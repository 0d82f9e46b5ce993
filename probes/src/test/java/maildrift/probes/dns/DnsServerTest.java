package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsServerTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,                192.0.2.1:53",
    "192.0.2.1:5353,           192.0.2.1:5353",
    "localhost:5353,           127.0.0.1:5353",
    "2001:db8::53,             [2001:db8:0:0:0:0:0:53]:53",
    "[2001:db8::53],           [2001:db8:0:0:0:0:0:53]:53",
    "[2001:db8::53]:5353,      [2001:db8:0:0:0:0:0:53]:5353",
  })
  void readsAddressesWithAndWithoutPort(String written, String shown) {
    assertThat(DnsServer.parse(written)).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ns1.example          | 'ns1.example' is not an IP address",
        "8.8                  | '8.8' is not an IP address",
        "192.0.2.300          | '192.0.2.300' is not an IP address",
        "192.0.2.1:           | '' is not a port",
        "192.0.2.1:dns        | 'dns' is not a port",
        "192.0.2.1:0          | '0' is not a port",
        "192.0.2.1:65536      | '65536' is not a port",
        "[2001:db8::53        | the bracket is not closed",
        "[2001:db8::53]5353   | after the bracket only a colon and a port may follow",
      })
  void saysWhatIsWrong(String written, String complaint) {
    assertThatThrownBy(() -> DnsServer.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(complaint)
        .hasMessageContaining("192.0.2.53:53");
  }

  @Test
  void readsAList() {
    assertThat(DnsServer.parseAll("192.0.2.1, 192.0.2.2:54")).hasSize(2);
    assertThatThrownBy(() -> DnsServer.parseAll("192.0.2.1,"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsTheSystemsConfiguration() {
    assertThat(
            SystemResolvers.parse(
                "# comment\nsearch test\nnameserver 192.0.2.1\nnameserver nonsense\nnameserver 2001:db8::1 \n"))
        .extracting(DnsServer::toString)
        .containsExactly("192.0.2.1:53", "[2001:db8:0:0:0:0:0:1]:53");
    assertThat(SystemResolvers.parse("")).containsExactly(DnsServer.parse("127.0.0.1"));
  }
}
