package maildrift.probes.domain;

import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * A connector of Exchange Online, as the operator wrote it down from the admin centre. No monitor
 * can see it; what it says is held against DNS, the gateway's certificate and the other
 * declarations.
 *
 * @param name shown in the admin centre
 * @param direction of the mail
 * @param enabled whether it is turned on
 * @param smartHosts where mail is handed to (only {@link Direction#TO_PARTNER})
 * @param senderDomains whose mail it takes (only {@link Direction#FROM_PARTNER}); empty: undeclared
 * @param requiresTls mail without TLS is refused, or not sent; empty: undeclared
 * @param trustedCa the other side's certificate must come from a trusted authority; empty:
 *     undeclared
 * @param certificateName the name that the other side's certificate must carry; may be a wildcard
 */
public record Connector(
    String name,
    Direction direction,
    boolean enabled,
    List<NextHop> smartHosts,
    List<DnsName> senderDomains,
    Optional<Boolean> requiresTls,
    Optional<Boolean> trustedCa,
    Optional<HostPattern> certificateName) {

  public Connector {
    smartHosts = List.copyOf(smartHosts);
    senderDomains = List.copyOf(senderDomains);
  }

  /** Where its mail goes. */
  public enum Direction {
    /** From Exchange Online to the gateway or provider. */
    TO_PARTNER,
    /** From the gateway or provider to Exchange Online. */
    FROM_PARTNER;

    public String word() {
      return switch (this) {
        case TO_PARTNER -> "to_partner";
        case FROM_PARTNER -> "from_partner";
      };
    }
  }
}
