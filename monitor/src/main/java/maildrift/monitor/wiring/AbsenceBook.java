package maildrift.monitor.wiring;

import maildrift.monitor.self.Presence;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps in the store when maildrift was not there, so that a restart does not forget it. */
final class AbsenceBook {
  private static final Logger LOG = LoggerFactory.getLogger(AbsenceBook.class);

  private final Presence presence;
  private final StateStore store;

  AbsenceBook(Presence presence, StateStore store) {
    this.presence = presence;
    this.store = store;
  }

  void restore() {
    presence.restore(store.absences(), store.lastAlive());
  }

  void keep() {
    for (var absence : presence.takeNew()) {
      LOG.warn(
          "maildrift did not run, stood still, or the clock leapt, from {} to {}; what it did not see then counts for nothing",
          absence.from(),
          absence.to());
      try {
        store.commit(Batch.builder().absence(absence).build());
      } catch (StoreFailure failure) {
        presence.putBack(absence);
        throw failure;
      }
    }
  }
}
