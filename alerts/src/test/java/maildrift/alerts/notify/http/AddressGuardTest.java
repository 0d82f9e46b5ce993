package maildrift.alerts.notify.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.1.2.3",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2002:c0a8:101::",
        "2001:db8::5efe:10.0.0.1",
        "2001:db8::200:5efe:192.168.1.1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void aNameThatLeadsInsideIsRefused(String address) {
    assertThat(lookup("hooks.example.test", false, address))
        .isInstanceOfSatisfying(
            AddressGuard.Lookup.Refused.class,
            refused -> assertThat(refused.why()).contains("allow_private: true"));
    assertThat(lookup("hooks.example.test", true, address))
        .isInstanceOf(AddressGuard.Lookup.Found.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.9.9.9",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "223.255.255.255",
        "2001:db8::1",
        "2606:4700::1111",
        "2002:c633:6401::1",
        "64:ff9b::198.51.100.1"
      })
  void aNameThatLeadsOutsideIsUsed(String address) {
    assertThat(lookup("hooks.example.test", false, address))
        .isInstanceOf(AddressGuard.Lookup.Found.class);
  }

  @Test
  void oneInnerAddressAmongPublicOnesIsEnoughToRefuse() {
    assertThat(lookup("hooks.example.test", false, "192.0.2.1", "10.0.0.1"))
        .isInstanceOf(AddressGuard.Lookup.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "[::1]", "::1", "[fd00::1]", "169.254.169.254"})
  void aLiteralIsTheOperatorsWordAndIsNotResolved(String literal) {
    var guard =
        new AddressGuard(
            _ -> {
              throw new IOException("a literal was resolved");
            });

    assertThat(guard.lookup(literal, false, PATIENCE))
        .isInstanceOf(AddressGuard.Lookup.Found.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x7f.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.01",
        "127.0.0.256",
        "1.2.3.4.5",
        "127.0.0.1.",
        "evil.test.0x7f",
        "[::1%lo]"
      })
  void whatSomeReadAsAnAddressAndOthersDoNotIsRefusedUnasked(String host) {
    var guard =
        new AddressGuard(
            _ -> {
              throw new AssertionError("it was resolved");
            });

    assertThat(guard.lookup(host, true, PATIENCE)).isInstanceOf(AddressGuard.Lookup.Refused.class);
  }

  @Test
  void localhostIsTheOperatorsWordAsLongAsItIsThisMachine() {
    assertThat(lookup("localhost", false, "127.0.0.1", "::1"))
        .isInstanceOf(AddressGuard.Lookup.Found.class);
    assertThat(lookup("localhost", false, "10.0.0.1"))
        .isInstanceOf(AddressGuard.Lookup.Refused.class);
  }

  @Test
  void addressesCarryTheNameThatACertificateIsFor() {
    assertThat(lookup("hooks.example.test", false, "192.0.2.1"))
        .isInstanceOfSatisfying(
            AddressGuard.Lookup.Found.class,
            found ->
                assertThat(found.addresses())
                    .extracting(InetAddress::getHostName)
                    .containsExactly("hooks.example.test"));
  }

  private static AddressGuard.Lookup lookup(
      String host, boolean allowPrivate, String... addresses) {
    return new AddressGuard(
            _ -> {
              var resolved = new ArrayList<InetAddress>();
              for (var address : addresses) {
                resolved.add(InetAddress.getByName(address));
              }
              return List.copyOf(resolved);
            })
        .lookup(host, allowPrivate, PATIENCE);
  }
}
