package maildrift.monitor.wiring;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.service.KeepAlive;
import maildrift.monitor.service.ServiceManager;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the service manager's watchdog. It restarts what it does not hear of, so it must hear of
 * all that a restart cannot help: resolvers that do not answer (looks end all the same, with gaps),
 * a disk that is full or a database that is away (the store tries again, and each try is a move).
 * It hears nothing when the event loop stands still, no turn is handed out or ends, the store's
 * writer hangs, or a part has ended that only a restart brings back.
 */
final class Supervision {
  private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);

  private final ServiceManager manager;
  private final Scheduler scheduler;
  private final StateStore store;
  private final Supplier<Map<String, String>> incurable;
  private final Supplier<String> status;
  private final Clock clock;
  private final AtomicLong loopMoves = new AtomicLong();
  private final AtomicBoolean isAsked = new AtomicBoolean();
  private final KeepAlive keepAlive;
  private Set<String> silentFor = Set.of();

  /**
   * @param incurable what only a restart helps: part to reason
   * @param status what the service manager shows
   */
  Supervision(
      ServiceManager manager,
      Scheduler scheduler,
      StateStore store,
      Supplier<Map<String, String>> incurable,
      Supplier<String> status,
      Clock clock) {
    this.manager = manager;
    this.scheduler = scheduler;
    this.store = store;
    this.incurable = incurable;
    this.status = status;
    this.clock = clock;
    keepAlive =
        new KeepAlive(
            Map.of(
                "event loop", loopMoves::get, "schedule", scheduler::moves, "store", store::tries));
  }

  /** Asks every part for a sign, and tells that all live if all have given one since. */
  void look() {
    var reasons = new LinkedHashMap<>(incurable.get());
    if (reasons.isEmpty()) {
      keepAlive.still().forEach(part -> reasons.put(part, "has not moved"));
    }
    if (reasons.isEmpty()) {
      manager.alive(status.get());
    } else if (reasons.keySet().equals(silentFor)) {
      // Twice in a row: a single look may merely have come too early.
      manager.unwell(
          reasons.entrySet().stream()
              .map(reason -> reason.getKey() + ": " + reason.getValue())
              .collect(Collectors.joining("; ", "not well: ", "")));
    }
    silentFor = Set.copyOf(reasons.keySet());
    ask();
  }

  private void ask() {
    var _ = scheduler.next("").thenRun(loopMoves::incrementAndGet);
    // Handing over may block when very much waits; what then counts is that the writer tries.
    if (isAsked.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("supervision")
          .start(
              () -> {
                try {
                  var _ =
                      store
                          .submit(Batch.builder().alive(clock.instant()).build())
                          .whenComplete((_, _) -> isAsked.set(false));
                } catch (RuntimeException failure) {
                  isAsked.set(false);
                  LOG.warn("the store took no sign of life: {}", failure.getMessage());
                }
              });
    }
  }
}
