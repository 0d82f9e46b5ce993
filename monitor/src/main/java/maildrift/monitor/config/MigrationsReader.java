package maildrift.monitor.config;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.config.DomainReader.Used;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Migration.Mailboxes;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;

/**
 * Reads the migrations and puts each into its domains. Of the two profiles that one leads between,
 * a domain's own profiles may name one, and stand for the other at its time; they may also name
 * none.
 */
final class MigrationsReader {
  private final Reading reading;
  private final DomainReader domains;
  private final KnownDomains known;
  private final List<String> checklists;
  private final Map<DnsName, List<Placed>> migrations = new HashMap<>();
  private final Map<DnsName, Map<String, Gateway>> gateways = new HashMap<>();

  /** A migration of one domain, and where it stands. */
  private record Placed(Migration migration, Ends ends) {}

  /** What a migration leads between, as written. */
  private record Ends(Place place, Used from, Used to, Map<String, Gateway> gateways) {}

  /**
   * @param checklists names of those that there are
   */
  MigrationsReader(
      Reading reading, DomainReader domains, KnownDomains known, List<String> checklists) {
    this.reading = reading;
    this.domains = domains;
    this.known = known;
    this.checklists = List.copyOf(checklists);
  }

  /** The domains, with what is declared of their moves in all files. */
  List<ManagedDomain> migrated(List<Section> roots, List<ManagedDomain> written) {
    for (var root : roots) {
      var items = root.sections("migrations");
      items.forEach(item -> migration(item, true));
      if (items.isEmpty()) {
        migration(
            Section.of(
                reading, "migrations[]", "migrations", new Node.Mapping(root.place(), List.of())),
            false);
      }
    }
    return migrations.isEmpty() ? written : written.stream().map(this::migrated).toList();
  }

  private void migration(Section item, boolean isWritten) {
    var named = known.named(item, "migration");
    var start = item.parsed("start", DomainReader::instant);
    var window = window(item);
    var used = new LinkedHashMap<String, Gateway>();
    var from = domains.profile(item, "from", used);
    var to = domains.profile(item, "to", used);
    var checklist = checklist(item);
    var reason = item.text("reason").map(Text::value).orElse("");
    var mailboxes =
        item.choice("mailboxes", new Mailboxes[] {Mailboxes.STAY, Mailboxes.MOVE}, Mailboxes::word);
    item.end();
    if (isWritten) {
      for (var key : List.of("domains", "start", "from", "to")) {
        if (!item.has(key)) {
          item.lacks(key);
        }
      }
    }
    if (start.isEmpty() || window.isEmpty() || from.isEmpty() || to.isEmpty()) {
      return;
    }
    var ends = new Ends(item.place(), from.get(), to.get(), used);
    if (mailboxes.equals(Optional.of(Mailboxes.STAY)) && !holdsMailboxes(ends.from())) {
      item.problem(
          "mailboxes",
          "mailboxes: %s holds none that could stay".formatted(ends.from().use().name()));
      return;
    }
    for (var domain : named) {
      var migration =
          new Migration(
              start.get(),
              window.get(),
              domains.prescription(domain.name(), ends.from()),
              domains.prescription(domain.name(), ends.to()),
              checklist,
              reason,
              mailboxes.orElseGet(() -> usual(ends)));
      add(domain, new Placed(migration, ends));
    }
  }

  /** A provider that holds mailboxes keeps them where the next one has no place for any. */
  private static Mailboxes usual(Ends ends) {
    return holdsMailboxes(ends.to())
        ? Mailboxes.MOVE
        : holdsMailboxes(ends.from()) ? Mailboxes.STAY : Mailboxes.NONE;
  }

  private static boolean holdsMailboxes(Used used) {
    return used.profile().roles().contains(Role.MAILBOX);
  }

  private Optional<String> checklist(Section item) {
    return item.text("checklist")
        .map(
            named -> {
              if (!checklists.contains(named.value())) {
                reading.problem(
                    named.place(),
                    "unknown checklist %s%s"
                        .formatted(named.shown(), Words.hint(named.value(), checklists)));
              }
              return named.value();
            });
  }

  private Optional<Duration> window(Section item) {
    var window = item.duration("window", Duration.ofSeconds(1), Migration.LONGEST_WINDOW);
    if (window.compareTo(Migration.LONGEST_WINDOW) > 0) {
      item.problem(
          "window",
          "window must be at most 72h: what changes in the DNS is seen everywhere by then");
      return Optional.empty();
    }
    return Optional.of(window);
  }

  private void add(ManagedDomain domain, Placed added) {
    var migration = added.migration();
    if (migration.from().equals(migration.to())) {
      reading.problem(
          added.ends().to().place(),
          "the migration of %s leads from %s to the same"
              .formatted(domain.name(), migration.from().label()));
      return;
    }
    var before = migrations.computeIfAbsent(domain.name(), _ -> new ArrayList<>());
    for (var other : before) {
      if (overlap(other.migration(), migration)) {
        reading.problem(
            added.ends().place(),
            "two migrations of %s overlap: this one lasts from %s to %s, the one at %s from %s to %s"
                .formatted(
                    domain.name(),
                    migration.start(),
                    migration.end(),
                    other.ends().place(),
                    other.migration().start(),
                    other.migration().end()));
        return;
      }
    }
    before.add(added);
    gateways
        .computeIfAbsent(domain.name(), _ -> new LinkedHashMap<>())
        .putAll(added.ends().gateways());
  }

  private static boolean overlap(Migration one, Migration other) {
    Instant latestStart = one.start().isAfter(other.start()) ? one.start() : other.start();
    return latestStart.isBefore(one.end()) && latestStart.isBefore(other.end());
  }

  private ManagedDomain migrated(ManagedDomain domain) {
    var own = migrations.getOrDefault(domain.name(), List.of());
    if (own.isEmpty()) {
      return domain;
    }
    check(domain, own);
    var all = new LinkedHashMap<String, Gateway>();
    domain.gateways().forEach(gateway -> all.put(gateway.id(), gateway));
    gateways.getOrDefault(domain.name(), Map.of()).forEach(all::putIfAbsent);
    return domain
        .migrations(own.stream().map(Placed::migration).toList())
        .gateways(List.copyOf(all.values()));
  }

  /** What the domain's own profiles and its migrations say must fit together. */
  private void check(ManagedDomain domain, List<Placed> own) {
    for (var placed : own) {
      var from = placeOf(domain, placed.migration().from()::equals);
      var to = placeOf(domain, placed.migration().to()::equals);
      if (from.isPresent() && to.isPresent()) {
        reading.problem(
            placed.ends().place(),
            "the profiles of %s name both ends of this migration, at %s and at %s; keep one of them"
                .formatted(domain.name(), from.get(), to.get()));
      }
    }
    var ends =
        own.stream()
            .map(Placed::migration)
            .flatMap(migration -> Stream.of(migration.from(), migration.to()))
            .collect(Collectors.toSet());
    var other = placeOf(domain, one -> one.role() == Role.INBOUND && !ends.contains(one));
    other.ifPresent(
        place ->
            own.stream()
                .flatMap(
                    placed ->
                        Stream.of(
                            Map.entry(placed.migration().from(), placed.ends().from()),
                            Map.entry(placed.migration().to(), placed.ends().to())))
                .filter(end -> end.getKey().role() == Role.INBOUND)
                .findFirst()
                .ifPresent(
                    end ->
                        reading.problem(
                            end.getValue().place(),
                            "'%s' takes the mail of %s here (role: inbound), and so does another profile at %s; name there what the migration begins or ends with, or give it another role"
                                .formatted(end.getValue().use().name(), domain.name(), place))));
  }

  private Optional<Place> placeOf(ManagedDomain domain, Predicate<Prescription> wanted) {
    var places = domains.placesOfProfiles(domain.name());
    var prescriptions = domain.prescriptions();
    for (var i = 0; i < Math.min(places.size(), prescriptions.size()); i++) {
      if (wanted.test(prescriptions.get(i))) {
        return Optional.of(places.get(i));
      }
    }
    return Optional.empty();
  }
}
