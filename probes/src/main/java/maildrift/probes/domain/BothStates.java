package maildrift.probes.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.domain.Migration.Mailboxes;
import maildrift.probes.domain.Migration.Phase;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Prescription.MxHost;
import maildrift.probes.domain.Prescription.MxSet;
import maildrift.probes.domain.Prescription.RecordRule;

/**
 * What is right while a domain moves: its old state, its new one, and what lies between. Each of
 * the two prescriptions gives up what the other does not ask for; where it cannot, it is marked as
 * an alternative, and whoever judges by it asks whether one of them is followed.
 */
final class BothStates {
  private BothStates() {}

  static ManagedDomain of(ManagedDomain declared, Instant now) {
    var migrations = declared.migrations();
    var ends =
        migrations.stream()
            .flatMap(
                migration ->
                    Stream.concat(
                        Stream.of(migration.from(), migration.to()), migration.staying().stream()))
            .collect(Collectors.toSet());
    var prescriptions = new ArrayList<>(declared.prescriptions());
    var place =
        prescriptions.stream()
            .filter(one -> isOfMove(one, ends))
            .findFirst()
            .map(prescriptions::indexOf);
    prescriptions.removeIf(one -> isOfMove(one, ends));
    var moving = new LinkedHashSet<Prescription>();
    for (var i = 0; i < migrations.size(); i++) {
      var migration = migrations.get(i);
      switch (migration.phase(now)) {
        case ANNOUNCED, LEAD -> {
          if (migrations.subList(0, i).stream().noneMatch(e -> e.to().equals(migration.from()))) {
            moving.add(migration.from());
          }
        }
        case WINDOW -> {
          moving.add(without(migration.from(), migration.to()));
          moving.add(without(migration.to(), migration.from()));
        }
        case AFTER -> {
          if (migrations.subList(i + 1, migrations.size()).stream()
              .noneMatch(l -> !now.isBefore(l.start()) && l.from().equals(migration.to()))) {
            moving.add(migration.to());
          }
        }
      }
    }
    var present = Stream.concat(prescriptions.stream(), moving.stream()).toList();
    staying(migrations, now)
        .filter(box -> present.stream().noneMatch(one -> one.profile().equals(box.profile())))
        .ifPresent(moving::add);
    prescriptions.addAll(place.orElse(0), moving);
    return declared.prescriptions(prescriptions).migrations(List.of(current(migrations, now)));
  }

  /** Who has the mailboxes still, though the mail comes another way. */
  private static Optional<Prescription> staying(List<Migration> migrations, Instant now) {
    var staying = Optional.<Prescription>empty();
    for (var migration : migrations) {
      if (migration.phase(now) == Phase.AFTER && migration.mailboxes() != Mailboxes.NONE) {
        staying = migration.staying();
      }
    }
    return staying;
  }

  /** Also of a declaration that was made for a time before. */
  private static boolean isOfMove(Prescription one, Set<Prescription> ends) {
    return one.isAlternative() || ends.contains(one);
  }

  /** The one that is under way, or the one that will be; for a while the one that is over. */
  private static Migration current(List<Migration> migrations, Instant now) {
    var current = migrations.getFirst();
    for (var next : migrations) {
      var settled = !now.isBefore(current.end().plus(Migration.AFTERCARE));
      if (next.phase(now) != Phase.ANNOUNCED || settled) {
        current = next;
      }
      if (next.phase(now) == Phase.ANNOUNCED) {
        break;
      }
    }
    return current;
  }

  /** One of the two, without what the other does not ask for. */
  private static Prescription without(Prescription one, Prescription other) {
    return one.records(records(one.records(), new HashSet<>(other.records())))
        .dkim(either(one.dkim(), other.dkim()))
        .relaxed(both(one.relaxed(), other.relaxed()))
        .alternative();
  }

  /** What only one of them says of a record is looked at, and may be as it likes. */
  private static List<RecordRule> records(List<RecordRule> own, Set<RecordRule> others) {
    return own.stream()
        .map(
            rule ->
                others.contains(rule)
                    ? rule
                    : new RecordRule(
                        rule.prefix(), rule.type(), "", Demand.OPTIONAL, rule.reason()))
        .distinct()
        .toList();
  }

  private static Set<String> both(Set<String> one, Set<String> other) {
    return one.stream().filter(other::contains).collect(Collectors.toSet());
  }

  /** A selector that only one of them needs may be there; two keys for one are both right. */
  private static List<DkimExpectation> either(
      List<DkimExpectation> own, List<DkimExpectation> others) {
    var other = new HashMap<String, DkimExpectation>();
    others.forEach(expectation -> other.put(selector(expectation), expectation));
    return own.stream()
        .map(
            expectation -> {
              var twin = Optional.ofNullable(other.get(selector(expectation)));
              return new DkimExpectation(
                  expectation.selector(),
                  twin.isEmpty() || twin.get().key().equals(expectation.key())
                      ? expectation.key()
                      : Optional.empty(),
                  twin.isEmpty() || twin.get().cname().isPresent()
                      ? expectation.cname()
                      : Optional.empty(),
                  expectation.origin(),
                  expectation.required() && twin.filter(DkimExpectation::required).isPresent());
            })
        .toList();
  }

  private static String selector(DkimExpectation expectation) {
    return expectation.selector().toLowerCase(Locale.ROOT);
  }

  /**
   * Any set of either, and any of their hosts together, whatever their preferences. Where one of
   * the two takes no mail, none is prescribed.
   */
  static Prescription inbound(List<Prescription> all) {
    var alternatives = all.stream().filter(Prescription::isAlternative).toList();
    var first = alternatives.stream().filter(one -> one.role() == Role.INBOUND).findFirst();
    var label =
        alternatives.stream()
            .filter(one -> one.role() == Role.INBOUND)
            .map(Prescription::label)
            .distinct()
            .collect(Collectors.joining(" or "));
    var merged = first.orElseThrow().labelled(label);
    if (alternatives.stream().anyMatch(one -> one.role() != Role.INBOUND || one.mx().isEmpty())) {
      return merged.mx(List.of());
    }
    // The new state first: it is the one to publish where there is none.
    var sets = new ArrayList<MxSet>();
    alternatives.reversed().forEach(one -> sets.addAll(one.mx()));
    var hosts = new LinkedHashSet<MxHost>();
    sets.forEach(
        set -> set.hosts().forEach(host -> hosts.add(new MxHost(host.host(), Optional.empty()))));
    sets.add(new MxSet(List.copyOf(hosts), true));
    var guessed =
        alternatives.stream()
            .flatMap(one -> one.guessed().stream())
            .collect(Collectors.toUnmodifiableSet());
    return merged.mx(sets).guessed(guessed);
  }
}
