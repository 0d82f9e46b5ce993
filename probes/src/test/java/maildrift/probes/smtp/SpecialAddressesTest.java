package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialAddressesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.9",
        "203.0.113.5",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void nobodyOnTheInternetIsThere(String address) {
    assertThat(SpecialAddresses.contains(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "192.0.1.1",
        "192.169.0.1",
        "2a01:111:f400::1",
        "2606:4700::1",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001:4860::1"
      })
  void publicAddressesAreContacted(String address) {
    assertThat(SpecialAddresses.contains(InetAddress.ofLiteral(address))).isFalse();
  }

  @org.junit.jupiter.api.Test
  void anIpv4MappedAddressIsWhatItMaps() throws UnknownHostException {
    var mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 10;

    assertThat(SpecialAddresses.contains(InetAddress.getByAddress(mapped))).isTrue();
  }
}
