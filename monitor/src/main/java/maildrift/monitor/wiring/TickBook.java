package maildrift.monitor.wiring;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.StateStore;

/** What persons ticked: in the store first, then in memory, and each change in the history. */
final class TickBook {
  private final StateStore store;
  private final Map<String, List<Tick>> byDomain = new ConcurrentHashMap<>();
  private final ReentrantLock writing = new ReentrantLock();

  TickBook(StateStore store) {
    this.store = store;
  }

  void restore() {
    store.ticks().forEach(this::remember);
  }

  List<Tick> of(String domain) {
    return byDomain.getOrDefault(domain, List.of());
  }

  /** The domain is managed no more; the store has forgotten its ticks with it. */
  void forget(String domain) {
    byDomain.remove(domain);
  }

  void tick(Tick tick, String tenant) {
    writing.lock();
    try {
      var before = known(tick.domain(), tick.checklist(), tick.step());
      store.commit(
          Batch.builder()
              .tick(tick)
              .change(change(tick, tenant, tick.at(), before.map(TickBook::told), told(tick)))
              .build());
      remember(tick);
    } finally {
      writing.unlock();
    }
  }

  /** False where there is no tick. */
  boolean untick(
      String domain, String checklist, String step, String tenant, String by, Instant at) {
    writing.lock();
    try {
      var before = known(domain, checklist, step);
      if (before.isEmpty()) {
        return false;
      }
      store.commit(
          Batch.builder()
              .dropTick(domain, checklist, step)
              .change(
                  change(
                      before.get(), tenant, at, before.map(TickBook::told), "taken back by " + by))
              .build());
      byDomain.computeIfPresent(
          domain, (_, all) -> all.stream().filter(tick -> !isOf(tick, checklist, step)).toList());
      return true;
    } finally {
      writing.unlock();
    }
  }

  private void remember(Tick tick) {
    byDomain.merge(
        tick.domain(),
        List.of(tick),
        (all, more) ->
            Stream.concat(
                    all.stream().filter(old -> !isOf(old, tick.checklist(), tick.step())),
                    more.stream())
                .toList());
  }

  private Optional<Tick> known(String domain, String checklist, String step) {
    return of(domain).stream().filter(tick -> isOf(tick, checklist, step)).findFirst();
  }

  private static boolean isOf(Tick tick, String checklist, String step) {
    return tick.checklist().equals(checklist) && tick.step().equals(step);
  }

  private static Change change(
      Tick tick, String tenant, Instant at, Optional<String> before, String after) {
    return new Change(
        at,
        tick.domain(),
        tenant,
        tick.checklist() + "/" + tick.step(),
        before,
        Optional.of(after),
        Change.TICKED);
  }

  private static String told(Tick tick) {
    return "ticked by " + tick.by() + (tick.note().isEmpty() ? "" : ": " + tick.note());
  }
}
