package maildrift.probes.smtp;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.stream.Stream;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;

/**
 * Addresses that are nobody's on the Internet (IANA special-purpose registries, RFC 6890), and
 * those that wrap one: IPv4-mapped, NAT64 and 6to4. Connecting there on a stranger's DNS record
 * would let him reach our inside.
 */
public final class SpecialAddresses {
  private static final NetworkSet SPECIAL =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3",
          "::/96",
          "64:ff9b:1::/48",
          "100::/64",
          "2001::/32",
          "2001:2::/48",
          "2001:10::/28",
          "2001:20::/28",
          "2001:db8::/32",
          "3fff::/20",
          "5f00::/16",
          "fc00::/7",
          "fe80::/9",
          "ff00::/8");

  private static final Cidr MAPPED = Cidr.parse("::ffff:0:0/96");
  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");
  private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");

  private SpecialAddresses() {}

  public static boolean contains(InetAddress address) {
    return contains(address.getAddress());
  }

  private static boolean contains(byte[] octets) {
    var host = Cidr.of(octets, octets.length * 8);
    if (SPECIAL.contains(host)) {
      return true;
    }
    if (MAPPED.contains(host) || NAT64.contains(host)) {
      return contains(Arrays.copyOfRange(octets, 12, 16));
    }
    return SIX_TO_FOUR.contains(host) && contains(Arrays.copyOfRange(octets, 2, 6));
  }

  private static NetworkSet networks(String... written) {
    return NetworkSet.of(Stream.of(written).map(Cidr::parse).toList());
  }
}
