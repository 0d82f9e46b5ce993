package maildrift.monitor.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.outbox.Trouble;
import maildrift.alerts.route.Dispatch;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.GroupState;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Transition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
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
  private volatile Dispatcher dispatcher;
  private final Clock clock;
  private final Runnable wakeDeliveries;
  private final Consumer<Alert> forget;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * What the dispatcher holds is changed under both, and read under either: who only reads need not
   * wait for a store that is away.
   */
  private final ReentrantLock memory = new ReentrantLock();

  private final Condition news = lock.newCondition();
  private final Thread thread;
  private Dispatch unstored = Dispatch.NOTHING;

  /** What the dispatcher holds in memory may be half of what it should be. Guarded by the lock. */
  private boolean isBroken;

  private final Trouble trouble = new Trouble();

  private volatile Function<Acknowledgement, Optional<Change>> historyOf = _ -> Optional.empty();
  private volatile boolean started;
  private volatile boolean closed;

  /** In {@link System#nanoTime}. */
  private volatile Optional<Long> failingSince = Optional.empty();

  /** In {@link System#nanoTime}: since when a commit is waited for. */
  private volatile Optional<Long> storingSince = Optional.empty();

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
  public void start(
      Collection<Alert> alerts,
      Collection<GroupState> groups,
      Collection<Acknowledgement> acknowledgements) {
    lock.lock();
    try {
      var now = clock.instant();
      changeMemory(() -> dispatcher.restore(alerts, groups, acknowledgements, now));
    } finally {
      lock.unlock();
    }
    thread.start();
    started = true;
  }

  /**
   * Alerts changed, durably. A dispatcher that fails over them is made anew from what is stored,
   * where these changes are: no transition is lost with it.
   */
  public void changed(List<Transition> transitions) {
    decide(now -> dispatcher.onTransitions(transitions, now));
  }

  public void mutes(Mutes value) {
    set(now -> dispatcher.mutes(value, now));
  }

  public void links(Links value) {
    set(_ -> dispatcher.links(value));
  }

  public void routing(Routing value) {
    set(now -> dispatcher.routing(value, now));
  }

  /** Counts from now on, for a dispatcher that begins anew as well. */
  private void set(Consumer<Instant> setting) {
    lock.lock();
    try {
      var now = clock.instant();
      changeMemory(() -> setting.accept(now));
    } catch (RuntimeException | Error failure) {
      broken(failure);
    } finally {
      news.signal();
      lock.unlock();
    }
  }

  /** See {@link Dispatcher#hold}. */
  public void hold(Predicate<Labels> value) {
    set(_ -> dispatcher.hold(value));
  }

  /** The line of history that says how an acknowledgement ended, stored together with its end. */
  public void history(Function<Acknowledgement, Optional<Change>> value) {
    historyOf = value;
  }

  /** Looks at all groups again: what was held may be said. */
  public void lookAgain() {
    // Those that are in force by then: others may be on their way.
    set(now -> dispatcher.mutes(dispatcher.mutes(), now));
  }

  private <T> T inMemory(Supplier<T> what) {
    memory.lock();
    try {
      return what.get();
    } finally {
      memory.unlock();
    }
  }

  private void changeMemory(Runnable what) {
    memory.lock();
    try {
      what.run();
    } finally {
      memory.unlock();
    }
  }

  private void broken(Throwable failure) {
    LOG.error("the dispatcher failed; it begins anew from what is stored", failure);
    isBroken = true;
  }

  /**
   * A person takes the alert; empty where no such alert fires.
   *
   * @throws StoreFailure where it could not be stored; then it is not taken
   */
  public Optional<Acknowledgement> acknowledge(String fingerprint, String by, String comment) {
    return person(List.of(fingerprint), (one, now) -> dispatcher.acknowledge(one, by, comment, now))
        .stream()
        .findFirst();
  }

  /** A person takes all of these, in one decision; those that do not fire are left out. */
  public List<Acknowledgement> acknowledge(
      Collection<String> fingerprints, String by, String comment) {
    return person(fingerprints, (one, now) -> dispatcher.acknowledge(one, by, comment, now));
  }

  /** A person gives the alert back; empty where nobody had it. */
  public Optional<Acknowledgement> unacknowledge(String fingerprint, String by) {
    return person(List.of(fingerprint), (one, now) -> dispatcher.unacknowledge(one, by, now))
        .stream()
        .findFirst();
  }

  /**
   * What a person does is done when it is stored. Where the store cannot write, he is told so at
   * once and nothing is done: he must not believe that an alert is his that calls others after a
   * restart.
   */
  private List<Acknowledgement> person(
      Collection<String> fingerprints,
      BiFunction<String, Instant, Optional<Acknowledgement>> what) {
    refuseUnlessWritable();
    lock.lock();
    try {
      var before = new HashMap<String, Optional<Acknowledgement>>();
      var done = new ArrayList<Acknowledgement>();
      var isDone =
          decide(
              now -> {
                for (var one : fingerprints) {
                  var was = dispatcher.acknowledgement(one);
                  what.apply(one, now)
                      .ifPresent(
                          taken -> {
                            before.putIfAbsent(one, was);
                            done.add(taken);
                          });
                }
                // What follows from it is decided once it is stored.
                return dispatcher.acknowledgements();
              });
      if (!isDone) {
        set(now -> before.forEach((one, was) -> dispatcher.undo(one, was, now)));
        throw new StoreFailure("it could not be stored, and was not done");
      }
      return List.copyOf(done);
    } finally {
      lock.unlock();
    }
  }

  private void refuseUnlessWritable() {
    var health = store.health();
    if (!health.writable()) {
      throw new StoreFailure(
          "the store cannot write, and nothing was done: " + String.join("; ", health.reasons()));
    }
  }

  /** Who has taken an alert, or had until lately. Does not block. */
  public Optional<Acknowledgement> acknowledgement(String fingerprint) {
    return dispatcher.acknowledgement(fingerprint);
  }

  /** Whether all that was decided is stored. */
  private boolean decide(Function<Instant, Dispatch> decision) {
    lock.lock();
    try {
      mend();
      var now = clock.instant();
      return settle(inMemory(() -> decision.apply(now)));
    } catch (RuntimeException | Error failure) {
      broken(failure);
      return false;
    } finally {
      news.signal();
      lock.unlock();
    }
  }

  /**
   * Begins anew from what is stored, once what was decided before is stored: a receiver must not be
   * owed it twice.
   */
  private void mend() {
    if (!isBroken || !started) {
      return;
    }
    settle(Dispatch.NOTHING);
    if (!unstored.isEmpty()) {
      throw new StoreFailure("what was decided is not stored yet");
    }
    var alerts = new ArrayList<Alert>();
    store.eachAlert(kept -> alerts.add(kept.alert()));
    var groups = new ArrayList<GroupState>();
    store.eachGroup(groups::add);
    var anew = dispatcher.anew(store.lastSequence());
    anew.restore(alerts, groups, store.acknowledgements(), clock.instant());
    dispatcher = anew;
    isBroken = false;
    LOG.info("the dispatcher began anew with {} alerts", alerts.size());
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

  /**
   * What a receiver that forgets must be reminded of; also while the store is away, or it would
   * forget that it fires.
   */
  public List<Notification.Item> toldFiring(String receiver) {
    return inMemory(() -> dispatcher.toldFiring(receiver));
  }

  /** See {@link Dispatcher#toldTo}. */
  public Set<String> toldTo(String receiver) {
    return inMemory(() -> dispatcher.toldTo(receiver));
  }

  /** See {@link Dispatcher#leadingTo}. */
  public Set<String> leadingTo(String receiver) {
    return inMemory(() -> dispatcher.leadingTo(receiver));
  }

  private void run() {
    lock.lock();
    try {
      while (!closed) {
        try {
          mend();
          var now = clock.instant();
          settle(inMemory(() -> dispatcher.due(now)));
          var next = inMemory(dispatcher::nextDue);
          failingSince = Optional.empty();
          if (trouble.end()) {
            LOG.info("the alert desk works again");
          }
          if (!closed) {
            nap(next);
          }
        } catch (RuntimeException | Error failure) {
          if (trouble.isNew(failure)) {
            LOG.error("the alert desk failed; it goes on", failure);
          }
          isBroken = true;
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

  /** The clock was moved. */
  public void wake() {
    lock.lock();
    try {
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing waits to be decided or stored now. */
  public boolean isIdle() {
    lock.lock();
    try {
      return unstored.isEmpty()
          && inMemory(dispatcher::nextDue).filter(at -> !at.isAfter(clock.instant())).isEmpty();
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

  /**
   * Why nobody is told of anything new: a commit that neither succeeds nor fails. No reason to
   * start again, which would bring the store no nearer.
   */
  public Optional<String> waiting() {
    return storingSince
        .map(since -> Duration.ofNanos(System.nanoTime() - since))
        .filter(since -> since.compareTo(FAILS_FOR) > 0)
        .map(
            since ->
                "the alert desk has waited for the store for %d s".formatted(since.toSeconds()));
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

  /**
   * What could not be stored is stored with what comes next, a second later at the latest.
   *
   * @return whether this one is stored; what came before may not be
   */
  private boolean settle(Dispatch dispatch) {
    var owing = unstored.then(dispatch);
    if (owing.isEmpty() || isStored(owing)) {
      unstored = Dispatch.NOTHING;
      return true;
    }
    if (!unstored.isEmpty() && !dispatch.isEmpty() && isStored(dispatch)) {
      // One that can never be written must not hold up the others.
      unstored = unstored.outdatedBy(dispatch);
      return true;
    }
    unstored = owing.forgettingNobody();
    return dispatch.isEmpty();
  }

  private boolean isStored(Dispatch dispatch) {
    var batch = Batch.builder();
    dispatch.owed().forEach(batch::owe);
    dispatch.states().forEach(batch::group);
    dispatch.removedStates().forEach(batch::dropGroup);
    dispatch.acknowledged().forEach(batch::acknowledgement);
    dispatch.acknowledged().stream()
        .filter(one -> !one.holds())
        .flatMap(one -> historyOf.apply(one).stream())
        .forEach(batch::change);
    dispatch.unacknowledged().forEach(batch::dropAcknowledgement);
    dispatch.forgotten().forEach(batch::forgetAlert);
    storingSince = Optional.of(System.nanoTime());
    try {
      store.commit(batch.build());
    } catch (StoreFailure failure) {
      LOG.error("what is owed could not be stored; it is tried again", failure);
      return false;
    } finally {
      storingSince = Optional.empty();
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
