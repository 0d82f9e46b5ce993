package maildrift.probes.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/** Where a name server listens. */
public record DnsServer(InetAddress address, int port) {
  public static final int DEFAULT_PORT = 53;

  public DnsServer {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, was " + port);
    }
  }

  /** Whether it is reached over IPv6. */
  public boolean isSix() {
    return address instanceof Inet6Address;
  }

  /**
   * {@code ADDRESS[:PORT]}, with an IPv6 address in brackets when a port follows; {@code localhost}
   * is 127.0.0.1. Other names are not accepted: to find their address, a name server would have to
   * be asked first.
   *
   * @throws IllegalArgumentException with a message that says what is wrong and what would be right
   */
  public static DnsServer parse(String written) {
    var text = written.strip();
    if (text.startsWith("[")) {
      var end = text.indexOf(']');
      if (end < 0) {
        throw wrong(written, "the bracket is not closed");
      }
      var rest = text.substring(end + 1);
      if (!rest.isEmpty() && !rest.startsWith(":")) {
        throw wrong(written, "after the bracket only a colon and a port may follow");
      }
      var address = literal(text.substring(1, end), written);
      return new DnsServer(
          address, rest.isEmpty() ? DEFAULT_PORT : port(rest.substring(1), written));
    }
    var colon = text.indexOf(':');
    if (colon >= 0 && colon == text.lastIndexOf(':')) {
      return new DnsServer(
          literal(text.substring(0, colon), written), port(text.substring(colon + 1), written));
    }
    return new DnsServer(literal(text, written), DEFAULT_PORT);
  }

  /**
   * Several of them with commas between.
   *
   * @throws IllegalArgumentException as {@link #parse}
   */
  public static List<DnsServer> parseAll(String written) {
    return Arrays.stream(written.split(",", -1)).map(DnsServer::parse).toList();
  }

  private static InetAddress literal(String host, String written) {
    if (host.equalsIgnoreCase("localhost")) {
      return InetAddress.ofLiteral("127.0.0.1");
    }
    // The JDK would read 8.8 as 8.0.0.8; a person meant something else.
    if (host.indexOf(':') < 0 && host.chars().filter(c -> c == '.').count() != 3) {
      throw wrong(written, "'" + host + "' is not an IP address");
    }
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      throw wrong(written, "'" + host + "' is not an IP address");
    }
  }

  private static int port(String text, String written) {
    var digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Character::isDigit);
    var port = digits ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65_535) {
      throw wrong(written, "'" + text + "' is not a port (1 to 65535)");
    }
    return port;
  }

  private static IllegalArgumentException wrong(String written, String why) {
    return new IllegalArgumentException(
        "not a name server: '%s': %s; write ADDRESS or ADDRESS:PORT, e.g. 192.0.2.53:53 or [2001:db8::53]:53"
            .formatted(written, why));
  }

  InetSocketAddress socketAddress() {
    return new InetSocketAddress(address, port);
  }

  @Override
  public String toString() {
    var host = address.getHostAddress();
    return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
  }
}
