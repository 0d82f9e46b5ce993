package maildrift.monitor.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who hears of what, together with what, and when. The words mean what they mean in Alertmanager.
 *
 * @param groupBy label names; {@code ...} alone: every alert for itself
 * @param receivers by name, in the order written
 * @param routes the first that matches wins, unless it continues
 */
public record AlertsConfig(
    List<String> groupBy,
    Duration groupWait,
    Duration groupInterval,
    Duration repeatInterval,
    Map<String, ReceiverConfig> receivers,
    List<RouteConfig> routes) {
  public static final AlertsConfig DEFAULT =
      new AlertsConfig(
          List.of("cause"),
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofHours(12),
          Map.of(),
          List.of());

  public AlertsConfig {
    groupBy = List.copyOf(groupBy);
    receivers = Collections.unmodifiableMap(new LinkedHashMap<>(receivers));
    routes = List.copyOf(routes);
  }
}
