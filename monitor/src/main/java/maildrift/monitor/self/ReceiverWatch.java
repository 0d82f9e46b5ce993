package maildrift.monitor.self;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.self.ReceiverState.Condition;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.GoneReceiver;
import maildrift.monitor.store.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * How the receivers are: who takes what is owed, who has not for too long, who wants no more. What
 * a receiver said with 410 is remembered until its configuration is another or a person enables it.
 */
public final class ReceiverWatch {
  private final StateStore store;
  private final Presence presence;
  private final Supplier<Duration> failingAfter;
  private final Clock clock;
  private final Map<String, GoneReceiver> gone = new ConcurrentHashMap<>();
  private final Map<String, Waiting> waiting = new HashMap<>();
  private volatile Map<String, String> marks = Map.of();
  private volatile List<ReceiverState> states = List.of();
  private final Set<String> wasLate = new HashSet<>();

  /**
   * What is the oldest, by the time that maildrift was there for.
   *
   * @param begun in {@link Presence#awake}
   */
  private record Waiting(Instant oldest, Duration begun, Optional<String> error) {}

  /**
   * @param failingAfter for how long the oldest may wait, {@code alerts.receiver_failing_after}
   */
  public ReceiverWatch(
      StateStore store, Presence presence, Supplier<Duration> failingAfter, Clock clock) {
    this.store = store;
    this.presence = presence;
    this.failingAfter = failingAfter;
    this.clock = clock;
  }

  /** Takes up what was before a restart. */
  public void restore() {
    store.goneReceivers().forEach(one -> gone.put(one.receiver(), one));
  }

  /** These were told of as late before a restart, and are until something has arrived. */
  synchronized void restoredLate(Set<String> receivers) {
    wasLate.addAll(receivers);
  }

  /**
   * Another configuration is in force.
   *
   * @param configured each receiver's mark, another for another configuration
   * @return those that want no more as they are configured
   */
  public Set<String> configured(Map<String, String> configured) {
    marks = Map.copyOf(configured);
    for (var one : List.copyOf(gone.values())) {
      // One that was taken out is asked again where it is configured some day.
      if (!one.mark().equals(configured.get(one.receiver()))) {
        forget(one.receiver());
      }
    }
    return Set.copyOf(gone.keySet());
  }

  /** It said 410; stored when this returns. */
  public void gone(String receiver, String why) {
    var one = new GoneReceiver(receiver, marks.getOrDefault(receiver, ""), why, clock.instant());
    store.commit(Batch.builder().gone(one).build());
    gone.put(receiver, one);
  }

  /** False where it had not said 410. */
  public boolean forget(String receiver) {
    if (!gone.containsKey(receiver)) {
      return false;
    }
    store.commit(Batch.builder().dropGone(receiver).build());
    gone.remove(receiver);
    return true;
  }

  public Optional<GoneReceiver> gone(String receiver) {
    return Optional.ofNullable(gone.get(receiver));
  }

  /** As of the last look. */
  public List<ReceiverState> states() {
    return states;
  }

  /** As of the last look. */
  public Optional<ReceiverState> state(String receiver) {
    return states.stream().filter(state -> state.name().equals(receiver)).findFirst();
  }

  /**
   * Those that alerts about other receivers must not rely on. A single attempt that failed makes
   * nobody one of them: what is told there would change places with every hiccup.
   */
  public Set<String> unwell() {
    return states.stream()
        .filter(state -> state.isLate() || state.condition() == Condition.DISABLED)
        .map(ReceiverState::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Looks at the outbox; blocks as the store does. */
  public synchronized void look(Map<String, Deliveries.Counts> counts) {
    var backlog = store.outbox().backlog();
    var dead = store.outbox().deadCounts();
    waiting.keySet().retainAll(backlog.keySet());
    wasLate.removeIf(name -> !backlog.containsKey(name) || hasTaken(counts.get(name)));
    var names = new TreeSet<>(marks.keySet());
    names.addAll(backlog.keySet());
    names.addAll(dead.keySet());
    var seen = new ArrayList<ReceiverState>();
    for (var name : names) {
      seen.add(
          state(
              name,
              Optional.ofNullable(backlog.get(name)),
              Optional.ofNullable(counts.get(name)),
              dead.getOrDefault(name, 0L)));
    }
    states = List.copyOf(seen);
  }

  private static boolean hasTaken(Deliveries.@Nullable Counts counts) {
    return counts != null && counts.lastSuccess().isPresent();
  }

  private ReceiverState state(
      String name,
      Optional<Outbox.Backlog> backlog,
      Optional<Deliveries.Counts> counts,
      long dead) {
    var left = Optional.ofNullable(gone.get(name));
    var isLate = backlog.filter(owed -> isLate(name, owed, counts)).isPresent();
    var failingSince = counts.flatMap(Deliveries.Counts::failingSince);
    var condition = Condition.OK;
    var since = Optional.<Instant>empty();
    if (!marks.containsKey(name)) {
      condition = Condition.REMOVED;
      since = backlog.map(Outbox.Backlog::oldest);
    } else if (left.isPresent()) {
      condition = Condition.DISABLED;
      since = left.map(GoneReceiver::at);
    } else if (isLate || failingSince.isPresent()) {
      condition = Condition.FAILING;
      since = isLate ? backlog.map(Outbox.Backlog::oldest) : failingSince;
    }
    return new ReceiverState(
        name,
        condition,
        since,
        backlog.map(Outbox.Backlog::pending).orElse(0L),
        backlog.map(Outbox.Backlog::oldest),
        counts.flatMap(Deliveries.Counts::lastSuccess),
        left.map(GoneReceiver::why)
            .or(() -> counts.flatMap(Deliveries.Counts::lastError))
            .or(() -> Optional.ofNullable(waiting.get(name)).flatMap(Waiting::error)),
        dead,
        isLate && condition == Condition.FAILING);
  }

  private boolean isLate(String name, Outbox.Backlog owed, Optional<Deliveries.Counts> counts) {
    var oldest = waiting(name, owed);
    var taken = counts.flatMap(Deliveries.Counts::lastSuccess);
    if (taken.filter(at -> at.isAfter(owed.oldest())).isPresent()) {
      // One that it does not like waits for long, and says nothing of a receiver that takes others.
      return counts
          .flatMap(Deliveries.Counts::failingSince)
          .filter(since -> isTooLong(presence.between(since, clock.instant())))
          .isPresent();
    }
    return isTooLong(presence.awake().minus(oldest.begun()));
  }

  private boolean isTooLong(Duration waited) {
    return waited.compareTo(failingAfter.get()) >= 0;
  }

  private Waiting waiting(String name, Outbox.Backlog owed) {
    var known = waiting.get(name);
    if (known == null || !known.oldest().equals(owed.oldest())) {
      var head = oldest(name);
      var waited = presence.between(owed.oldest(), clock.instant());
      if (wasLate.remove(name)) {
        // What it was told of as late before a restart stays late until something has arrived.
        waited = failingAfter.get();
      } else if (head.filter(Owed::wasRefused).isPresent()) {
        // It was there when it refused this; whether it takes others is to be seen.
        waited = Duration.ZERO;
      }
      known =
          new Waiting(owed.oldest(), presence.awake().minus(waited), head.flatMap(Owed::lastError));
      waiting.put(name, known);
    }
    return known;
  }

  private Optional<Owed> oldest(String receiver) {
    var oldest = new ArrayList<Owed>();
    store.outbox().eachWaiting(receiver, 1, oldest::add);
    return oldest.stream().findFirst();
  }

  /** By name, as the metrics want them. */
  public Map<String, ReceiverState> byName() {
    var byName = new TreeMap<String, ReceiverState>();
    states.forEach(state -> byName.put(state.name(), state));
    return byName;
  }
}
