package maildrift.monitor.wiring;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.web.Backend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person has done with notifications that did not arrive: owed again, owed to somebody else,
 * or dropped. One person at a time, so that nothing is owed twice; each step is one commit, and a
 * crash between two leaves the rest as it was. Blocks as the store does.
 */
final class Redelivery {
  private static final Logger LOG = LoggerFactory.getLogger(Redelivery.class);

  /** What was given up is owed again, so many at a time. */
  private static final int MOST_RETRIED = 1_000;

  private static final int FEW_RETRIED = 20;

  /** Read at once, to be merged by group. */
  private static final int FEW_MOVED = 200;

  private final StateStore store;
  private final Deliveries deliveries;
  private final AlertDesk desk;
  private final AllAlerts alerts;
  private final InForce inForce;
  private final Clock clock;
  private final ReentrantLock retrying = new ReentrantLock();

  Redelivery(
      StateStore store,
      Deliveries deliveries,
      AlertDesk desk,
      AllAlerts alerts,
      InForce inForce,
      Clock clock) {
    this.store = store;
    this.deliveries = deliveries;
    this.desk = desk;
    this.alerts = alerts;
    this.inForce = inForce;
    this.clock = clock;
  }

  /** See {@link Backend#retryDead}. */
  List<String> retryDead(Predicate<DeadLetter> which) {
    // One person at a time: nobody owes a letter again that another has just owed again.
    retrying.lock();
    try {
      var done = new ArrayList<String>();
      var seen = 0;
      while (seen < MOST_RETRIED) {
        var few = fewDead(which);
        if (few.isEmpty()) {
          break;
        }
        few.forEach(letter -> retry(letter).ifPresent(done::add));
        seen += few.size();
      }
      deliveries.wake();
      return done;
    } finally {
      retrying.unlock();
    }
  }

  /** A body may be megabytes. */
  private List<DeadLetter> fewDead(Predicate<DeadLetter> which) {
    return dead(which, FEW_RETRIED);
  }

  private List<DeadLetter> dead(Predicate<DeadLetter> which, int most) {
    var few = new ArrayList<DeadLetter>();
    store
        .outbox()
        .eachDead(
            Integer.MAX_VALUE,
            letter -> {
              if (few.size() < most && which.test(letter)) {
                few.add(letter);
              }
            });
    return few;
  }

  private Optional<String> retry(DeadLetter letter) {
    var firing = alerts.firing();
    var id = letter.owed().id();
    var again = Again.of(letter, firing, clock.instant());
    again.ifPresentOrElse(
        owed -> store.outbox().replaceFree(List.of(id), List.of(owed)),
        () -> {
          LOG.info("nothing of notification {} is so any more; it is dropped", id);
          store.outbox().delivered(id);
        });
    return again.map(Owed::id);
  }

  /** See {@link Backend#moveOwed}. */
  Backend.Moved moveOwed(String from, String to) {
    retrying.lock();
    try {
      var moved = new HashSet<String>();
      var tried = new HashSet<String>();
      var dropped = 0L;
      // A reload may bring it back; then it is sent what is left.
      while (!inForce.config().alerts().receivers().containsKey(from)) {
        var few = fewOwedOrDead(from, tried);
        if (few.isEmpty()) {
          break;
        }
        few.forEach(owed -> tried.add(owed.id()));
        var batch = Batch.builder();
        for (var step : moving(to).steps(few)) {
          if (step.by().isPresent()) {
            batch.replaceFree(step.ids(), step.owed(), clock.instant());
            step.rest().ifPresent(rest -> tried.add(rest.id()));
            moved.addAll(step.ids());
          } else {
            step.ids().forEach(batch::delivered);
            dropped += step.ids().size();
          }
        }
        store.commit(batch.build());
        deliveries.wake();
      }
      var left = new HashSet<String>();
      store.outbox().eachWaiting(from, Integer.MAX_VALUE, owed -> left.add(owed.id()));
      moved.removeAll(left);
      var all = left.size() + store.outbox().deadCounts().getOrDefault(from, 0L);
      LOG.warn(
          "what {} was owed is owed to {}: {} notifications, {} dropped as no news, {} left",
          from,
          to,
          moved.size(),
          dropped,
          all);
      return new Backend.Moved(moved.size(), dropped, all);
    } finally {
      retrying.unlock();
    }
  }

  private Moving moving(String to) {
    var takesMail = inForce.config().alerts().receivers().get(to) instanceof MailReceiver;
    return new Moving(
        to, takesMail, alerts.firing(), desk.toldTo(to), desk.leadingTo(to), clock.instant());
  }

  /** What waits for it, the oldest first, and then what it had refused. */
  private List<Owed> fewOwedOrDead(String receiver, Set<String> except) {
    var waiting = fewOwed(receiver, except);
    return waiting.isEmpty()
        ? fewDead(
                letter ->
                    letter.owed().receiver().equals(receiver)
                        && !except.contains(letter.owed().id()))
            .stream()
            .map(DeadLetter::owed)
            .sorted(Comparator.comparingLong(Owed::sequence))
            .toList()
        : waiting;
  }

  private List<Owed> fewOwed(String receiver, Set<String> except) {
    var few = new ArrayList<Owed>();
    store
        .outbox()
        .eachWaiting(
            receiver,
            except.size() + FEW_MOVED,
            owed -> {
              if (!except.contains(owed.id())) {
                few.add(owed);
              }
            });
    return few;
  }

  /** See {@link Backend#dropOwed}. */
  long dropOwed(String receiver) {
    retrying.lock();
    try {
      var dropped = 0L;
      for (var few = fewOwedOrDead(receiver, Set.of());
          !few.isEmpty();
          few = fewOwedOrDead(receiver, Set.of())) {
        var batch = Batch.builder();
        few.forEach(owed -> batch.delivered(owed.id()));
        store.commit(batch.build());
        dropped += few.size();
      }
      LOG.warn("{} notifications that {} was owed are dropped", dropped, receiver);
      return dropped;
    } finally {
      retrying.unlock();
    }
  }

  /** See {@link Backend#dropDead}. */
  boolean dropDead(String id) {
    var found = dead(letter -> letter.owed().id().equals(id), 1);
    found.forEach(letter -> store.outbox().delivered(letter.owed().id()));
    return !found.isEmpty();
  }
}
