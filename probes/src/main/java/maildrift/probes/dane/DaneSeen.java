package maildrift.probes.dane;

import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Secured;
import maildrift.probes.smtp.SmtpLook;

/**
 * What was seen of a domain's DANE.
 *
 * @param mx the domain's MX, not validated
 * @param securedMx the same, validated; only where a host has TLSA records
 * @param hosts MX hosts by preference
 * @param omitted MX hosts beyond those that are looked at
 */
public record DaneSeen(Answer mx, Optional<Secured> securedMx, List<Host> hosts, int omitted) {

  public DaneSeen {
    hosts = List.copyOf(hosts);
  }

  /**
   * An MX host.
   *
   * @param base the TLSA base domain: the host, or what it is an alias of (RFC 7672 §2.2.2)
   * @param owner where its TLSA records are asked for
   * @param tlsa what was said there, not validated
   * @param addresses what was said of A and AAAA, not validated
   * @param secured where there are TLSA records, or none for a suspicious reason: their validated
   *     answer and those of the addresses
   * @param looks one an address; empty where nothing needs them
   */
  public record Host(
      DnsName name,
      DnsName base,
      DnsName owner,
      Answer tlsa,
      List<Answer> addresses,
      Optional<SecuredHost> secured,
      List<SmtpLook> looks) {
    public Host {
      addresses = List.copyOf(addresses);
      looks = List.copyOf(looks);
    }
  }

  public record SecuredHost(Secured tlsa, List<Secured> addresses) {
    public SecuredHost {
      addresses = List.copyOf(addresses);
    }
  }
}
