package maildrift.probes.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever a mail server says of itself, and whatever a reverse zone calls it. */
class GreetingFuzzTest {
  private static final List<InetAddress> ADDRESSES =
      List.of(InetAddress.ofLiteral("203.0.113.7"), InetAddress.ofLiteral("2001:db8::7"));

  @FuzzTest
  void aGreetingIsReadOrHasNoName(byte[] octets) {
    var greeting = Greeting.of(new String(octets, StandardCharsets.UTF_8));

    assertThat(greeting.first()).hasSizeLessThanOrEqualTo(80);
    greeting
        .name()
        .ifPresent(
            name -> {
              assertThat(name.toString()).matches("[a-z0-9_.-]+").contains(".");
              ADDRESSES.forEach(address -> GenericName.contains(name, address));
            });
  }
}
