package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.config.AlertsConfig;

/**
 * The alert that always fires: who hears it no more knows that maildrift, or the way from it, is
 * dead. While the {@link Pulse} is silent it is neither repeated nor refreshed; it never ends by
 * that, because an end would be a message, too.
 */
public final class Watchdog implements Symptom {
  private final BooleanSupplier isWanted;

  /**
   * @param isWanted whether anybody is to hear it
   */
  public Watchdog(BooleanSupplier isWanted) {
    this.isWanted = isWanted;
  }

  public static boolean isIt(Labels labels) {
    return labels.get("alertname").equals(AlertsConfig.WATCHDOG);
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(AlertsConfig.WATCHDOG);
  }

  @Override
  public List<Problem> problems(Instant now) {
    return isWanted.getAsBoolean()
        ? List.of(
            Problem.of(
                Map.of(
                    "alertname",
                    AlertsConfig.WATCHDOG,
                    "subject",
                    "maildrift",
                    "cause",
                    "maildrift",
                    "severity",
                    "info"),
                Map.of(
                    "summary",
                    "maildrift is alive; this alert always fires",
                    "description",
                    "It shows that maildrift looks, stores and delivers. Nothing is wrong while it is there: let a dead-man's switch alert when it is not.",
                    "remedy",
                    "Nothing to do. Route it to a dead-man's switch, or switch it off with alerts.watchdog: false.")))
        : List.of();
  }
}
