package maildrift.monitor.checklist;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
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

  /**
   * The prescriptions of the domain that it speaks of, those of a migration's goal first: of its
   * own profiles; one that is for no profile, of what its migration leads to, else of all.
   */
  List<Prescription> prescriptions(ManagedDomain domain) {
    var all =
        Stream.concat(
                domain.migration().map(Migration::to).stream(), domain.prescriptions().stream())
            .toList();
    var own = new HashSet<>(profiles);
    if (own.isEmpty() && isOfMigration(domain)) {
      domain.migration().map(migration -> migration.to().profile()).ifPresent(own::add);
    }
    return own.isEmpty()
        ? all
        : all.stream().filter(profile -> own.contains(profile.profile())).toList();
  }

  /** The domain's prescriptions of which it does not speak. */
  List<Prescription> others(ManagedDomain domain) {
    var own = prescriptions(domain).stream().map(Prescription::profile).toList();
    return domain.prescriptions().stream()
        .filter(profile -> !own.contains(profile.profile()))
        .toList();
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
