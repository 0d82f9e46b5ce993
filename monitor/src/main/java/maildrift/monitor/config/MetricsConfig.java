package maildrift.monitor.config;

/**
 * How much {@code /metrics} says.
 *
 * @param maxSeries more are dropped and counted
 */
public record MetricsConfig(Detail detail, int maxSeries) {
  public static final MetricsConfig DEFAULT = new MetricsConfig(Detail.FULL, 2_000_000);

  /** Whether a state set shows all its states or only the present one. */
  public enum Detail {
    FULL,
    LEAN;

    public String word() {
      return switch (this) {
        case FULL -> "full";
        case LEAN -> "lean";
      };
    }
  }
}
