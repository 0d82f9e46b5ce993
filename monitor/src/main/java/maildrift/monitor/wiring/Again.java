package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import maildrift.alerts.Notification;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.state.AlertBook;

/**
 * A notification that was given up, or whose receiver is no more, and that is sent days later: it
 * says what is so by now.
 */
final class Again {
  private Again() {}

  /**
   * @param firing the fingerprints of all that fires now
   * @return empty where nothing of it is so any more
   */
  static Optional<Owed> of(DeadLetter letter, Set<String> firing, Instant now) {
    return of(letter.owed(), letter.owed().receiver(), firing, _ -> false, now);
  }

  /**
   * The same for another receiver.
   *
   * @param known whether it hears otherwise of the alert with this fingerprint, and is not told
   *     again
   */
  static Optional<Owed> of(
      Owed old, String receiver, Set<String> firing, Predicate<String> known, Instant now) {
    return body(old, receiver, firing, known, now)
        .map(
            body ->
                Owed.fresh(MessageIds.next(), receiver, old.groupKey(), old.sequence(), body, now));
  }

  private static Optional<String> body(
      Owed old, String receiver, Set<String> firing, Predicate<String> known, Instant now) {
    if (ReadyMail.parse(old.body()).isPresent()) {
      return Optional.of(old.body());
    }
    try {
      var said = Notification.parse(old.body());
      var items =
          said.items().stream()
              // That an earlier one ended would close what fires again and was told since.
              .filter(item -> item.isFiring() || !firing.contains(item.fingerprint()))
              .filter(item -> !known.test(item.fingerprint()))
              .map(
                  item ->
                      item.isFiring() && !firing.contains(item.fingerprint())
                          ? ended(item, now)
                          : item)
              .toList();
      if (items.isEmpty() && !said.items().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(said.to(receiver, items).toJson());
    } catch (IllegalArgumentException _) {
      return Optional.of(old.body());
    }
  }

  private static Notification.Item ended(Notification.Item item, Instant now) {
    var annotations = new TreeMap<>(item.annotations());
    annotations.put(AlertBook.RESOLUTION, "it ended before this could be told");
    return new Notification.Item(
        item.labels(),
        annotations,
        item.startsAt(),
        Optional.of(now),
        item.generatorUrl(),
        item.fingerprint());
  }
}
