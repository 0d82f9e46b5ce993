package maildrift.probes.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecialNetworksTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, private (RFC 1918)",
    "172.31.255.255, private (RFC 1918)",
    "192.168.0.1, private (RFC 1918)",
    "127.0.0.25, loopback (RFC 1122)",
    "169.254.1.1, link-local (RFC 3927)",
    "100.127.0.1, shared by carrier NAT (RFC 6598)",
    "203.0.113.9, for documentation (RFC 5737)",
    "::1, loopback (RFC 4291)",
    "fd12::1, unique local (RFC 4193)",
    "fe80::1, link-local (RFC 4291)",
    "2001:db8::25, for documentation (RFC 3849)",
  })
  void knowsWhatTheInternetDoesNotReach(String address, String kind) {
    assertThat(SpecialNetworks.kind(InetAddress.ofLiteral(address))).contains(kind);
  }

  @ParameterizedTest
  @CsvSource({"172.32.0.1", "100.128.0.1", "11.0.0.1", "2a01:111:f403::1", "62.140.10.21"})
  void theRestIsReachable(String address) {
    assertThat(SpecialNetworks.kind(InetAddress.ofLiteral(address))).isEmpty();
  }

  @Test
  void aPlaceholderIsOnePrivateAddress() {
    assertThat(SpecialNetworks.isPlaceholder(Cidr.parse("10.255.255.254"))).isTrue();
    assertThat(SpecialNetworks.isPlaceholder(Cidr.parse("10.0.0.0/8"))).isFalse();
    assertThat(SpecialNetworks.isPlaceholder(Cidr.parse("192.0.2.1"))).isFalse();
    assertThat(SpecialNetworks.isPlaceholder(Cidr.parse("62.140.10.21"))).isFalse();
  }
}
