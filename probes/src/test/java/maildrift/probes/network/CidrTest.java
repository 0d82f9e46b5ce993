package maildrift.probes.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.0/24",
    "192.0.2.1, 192.0.2.1/32",
    "0.0.0.0/0, 0.0.0.0/0",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1/128",
    "2001:db8:0:0:1:0:0:0/80, 2001:db8:0:0:1::/80",
    "2001:0db8::/32, 2001:db8::/32",
    "::/0, ::/0",
    "::1, ::1/128",
    "1::, 1::/128",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1/128",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1/128",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1/128",
    "::ffff:192.0.2.1, ::ffff:192.0.2.1/128",
    "::ffff:c000:0200/120, ::ffff:192.0.2.0/120",
    "2001:db8::192.0.2.33, 2001:db8::c000:221/128",
  })
  void isWrittenAsRfc5952SaysWithThePrefixLength(String text, String canonical) {
    assertThat(Cidr.parse(text)).hasToString(canonical);
    assertThat(Cidr.parse(canonical)).isEqualTo(Cidr.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "192.0.2.1/24 | '192.0.2.1/24' has host bits set; the network is 192.0.2.0/24",
        "2001:db8::1/32 | '2001:db8::1/32' has host bits set; the network is 2001:db8::/32",
        "192.0.2.0/33 | '192.0.2.0/33' has no prefix length between 0 and 32",
        "192.0.2.0/ | '192.0.2.0/' has no prefix length between 0 and 32",
        "192.0.2.0/024 | '192.0.2.0/024' has no prefix length between 0 and 32",
        "192.0.2.0/-1 | '192.0.2.0/-1' has no prefix length between 0 and 32",
        "192.0.2.0/99999999999 | '192.0.2.0/99999999999' has no prefix length between 0 and 32",
        "2001:db8::/129 | '2001:db8::/129' has no prefix length between 0 and 128",
        "192.0.2/24 | '192.0.2/24' is not an IP address or CIDR network",
        "192.0.2.01 | '192.0.2.01' is not an IP address or CIDR network",
        "192.0.2.256 | '192.0.2.256' is not an IP address or CIDR network",
        "0xc0.0.2.1 | '0xc0.0.2.1' is not an IP address or CIDR network",
        "1::2::3 | '1::2::3' is not an IP address or CIDR network",
        "fe80::1%eth0 | 'fe80::1%eth0' is not an IP address or CIDR network",
        "[2001:db8::1] | '[2001:db8::1]' is not an IP address or CIDR network",
        "localhost | 'localhost' is not an IP address or CIDR network",
        "`` | '' is not an IP address or CIDR network",
        "192.0.2.0/24/8 | '192.0.2.0/24/8' has no prefix length between 0 and 32",
      })
  void saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void familiesAreApartAlsoWhenMapped() throws Exception {
    assertThat(Cidr.parse("::/0").contains(Cidr.parse("192.0.2.1"))).isFalse();
    assertThat(Cidr.parse("::ffff:0:0/96").contains(InetAddress.ofLiteral("192.0.2.1"))).isFalse();
    assertThat(Cidr.parse("::ffff:192.0.2.1")).isNotEqualTo(Cidr.parse("192.0.2.1"));
  }

  @Test
  void ordersIpv4FirstThenByAddressThenTheWider() {
    var shuffled =
        List.of("2001:db8::/32", "192.0.2.128/25", "10.0.0.0/8", "192.0.2.0/25", "192.0.2.0/24");

    assertThat(shuffled.stream().map(Cidr::parse).sorted().map(Cidr::toString))
        .containsExactly(
            "10.0.0.0/8", "192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/25", "2001:db8::/32");
  }

  @Test
  void countsItsAddresses() {
    assertThat(Cidr.parse("192.0.2.0/24").size()).isEqualTo(256);
    assertThat(Cidr.parse("::/0").size()).isEqualTo(BigInteger.TWO.pow(128));
    assertThat(Cidr.parse("192.0.2.7").isSingle()).isTrue();
    assertThat(Cidr.parse("192.0.2.6/31").isSingle()).isFalse();
  }

  @Test
  void writesAnAddressWithoutPrefixLength() {
    assertThat(Cidr.text(InetAddress.ofLiteral("2001:db8:0:0:0:0:0:1"))).isEqualTo("2001:db8::1");
    assertThat(Cidr.text(InetAddress.ofLiteral("192.0.2.1"))).isEqualTo("192.0.2.1");
  }

  @Test
  void itsAddressCannotBeChangedFromOutside() {
    var network = Cidr.parse("192.0.2.0/24");

    network.address()[0] = 10;

    assertThat(network).hasToString("192.0.2.0/24");
  }
}
