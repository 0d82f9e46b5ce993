package maildrift.monitor.checklist;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.domain.ManagedDomain;

/**
 * All checklists, the built-in ones and the operator's own.
 *
 * @param all in the order in which they are shown; one of the operator's takes the place of a
 *     built-in one of its name
 */
public record ChecklistCatalog(List<Checklist> all) {

  public ChecklistCatalog {
    all = List.copyOf(all);
  }

  public Optional<Checklist> named(String name) {
    return all.stream().filter(checklist -> checklist.name().equals(name)).findFirst();
  }

  public List<String> names() {
    return all.stream().map(Checklist::name).toList();
  }

  /**
   * Those that concern a domain, its migration's first.
   *
   * @param domain as of now
   */
  public List<Checklist> of(ManagedDomain domain) {
    return Stream.concat(
            all.stream().filter(checklist -> checklist.isOfMigration(domain)),
            all.stream().filter(checklist -> checklist.isFor(domain)))
        .distinct()
        .toList();
  }

  public ChecklistCatalog plus(Collection<Checklist> own) {
    var names = own.stream().map(Checklist::name).toList();
    var both = new ArrayList<Checklist>();
    all.stream().filter(checklist -> !names.contains(checklist.name())).forEach(both::add);
    both.addAll(own);
    return new ChecklistCatalog(both);
  }
}
