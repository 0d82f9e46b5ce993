package maildrift.monitor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;

/** The checklists that ship, from the YAML files in {@code checklists}, read once. */
public final class BuiltInChecklists {
  private static final List<String> FILES =
      List.of(
          "seppmail-inline",
          "seppmail-behind-mimecast",
          "seppmail-multi-tenant",
          "mimecast-onboarding",
          "mail-connect");

  private static final ChecklistCatalog ALL = read();

  private BuiltInChecklists() {}

  public static ChecklistCatalog catalog() {
    return ALL;
  }

  private static ChecklistCatalog read() {
    var reading = Reading.ofRequest();
    // That their rules and probes exist is what a test holds.
    var reader = new ChecklistReader(reading, Optional.empty(), profiles(ProfileCatalog.builtIn()));
    var all = new ArrayList<Checklist>();
    for (var name : FILES) {
      var source = new Place.Source(name + ".yaml", Path.of(name + ".yaml"));
      Yaml.read(source, Resource.text("/checklists/" + name + ".yaml"), reading::problem)
          .map(node -> Section.of(reading, "", name, node))
          .flatMap(section -> reader.checklist(name, source.start(), section))
          .ifPresent(all::add);
    }
    if (reading.hasProblems()) {
      throw new IllegalStateException(reading.problems().toString());
    }
    return new ChecklistCatalog(all);
  }

  static Set<String> profiles(ProfileCatalog catalog) {
    return catalog.all().stream().map(Profile::name).collect(Collectors.toSet());
  }
}
