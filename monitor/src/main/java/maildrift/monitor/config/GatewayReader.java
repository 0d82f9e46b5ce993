package maildrift.monitor.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;

/** Reads gateways: what can be seen of them, and the settings that nothing outside shows. */
final class GatewayReader {
  private static final int MOST_NAMED = 3;

  private final Reading reading;
  private final ProfileCatalog profiles;
  private final int smtpPort;

  /** Where the managed domains of each gateway stand. */
  private final Map<String, Place> managed = new HashMap<>();

  GatewayReader(Reading reading, ProfileCatalog profiles, int smtpPort) {
    this.reading = reading;
    this.profiles = profiles;
    this.smtpPort = smtpPort;
  }

  Map<String, Gateway> gateways(List<Section.Named> all) {
    var gateways = new LinkedHashMap<String, Gateway>();
    for (var named : all) {
      gateway(named).ifPresent(gateway -> gateways.put(named.name(), gateway));
    }
    return gateways;
  }

  /** A domain that is set up on a gateway and is not watched was forgotten in one of the two. */
  void warnOfUnwatched(Map<String, Gateway> gateways, Set<DnsName> watched) {
    gateways.forEach(
        (id, gateway) -> {
          var missing =
              gateway.settings().managedDomains().orElse(Set.of()).stream()
                  .filter(name -> !watched.contains(name))
                  .sorted()
                  .toList();
          var place = Optional.ofNullable(managed.get(id));
          if (!missing.isEmpty() && place.isPresent()) {
            reading.warning(
                place.get(),
                "managed_domains: %s%s of the gateway '%s' %s not watched here"
                    .formatted(
                        String.join(
                            ", ",
                            missing.stream().limit(MOST_NAMED).map(DnsName::toString).toList()),
                        missing.size() > MOST_NAMED
                            ? " and %d more".formatted(missing.size() - MOST_NAMED)
                            : "",
                        id,
                        missing.size() == 1 ? "is" : "are"));
          }
        });
  }

  private Optional<Gateway> gateway(Section.Named named) {
    var section = named.section();
    var host = section.required("host").flatMap(text -> section.parse("host", text, Hosts::name));
    var addresses = new ArrayList<InetAddress>();
    for (var text : section.texts("addresses")) {
      section.parse("addresses", text, GatewayReader::address).ifPresent(addresses::add);
    }
    var port = section.whole("port", 1, 65_535, smtpPort);
    var connector = section.parsed("connector_name", GatewayReader::pattern);
    var banner = section.parsed("banner", Hosts::name);
    var helo = section.parsed("helo", GatewayReader::helo);
    var pins = fingerprints(section, "pins");
    var requiresTls = section.flag("requires_tls", false);
    var settings = settings(named);
    section.end();
    return host.map(
        name ->
            new Gateway(
                    named.name(),
                    name,
                    addresses,
                    port,
                    connector.map(HostPattern::text),
                    banner,
                    helo,
                    pins,
                    requiresTls)
                .settings(settings));
  }

  private GatewaySettings settings(Section.Named named) {
    var section = named.section();
    return new GatewaySettings(
        networks(section, "relay_networks"),
        section.flag("builtin_mta"),
        section.flag("reject_spoofed_senders"),
        networks(section, "welcomelist"),
        managedDomains(named),
        onlyFrom(section));
  }

  /** An empty list was declared, too. */
  private static Optional<List<Cidr>> networks(Section section, String key) {
    var networks = new ArrayList<Cidr>();
    for (var text : section.texts(key)) {
      section.parse(key, text, Cidr::parse).ifPresent(networks::add);
    }
    return section.has(key) ? Optional.of(networks) : Optional.empty();
  }

  private Optional<Set<DnsName>> managedDomains(Section.Named named) {
    var section = named.section();
    var written = section.texts("managed_domains");
    var file = section.text("managed_domains_file");
    if (section.has("managed_domains") && file.isPresent()) {
      reading.problem(
          section.placeOf("managed_domains_file"),
          "managed_domains and managed_domains_file exclude each other; keep one");
    }
    var names = new LinkedHashSet<DnsName>();
    for (var text : written) {
      section.parse("managed_domains", text, Hosts::name).ifPresent(names::add);
    }
    file.ifPresent(from -> names.addAll(fromFile(from)));
    if (!section.has("managed_domains") && file.isEmpty()) {
      return Optional.empty();
    }
    managed.put(
        named.name(),
        section.placeOf(file.isPresent() ? "managed_domains_file" : "managed_domains"));
    return Optional.of(names);
  }

  /** One domain a line; # starts a comment. */
  private Set<DnsName> fromFile(Text file) {
    var source = file.place().source().sibling(file.value());
    var text = reading.file(source, file.place(), "managed_domains_file", Reading.LARGEST_LIST);
    var names = new LinkedHashSet<DnsName>();
    var number = 0;
    for (var line : text.orElse("").lines().toList()) {
      number++;
      var comment = line.indexOf('#');
      var written = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!written.isEmpty()) {
        var name = DnsName.parse(written).filter(Hosts::isHost);
        name.ifPresent(names::add);
        if (name.isEmpty()) {
          reading.problem(
              new Place(source, number, 1 + line.indexOf(written)),
              "'%s' is not a domain name".formatted(Words.shortened(written)));
        }
      }
    }
    return names;
  }

  private Optional<GatewaySettings.OnlyFrom> onlyFrom(Section section) {
    var key = "only_reachable_from";
    var written = new ArrayList<String>();
    var networks = new ArrayList<Cidr>();
    var names = new LinkedHashSet<DnsName>();
    for (var text : section.oneOrMore(key)) {
      written.add(text.value());
      if (Cidr.octets(text.value().replaceFirst("/.*", "")).isPresent()) {
        section.parse(key, text, Cidr::parse).ifPresent(networks::add);
      } else if (text.value().indexOf('.') > 0 && text.value().indexOf(':') < 0) {
        section.parse(key, text, Hosts::name).ifPresent(names::add);
      } else {
        profile(section, key, text)
            .ifPresent(
                prescription -> {
                  networks.addAll(prescription.networks());
                  names.addAll(prescription.netblocks());
                });
      }
    }
    return written.isEmpty()
        ? Optional.empty()
        : Optional.of(new GatewaySettings.OnlyFrom(written, networks, List.copyOf(names)));
  }

  private Optional<Prescription> profile(Section section, String key, Text text) {
    var use = section.parse(key, text, ProfileUse::parse);
    if (use.isEmpty()) {
      return Optional.empty();
    }
    var profile = profiles.named(use.get().name());
    if (profile.isEmpty()) {
      var names = profiles.all().stream().map(Profile::name).toList();
      reading.problem(
          text.place(),
          "%s: '%s' is no profile, no name and no network%s"
              .formatted(
                  key, Words.shortened(use.get().name()), Words.hint(use.get().name(), names)));
      return Optional.empty();
    }
    var problems = profile.get().check(use.get().parameters());
    problems.forEach(problem -> reading.problem(text.place(), problem.message()));
    return problems.isEmpty()
        ? Optional.of(
            // Whoever the domain is: the networks are the provider's.
            profile
                .get()
                .prescribe(
                    DnsName.of("example.org"), use.get().parameters(), profile.get().defaultRole()))
        : Optional.empty();
  }

  /** A host name, or an address literal (RFC 5321 §4.1.3). */
  private static DnsName helo(String written) {
    if (!written.startsWith("[")) {
      return Hosts.name(written);
    }
    var inside = written.substring(1, written.endsWith("]") ? written.length() - 1 : 1);
    var six = inside.regionMatches(true, 0, "IPv6:", 0, 5);
    if (Cidr.octets(six ? inside.substring(5) : inside)
        .filter(octets -> (octets.length == 16) == six)
        .isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' is no address literal; write [192.0.2.1] or [IPv6:2001:db8::1]"
              .formatted(Words.shortened(written)));
    }
    return DnsName.of(written);
  }

  private static InetAddress address(String written) {
    var network = Cidr.parse(written);
    if (!network.isSingle()) {
      throw new IllegalArgumentException(
          "'%s' is a network; write the gateway's addresses one by one".formatted(written));
    }
    return network.host();
  }

  /** The name of a certificate: a host's, or all of one level below it. */
  static HostPattern pattern(String written) {
    var bare = written.startsWith("*.") ? written.substring(2) : written;
    Hosts.name(bare);
    return new HostPattern(written);
  }

  static List<String> fingerprints(Section section, String key) {
    var pins = new ArrayList<String>();
    for (var text : section.texts(key)) {
      section.parse(key, text, GatewayReader::fingerprint).ifPresent(pins::add);
    }
    return pins;
  }

  /** SHA-256 in hex, with or without colons, as {@code openssl x509 -fingerprint} prints it. */
  private static String fingerprint(String written) {
    var bare = written.toLowerCase(Locale.ROOT);
    if (bare.startsWith("sha256:")) {
      bare = bare.substring("sha256:".length());
    }
    bare = bare.replace(":", "");
    if (bare.length() != 64 || !bare.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "'%s' is no SHA-256 fingerprint of 64 hex digits".formatted(Words.shortened(written)));
    }
    return bare;
  }
}
