package maildrift.monitor.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import maildrift.alerts.Alert;
import maildrift.alerts.Notification;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.route.Dispatch;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.GroupState;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Transition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where alerts become owed notifications. Transitions come in when they are durable; what the
 * dispatcher decides is committed before anybody sends it. A decision that cannot be committed is
 * kept and tried again; after a crash the dispatcher makes it again from the alerts and what
 * receivers were told.
 */
public final class AlertDesk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertDesk.class);

  /**
   * Looked at again at least so often, so that a clock that was set does not leave anybody waiting.
   */
  private static final Duration LONGEST_NAP = Duration.ofSeconds(1);

  /** A failure that is longer than this is not over by itself. */
  private static final Duration FAILS_FOR = Duration.ofSeconds(30);

  private final StateStore store;
  private final Dispatcher dispatcher;
  private final Clock clock;
  private final Runnable wakeDeliveries;
  private final Consumer<Alert> forget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Thread thread;
  private Dispatch unstored = Dispatch.NOTHING;
  private volatile boolean started;
  private volatile boolean closed;

  /** In {@link System#nanoTime}. */
  private volatile Optional<Long> failingSince = Optional.empty();

  /**
   * @param wakeDeliveries called after something was made owed
   * @param forget called, on another thread, for each resolved alert that nobody needs to hear of
   *     any more
   */
  public AlertDesk(
      StateStore store,
      Dispatcher dispatcher,
      Clock clock,
      Runnable wakeDeliveries,
      Consumer<Alert> forget) {
    this.store = store;
    this.dispatcher = dispatcher;
    this.clock = clock;
    this.wakeDeliveries = wakeDeliveries;
    this.forget = forget;
    this.thread = Thread.ofVirtual().name("alert desk").unstarted(this::run);
  }

  /** Takes up what was stored, and begins. */
  public void start(Collection<Alert> alerts, Collection<GroupState> groups) {
    lock.lock();
    try {
      dispatcher.restore(alerts, groups, clock.instant());
    } finally {
      lock.unlock();
    }
    thread.start();
    started = true;
  }

  /** Alerts changed, durably. */
  public void changed(List<Transition> transitions) {
    lock.lock();
    try {
      settle(dispatcher.onTransitions(transitions, clock.instant()));
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  public void mutes(Mutes value) {
    lock.lock();
    try {
      dispatcher.mutes(value, clock.instant());
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  public void links(Links value) {
    lock.lock();
    try {
      dispatcher.links(value);
    } finally {
      lock.unlock();
    }
  }

  /** Does not block. */
  public Mutes mutes() {
    return dispatcher.mutes();
  }

  /** All that keeps an alert from being told now; empty: nothing does. Does not block. */
  public List<Mutes.Why> whys(Alert alert) {
    return alert.phase() == Alert.Phase.FIRING
        ? dispatcher.whys(alert, clock.instant())
        : List.of();
  }

  public void routing(Routing value) {
    lock.lock();
    try {
      dispatcher.routing(value, clock.instant());
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What a receiver that forgets must be reminded of. */
  public List<Notification.Item> toldFiring(String receiver) {
    lock.lock();
    try {
      return dispatcher.toldFiring(receiver);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    lock.lock();
    try {
      while (!closed) {
        try {
          settle(dispatcher.due(clock.instant()));
          var next = dispatcher.nextDue();
          failingSince = Optional.empty();
          if (!closed) {
            nap(next);
          }
        } catch (RuntimeException | Error failure) {
          LOG.error("the alert desk failed; it goes on", failure);
          if (failingSince.isEmpty()) {
            failingSince = Optional.of(System.nanoTime());
          }
          await(LONGEST_NAP);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why nobody is told of anything, when that has gone on for a while. */
  public Optional<String> unwell() {
    if (started && !closed && !thread.isAlive()) {
      return Optional.of("the alert desk has ended");
    }
    return failingSince
        .map(since -> Duration.ofNanos(System.nanoTime() - since))
        .filter(since -> since.compareTo(FAILS_FOR) > 0)
        .map(since -> "the alert desk has failed for %d s".formatted(since.toSeconds()));
  }

  private void nap(Optional<Instant> until) {
    var now = clock.instant();
    var nap =
        until
            .map(at -> Duration.between(now, at))
            .filter(left -> left.compareTo(LONGEST_NAP) < 0)
            .orElse(LONGEST_NAP);
    if (nap.isPositive()) {
      await(nap);
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller is the loop, and looks again whatever woke it
  private void await(Duration nap) {
    try {
      if (!news.await(nap.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.trace("nothing came in");
      }
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  /** What could not be stored is stored with what comes next, a second later at the latest. */
  private void settle(Dispatch dispatch) {
    var owing = unstored.then(dispatch);
    if (owing.isEmpty() || isStored(owing)) {
      unstored = Dispatch.NOTHING;
    } else if (!unstored.isEmpty() && !dispatch.isEmpty() && isStored(dispatch)) {
      // One that can never be written must not hold up the others.
      unstored = unstored.outdatedBy(dispatch);
    } else {
      unstored = owing.forgettingNobody();
    }
  }

  private boolean isStored(Dispatch dispatch) {
    var batch = Batch.builder();
    dispatch.owed().forEach(batch::owe);
    dispatch.states().forEach(batch::group);
    dispatch.removedStates().forEach(batch::dropGroup);
    dispatch.forgotten().forEach(alert -> batch.dropAlert(alert.fingerprint()));
    try {
      store.commit(batch.build());
    } catch (StoreFailure failure) {
      LOG.error("what is owed could not be stored; it is tried again", failure);
      return false;
    }
    if (!dispatch.owed().isEmpty()) {
      wakeDeliveries.run();
    }
    if (!dispatch.forgotten().isEmpty()) {
      // Not here: a domain's turn may wait for the desk while it holds what forgetting needs.
      Thread.startVirtualThread(() -> dispatch.forgotten().forEach(forget));
    }
    return true;
  }

  @Override
  public void close() {
    try {
      // Somebody may hold it for as long as the store cannot write.
      if (lock.tryLock(3, TimeUnit.SECONDS)) {
        try {
          closed = true;
          news.signal();
        } finally {
          lock.unlock();
        }
      }
      if (thread.isAlive() && !thread.join(Duration.ofSeconds(3))) {
        LOG.warn("the alert desk did not end in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
