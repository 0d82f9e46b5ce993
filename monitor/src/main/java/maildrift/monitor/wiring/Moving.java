package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.alerts.Notification;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.outbox.Merging;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Owed;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of notifications whose receiver is no more when another one takes them over: one
 * message a group, which says what is over by now. What fires the other one hears of by the routes
 * that lead to it, and of its end too; where none does, nobody would ever tell it the end, and the
 * beginning stays where it is. Pure.
 *
 * @param to who takes them over
 * @param takesMail whether that one sends mails that are written already
 * @param firing the fingerprints of all that fires now
 * @param told of all that it was told of, and hears the end of
 * @param leading of all that fires and that a route leads to it with
 */
record Moving(
    String to,
    boolean takesMail,
    Set<String> firing,
    Set<String> told,
    Set<String> leading,
    Instant now) {

  /**
   * @param by owed in their place; empty: nothing of it is news
   * @param rest owed as before, in their place too: what nobody can take over
   */
  record Step(List<String> ids, Optional<Owed> by, Optional<Owed> rest) {
    List<Owed> owed() {
      return Stream.concat(by.stream(), rest.stream()).toList();
    }
  }

  /**
   * @param owed some, in their order
   */
  List<Step> steps(List<Owed> owed) {
    var steps = new ArrayList<Step>();
    var groups = new LinkedHashMap<String, Merging>();
    for (var one : owed) {
      if (ReadyMail.parse(one.body()).isPresent()) {
        if (takesMail) {
          move(List.of(one.id()), one, steps);
        }
        continue;
      }
      var open = groups.get(one.groupKey());
      if (open == null || !open.add(one)) {
        flush(open, steps);
        var next = new Merging(one);
        if (next.ids().isEmpty()) {
          // Unreadable: it goes as it is.
          move(List.of(one.id()), one, steps);
          groups.remove(one.groupKey());
        } else {
          groups.put(one.groupKey(), next);
        }
      }
    }
    groups.values().forEach(open -> flush(open, steps));
    return steps;
  }

  private void flush(@Nullable Merging open, List<Step> steps) {
    if (open != null) {
      move(open.ids(), open.merged(MessageIds.next()), steps);
    }
  }

  private void move(List<String> ids, Owed owed, List<Step> steps) {
    var by =
        Again.of(owed, to, firing, alert -> told.contains(alert) || firing.contains(alert), now);
    var rest = rest(owed);
    if (by.isPresent() || rest.isEmpty()) {
      steps.add(new Step(ids, by, rest));
    }
  }

  /** What fires and no route leads to the other one with. */
  private Optional<Owed> rest(Owed owed) {
    try {
      var said = Notification.parse(owed.body());
      var items = said.items().stream().filter(this::isNobodys).toList();
      return items.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Owed(
                  MessageIds.next(),
                  owed.receiver(),
                  owed.groupKey(),
                  owed.sequence(),
                  said.to(said.receiver(), items).toJson(),
                  owed.createdAt(),
                  owed.attempts(),
                  owed.nextAttempt(),
                  owed.lastError()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private boolean isNobodys(Notification.Item item) {
    var alert = item.fingerprint();
    return item.isFiring()
        && firing.contains(alert)
        && !told.contains(alert)
        && !leading.contains(alert);
  }
}
