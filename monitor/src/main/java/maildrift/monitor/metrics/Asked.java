package maildrift.monitor.metrics;

import java.util.Set;

/**
 * What a scraper asks for.
 *
 * @param openMetrics whether it prefers OpenMetrics
 * @param names of the series that it wants, as {@code name[]} of client libraries; empty: all
 */
public record Asked(boolean openMetrics, Set<String> names) {
  /** Everything, as text. */
  public static final Asked ALL = new Asked(false, Set.of());

  public Asked {
    names = Set.copyOf(names);
  }

  boolean wants(Names name) {
    return names.isEmpty() || names.contains(name.series());
  }
}
