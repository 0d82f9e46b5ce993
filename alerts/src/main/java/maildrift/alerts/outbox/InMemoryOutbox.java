package maildrift.alerts.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The outbox of tests and of a daemon that stores nothing. It forgets all with the process. */
public final class InMemoryOutbox implements Outbox {
  /** More that was given up than this nobody reads; the oldest are dropped. */
  private static final int MOST_DEAD = 1_000;

  private final InstantSource clock;
  private final Map<String, Owed> owed = new HashMap<>();
  private final Map<String, Instant> claimedUntil = new HashMap<>();
  private final LinkedHashMap<String, DeadLetter> dead = new LinkedHashMap<>();

  public InMemoryOutbox() {
    this(InstantSource.system());
  }

  /**
   * @param clock says when something was given up
   */
  public InMemoryOutbox(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void owe(List<Owed> notifications) {
    notifications.forEach(notification -> owed.putIfAbsent(notification.id(), notification));
  }

  @Override
  public synchronized List<Owed> claim(String receiver, int limit, Instant now, Duration lease) {
    var claimed = new ArrayList<Owed>();
    for (var head : heads(receiver)) {
      if (claimed.size() == limit) {
        break;
      }
      var busyUntil = claimedUntil.getOrDefault(head.id(), Instant.MIN);
      if (!head.nextAttempt().isAfter(now) && !busyUntil.isAfter(now)) {
        claimedUntil.put(head.id(), now.plus(lease));
        claimed.add(head);
      }
    }
    return List.copyOf(claimed);
  }

  @Override
  public synchronized void delivered(String id) {
    owed.remove(id);
    claimedUntil.remove(id);
    dead.remove(id);
  }

  @Override
  public synchronized void retryLater(String id, Instant notBefore, String error) {
    owed.computeIfPresent(id, (_, one) -> one.failed(notBefore, error));
    claimedUntil.remove(id);
  }

  @Override
  public synchronized void dead(String id, String error) {
    var one = owed.get(id);
    delivered(id);
    if (one != null) {
      dead.put(id, new DeadLetter(one.failed(one.nextAttempt(), error), clock.instant()));
      if (dead.size() > MOST_DEAD) {
        dead.pollFirstEntry();
      }
    }
  }

  @Override
  public synchronized Owed merge(Owed claimed, Instant now, Duration lease) {
    var merging = new Merging(claimed);
    owed.values().stream()
        .filter(one -> one.receiver().equals(claimed.receiver()))
        .filter(one -> one.groupKey().equals(claimed.groupKey()))
        .filter(one -> one.sequence() > claimed.sequence())
        .sorted(Comparator.comparingLong(Owed::sequence))
        .takeWhile(merging::add)
        .forEach(_ -> {});
    if (!merging.isMerged()) {
      return claimed;
    }
    var merged = merging.merged(MessageIds.next());
    merging.ids().forEach(this::delivered);
    owe(List.of(merged));
    claimedUntil.put(merged.id(), now.plus(lease));
    return merged;
  }

  @Override
  public synchronized void replace(String id, Owed by) {
    delivered(id);
    owe(List.of(by));
  }

  @Override
  public synchronized void replaceFree(List<String> ids, List<Owed> by) {
    var now = clock.instant();
    if (ids.stream()
        .allMatch(
            id ->
                (owed.containsKey(id) || dead.containsKey(id))
                    && !claimedUntil.getOrDefault(id, Instant.MIN).isAfter(now))) {
      ids.forEach(this::delivered);
      owe(by);
    }
  }

  @Override
  public void eachWaiting(String receiver, int limit, Consumer<Owed> reader) {
    waiting(receiver, limit).forEach(reader);
  }

  private synchronized List<Owed> waiting(String receiver, int limit) {
    return owed.values().stream()
        .filter(one -> one.receiver().equals(receiver))
        .sorted(Comparator.comparingLong(Owed::sequence))
        .limit(limit)
        .toList();
  }

  @Override
  public void eachDead(int limit, Consumer<DeadLetter> reader) {
    deadLetters(limit).forEach(reader);
  }

  private synchronized List<DeadLetter> deadLetters(int limit) {
    return dead.sequencedValues().reversed().stream().limit(limit).toList();
  }

  @Override
  public synchronized Map<String, Long> deadCounts() {
    var counts = new TreeMap<String, Long>();
    dead.values().forEach(one -> counts.merge(one.owed().receiver(), 1L, Long::sum));
    return counts;
  }

  @Override
  public synchronized void release(String id) {
    claimedUntil.remove(id);
  }

  @Override
  public synchronized void hurry(String receiver, Instant now) {
    owed.replaceAll(
        (_, one) ->
            one.receiver().equals(receiver) && one.nextAttempt().isAfter(now)
                ? one.nextAttempt(now)
                : one);
  }

  @Override
  public synchronized Optional<Instant> nextAttempt(String receiver) {
    return heads(receiver).stream()
        .filter(head -> !claimedUntil.containsKey(head.id()))
        .map(Owed::nextAttempt)
        .min(Comparator.naturalOrder());
  }

  @Override
  public synchronized Map<String, Backlog> backlog() {
    var backlog = new TreeMap<String, Backlog>();
    for (var one : owed.values()) {
      backlog.merge(
          one.receiver(),
          new Backlog(1, one.createdAt()),
          (a, b) ->
              new Backlog(
                  a.pending() + b.pending(),
                  a.oldest().isBefore(b.oldest()) ? a.oldest() : b.oldest()));
    }
    return backlog;
  }

  private List<Owed> heads(String receiver) {
    var heads = new HashMap<String, Owed>();
    for (var one : owed.values()) {
      if (one.receiver().equals(receiver)) {
        heads.merge(one.groupKey(), one, (a, b) -> a.sequence() <= b.sequence() ? a : b);
      }
    }
    return heads.values().stream().sorted(Comparator.comparingLong(Owed::sequence)).toList();
  }
}
