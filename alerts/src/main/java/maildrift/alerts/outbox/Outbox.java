package maildrift.alerts.outbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is owed to receivers, durable. Every implementation passes {@code OutboxContract}. May be
 * called from many threads.
 *
 * <p>A notification is owed from the moment {@link #owe} (or the store's own batch that commits it
 * together with the state that caused it) has returned, until {@link #delivered} or {@link #dead}.
 */
public interface Outbox {

  /** Makes them owed; one whose id is owed already is left as it is. */
  void owe(List<Owed> notifications);

  /**
   * Takes notifications that are due, oldest sequence first, of each group only the one with the
   * lowest sequence: the next one of a group is given only when the one before is delivered or
   * dead. A claimed notification is given again only after {@link #retryLater} or {@link #release},
   * or when the lease has passed (its worker died), or after a restart.
   *
   * @param limit at most so many
   * @param lease how long the claim is good for
   */
  List<Owed> claim(String receiver, int limit, Instant now, Duration lease);

  /** It arrived and is owed no more. An unknown id is ignored. */
  void delivered(String id);

  /** It did not arrive: one attempt more, and not again before the given time. */
  void retryLater(String id, Instant notBefore, String error);

  /** It will not be tried again by itself; kept for a person to see. */
  void dead(String id, String error);

  /** Gives a claim back as if it had never been taken. */
  void release(String id);

  /** The receiver answers again: what waits for it is due now, in order. */
  void hurry(String receiver, Instant now);

  /** When {@link #claim} may next give something that is not claimed; empty: nothing is owed. */
  Optional<Instant> nextAttempt(String receiver);

  /**
   * Makes one of a claimed notification and of what waits behind it in its group, see {@link
   * Merging}. The merged one has a new id, because what was tried may have arrived under its own;
   * it stays claimed, and those that it stands for are superseded in the same commit. Bodies are
   * read one after the other.
   *
   * @param lease how long the claim of the merged one is good for
   * @return the claimed one itself where nothing waits behind it that it can be merged with
   */
  Owed merge(Owed claimed, Instant now, Duration lease);

  /** Owes another one in the place of one that the caller has claimed, in one commit. */
  void replace(String id, Owed by);

  /**
   * Owes notifications in the place of others, in one commit. Nothing happens where one of those is
   * not there any more or is being sent: what it says has arrived, or may.
   *
   * @param ids owed or given up
   */
  void replaceFree(List<String> ids, List<Owed> by);

  /** What waits for the receiver, the oldest first; read one after the other. */
  void eachWaiting(String receiver, int limit, Consumer<Owed> reader);

  /** What was given up, the newest first; read one after the other. */
  void eachDead(int limit, Consumer<DeadLetter> reader);

  /** How many were given up, by receiver. */
  Map<String, Long> deadCounts();

  /** What is owed, by receiver (also by those that are no longer configured). */
  Map<String, Backlog> backlog();

  /**
   * What is owed to one receiver.
   *
   * @param pending how many
   * @param oldest when the oldest of them was made owed
   */
  record Backlog(long pending, Instant oldest) {}
}
