package maildrift.monitor.checklist;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.TlsLevel;

/**
 * A setting that an operator declares, by the key under which it stands in the configuration. Its
 * value is a list of words, so that steps can ask for them.
 */
public enum Setting {
  FORWARDING_SERVER,
  SMARTHOST,
  ALLOWED_SENDING_SERVERS,
  TLS_LEVEL,
  DKIM,
  MODE,
  HEADER_CHECK,
  EXCHANGE_ONLINE,
  DISABLE_DELIVERY,
  DELIVERY_ROUTES,
  OUTBOUND_ADDRESSES,
  CONNECTORS,
  CONNECTORS_SMART_HOSTS,
  CONNECTORS_TRUSTED_CA,
  CONNECTORS_SENDER_DOMAINS,
  CONNECTORS_CERTIFICATE_NAME,
  CONNECTORS_REQUIRES_TLS,
  CLIENT_HOSTS,
  MIGRATIONS,
  GATEWAYS,
  GATEWAYS_ADDRESSES,
  GATEWAYS_BANNER,
  GATEWAYS_HELO,
  GATEWAYS_CONNECTOR_NAME,
  GATEWAYS_REQUIRES_TLS,
  GATEWAYS_RELAY_NETWORKS,
  GATEWAYS_BUILTIN_MTA,
  GATEWAYS_REJECT_SPOOFED_SENDERS,
  GATEWAYS_WELCOMELIST,
  GATEWAYS_MANAGED_DOMAINS,
  GATEWAYS_ONLY_REACHABLE_FROM;

  /** Of which there are several, each with settings of its own. */
  private static final List<String> SEVERAL = List.of("gateways", "connectors");

  /** As it is written, {@code gateways.banner} for one of a gateway. */
  public String word() {
    var word = name().toLowerCase(Locale.ROOT);
    return SEVERAL.stream()
        .filter(of -> word.startsWith(of + "_"))
        .findFirst()
        .map(of -> of + "." + word.substring(of.length() + 1))
        .orElse(word);
  }

  /** Whether findings tell by their subject whether they are of this setting. */
  public boolean hasSubjects() {
    return isOfHosts() || this == ALLOWED_SENDING_SERVERS;
  }

  /** Whether its words are next hops. */
  public boolean isOfHosts() {
    return this == FORWARDING_SERVER || this == SMARTHOST || this == DELIVERY_ROUTES;
  }

  /** Whether a finding's subject is something that is declared as this. */
  boolean isSubject(String subject, ManagedDomain domain) {
    return of(domain).orElse(List.of()).stream()
        .anyMatch(
            word ->
                isOfHosts()
                    ? isHost(subject, NextHop.parse(word).target().toString())
                    : subject.equals("allowlist " + word));
  }

  private static boolean isHost(String subject, String host) {
    return subject.equals(host) || subject.startsWith(host + ":");
  }

  public static Optional<Setting> of(String word) {
    return Stream.of(values()).filter(setting -> setting.word().equals(word)).findFirst();
  }

  /** What is declared; empty: nothing is, and nothing can be concluded. */
  Optional<List<String>> of(ManagedDomain domain) {
    var declared = domain.declared();
    return switch (this) {
      case FORWARDING_SERVER -> some(domain.forwardingServers(), NextHop::written);
      case SMARTHOST -> some(domain.smarthosts(), NextHop::written);
      case ALLOWED_SENDING_SERVERS -> domain.allowlist().map(list -> List.of(list.name()));
      case TLS_LEVEL -> domain.tlsLevel().map(TlsLevel::word).map(List::of);
      case DKIM -> some(domain.dkim(), DkimExpectation::selector);
      case MODE -> declared.mode().map(Mode::word).map(List::of);
      case HEADER_CHECK -> flag(declared.headerCheck());
      case EXCHANGE_ONLINE -> flag(declared.exchangeOnline());
      case DISABLE_DELIVERY -> flag(declared.disableDelivery());
      case DELIVERY_ROUTES -> some(declared.deliveryRoutes(), NextHop::written);
      case OUTBOUND_ADDRESSES -> some(declared.outboundAddresses(), Object::toString);
      case CONNECTORS ->
          some(
              declared.connectors().stream().filter(Connector::enabled).toList(),
              connector -> connector.direction().word());
      case CONNECTORS_SMART_HOSTS ->
          connectors(
              domain,
              Connector.Direction.TO_PARTNER,
              own -> some(own.smartHosts(), NextHop::written));
      case CONNECTORS_TRUSTED_CA ->
          connectors(domain, Connector.Direction.TO_PARTNER, own -> flag(own.trustedCa()));
      case CONNECTORS_SENDER_DOMAINS ->
          connectors(
              domain,
              Connector.Direction.FROM_PARTNER,
              own -> some(own.senderDomains(), Object::toString));
      case CONNECTORS_CERTIFICATE_NAME ->
          connectors(
              domain,
              Connector.Direction.FROM_PARTNER,
              own -> own.certificateName().map(name -> List.of(name.text())));
      case CONNECTORS_REQUIRES_TLS ->
          every(
              declared.connectors().stream().filter(Connector::enabled).toList(),
              own -> flag(own.requiresTls()));
      case CLIENT_HOSTS -> some(declared.clientHosts(), Object::toString);
      case MIGRATIONS -> domain.migration().map(known -> List.of(known.start().toString()));
      case GATEWAYS -> some(domain.gateways(), Gateway::id);
      case GATEWAYS_ADDRESSES ->
          each(domain, own -> some(own.addresses(), address -> address.getHostAddress()));
      case GATEWAYS_BANNER ->
          each(domain, own -> own.banner().map(name -> List.of(name.toString())));
      case GATEWAYS_HELO -> each(domain, own -> own.helo().map(name -> List.of(name.toString())));
      case GATEWAYS_CONNECTOR_NAME -> each(domain, own -> own.connectorName().map(List::of));
      // Not written is no: only what was written can be told from what was not.
      case GATEWAYS_REQUIRES_TLS ->
          each(domain, own -> own.requiresTls() ? Optional.of(List.of("true")) : Optional.empty());
      case GATEWAYS_RELAY_NETWORKS -> lists(domain, GatewaySettings::relayNetworks);
      case GATEWAYS_BUILTIN_MTA -> each(domain, own -> flag(own.settings().builtInMta()));
      case GATEWAYS_REJECT_SPOOFED_SENDERS ->
          each(domain, own -> flag(own.settings().rejectsSpoofedSenders()));
      case GATEWAYS_WELCOMELIST -> lists(domain, GatewaySettings::welcomelist);
      case GATEWAYS_MANAGED_DOMAINS -> lists(domain, GatewaySettings::managedDomains);
      case GATEWAYS_ONLY_REACHABLE_FROM ->
          each(domain, own -> own.settings().onlyFrom().map(GatewaySettings.OnlyFrom::written));
    };
  }

  /** An empty list of the model is one that nobody wrote. */
  private static <T> Optional<List<String>> some(Collection<T> all, Function<T, String> word) {
    return all.isEmpty() ? Optional.empty() : Optional.of(all.stream().map(word).toList());
  }

  private static Optional<List<String>> flag(Optional<Boolean> flag) {
    return flag.map(value -> List.of(value.toString()));
  }

  /** An empty list that was written says something. */
  private static <T> Optional<List<String>> lists(
      ManagedDomain domain, Function<GatewaySettings, Optional<? extends Collection<T>>> list) {
    return each(
        domain,
        own -> list.apply(own.settings()).map(all -> all.stream().map(Object::toString).toList()));
  }

  private static Optional<List<String>> connectors(
      ManagedDomain domain,
      Connector.Direction direction,
      Function<Connector, Optional<List<String>>> reader) {
    return every(
        domain.declared().connectors().stream()
            .filter(Connector::enabled)
            .filter(connector -> connector.direction() == direction)
            .toList(),
        reader);
  }

  private static Optional<List<String>> each(
      ManagedDomain domain, Function<Gateway, Optional<List<String>>> reader) {
    return every(domain.gateways(), reader);
  }

  /** Of all of them; as long as one says nothing, nothing is said. */
  private static <T> Optional<List<String>> every(
      Collection<T> several, Function<T, Optional<List<String>>> reader) {
    var all = new ArrayList<String>();
    for (var one : several) {
      var words = reader.apply(one);
      if (words.isEmpty()) {
        return Optional.empty();
      }
      all.addAll(words.get());
    }
    return several.isEmpty() ? Optional.empty() : Optional.of(all);
  }
}
