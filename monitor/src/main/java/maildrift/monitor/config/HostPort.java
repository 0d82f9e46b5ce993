package maildrift.monitor.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * Where something listens: {@code HOST:PORT}, an IPv6 address in brackets.
 *
 * @param host an address without brackets, or a host name
 * @param port 0 means any free one, where one listens
 */
public record HostPort(String host, int port) {

  public HostPort {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is between 0 and 65535, not " + port);
    }
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code 192.0.2.1:53}, {@code [2001:db8::1]:53} or a bare
   * IPv6 address.
   *
   * @param defaultPort where none is written
   * @throws IllegalArgumentException that repeats what was written and says what is wrong
   */
  public static HostPort parse(String written, int defaultPort) {
    if (Cidr.octets(written).isPresent()) {
      return new HostPort(written, defaultPort);
    }
    if (written.startsWith("[")) {
      var end = written.indexOf(']');
      var inside = end < 0 ? "" : written.substring(1, end);
      var after = end < 0 ? "" : written.substring(end + 1);
      if (inside.indexOf(':') < 0 || Cidr.octets(inside).isEmpty()) {
        throw new IllegalArgumentException("'%s' is no [IPv6 address]:port".formatted(written));
      }
      if (!after.isEmpty() && after.charAt(0) != ':') {
        throw new IllegalArgumentException(
            "'%s' has '%s' after the bracket; only :port may follow".formatted(written, after));
      }
      return new HostPort(
          inside, after.isEmpty() ? defaultPort : port(written, after.substring(1)));
    }
    var colon = written.indexOf(':');
    var host = colon < 0 ? written : written.substring(0, colon);
    if (!isHost(host)) {
      throw new IllegalArgumentException(
          "'%s' is neither HOST nor HOST:PORT; an address looks like 192.0.2.1:53 or [2001:db8::1]:53"
              .formatted(written));
    }
    return new HostPort(
        host, colon < 0 ? defaultPort : port(written, written.substring(colon + 1)));
  }

  /**
   * As {@link #parse}, of a server that one connects to: its port is not 0.
   *
   * @throws IllegalArgumentException likewise
   */
  public static HostPort parseServer(String written, int defaultPort) {
    var server = parse(written, defaultPort);
    if (server.port == 0) {
      throw new IllegalArgumentException("'%s': no server answers on port 0".formatted(written));
    }
    return server;
  }

  /**
   * As {@link #parseServer}, of a name server: an address, since there is nobody to ask for one.
   *
   * @throws IllegalArgumentException likewise
   */
  public static HostPort parseNameServer(String written, int defaultPort) {
    var server = parseServer(written, defaultPort);
    if (!server.isAddress()) {
      throw new IllegalArgumentException(
          "'%s' is a name; a name server is written as its address, such as 192.0.2.1:53 or [2001:db8::1]:53"
              .formatted(written));
    }
    return server;
  }

  /** Whether nobody need be asked where it is. */
  public boolean isAddress() {
    return host.equalsIgnoreCase("localhost") || Cidr.octets(host).isPresent();
  }

  private static boolean isHost(String host) {
    if (Cidr.octets(host).isPresent()) {
      return true;
    }
    return DnsName.parse(host).filter(Hosts::isHost).isPresent();
  }

  private static int port(String written, String digits) {
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
        || Integer.parseInt(digits) > 65_535) {
      throw new IllegalArgumentException(
          "'%s' has no port between 0 and 65535 after the colon".formatted(written));
    }
    return Integer.parseInt(digits);
  }

  /** The address, where the host is a literal one. */
  public Optional<InetAddress> literal() {
    return Cidr.octets(host).map(octets -> Cidr.of(octets, octets.length * 8).host());
  }

  /** {@code localhost} or an address of the loopback network; names are not looked up. */
  public boolean isLoopback() {
    return host.equalsIgnoreCase("localhost")
        || literal().map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /**
   * Ready to connect to or to bind; a name is looked up by the system now, and may stay unresolved.
   */
  public InetSocketAddress socketAddress() {
    return literal()
        .map(address -> new InetSocketAddress(address, port))
        .orElseGet(() -> new InetSocketAddress(host, port));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
