package maildrift.probes;

import java.util.List;
import java.util.Optional;
import maildrift.probes.dkim.DkimProbe;

/** All probes, in the order in which they are shown. The README's tables are printed from it. */
public final class ProbeCatalog {

  // One line each: spf, dkim, dmarc, mx, tls, netblocks, mtasts, tlsrpt and those that came later.
  private static final List<Probe<?>> ALL =
      List.of(
          new DkimProbe() //
          );

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
