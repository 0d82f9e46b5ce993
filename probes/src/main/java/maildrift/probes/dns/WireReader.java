package maildrift.probes.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a message's octets (RFC 1035 §4.1), strictly within bounds: a compression pointer must
 * point before the name it is in, so that no name can loop; data must end where their length says.
 */
final class WireReader {
  private static final int MAX_NAME = 255;

  private final byte[] octets;
  private final int end;
  private int at;

  /** The message is malformed; on its way to becoming a value, hence without a stack trace. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
      super(why, null, false, false);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  WireReader(byte[] octets, int start, int end) {
    this.octets = octets;
    this.at = start;
    this.end = end;
  }

  int at() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  private void need(int count) throws Malformed {
    if (end - at < count) {
      throw new Malformed("the message ends in the middle of a record");
    }
  }

  int u8() throws Malformed {
    need(1);
    return octets[at++] & 0xff;
  }

  int u16() throws Malformed {
    need(2);
    at += 2;
    return ((octets[at - 2] & 0xff) << 8) | (octets[at - 1] & 0xff);
  }

  long u32() throws Malformed {
    return ((long) u16() << 16) | u16();
  }

  void skip(int count) throws Malformed {
    need(count);
    at += count;
  }

  /** True, and past it, when the next two octets point to this offset. */
  boolean pointsTo(int offset) {
    if (end - at >= 2
        && (octets[at] & 0xff) == (0xc0 | (offset >> 8))
        && (octets[at + 1] & 0xff) == (offset & 0xff)) {
      at += 2;
      return true;
    }
    return false;
  }

  void skipName() throws Malformed {
    while (true) {
      var length = u8();
      if (length == 0) {
        return;
      }
      if (length >= 0xc0) {
        skip(1);
        return;
      }
      if (length > 63) {
        throw new Malformed("a label of an unknown kind");
      }
      skip(length);
    }
  }

  DnsName name() throws Malformed {
    var text = new byte[MAX_NAME];
    var used = 0;
    var plain = true;
    var start = at;
    var position = at;
    var limit = at;
    var jumped = false;
    var wire = 1;
    while (true) {
      if (position >= end) {
        throw new Malformed("a name runs over the end of the message");
      }
      var length = octets[position++] & 0xff;
      if (length == 0) {
        break;
      }
      if (length >= 0xc0) {
        if (position >= end) {
          throw new Malformed("a name runs over the end of the message");
        }
        var target = ((length & 0x3f) << 8) | (octets[position++] & 0xff);
        if (target >= limit) {
          throw new Malformed("a compression pointer that does not point back");
        }
        if (!jumped) {
          at = position;
          jumped = true;
        }
        limit = target;
        position = target;
        continue;
      }
      wire += length + 1;
      if (length > 63 || wire > MAX_NAME || position + length > end) {
        throw new Malformed("a label or a name is too long");
      }
      if (used > 0) {
        text[used++] = '.';
      }
      for (var i = 0; i < length; i++) {
        int c = octets[position++];
        if (c >= 'A' && c <= 'Z') {
          c += 'a' - 'A';
        }
        plain &= DnsName.isPlain(c);
        text[used++] = (byte) c;
      }
    }
    if (!jumped) {
      at = position;
    }
    return plain
        ? DnsName.ofPlain(new String(text, 0, used, StandardCharsets.ISO_8859_1))
        : DnsName.ofLabels(labels(start));
  }

  /** Again, label by label, for a name with octets that need an escape; already checked. */
  private List<String> labels(int start) {
    var labels = new ArrayList<String>();
    var position = start;
    while (octets[position] != 0) {
      var length = octets[position] & 0xff;
      if (length >= 0xc0) {
        position = ((length & 0x3f) << 8) | (octets[position + 1] & 0xff);
        continue;
      }
      labels.add(new String(octets, position + 1, length, StandardCharsets.ISO_8859_1));
      position += length + 1;
    }
    return labels;
  }

  /** Exactly what is left up to {@code to}. */
  byte[] rest(int to) throws Malformed {
    if (to > end || to < at) {
      throw new Malformed("data longer than the message");
    }
    var from = at;
    at = to;
    return Arrays.copyOfRange(octets, from, to);
  }

  String latin1(int length) throws Malformed {
    need(length);
    at += length;
    return new String(octets, at - length, length, StandardCharsets.ISO_8859_1);
  }

  /** One record's data, which must end at {@code to}. */
  Rdata data(RecordType type, int to) throws Malformed {
    if (to > end) {
      throw new Malformed("data longer than the message");
    }
    var data =
        switch (type) {
          case A, AAAA -> address(type, to);
          case NS -> new Rdata.Ns(name());
          case CNAME -> new Rdata.Cname(name());
          case PTR -> new Rdata.Ptr(name());
          case MX -> new Rdata.Mx(u16(), name());
          case SRV -> new Rdata.Srv(u16(), u16(), u16(), name());
          case TXT, SPF -> new Rdata.Txt(strings(to));
          case SOA -> new Rdata.Soa(name(), name(), u32(), u32(), u32(), u32(), u32());
          case TLSA -> new Rdata.Tlsa(u8(), u8(), u8(), hex(to));
          case CAA ->
              new Rdata.Caa(u8(), latin1(u8()), new String(rest(to), StandardCharsets.ISO_8859_1));
          case DS, RRSIG, DNSKEY, NSEC3PARAM -> Rdata.Other.of(type, rest(to));
        };
    if (at != to) {
      throw new Malformed("the data of a record of type " + type + " have the wrong length");
    }
    return data;
  }

  private Rdata address(RecordType type, int to) throws Malformed {
    var bytes = rest(to);
    if (bytes.length != (type == RecordType.A ? 4 : 16)) {
      throw new Malformed("an address of " + bytes.length + " octets");
    }
    try {
      // getByAddress(bytes) alone would turn an IPv4-mapped address into an IPv4 one.
      return new Rdata.Address(
          type == RecordType.A
              ? InetAddress.getByAddress(bytes)
              : Inet6Address.getByAddress(null, bytes, -1));
    } catch (UnknownHostException impossible) {
      throw new Malformed(impossible.toString());
    }
  }

  private List<String> strings(int to) throws Malformed {
    if (at == to) {
      return List.of("");
    }
    var first = latin1(u8());
    if (at == to) {
      return List.of(first);
    }
    var strings = new ArrayList<String>();
    strings.add(first);
    while (at < to) {
      strings.add(latin1(u8()));
    }
    return strings;
  }

  private String hex(int to) throws Malformed {
    return java.util.HexFormat.of().formatHex(rest(to));
  }
}
