package maildrift.monitor.wiring;

import java.util.Optional;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.monitor.watch.Watch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is watched: adds and takes out domains until those are watched that the configuration and the
 * store name. Always under the lock of {@link InForce}: one thread at a time does it, and nobody
 * goes back behind a reload.
 */
final class Population {
  private static final Logger LOG = LoggerFactory.getLogger(Population.class);

  private final InForce inForce;
  private final Fleet fleet;
  private final StateStore store;
  private final Watch watch;
  private final Scheduler scheduler;
  private final TickBook ticks;
  private final Happenings happenings;
  private volatile boolean isPopulated = true;

  Population(
      InForce inForce,
      Fleet fleet,
      StateStore store,
      Watch watch,
      Scheduler scheduler,
      TickBook ticks,
      Happenings happenings) {
    this.inForce = inForce;
    this.fleet = fleet;
    this.store = store;
    this.watch = watch;
    this.scheduler = scheduler;
    this.ticks = ticks;
    this.happenings = happenings;
  }

  void populate() {
    inForce.lock.lock();
    try {
      // Read here: while this waited for the lock, another one may have been put in force.
      var next = inForce.config();
      var domains = fleet.domains(next, store.domains());
      domains.values().forEach(domain -> watch.add(domain, Optional.empty()));
      isPopulated = true;
      watch.names().stream().filter(name -> !domains.containsKey(name)).forEach(this::unwatch);
      scheduler.set(domains.keySet(), next.schedule().interval());
    } finally {
      inForce.lock.unlock();
    }
  }

  /** The end of a domain's alerts is owed to somebody: it is tried until it is stored. */
  private void unwatch(String name) {
    try {
      watch.remove(name);
      ticks.forget(name);
      happenings.forget(name);
    } catch (StoreFailure failure) {
      LOG.error("the end of {} could not be stored; it is tried again", name, failure);
      isPopulated = false;
    }
  }

  /** Tries again what could not be stored. */
  void again() {
    if (!isPopulated) {
      populate();
    }
  }
}
