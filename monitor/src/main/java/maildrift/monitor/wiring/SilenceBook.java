package maildrift.monitor.wiring;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;

/**
 * Silences: in the store first, then in memory, then with who decides about telling, all under one
 * lock. What is muted by maintenance goes with them, as configured.
 */
final class SilenceBook {
  private final StateStore store;
  private final AlertDesk desk;
  private final Happenings happenings;
  private final InForce inForce;
  private final Clock clock;
  private final ReentrantLock silencing = new ReentrantLock();
  private volatile List<Silence> silences = List.of();

  SilenceBook(
      StateStore store, AlertDesk desk, Happenings happenings, InForce inForce, Clock clock) {
    this.store = store;
    this.desk = desk;
    this.happenings = happenings;
    this.inForce = inForce;
    this.clock = clock;
  }

  /** Before the first decision: who is silenced must not be told at a restart. */
  void restore() {
    silences = Silences.restored(store.silences());
  }

  List<Silence> all() {
    return silences;
  }

  /** Other maintenance may be configured. */
  void configured(MonitorConfig next) {
    silencing.lock();
    try {
      desk.mutes(new Mutes(silences, next.maintenance()));
    } finally {
      silencing.unlock();
    }
  }

  void put(Silence silence) {
    silencing.lock();
    try {
      store.commit(Batch.builder().silence(Silences.kept(silence)).build());
      var oldest = clock.instant().minus(inForce.config().store().keep());
      silences =
          Stream.concat(
                  silences.stream()
                      .filter(old -> old.endsAt().isAfter(oldest))
                      .filter(old -> !old.id().equals(silence.id())),
                  Stream.of(silence))
              .toList();
      desk.mutes(new Mutes(silences, inForce.config().maintenance()));
    } finally {
      silencing.unlock();
    }
    happenings.silenced(silence);
  }

  /** Ends one now; false when there is none with that id. */
  boolean expire(String id) {
    silencing.lock();
    try {
      var found = silences.stream().filter(silence -> silence.id().equals(id)).findFirst();
      if (found.isEmpty()) {
        return false;
      }
      var expired = found.get().expire(clock.instant());
      store.commit(Batch.builder().silence(Silences.kept(expired)).build());
      silences =
          silences.stream().map(silence -> silence.id().equals(id) ? expired : silence).toList();
      desk.mutes(new Mutes(silences, inForce.config().maintenance()));
      happenings.silenced(expired);
      return true;
    } finally {
      silencing.unlock();
    }
  }
}
