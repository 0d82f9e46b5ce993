package maildrift.monitor.web;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * How many looks of {@code /probe} there may be at once: each takes seconds, resolvers and mail
 * servers of others. A Prometheus that probes the fleet may take all of them; whoever is limited to
 * tenants has few domains.
 */
final class Probing {
  static final int MOST = 64;
  static final int MOST_OF_A_LIMITED = 8;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}: who has how many. */
  private final Multiset<Caller> running = HashMultiset.create();

  /** Does this, or refuses it at once. */
  <T> T look(Caller caller, Supplier<T> work) {
    begin(caller);
    try {
      return work.get();
    } finally {
      end(caller);
    }
  }

  private void begin(Caller caller) {
    lock.lock();
    try {
      if (running.size() >= MOST) {
        throw busy("%d looks of /probe are under way; ask again".formatted(MOST));
      }
      if (caller.tenants().isPresent() && running.count(caller) >= MOST_OF_A_LIMITED) {
        throw busy(
            "%d looks of %s are under way; ask again".formatted(MOST_OF_A_LIMITED, caller.name()));
      }
      running.add(caller);
    } finally {
      lock.unlock();
    }
  }

  private static Refusal busy(String detail) {
    return Refusal.busy(detail, Duration.ofSeconds(5));
  }

  private void end(Caller caller) {
    lock.lock();
    try {
      running.remove(caller);
    } finally {
      lock.unlock();
    }
  }
}
