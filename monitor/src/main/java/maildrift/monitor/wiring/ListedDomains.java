package maildrift.monitor.wiring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.DiscoveryConfig;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.config.TargetList;
import maildrift.monitor.config.Words;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/**
 * The domains that the lists of {@code discovery} bring at this moment, for commands that look once
 * and remember nothing.
 *
 * @param domains that the configuration does not name itself, each once
 * @param problems of documents, and of targets that are not used
 * @param away why a list could not be read, by its name
 */
public record ListedDomains(
    List<ManagedDomain> domains, List<Problem> problems, Map<String, String> away) {

  /** Reads all lists, those behind URLs too; blocks. */
  public static ListedDomains all(ConfigLoader loader, MonitorConfig config) {
    return of(loader, config, config.discovery());
  }

  /** Reads those in files only: nothing goes over the network. */
  public static ListedDomains inFiles(ConfigLoader loader, MonitorConfig config) {
    return of(
        loader,
        config,
        config.discovery().entrySet().stream()
            .filter(one -> one.getValue().source() instanceof DiscoveryConfig.Files)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  private static ListedDomains of(
      ConfigLoader loader, MonitorConfig config, Map<String, DiscoveryConfig> sources) {
    var domains = new ArrayList<ManagedDomain>();
    var problems = new ArrayList<Problem>();
    var away = new LinkedHashMap<String, String>();
    var known = new HashSet<DnsName>();
    config.domains().forEach(domain -> known.add(domain.name()));
    sources.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            source -> {
              try {
                for (var target : targets(source.getValue())) {
                  var name = DnsName.parse(target.name());
                  if (name.isEmpty()) {
                    problems.add(target.problem("is not a domain's name"));
                  } else if (!known.contains(name.get())) {
                    var accepted = accepted(loader, config, target, problems);
                    accepted.ifPresent(domains::add);
                    // Another list may name one rightly that this one does not.
                    accepted.ifPresent(domain -> known.add(domain.name()));
                  }
                }
              } catch (TargetList.Unreadable unreadable) {
                problems.add(unreadable.problem());
              } catch (TargetSource.Away gone) {
                away.put(source.getKey(), String.valueOf(gone.getMessage()));
              }
            });
    return new ListedDomains(List.copyOf(domains), List.copyOf(problems), away);
  }

  /** All of them: a document with a mistake brings nothing, as for the daemon. */
  private static List<TargetList.Target> targets(DiscoveryConfig source)
      throws TargetSource.Away, TargetList.Unreadable {
    var targets = new ArrayList<TargetList.Target>();
    for (var document :
        TargetSource.said(source, TargetSource.Said.NOTHING).documents().entrySet()) {
      targets.addAll(TargetList.parse(document.getKey(), document.getValue()));
    }
    return targets;
  }

  private static Optional<ManagedDomain> accepted(
      ConfigLoader loader, MonitorConfig config, TargetList.Target target, List<Problem> problems) {
    try {
      var stranger = Targets.undeclaredTenant(target, config);
      var definition =
          stranger.isPresent() ? Targets.withoutTenant(target) : Targets.definition(target);
      return switch (loader.domain(definition, config)) {
        case ConfigLoader.DomainResult.Accepted(var domain) -> {
          stranger.ifPresent(
              tenant ->
                  problems.add(
                      target.problem(
                          "is watched without tenant: undefined tenant '%s'"
                              .formatted(Words.shortened(tenant)))));
          yield Optional.of(domain);
        }
        case ConfigLoader.DomainResult.Refused(var why) -> {
          problems.add(target.problem("is not used: " + why.getFirst().message()));
          yield Optional.empty();
        }
      };
    } catch (IllegalArgumentException wrong) {
      problems.add(target.problem("is not used: " + wrong.getMessage()));
      return Optional.empty();
    }
  }
}
