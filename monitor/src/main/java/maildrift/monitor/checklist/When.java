package maildrift.monitor.checklist;

import java.util.Set;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Mode;

/**
 * To whom a step applies, and when. What is empty sets no condition.
 *
 * @param modes of the domain's gateway, where one is declared
 * @param variants one of which a profile of the domain is used in
 * @param profiles one of which the domain must have
 * @param withoutProfiles none of which it may have
 * @param phases in which the migration must be, where one is declared
 */
public record When(
    Set<Mode> modes,
    Set<String> variants,
    Set<String> profiles,
    Set<String> withoutProfiles,
    Set<Migration.Phase> phases) {

  public static final When ALWAYS = new When(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  public When {
    modes = Set.copyOf(modes);
    variants = Set.copyOf(variants);
    profiles = Set.copyOf(profiles);
    withoutProfiles = Set.copyOf(withoutProfiles);
    phases = Set.copyOf(phases);
  }
}
