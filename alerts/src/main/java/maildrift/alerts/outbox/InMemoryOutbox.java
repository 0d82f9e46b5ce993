package maildrift.alerts.outbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The outbox of tests and of a daemon that stores nothing. It forgets all with the process. */
public final class InMemoryOutbox implements Outbox {
  private final Map<String, Owed> owed = new HashMap<>();
  private final Map<String, Instant> claimedUntil = new HashMap<>();

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
  }

  @Override
  public synchronized void retryLater(String id, Instant notBefore, String error) {
    owed.computeIfPresent(id, (_, one) -> one.failed(notBefore, error));
    claimedUntil.remove(id);
  }

  @Override
  public synchronized void dead(String id, String error) {
    delivered(id);
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
