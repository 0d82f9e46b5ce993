package maildrift.probes.network;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Networks that nobody reaches over the Internet (IANA special-purpose address registries, RFC
 * 6890). An MX host there receives no mail; an allowlist entry there lets no stranger in.
 */
public final class SpecialNetworks {

  private static final Map<Cidr, String> PRIVATE =
      networks(
          "0.0.0.0/8", "\"this network\" (RFC 1122)",
          "10.0.0.0/8", "private (RFC 1918)",
          "100.64.0.0/10", "shared by carrier NAT (RFC 6598)",
          "127.0.0.0/8", "loopback (RFC 1122)",
          "169.254.0.0/16", "link-local (RFC 3927)",
          "172.16.0.0/12", "private (RFC 1918)",
          "192.168.0.0/16", "private (RFC 1918)",
          "::/128", "the unspecified address (RFC 4291)",
          "::1/128", "loopback (RFC 4291)",
          "fc00::/7", "unique local (RFC 4193)",
          "fe80::/10", "link-local (RFC 4291)");

  private static final Map<Cidr, String> DOCUMENTATION =
      networks(
          "192.0.2.0/24", "for documentation (RFC 5737)",
          "198.51.100.0/24", "for documentation (RFC 5737)",
          "203.0.113.0/24", "for documentation (RFC 5737)",
          "2001:db8::/32", "for documentation (RFC 3849)",
          "3fff::/20", "for documentation (RFC 9637)");

  private SpecialNetworks() {}

  private static Map<Cidr, String> networks(String... networksAndKinds) {
    var map = new LinkedHashMap<Cidr, String>();
    for (var i = 0; i < networksAndKinds.length; i += 2) {
      map.put(Cidr.parse(networksAndKinds[i]), networksAndKinds[i + 1]);
    }
    return map;
  }

  /** Why the address cannot be reached over the Internet, e.g. {@code private (RFC 1918)}. */
  public static Optional<String> kind(InetAddress address) {
    var host = Cidr.of(address);
    return kind(PRIVATE, host).or(() -> kind(DOCUMENTATION, host));
  }

  /**
   * Whether the Internet cannot reach it because it is somebody's inside. Documentation ranges are
   * nobody's.
   */
  public static boolean isPrivate(InetAddress address) {
    return kind(PRIVATE, Cidr.of(address)).isPresent();
  }

  /**
   * A single private address, as operators enter it where nobody may relay and the form must not
   * stay empty. Documentation ranges do not count: they are what people forget to replace.
   */
  public static boolean isPlaceholder(Cidr entry) {
    return entry.isSingle() && kind(PRIVATE, entry).isPresent();
  }

  private static Optional<String> kind(Map<Cidr, String> known, Cidr network) {
    return known.entrySet().stream()
        .filter(entry -> entry.getKey().contains(network))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
