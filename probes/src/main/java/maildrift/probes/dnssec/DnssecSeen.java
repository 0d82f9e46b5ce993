package maildrift.probes.dnssec;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Secured;

/**
 * What was seen of a domain's DNSSEC.
 *
 * @param zone the zone that the domain's records are in, as far as signatures tell; else the domain
 * @param ds of the domain, from its parent
 * @param mx of the domain
 * @param signed more, where there is any trace of signatures
 * @param hosts MX hosts in other zones, where the domain's own MX is secure
 */
public record DnssecSeen(
    DnsName zone, Secured ds, Secured mx, Optional<Signed> signed, List<Host> hosts) {

  public DnssecSeen {
    hosts = List.copyOf(hosts);
  }

  /**
   * What only a signed zone has.
   *
   * @param ds of the zone
   * @param others the records of the domain that mail depends on
   */
  public record Signed(Secured ds, Secured keys, Secured nsec3Parameters, List<Secured> others) {
    public Signed {
      others = List.copyOf(others);
    }
  }

  /** An MX host and its address records. */
  public record Host(DnsName name, Secured address) {}

  /** The domain's own records, whose signatures are its business. */
  Stream<Secured> own() {
    return Stream.concat(
        Stream.of(mx),
        signed.stream()
            .flatMap(
                more ->
                    Stream.concat(
                        Stream.of(more.keys(), more.nsec3Parameters()), more.others().stream())));
  }
}
