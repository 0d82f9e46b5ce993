package maildrift.monitor.importing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.config.Scalars;
import maildrift.monitor.importing.DomainList.Allowed;
import maildrift.monitor.importing.DomainList.Imported;
import maildrift.probes.network.Cidr;

/** Imported domains as a configuration, complete in itself but for what is declared elsewhere. */
public final class ConfigText {
  private ConfigText() {}

  /**
   * @param config what it declares already need not be declared again
   * @param sorted by name, not in the list's order
   */
  public static String of(List<Imported> list, MonitorConfig config, boolean sorted) {
    var domains =
        sorted
            ? list.stream()
                .sorted(Comparator.comparing(domain -> domain.name().toString()))
                .toList()
            : list;
    var lines = new ArrayList<String>();
    var tenants = new LinkedHashSet<String>();
    domains.forEach(domain -> domain.tenant().ifPresent(tenants::add));
    tenants.removeAll(config.tenants().keySet());
    if (!tenants.isEmpty()) {
      lines.add("tenants:");
      tenants.forEach(tenant -> lines.add("  %s: {}".formatted(Scalars.of(tenant))));
    }
    var allowlists = DomainList.allowlists(domains, config.allowlists().keySet());
    if (!allowlists.isEmpty()) {
      lines.add("allowlists:");
      allowlists.forEach(
          (networks, name) ->
              lines.add("  %s: {networks: %s}".formatted(Scalars.of(name), list(networks))));
    }
    lines.add(domains.isEmpty() ? "domains: []" : "domains:");
    domains.forEach(domain -> domain(domain, allowlists, lines));
    return String.join("\n", lines) + "\n";
  }

  private static String list(List<Cidr> networks) {
    return networks.stream()
        .map(network -> Scalars.of(network.toString()))
        .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
  }

  private static void domain(
      Imported domain, Map<List<Cidr>, String> allowlists, List<String> lines) {
    lines.add("  - name: " + Scalars.of(domain.name().toString()));
    domain.tenant().ifPresent(tenant -> lines.add("    tenant: " + Scalars.of(tenant)));
    if (!domain.profiles().isEmpty()) {
      lines.add("    profiles:");
      domain.profiles().forEach(use -> lines.add("      - " + Scalars.flow(item(use))));
    }
    texts("forwarding_server", domain.forwardingServers()).ifPresent(lines::add);
    texts("smarthost", domain.smarthosts()).ifPresent(lines::add);
    domain
        .allowlist()
        .map(
            allowed ->
                switch (allowed) {
                  case Allowed.Named(var name) -> name;
                  case Allowed.Networks(var networks) ->
                      Optional.ofNullable(allowlists.get(networks)).orElseThrow();
                })
        .ifPresent(name -> lines.add("    allowed_sending_servers: " + Scalars.of(name)));
    domain.tlsLevel().ifPresent(level -> lines.add("    tls_level: " + Scalars.of(level.word())));
  }

  private static Map<String, String> item(ProfileUse use) {
    var item = new LinkedHashMap<String, String>();
    item.put("name", use.name());
    item.putAll(use.parameters());
    use.role().ifPresent(role -> item.put("role", role.word()));
    return item;
  }

  private static Optional<String> texts(String key, List<String> texts) {
    return switch (texts.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of("    %s: %s".formatted(key, Scalars.of(texts.getFirst())));
      default ->
          Optional.of(
              "    %s: [%s]"
                  .formatted(key, String.join(", ", texts.stream().map(Scalars::of).toList())));
    };
  }
}
