package maildrift.probes.domain;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * Settings of one domain on the operator's gateway, provider and mail server that nothing outside
 * shows. What is empty was not declared, and nothing is concluded from it.
 *
 * @param mode how a SEPPmail gateway stands to the domain
 * @param headerCheck "Header check" of the domain is on
 * @param exchangeOnline "Exchange Online Integration" of the domain is on
 * @param disableDelivery the extended field {@code disable_delivery}: mail is answered with 422
 * @param tlsLevels levels that differ from the domain's {@code tls_level}, by leg
 * @param pins accepted SHA-256 fingerprints (of the certificate or its public key, lower-case hex)
 *     of forwarding servers, smarthosts and delivery routes, by host
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
    Map<DnsName, List<String>> pins,
    List<NextHop> deliveryRoutes,
    List<Cidr> outboundAddresses,
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
          Map.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of());

  public Declared {
    tlsLevels = Map.copyOf(tlsLevels);
    var copies = new HashMap<DnsName, List<String>>();
    pins.forEach((host, of) -> copies.put(host, List.copyOf(of)));
    pins = Map.copyOf(copies);
    deliveryRoutes = List.copyOf(deliveryRoutes);
    outboundAddresses = List.copyOf(outboundAddresses);
    connectors = List.copyOf(connectors);
    clientHosts = List.copyOf(clientHosts);
  }

  public Declared mode(Mode value) {
    return with(parts -> parts.mode = Optional.of(value));
  }

  public Declared headerCheck(boolean value) {
    return with(parts -> parts.headerCheck = Optional.of(value));
  }

  public Declared exchangeOnline(boolean value) {
    return with(parts -> parts.exchangeOnline = Optional.of(value));
  }

  public Declared disableDelivery(boolean value) {
    return with(parts -> parts.disableDelivery = Optional.of(value));
  }

  public Declared tlsLevels(Map<Leg, TlsLevel> value) {
    return with(parts -> parts.tlsLevels = value);
  }

  public Declared pins(Map<DnsName, List<String>> value) {
    return with(parts -> parts.pins = value);
  }

  public Declared deliveryRoutes(List<NextHop> value) {
    return with(parts -> parts.deliveryRoutes = value);
  }

  public Declared outboundAddresses(List<Cidr> value) {
    return with(parts -> parts.outboundAddresses = value);
  }

  public Declared connectors(List<Connector> value) {
    return with(parts -> parts.connectors = value);
  }

  public Declared clientHosts(List<DnsName> value) {
    return with(parts -> parts.clientHosts = value);
  }

  private Declared with(Consumer<Parts> change) {
    var parts = new Parts(this);
    change.accept(parts);
    return parts.declared();
  }

  /** Settings on their way to the next ones. */
  private static final class Parts {
    private Optional<Mode> mode;
    private Optional<Boolean> headerCheck;
    private Optional<Boolean> exchangeOnline;
    private Optional<Boolean> disableDelivery;
    private Map<Leg, TlsLevel> tlsLevels;
    private Map<DnsName, List<String>> pins;
    private List<NextHop> deliveryRoutes;
    private List<Cidr> outboundAddresses;
    private List<Connector> connectors;
    private List<DnsName> clientHosts;

    Parts(Declared from) {
      mode = from.mode;
      headerCheck = from.headerCheck;
      exchangeOnline = from.exchangeOnline;
      disableDelivery = from.disableDelivery;
      tlsLevels = from.tlsLevels;
      pins = from.pins;
      deliveryRoutes = from.deliveryRoutes;
      outboundAddresses = from.outboundAddresses;
      connectors = from.connectors;
      clientHosts = from.clientHosts;
    }

    Declared declared() {
      return new Declared(
          mode,
          headerCheck,
          exchangeOnline,
          disableDelivery,
          tlsLevels,
          pins,
          deliveryRoutes,
          outboundAddresses,
          connectors,
          clientHosts);
    }
  }
}
