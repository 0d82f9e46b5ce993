package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;
import maildrift.probes.network.Cidr;

/**
 * The address that mail comes from. An IPv4-mapped IPv6 address is an IPv4 address (RFC 7208 §5).
 */
record Client(Cidr address) {

  /**
   * @throws IllegalArgumentException if the text is no address
   */
  static Client parse(String text) {
    var octets =
        Cidr.octets(text)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'%s' is not an IP address".formatted(Printable.of(text))));
    return of(octets);
  }

  static Client of(byte[] octets) {
    var own = isMapped(octets) ? Arrays.copyOfRange(octets, 12, 16) : octets;
    return new Client(Cidr.of(own, own.length * 8));
  }

  private static boolean isMapped(byte[] octets) {
    if (octets.length != 16 || octets[10] != (byte) 0xff || octets[11] != (byte) 0xff) {
      return false;
    }
    for (var i = 0; i < 10; i++) {
      if (octets[i] != 0) {
        return false;
      }
    }
    return true;
  }

  boolean isIpv4() {
    return address.isIpv4();
  }

  /** The record type that holds addresses of its family. */
  RecordType type() {
    return isIpv4() ? RecordType.A : RecordType.AAAA;
  }

  /** As people read it: the macro {@code c}. */
  String readable() {
    var text = address.toString();
    return text.substring(0, text.indexOf('/'));
  }

  /** The macro {@code i} (§7.3): dotted quad, or every nibble of an IPv6 address. */
  String dotted() {
    if (isIpv4()) {
      return readable();
    }
    return String.join(".", nibbles()).toUpperCase(Locale.ROOT);
  }

  /** The macro {@code v}. */
  String family() {
    return isIpv4() ? "in-addr" : "ip6";
  }

  /** The name whose PTR records are its reverse names. */
  DnsName reverse() {
    var parts = isIpv4() ? new ArrayList<>(List.of(readable().split("\\.", -1))) : nibbles();
    var labels = new ArrayList<>(parts.reversed());
    labels.add(family());
    labels.add("arpa");
    return DnsName.ofLabels(labels);
  }

  private List<String> nibbles() {
    var nibbles = new ArrayList<String>(32);
    for (var octet : address.address()) {
      nibbles.add(Integer.toHexString((octet >> 4) & 0xf));
      nibbles.add(Integer.toHexString(octet & 0xf));
    }
    return nibbles;
  }
}
