package maildrift.monitor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.Declared;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.Leg;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;

/** Reads what an operator declares of one domain on gateway, provider and mail server. */
final class DeclaredReader {
  private final Reading reading;

  DeclaredReader(Reading reading) {
    this.reading = reading;
  }

  Declared read(Section section) {
    return new Declared(
        section.choice("mode", Mode.values(), Mode::word),
        section.flag("header_check"),
        section.flag("exchange_online"),
        section.flag("disable_delivery"),
        tlsLevels(section.section("tls_levels")),
        pins(section.section("pins")),
        hosts(section, "delivery_routes"),
        outboundAddresses(section),
        connectors(section),
        clientHosts(section));
  }

  static List<NextHop> nextHops(Section section, String key) {
    var hops = new ArrayList<NextHop>();
    for (var text : section.quotedOneOrMore(key)) {
      section.parse(key, text, NextHop::parse).ifPresent(hops::add);
    }
    return hops;
  }

  /** Of forms that look up addresses only, so that brackets mean nothing there. */
  private static List<NextHop> hosts(Section section, String key) {
    var hosts = new ArrayList<NextHop>();
    for (var text : section.oneOrMore(key)) {
      section.parse(key, text, NextHop::parse).ifPresent(hosts::add);
    }
    return hosts;
  }

  private static Map<Leg, TlsLevel> tlsLevels(Section section) {
    var levels = new EnumMap<Leg, TlsLevel>(Leg.class);
    for (var leg : Leg.values()) {
      section
          .choice(leg.word(), "TLS level", TlsLevel.values(), TlsLevel::word)
          .ifPresent(level -> levels.put(leg, level));
    }
    section.end();
    return levels;
  }

  /** By the host's name or address, as it stands between the brackets. */
  private static Map<DnsName, List<String>> pins(Section section) {
    var pins = new LinkedHashMap<DnsName, List<String>>();
    for (var entry : section.entries()) {
      var fingerprints = GatewayReader.fingerprints(section, entry.key());
      section
          .parse(
              "pins",
              new Text(entry.key(), entry.key(), entry.place()),
              key -> NextHop.parse(key).target())
          .ifPresent(host -> pins.put(host, fingerprints));
    }
    return pins;
  }

  private List<Cidr> outboundAddresses(Section section) {
    var addresses = new ArrayList<Cidr>();
    for (var text : section.texts("outbound_addresses")) {
      section
          .parse("outbound_addresses", text, Cidr::parse)
          .ifPresent(
              network -> {
                addresses.stream()
                    .filter(network::overlaps)
                    .findFirst()
                    .ifPresent(
                        other ->
                            reading.problem(
                                text.place(),
                                network.equals(other)
                                    ? "outbound_addresses: %s is written twice".formatted(network)
                                    : "outbound_addresses: %s and %s overlap; each address is written once"
                                        .formatted(other, network)));
                addresses.add(network);
              });
    }
    return addresses;
  }

  private List<DnsName> clientHosts(Section section) {
    var hosts = new LinkedHashSet<DnsName>();
    for (var text : section.texts("client_hosts")) {
      section.parse("client_hosts", text, Hosts::name).ifPresent(hosts::add);
    }
    return List.copyOf(hosts);
  }

  private List<Connector> connectors(Section section) {
    var connectors = new ArrayList<Connector>();
    var names = new LinkedHashSet<String>();
    var items = section.sections("connectors");
    if (items.isEmpty()) {
      // Asked for even where there is none, so that the words are known.
      var nothing = new Node.Mapping(new Place.Source("", Path.of("")).start(), List.of());
      connector(
          Section.of(reading, section.under("connectors") + "[]", "connectors", nothing), false);
    }
    for (var item : items) {
      connector(item, true)
          .ifPresent(
              connector -> {
                if (!names.add(connector.name())) {
                  item.problem(
                      "name", "the connector '%s' is declared twice".formatted(connector.name()));
                }
                connectors.add(connector);
              });
    }
    return connectors;
  }

  private Optional<Connector> connector(Section item, boolean isWritten) {
    var name = item.text("name");
    var direction =
        item.choice("direction", Connector.Direction.values(), Connector.Direction::word);
    var enabled = item.flag("enabled", true);
    var smartHosts = hosts(item, "smart_hosts");
    var senders = new ArrayList<DnsName>();
    for (var text : item.texts("sender_domains")) {
      item.parse("sender_domains", text, Hosts::name).ifPresent(senders::add);
    }
    var requiresTls = item.flag("requires_tls");
    var trustedCa = item.flag("trusted_ca");
    var certificate = item.parsed("certificate_name", GatewayReader::pattern);
    item.end();
    if (isWritten) {
      for (var key : List.of("name", "direction")) {
        if (!item.has(key)) {
          item.lacks(key);
        }
      }
    }
    if (name.isEmpty() || direction.isEmpty()) {
      return Optional.empty();
    }
    for (var key : foreign(direction.get())) {
      if (item.has(key)) {
        reading.problem(
            item.placeOf(key),
            "%s is not for a connector with direction: %s".formatted(key, direction.get().word()));
      }
    }
    return Optional.of(
        new Connector(
            name.get().value(),
            direction.get(),
            enabled,
            smartHosts,
            senders,
            requiresTls,
            trustedCa,
            certificate));
  }

  /** What only the other direction's form has. */
  private static List<String> foreign(Connector.Direction direction) {
    return switch (direction) {
      case TO_PARTNER -> List.of("sender_domains");
      case FROM_PARTNER -> List.of("smart_hosts", "trusted_ca");
    };
  }

  /** What is allowed and probably not meant. */
  void warn(Section section, ManagedDomain domain) {
    if (domain.declared().mode().equals(Optional.of(Mode.INLINE))
        && !domain.smarthosts().isEmpty()) {
      reading.warning(
          section.placeOf("smarthost"),
          "smarthost: with mode: inline the field stays empty on the gateway; write it here only if it is filled in there");
    }
    if (wants(domain, TlsLevel.FINGERPRINT) && !hasPins(domain)) {
      reading.warning(
          section.placeOf(
              domain.tlsLevel().equals(Optional.of(TlsLevel.FINGERPRINT))
                  ? "tls_level"
                  : "tls_levels"),
          "tls_level: 'fingerprint' cannot be reached: neither a gateway of the domain nor the domain itself has pins");
    }
    below(section, domain, Leg.FORWARDING, domain.forwardingServers());
    below(section, domain, Leg.SMARTHOST, domain.smarthosts());
  }

  private static boolean wants(ManagedDomain domain, TlsLevel level) {
    return domain.tlsLevel().equals(Optional.of(level))
        || domain.declared().tlsLevels().containsValue(level);
  }

  private static boolean hasPins(ManagedDomain domain) {
    return !domain.declared().pins().isEmpty()
        || domain.gateways().stream().map(Gateway::pins).anyMatch(pins -> !pins.isEmpty());
  }

  /** A leg's level that is lower than the one that the provider of the hop asks for. */
  private void below(Section section, ManagedDomain domain, Leg leg, List<NextHop> hops) {
    var level = Optional.ofNullable(domain.declared().tlsLevels().get(leg));
    if (level.isEmpty()) {
      return;
    }
    domain.prescriptions().stream()
        .filter(by -> by.tlsLevel().filter(asked -> asked.compareTo(level.get()) > 0).isPresent())
        .filter(by -> hops.stream().anyMatch(hop -> isOf(by, leg, hop)))
        .findFirst()
        .ifPresent(
            by ->
                reading.warning(
                    section.placeOf("tls_levels"),
                    "tls_levels: '%s' of the %s leg is below '%s', which %s asks for"
                        .formatted(
                            level.get().word(),
                            leg.word(),
                            by.tlsLevel().orElseThrow().word(),
                            by.label())));
  }

  private static boolean isOf(Prescription by, Leg leg, NextHop hop) {
    var hosts = leg == Leg.FORWARDING ? by.forwarding() : by.smarthosts();
    return hop.host().filter(hosts::contains).isPresent();
  }
}
