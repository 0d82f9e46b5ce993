package maildrift.probes.network;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A network: an address with host bits zero, and a prefix length. IPv4 and IPv6 are different
 * families, also when mapped.
 */
public final class Cidr implements Comparable<Cidr> {
  private final byte[] address;
  private final int prefix;

  private Cidr(byte[] address, int prefix) {
    this.address = address;
    this.prefix = prefix;
  }

  /** A network of {@code prefix} bits around {@code address}; host bits are dropped. */
  public static Cidr of(byte[] address, int prefix) {
    if ((address.length != 4 && address.length != 16)
        || prefix < 0
        || prefix > address.length * 8) {
      throw new IllegalArgumentException(
          "no network has %d octets and a prefix of %d".formatted(address.length, prefix));
    }
    return new Cidr(masked(address, prefix), prefix);
  }

  public static Cidr of(InetAddress address) {
    return of(address.getAddress(), address.getAddress().length * 8);
  }

  /**
   * Reads {@code 192.0.2.0/24}, {@code 2001:db8::/32} or a single address. Host bits must be zero.
   *
   * @throws IllegalArgumentException that says what is wrong and, for host bits, which network is
   *     meant
   */
  public static Cidr parse(String text) {
    var slash = text.indexOf('/');
    var host = slash < 0 ? text : text.substring(0, slash);
    var octets =
        octets(host)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'%s' is not an IP address or CIDR network".formatted(text)));
    var prefix = octets.length * 8;
    if (slash >= 0) {
      var digits = text.substring(slash + 1);
      if (digits.isEmpty()
          || digits.length() > 3
          || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
          || (digits.length() > 1 && digits.charAt(0) == '0')
          || Integer.parseInt(digits) > prefix) {
        throw new IllegalArgumentException(
            "'%s' has no prefix length between 0 and %d".formatted(text, prefix));
      }
      prefix = Integer.parseInt(digits);
    }
    var network = of(octets, prefix);
    if (!Arrays.equals(network.address, octets)) {
      throw new IllegalArgumentException(
          "'%s' has host bits set; the network is %s".formatted(text, network));
    }
    return network;
  }

  /**
   * The octets of a literal IPv4 (dotted quad, no leading zeros) or IPv6 address (RFC 4291 §2.2);
   * no name is ever looked up.
   */
  public static Optional<byte[]> octets(String literal) {
    if (literal.indexOf(':') < 0) {
      return quad(literal);
    }
    if (!literal
        .chars()
        .allMatch(c -> c == ':' || c == '.' || (Character.digit(c, 16) >= 0 && c < 0x80))) {
      return Optional.empty();
    }
    try {
      var bytes = InetAddress.ofLiteral(literal).getAddress();
      // Java turns ::ffff:a.b.c.d into an IPv4 address; here it stays what was written.
      return Optional.of(bytes.length == 16 ? bytes : mapped(bytes));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> quad(String literal) {
    var parts = literal.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    var out = new byte[4];
    for (var i = 0; i < 4; i++) {
      var part = parts[i];
      if (part.isEmpty()
          || part.length() > 3
          || !part.chars().allMatch(c -> c >= '0' && c <= '9')
          || (part.length() > 1 && part.charAt(0) == '0')
          || Integer.parseInt(part) > 255) {
        return Optional.empty();
      }
      out[i] = (byte) Integer.parseInt(part);
    }
    return Optional.of(out);
  }

  private static byte[] mapped(byte[] v4) {
    var out = new byte[16];
    out[10] = (byte) 0xff;
    out[11] = (byte) 0xff;
    System.arraycopy(v4, 0, out, 12, 4);
    return out;
  }

  private static byte[] masked(byte[] address, int prefix) {
    var out = address.clone();
    for (var i = 0; i < out.length; i++) {
      var keep = Math.clamp(prefix - i * 8L, 0, 8);
      out[i] &= (byte) (0xff << (8 - keep));
    }
    return out;
  }

  public boolean isIpv4() {
    return address.length == 4;
  }

  public int prefix() {
    return prefix;
  }

  /** Whether it holds one address only. */
  public boolean isSingle() {
    return prefix == address.length * 8;
  }

  /** The first address, a fresh copy. */
  public byte[] address() {
    return address.clone();
  }

  /** How many addresses it holds. */
  public BigInteger size() {
    return BigInteger.ONE.shiftLeft(address.length * 8 - prefix);
  }

  public boolean contains(Cidr other) {
    return other.address.length == address.length
        && other.prefix >= prefix
        && Arrays.equals(masked(other.address, prefix), address);
  }

  public boolean contains(InetAddress host) {
    return contains(of(host));
  }

  public boolean overlaps(Cidr other) {
    return contains(other) || other.contains(this);
  }

  /** IPv4 before IPv6, then by address, then the wider first. */
  @Override
  public int compareTo(Cidr other) {
    if (address.length != other.address.length) {
      return Integer.compare(address.length, other.address.length);
    }
    var byAddress = Arrays.compareUnsigned(address, other.address);
    return byAddress != 0 ? byAddress : Integer.compare(prefix, other.prefix);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr cidr
        && cidr.prefix == prefix
        && Arrays.equals(cidr.address, address);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(address) * 31 + prefix;
  }

  /** Always with the prefix length; IPv6 as in RFC 5952. */
  @Override
  public String toString() {
    return first() + "/" + prefix;
  }

  /** An address as people and other programs write it; IPv6 as in RFC 5952. */
  public static String text(InetAddress address) {
    return of(address).first();
  }

  private String first() {
    return isIpv4() ? dotted(0) : isMapped() ? "::ffff:" + dotted(12) : compressed();
  }

  /** {@code ::ffff:0:0/96}, which RFC 5952 §5 writes with a dotted quad. */
  private boolean isMapped() {
    return prefix >= 96
        && address[10] == (byte) 0xff
        && address[11] == (byte) 0xff
        && Arrays.equals(address, 0, 10, new byte[10], 0, 10);
  }

  private String dotted(int from) {
    return (address[from] & 0xff)
        + "."
        + (address[from + 1] & 0xff)
        + "."
        + (address[from + 2] & 0xff)
        + "."
        + (address[from + 3] & 0xff);
  }

  private String compressed() {
    var groups = new int[8];
    for (var i = 0; i < 8; i++) {
      groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
    }
    var bestStart = -1;
    var bestLength = 1;
    for (var i = 0; i < 8; i++) {
      var j = i;
      while (j < 8 && groups[j] == 0) {
        j++;
      }
      if (j - i > bestLength) {
        bestStart = i;
        bestLength = j - i;
      }
      i = Math.max(i, j - 1);
    }
    var out = new StringBuilder();
    for (var i = 0; i < 8; i++) {
      if (i == bestStart) {
        out.append("::");
        i += bestLength - 1;
        continue;
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(groups[i]));
    }
    return out.toString();
  }

  /** The address itself, where the network is a single one. */
  public InetAddress host() {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
