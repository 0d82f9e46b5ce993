package maildrift.alerts.route;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one receiver hears together. */
final class Group {
  final String key;
  final String receiver;
  final Set<Entry> members = new LinkedHashSet<>();
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
    return place.escalatedAfter().isPresent();
  }

  boolean isEmpty() {
    return members.isEmpty() && told.isEmpty();
  }

  /** When its receiver first heard of an alert that it was told of. */
  Optional<Instant> toldSince(Entry entry) {
    return Optional.ofNullable(told.get(entry.fingerprint)).flatMap(Told::since).or(() -> toldAt);
  }

  /** The receiver of another group knows the alert from there. */
  void knowsFrom(Group other, String fingerprint, String what) {
    if (told.isEmpty()) {
      thread = other.thread;
    }
    told.put(fingerprint, what);
    toldAt =
        toldAt.isEmpty()
            ? other.toldAt
            : toldAt.map(at -> other.toldAt.filter(at::isBefore).orElse(at));
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
