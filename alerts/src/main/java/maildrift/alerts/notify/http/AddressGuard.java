package maildrift.alerts.notify.http;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import maildrift.alerts.outbox.Failure;

/**
 * Which addresses may be connected to. A literal address or {@code localhost} is the operator's
 * word and is used. A name is resolved once, all its addresses are checked, and one that leads
 * inside makes the name refused unless the operator allows private addresses.
 */
public final class AddressGuard {
  private final HostResolver resolver;

  public AddressGuard(HostResolver resolver) {
    this.resolver = resolver;
  }

  /** Where a host may be reached. */
  public sealed interface Lookup {
    /** Connect to these and to nothing else; they carry the host's name. */
    record Found(List<InetAddress> addresses) implements Lookup {
      public Found {
        addresses = List.copyOf(addresses);
      }
    }

    record Refused(Failure failure, String why) implements Lookup {}
  }

  /**
   * Finds the addresses of a host.
   *
   * @param host a name, or a literal address (IPv6 with or without brackets)
   */
  public Lookup lookup(String host, boolean allowPrivate, Duration patience) {
    try {
      var literal = literal(host);
      if (literal.isPresent()) {
        return new Lookup.Found(List.of(literal.get()));
      }
    } catch (IllegalArgumentException e) {
      return new Lookup.Refused(Failure.ADDRESS, String.valueOf(e.getMessage()));
    }
    List<InetAddress> addresses;
    try {
      addresses = resolve(host, patience);
    } catch (TimeoutException e) {
      return new Lookup.Refused(Failure.TIMEOUT, "no address of " + host + " in time");
    } catch (IOException e) {
      return new Lookup.Refused(Failure.ADDRESS, host + " has no address");
    }
    if (addresses.isEmpty()) {
      return new Lookup.Refused(Failure.ADDRESS, host + " has no address");
    }
    if (host.equalsIgnoreCase("localhost")) {
      return addresses.stream().allMatch(InetAddress::isLoopbackAddress)
          ? new Lookup.Found(addresses)
          : new Lookup.Refused(Failure.ADDRESS, "localhost is not on this machine");
    }
    if (!allowPrivate) {
      for (var address : addresses) {
        var inside = inside(address);
        if (inside.isPresent()) {
          return new Lookup.Refused(
              Failure.ADDRESS,
              "%s leads to %s (%s), which needs allow_private: true"
                  .formatted(host, address.getHostAddress(), inside.get()));
        }
      }
    }
    return new Lookup.Found(addresses);
  }

  private List<InetAddress> resolve(String host, Duration patience)
      throws IOException, TimeoutException {
    var answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                var named = new ArrayList<InetAddress>();
                for (var address : resolver.resolve(host)) {
                  named.add(InetAddress.getByAddress(host, address.getAddress()));
                }
                return named;
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            task -> Thread.ofVirtual().name("resolve-" + host).start(task));
    try {
      return answer.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * The address that is written there; empty: it is a name.
   *
   * @throws IllegalArgumentException for what some resolvers read as an address and others do not,
   *     {@code 0x7f.1} or {@code 127.1}
   */
  static Optional<InetAddress> literal(String host) {
    var bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    try {
      if (bare.indexOf('%') >= 0) {
        throw new UnknownHostException(bare);
      }
      if (bare.indexOf(':') >= 0) {
        var address = Inet6Address.ofLiteral(bare);
        return Optional.of(InetAddress.getByAddress(bare, address.getAddress()));
      }
      var octets = octets(bare);
      if (octets.isPresent()) {
        return Optional.of(InetAddress.getByAddress(bare, octets.get()));
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("\"" + host + "\" is not an address", e);
    }
    var last = lastLabel(bare);
    if (!last.isEmpty()
        && (last.chars().allMatch(c -> c >= '0' && c <= '9') || last.startsWith("0x"))) {
      throw new IllegalArgumentException(
          "\"" + host + "\" is neither a name nor an address of four decimal numbers");
    }
    return Optional.empty();
  }

  private static Optional<byte[]> octets(String text) {
    var octets = new byte[4];
    var at = 0;
    for (var i = 0; i < 4; i++) {
      var end = i < 3 ? text.indexOf('.', at) : text.length();
      if (end < 0 || end == at || end - at > 3) {
        return Optional.empty();
      }
      var value = 0;
      for (var j = at; j < end; j++) {
        var digit = text.charAt(j) - '0';
        if (digit < 0 || digit > 9) {
          return Optional.empty();
        }
        value = value * 10 + digit;
      }
      if (value > 255 || (end - at > 1 && text.charAt(at) == '0')) {
        return Optional.empty();
      }
      octets[i] = (byte) value;
      at = end + 1;
    }
    return Optional.of(octets);
  }

  private static String lastLabel(String host) {
    var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** Why an address is not one of the public Internet; empty: it is. */
  public static Optional<String> inside(InetAddress address) {
    return switch (address) {
      case Inet4Address v4 -> inside4(v4.getAddress());
      case Inet6Address v6 -> inside6(v6.getAddress());
      default -> Optional.of("unknown");
    };
  }

  /**
   * IANA's special-purpose registry (RFC 6890) and multicast. The documentation ranges are left
   * out: they lead nowhere, and laboratories use them.
   */
  private static Optional<String> inside4(byte[] address) {
    var a = address[0] & 0xff;
    var b = address[1] & 0xff;
    var c = address[2] & 0xff;
    if (a == 0) {
      return Optional.of("this network");
    }
    if (a == 127) {
      return Optional.of("loopback");
    }
    if (a == 10 || (a == 172 && b >= 16 && b <= 31) || (a == 192 && b == 168)) {
      return Optional.of("private");
    }
    if (a == 169 && b == 254) {
      return Optional.of("link local");
    }
    if (a == 100 && b >= 64 && b <= 127) {
      return Optional.of("shared by a carrier");
    }
    if ((a == 192 && b == 0 && c == 0) || (a == 192 && b == 88 && c == 99)) {
      return Optional.of("reserved");
    }
    if (a == 198 && (b == 18 || b == 19)) {
      return Optional.of("for benchmarks");
    }
    if (a >= 224) {
      return Optional.of(a < 240 ? "multicast" : "reserved");
    }
    return Optional.empty();
  }

  /**
   * Of IPv6 only 2000::/3 is public, and the forms that carry an IPv4 address are as public as it.
   */
  private static Optional<String> inside6(byte[] address) {
    if (startsWith(address, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)
        || startsWith(address, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) {
      var embedded = inside4(Arrays.copyOfRange(address, 12, 16));
      return embedded.isPresent() ? embedded : Optional.of("an IPv4 address in disguise");
    }
    if (startsWith(address, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) {
      return inside4(Arrays.copyOfRange(address, 12, 16)).map(why -> why + " behind NAT64");
    }
    if ((address[0] & 0xe0) != 0x20) {
      return Optional.of("not public");
    }
    if (startsWith(address, 0x20, 0x02)) {
      return inside4(Arrays.copyOfRange(address, 2, 6)).map(why -> why + " in 6to4");
    }
    if (startsWith(address, 0x20, 0x01, 0, 0)) {
      return Optional.of("Teredo");
    }
    if ((address[8] & 0xfd) == 0
        && address[9] == 0
        && address[10] == 0x5e
        && (address[11] & 0xff) == 0xfe) {
      return inside4(Arrays.copyOfRange(address, 12, 16)).map(why -> why + " in ISATAP");
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] address, int... bytes) {
    for (var i = 0; i < bytes.length; i++) {
      if ((address[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
