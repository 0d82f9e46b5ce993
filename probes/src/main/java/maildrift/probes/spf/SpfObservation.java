package maildrift.probes.spf;

import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.NetworkSet;

/**
 * What the probe saw of one domain.
 *
 * @param expected the SPF names of providers that the domain's record must authorise
 */
public record SpfObservation(SpfTree tree, List<Expected> expected) {

  public SpfObservation {
    expected = List.copyOf(expected);
  }

  /**
   * A provider's SPF name.
   *
   * @param networks what is behind it
   * @param lookups what its include would cost, itself included
   * @param passing networks that the domain's opaque terms (macros, {@code ptr}) let pass, as asked
   *     with single addresses of them
   * @param undecided why that could not be asked
   */
  public record Expected(
      DnsName name,
      Netblocks networks,
      int lookups,
      NetworkSet passing,
      Optional<String> undecided) {}
}
