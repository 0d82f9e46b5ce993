package maildrift.monitor.config;

/**
 * How much {@code /metrics} says.
 *
 * @param maxSeries more are dropped and counted
 */
public record MetricsConfig(Detail detail, int maxSeries) {
  public static final MetricsConfig DEFAULT = new MetricsConfig(Detail.FULL, 2_000_000);

  /** How much is said of a domain. */
  public enum Detail {
    FULL,

    /** Of a state set only the present state. */
    LEAN,

    /** Besides, of what is well as good as nothing. */
    SPARSE;

    public String word() {
      return switch (this) {
        case FULL -> "full";
        case LEAN -> "lean";
        case SPARSE -> "sparse";
      };
    }
  }
}
