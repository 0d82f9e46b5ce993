package maildrift.probes.spf;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.NetworkSet;

/**
 * What the probe saw of one domain.
 *
 * @param expected the SPF names of providers that the domain's record must authorise
 * @param probed what single addresses of providers get that must pass
 * @param strangers what addresses that nobody owns get, where macros decide
 * @param unregistered domains behind dead names of the tree, which the registry does not know
 * @param helos the names that the domain's gateways say of themselves
 */
public record SpfObservation(
    SpfTree tree,
    List<Expected> expected,
    List<Probed> probed,
    List<Tried> strangers,
    Set<DnsName> unregistered,
    List<Helo> helos) {

  public SpfObservation {
    expected = List.copyOf(expected);
    probed = List.copyOf(probed);
    strangers = List.copyOf(strangers);
    unregistered = Set.copyOf(unregistered);
    helos = List.copyOf(helos);
  }

  /** What {@code check_host()} answers for one address. */
  public record Tried(String address, SpfResult result) {}

  /**
   * An address of a provider's, or a host of its, that the domain's record must let pass.
   *
   * @param subject the address with its prefix, or the host
   * @param tried what its addresses get
   * @param unseen why its addresses are not known
   */
  public record Probed(String subject, List<Tried> tried, Optional<String> unseen) {
    public Probed {
      tried = List.copyOf(tried);
    }
  }

  /**
   * A name that a gateway says in HELO.
   *
   * @param policy TXT of the name
   * @param tried the gateway's declared addresses, where the name has a record
   */
  public record Helo(DnsName name, Answer policy, List<Tried> tried) {
    public Helo {
      tried = List.copyOf(tried);
    }
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
