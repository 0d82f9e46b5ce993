package maildrift.monitor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.mute.Maintenance;

/** Reads the maintenance windows of all files. */
final class MaintenanceReader {
  private final Reading reading;
  private final KnownDomains known;
  private final MatcherReader matchers;
  private final Declarations declarations;

  MaintenanceReader(
      Reading reading, KnownDomains known, MatcherReader matchers, Declarations declarations) {
    this.reading = reading;
    this.known = known;
    this.matchers = matchers;
    this.declarations = declarations;
  }

  List<Maintenance> read(List<Section> roots) {
    var windows = new ArrayList<Maintenance>();
    for (var root : roots) {
      var items = root.sections("maintenance");
      items.forEach(item -> window(item, true).ifPresent(windows::add));
      if (items.isEmpty()) {
        window(
            Section.of(
                reading, "maintenance[]", "maintenance", new Node.Mapping(root.place(), List.of())),
            false);
      }
    }
    return windows;
  }

  private Optional<Maintenance> window(Section item, boolean isWritten) {
    var names = new LinkedHashSet<String>();
    known.named(item, "maintenance").forEach(domain -> names.add(domain.name().toString()));
    var tenants = tenants(item);
    var which = matchers.matchers(item, "matchers");
    var from = item.parsed("from", DomainReader::instant);
    var length = item.duration("for", Duration.ofSeconds(1));
    var reason = item.text("reason").map(Text::value).orElse("");
    item.end();
    if (isWritten) {
      if (!item.has("domains") && !item.has("tenants") && !item.has("matchers")) {
        reading.problem(item.place(), "maintenance lacks 'domains', 'tenants' or 'matchers'");
      }
      for (var key : List.of("from", "for")) {
        if (!item.has(key)) {
          item.lacks(key);
        }
      }
    }
    return (names.isEmpty() && tenants.isEmpty() && which.isEmpty())
            || from.isEmpty()
            || length.isEmpty()
        ? Optional.empty()
        : Optional.of(new Maintenance(names, tenants, which, from.get(), length.get(), reason));
  }

  private Set<String> tenants(Section item) {
    var tenants = new LinkedHashSet<String>();
    for (var text : item.oneOrMore("tenants")) {
      if (declarations.tenants().containsKey(text.value())) {
        tenants.add(text.value());
      } else {
        reading.problem(
            text.place(),
            "maintenance of the unknown tenant %s%s"
                .formatted(
                    text.shown(), Words.hint(text.value(), declarations.tenants().keySet())));
      }
    }
    return tenants;
  }
}
