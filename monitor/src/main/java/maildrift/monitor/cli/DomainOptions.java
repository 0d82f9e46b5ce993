package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.wiring.ListedDomains;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What is known of the domains that a command looks at: a configuration, and what is added here.
 */
final class DomainOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration with managed domains.")
  private @Nullable Path config;

  @Option(
      names = "--profile",
      paramLabel = "NAME[:PARAMETER=VALUE,…]",
      description =
          "Add a profile to domains on the command line, e.g. mimecast:region=de (may be repeated).")
  private List<String> profiles = List.of();

  @Option(
      names = "--selector",
      split = ",",
      paramLabel = "SELECTOR",
      description = "DKIM selectors to look at besides.")
  private List<String> selectors = List.of();

  @Option(
      names = "--rbl",
      split = ",",
      paramLabel = "ZONE[:domain]",
      description =
          "Ask a DNS blocklist, too, e.g. bl.example.net (of addresses) or dbl.example.net:domain (may be repeated).")
  private List<String> blocklists = List.of();

  private final ConfigLoader loader = Loading.besideTheDaemon();

  MonitorConfig configuration() {
    return config == null ? MonitorConfig.DEFAULT : Configured.load(config);
  }

  /** What the lists of the configuration name besides. */
  ListedDomains listed(MonitorConfig configuration) {
    return ListedDomains.all(loader, configuration);
  }

  /** A domain as it is configured, or as one that is not, with what the options add. */
  ManagedDomain managed(DnsName name, MonitorConfig configuration) {
    var uses = profiles.stream().map(DomainOptions::use).toList();
    var declared = configuration.domain(name);
    var domain =
        switch (loader.adHoc(name, uses, configuration)) {
          case ConfigLoader.DomainResult.Accepted(var accepted) ->
              declared.isEmpty()
                  ? accepted
                  : declared.get().prescriptions(both(declared.get(), accepted));
          case ConfigLoader.DomainResult.Refused(var problems) ->
              throw new Failure(
                  String.join("\n", problems.stream().map(problem -> problem.message()).toList()));
        };
    var dkim = new ArrayList<>(domain.dkim());
    selectors.forEach(
        selector ->
            dkim.add(
                new DkimExpectation(
                    selector, Optional.empty(), Optional.empty(), "command line", true)));
    return domain.dkim(dkim).blocklists(asked(domain));
  }

  /** The configured lists, and those of the options that are not among them. */
  private List<Blocklist> asked(ManagedDomain domain) {
    var lists = new ArrayList<>(domain.blocklists());
    for (var written : blocklists) {
      var list = blocklist(written);
      if (lists.stream()
          .noneMatch(known -> known.zone().equals(list.zone()) && known.kind() == list.kind())) {
        lists.add(list);
      }
    }
    return lists;
  }

  private static Blocklist blocklist(String written) {
    var colon = written.indexOf(':');
    var zone = DnsName.parse(colon < 0 ? written : written.substring(0, colon));
    var kind =
        colon < 0
            ? Optional.of(Blocklist.Kind.IP)
            : Stream.of(Blocklist.Kind.values())
                .filter(known -> known.word().equals(written.substring(colon + 1)))
                .findFirst();
    if (zone.isEmpty() || zone.get().isRoot() || kind.isEmpty()) {
      throw new Failure(
          "--rbl %s: write the zone of a list, ZONE, or ZONE:domain for one of domain names"
              .formatted(written));
    }
    return Blocklist.of(zone.get(), kind.get());
  }

  private static List<Prescription> both(ManagedDomain declared, ManagedDomain adHoc) {
    return Stream.concat(declared.prescriptions().stream(), adHoc.prescriptions().stream())
        .toList();
  }

  private static ProfileUse use(String written) {
    try {
      return ProfileUse.parse(written);
    } catch (IllegalArgumentException problem) {
      throw new Failure("--profile " + written + ": " + problem.getMessage());
    }
  }
}
