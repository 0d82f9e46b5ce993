package maildrift.monitor.checklist;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;

/**
 * Ordered steps.
 *
 * @param about for people: when to go through it
 * @param profiles a domain that has all of them is shown it; empty: nobody is, unless its migration
 *     names it
 * @param sharedGateway only where other tenants stand on the domain's gateway
 */
public record Checklist(
    String name,
    String title,
    String about,
    Set<String> profiles,
    boolean sharedGateway,
    List<Step> steps) {

  public Checklist {
    profiles = Set.copyOf(profiles);
    steps = List.copyOf(steps);
  }

  public Optional<Step> step(String id) {
    return steps.stream().filter(step -> step.id().equals(id)).findFirst();
  }

  /** Whether it concerns the domain: by its profiles, or as its migration's. */
  public boolean isFor(ManagedDomain domain) {
    if (isOfMigration(domain)) {
      return true;
    }
    var own = domain.prescriptions().stream().map(Prescription::profile).toList();
    return !profiles.isEmpty()
        && own.containsAll(profiles)
        && (!sharedGateway || !domain.neighbours().tenants().isEmpty());
  }

  /** Whether the domain's migration goes by it. */
  public boolean isOfMigration(ManagedDomain domain) {
    return domain
        .migration()
        .flatMap(migration -> migration.checklist())
        .filter(name::equals)
        .isPresent();
  }
}
