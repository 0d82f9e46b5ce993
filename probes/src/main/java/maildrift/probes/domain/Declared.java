package maildrift.probes.domain;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * Settings of one domain on the operator's gateway, provider and mail server that nothing outside
 * shows. What is empty was not declared, and nothing is concluded from it.
 *
 * @param mode how a SEPPmail gateway stands to the domain
 * @param headerCheck "Header check" of the domain is on
 * @param exchangeOnline "Exchange Online Integration" of the domain is on
 * @param disableDelivery the extended field {@code disable_delivery}: mail is answered with 422
 * @param tlsLevels levels that differ from the domain's {@code tls_level}, by leg
 * @param deliveryRoutes where the provider hands the domain's mail to, in the order written
 * @param outboundAddresses of the organisation's own mail servers that send through the provider
 * @param connectors of the domain's Exchange Online tenant
 * @param clientHosts names of the domain's own that mail programs are set up with
 */
public record Declared(
    Optional<Mode> mode,
    Optional<Boolean> headerCheck,
    Optional<Boolean> exchangeOnline,
    Optional<Boolean> disableDelivery,
    Map<Leg, TlsLevel> tlsLevels,
    List<NextHop> deliveryRoutes,
    List<InetAddress> outboundAddresses,
    List<Connector> connectors,
    List<DnsName> clientHosts) {

  /** Nothing is declared. */
  public static final Declared NOTHING =
      new Declared(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of());

  public Declared {
    tlsLevels = Map.copyOf(tlsLevels);
    deliveryRoutes = List.copyOf(deliveryRoutes);
    outboundAddresses = List.copyOf(outboundAddresses);
    connectors = List.copyOf(connectors);
    clientHosts = List.copyOf(clientHosts);
  }
}
