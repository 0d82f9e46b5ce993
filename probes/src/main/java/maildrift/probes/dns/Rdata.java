package maildrift.probes.dns;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * The data of one record, already normalised: names in lower case without trailing dot. Everything
 * in it is hostile.
 */
public sealed interface Rdata extends Comparable<Rdata> {

  /** Presentation form, one line; also the order of records. */
  String text();

  @Override
  default int compareTo(Rdata other) {
    return text().compareTo(other.text());
  }

  /** An A or AAAA record. An IPv4-mapped AAAA stays an IPv6 address only in {@code text}. */
  record Address(InetAddress address) implements Rdata {
    @Override
    public String text() {
      return address.getHostAddress();
    }
  }

  /**
   * A TXT (or SPF) record.
   *
   * @param strings its character-strings as ISO-8859-1, one char an octet, so that nothing is lost
   *     or misread
   */
  record Txt(List<String> strings) implements Rdata {
    public Txt {
      strings = List.copyOf(strings);
    }

    public static Txt of(String... strings) {
      return new Txt(List.of(strings));
    }

    /** The strings joined without a space (RFC 7208 §3.3, RFC 6376 §3.6.2.2), one char an octet. */
    public String joined() {
      return String.join("", strings);
    }

    /** The joined octets read as UTF-8, for display only. */
    public String utf8() {
      return new String(joined().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Override
    public String text() {
      return joined();
    }
  }

  record Mx(int preference, DnsName host) implements Rdata {
    @Override
    public String text() {
      return preference + " " + host;
    }

    /** By preference first, as a sender reads them. */
    @Override
    public int compareTo(Rdata other) {
      return other instanceof Mx mx && mx.preference != preference
          ? Integer.compare(preference, mx.preference)
          : text().compareTo(other.text());
    }
  }

  record Ptr(DnsName name) implements Rdata {
    @Override
    public String text() {
      return name.toString();
    }
  }

  record Ns(DnsName name) implements Rdata {
    @Override
    public String text() {
      return name.toString();
    }
  }

  /** Only in answers to a CNAME question; chains are in {@link Answer.Found#aliases()}. */
  record Cname(DnsName target) implements Rdata {
    @Override
    public String text() {
      return target.toString();
    }
  }

  record Soa(
      DnsName primary,
      DnsName contact,
      long serial,
      long refresh,
      long retry,
      long expire,
      long minimum)
      implements Rdata {
    @Override
    public String text() {
      return "%s %s %d %d %d %d %d"
          .formatted(primary, contact, serial, refresh, retry, expire, minimum);
    }
  }

  record Srv(int priority, int weight, int port, DnsName target) implements Rdata {
    @Override
    public String text() {
      return "%d %d %d %s".formatted(priority, weight, port, target);
    }
  }

  /** RFC 6698 §2. {@code data} in lower-case hex. */
  record Tlsa(int usage, int selector, int matchingType, String data) implements Rdata {
    @Override
    public String text() {
      return "%d %d %d %s".formatted(usage, selector, matchingType, data);
    }
  }

  /** RFC 8659 §4. {@code value} as ISO-8859-1. */
  record Caa(int flags, String tag, String value) implements Rdata {
    @Override
    public String text() {
      return "%d %s \"%s\"".formatted(flags, tag, value);
    }
  }

  /** Any other type. {@code data} in lower-case hex. */
  record Other(RecordType type, String data) implements Rdata {
    public static Other of(RecordType type, byte[] wire) {
      return new Other(type, HexFormat.of().formatHex(wire));
    }

    @Override
    public String text() {
      return "\\# " + data.length() / 2 + " " + data;
    }
  }
}
