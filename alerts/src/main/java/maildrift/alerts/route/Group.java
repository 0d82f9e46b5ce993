package maildrift.alerts.route;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What one receiver hears together. */
final class Group {
  final String key;
  final String receiver;
  final Set<Entry> members = new LinkedHashSet<>();

  /**
   * Members that no route leads here any more, only to the receiver. It was told of them here, and
   * hears their end here; they keep the times of the way that leads to it now.
   */
  final Map<Entry, Routing.Place> guests = new LinkedHashMap<>();

  final SortedMap<String, String> told = new TreeMap<>();
  Routing.Place place;
  Optional<Instant> toldAt = Optional.empty();

  /** The id of the first notification since the receiver knew of nothing that fires. */
  String thread = "";

  /** Since when there is something to tell. */
  Optional<Instant> openedAt = Optional.empty();

  /** When it is looked at next. */
  Optional<Instant> due = Optional.empty();

  Group(String key, Routing.Place place) {
    this.key = key;
    this.receiver = place.receiver();
    this.place = place;
  }

  boolean isEscalation() {
    return ways().allMatch(way -> way.escalatedAfter().isPresent());
  }

  private Stream<Routing.Place> ways() {
    var own = guests.isEmpty() || members.size() > guests.size();
    return Stream.concat(own ? Stream.of(place) : Stream.empty(), guests.values().stream());
  }

  /** Where guests have other times, the shortest. */
  Grouping grouping() {
    return ways()
        .map(Routing.Place::grouping)
        .min(Comparator.comparing(Grouping::groupInterval))
        .orElse(place.grouping());
  }

  boolean isOpen(Entry member, Instant at) {
    return guests.getOrDefault(member, place).isOpen(at);
  }

  boolean isOpen(Instant at) {
    return ways().anyMatch(way -> way.isOpen(at));
  }

  /** When the next of the ways that are closed opens; empty: none is closed. */
  Optional<Instant> opens(Instant at, Instant atLatest) {
    return ways()
        .flatMap(way -> way.why(at).stream())
        .map(why -> why.ends().orElse(atLatest))
        .min(Comparator.naturalOrder());
  }

  void leave(Entry entry) {
    members.remove(entry);
    guests.remove(entry);
  }

  boolean isEmpty() {
    return members.isEmpty() && told.isEmpty();
  }

  /** When its receiver first heard of an alert that it was told of. */
  Optional<Instant> toldSince(Entry entry) {
    return Optional.ofNullable(told.get(entry.fingerprint)).flatMap(Told::since).or(() -> toldAt);
  }

  Optional<GroupState> state() {
    return told.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GroupState(
                key,
                receiver,
                place.groupKey(),
                place.labels(),
                told,
                toldAt.orElse(Instant.EPOCH),
                thread));
  }
}
