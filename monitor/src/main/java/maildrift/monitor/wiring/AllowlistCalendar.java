package maildrift.monitor.wiring;

import java.util.HashMap;
import java.util.Map;
import maildrift.alerts.notify.http.Request;
import maildrift.monitor.config.AllowlistConfig;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.schedule.Calendar;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches allowlists that are somewhere on the web, each as often as configured. */
final class AllowlistCalendar {
  private static final Logger LOG = LoggerFactory.getLogger(AllowlistCalendar.class);

  private final Calendar calendar;
  private final Fleet fleet;
  private final Population population;

  /** Those that the calendar fetches. Guarded by the lock of {@link InForce}. */
  private final Map<String, AllowlistConfig> fetching = new HashMap<>();

  AllowlistCalendar(Calendar calendar, Fleet fleet, Population population) {
    this.calendar = calendar;
    this.fleet = fleet;
    this.population = population;
  }

  /**
   * Lists that are new or others are fetched at once and then now and then; lists that are gone are
   * no longer.
   */
  void configured(MonitorConfig next) {
    fetching.keySet().stream()
        .filter(
            name ->
                !next.allowlists().containsKey(name)
                    || !next.allowlists().get(name).equals(fetching.get(name)))
        .toList()
        .forEach(
            name -> {
              fetching.remove(name);
              calendar.remove("allowlist " + name);
            });
    next.allowlists()
        .forEach(
            (name, list) -> {
              if (list.source() instanceof AllowlistConfig.Fetched fetched
                  && !fetching.containsKey(name)) {
                fetching.put(name, list);
                calendar.every("allowlist " + name, fetched.refresh(), () -> fetch(list, fetched));
              }
            });
  }

  /** A list that cannot be used leaves the one before it in force. */
  private void fetch(AllowlistConfig list, AllowlistConfig.Fetched source) {
    var fetched = AllowlistFetch.of(list, source, Request.DEADLINE);
    fetched
        .unreadable()
        .ifPresentOrElse(
            why -> LOG.warn("allowlist {} is not used: {}", list.name(), why),
            () -> {
              if (fleet.fetched(list, fetched.entries())) {
                population.populate();
              }
            });
  }
}
