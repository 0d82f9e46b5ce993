package maildrift.probes.domain;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * A mail gateway of the operator.
 *
 * @param id the key in the configuration
 * @param host its host name
 * @param addresses where it answers, when declared
 * @param port of SMTP
 * @param connectorName the name in the other side's connector, which the certificate's CN must
 *     carry; may be a wildcard
 * @param banner the host name its SMTP banner must start with
 * @param helo the name it says of itself, or an address literal, {@code [192.0.2.1]}
 * @param pins accepted SHA-256 fingerprints of the certificate or of its public key (SPKI),
 *     lower-case hex
 * @param requiresTls it is to refuse mail without TLS, which a public MX host must not (RFC 3207
 *     §4)
 * @param settings what nothing outside shows
 */
public record Gateway(
    String id,
    DnsName host,
    List<InetAddress> addresses,
    int port,
    Optional<String> connectorName,
    Optional<DnsName> banner,
    Optional<DnsName> helo,
    List<String> pins,
    boolean requiresTls,
    GatewaySettings settings) {

  /** Why nothing is known of how one speaks that only others may reach. */
  public static final String UNSPOKEN =
      "only others may reach it (only_reachable_from), so that it is not spoken to";

  public Gateway {
    addresses = List.copyOf(addresses);
    pins = List.copyOf(pins);
  }

  /** What it says of itself where that is a name; an address literal stands for no record. */
  public Optional<DnsName> heloName() {
    return helo.filter(name -> !name.toString().startsWith("["));
  }

  public Gateway settings(GatewaySettings value) {
    return new Gateway(
        id, host, addresses, port, connectorName, banner, helo, pins, requiresTls, value);
  }

  /** One of which nothing is declared but what can be seen. */
  public Gateway(
      String id,
      DnsName host,
      List<InetAddress> addresses,
      int port,
      Optional<String> connectorName,
      Optional<DnsName> banner,
      Optional<DnsName> helo,
      List<String> pins,
      boolean requiresTls) {
    this(
        id,
        host,
        addresses,
        port,
        connectorName,
        banner,
        helo,
        pins,
        requiresTls,
        GatewaySettings.NOTHING);
  }

  /** One that takes mail without TLS, too. */
  public Gateway(
      String id,
      DnsName host,
      List<InetAddress> addresses,
      int port,
      Optional<String> connectorName,
      Optional<DnsName> banner,
      Optional<DnsName> helo,
      List<String> pins) {
    this(id, host, addresses, port, connectorName, banner, helo, pins, false);
  }
}
