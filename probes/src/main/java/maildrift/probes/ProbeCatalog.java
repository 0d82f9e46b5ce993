package maildrift.probes;

import java.util.List;
import java.util.Optional;

/** All probes, in the order in which they are shown. The README's tables are printed from it. */
public final class ProbeCatalog {

  private static final List<Probe<?>> ALL = List.of();

  private ProbeCatalog() {}

  public static List<Probe<?>> all() {
    return ALL;
  }

  public static Optional<Probe<?>> named(String name) {
    return ALL.stream()
        .<Probe<?>>map(probe -> probe)
        .filter(probe -> probe.name().equals(name))
        .findFirst();
  }
}
