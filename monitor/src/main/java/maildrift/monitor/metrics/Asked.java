package maildrift.monitor.metrics;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a scraper asks for.
 *
 * @param openMetrics whether it prefers OpenMetrics
 * @param names of the series that it wants, as {@code name[]} of client libraries; empty: all
 */
public record Asked(boolean openMetrics, Set<String> names) {
  /** Everything, as text. */
  public static final Asked ALL = new Asked(false, Set.of());

  /** What a format adds to the name of a family to make the names of its series. */
  private static final List<String> ENDINGS =
      List.of("_total", "_info", "_bucket", "_sum", "_count");

  /** How the series begin that Micrometer's binders bring; some come with the first event. */
  private static final List<String> OF_THE_MACHINE = List.of("jvm_", "process_", "system_");

  private static final Set<String> OWN =
      Arrays.stream(Names.values()).map(Names::series).collect(Collectors.toUnmodifiableSet());

  public Asked {
    names = Set.copyOf(names);
  }

  boolean wants(Names name) {
    return names.isEmpty() || names.contains(name.series()) || families().contains(name.series());
  }

  /** The names with what they are called without the endings of series, as registries do. */
  Set<String> families() {
    var families = new HashSet<>(names);
    for (var name : names) {
      for (var ending : ENDINGS) {
        if (name.endsWith(ending)) {
          families.add(name.substring(0, name.length() - ending.length()));
        }
      }
    }
    return families;
  }

  /** Whether a series of that name is, or may come. */
  public static boolean isKnown(String name) {
    // Micrometer's own, beside each histogram.
    if (name.equals(Names.PROBE_DURATION.series() + "_max")) {
      return true;
    }
    return new Asked(false, Set.of(name)).families().stream().anyMatch(OWN::contains)
        || OF_THE_MACHINE.stream().anyMatch(name::startsWith);
  }

  /** The names of all series of maildrift's own. */
  public static Set<String> own() {
    return OWN;
  }
}
