package maildrift.monitor.wiring;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maildrift.monitor.config.DiscoveryConfig;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.schedule.Calendar;

/** Reads sources of domains, each as often as configured, and measures them while they are. */
final class DiscoveryCalendar {
  /** Before a source's name. */
  static final String JOB = "discovery ";

  private static final List<Names> METERS =
      List.of(
          Names.DISCOVERY_DOMAINS,
          Names.DISCOVERY_REFUSED,
          Names.DISCOVERY_FAILURES,
          Names.DISCOVERY_LAST_SUCCESS);

  private final Calendar calendar;
  private final Discovery discovery;
  private final Metrics metrics;
  private final Duration fileLook;

  /** Those that the calendar reads. Guarded by the lock of {@link InForce}. */
  private final Map<String, DiscoveryConfig> discovering = new HashMap<>();

  DiscoveryCalendar(Calendar calendar, Discovery discovery, Metrics metrics, Duration fileLook) {
    this.calendar = calendar;
    this.discovery = discovery;
    this.metrics = metrics;
    this.fileLook = fileLook;
  }

  /** Sources that are new or others are read at once, and then now and then. */
  void configured(MonitorConfig next) {
    for (var gone : List.copyOf(discovering.keySet())) {
      if (!next.discovery().containsKey(gone)) {
        discovering.remove(gone);
        calendar.remove(JOB + gone);
        METERS.forEach(meter -> metrics.remove(meter, gone));
      }
    }
    next.discovery()
        .forEach(
            (name, source) -> {
              var before = discovering.put(name, source);
              if (before == null) {
                meters(name);
              }
              if (!source.equals(before)) {
                calendar.every(JOB + name, pace(source), () -> discovery.refresh(name));
              }
            });
  }

  private Duration pace(DiscoveryConfig source) {
    return source.source() instanceof DiscoveryConfig.Files ? fileLook : source.refreshInterval();
  }

  private void meters(String name) {
    metrics.gauge(Names.DISCOVERY_DOMAINS, () -> discovery.status(name).domains(), name);
    metrics.gauge(Names.DISCOVERY_REFUSED, () -> discovery.status(name).refused(), name);
    metrics.counter(Names.DISCOVERY_FAILURES, () -> discovery.status(name).failures(), name);
    metrics.gauge(
        Names.DISCOVERY_LAST_SUCCESS,
        () -> Sample.seconds(discovery.status(name).succeeded()),
        name);
  }
}
