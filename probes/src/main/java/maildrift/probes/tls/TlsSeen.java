package maildrift.probes.tls;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.Leg;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Concessions;
import maildrift.probes.smtp.SmtpLook;

/**
 * What the mail hosts of a domain showed.
 *
 * @param mx the domain's MX; empty: not asked, because one host was asked for by name
 * @param forwarding the MX of each forwarding server and smarthost that is written without brackets
 * @param hosts MX hosts by preference, then declared ones
 * @param omitted MX hosts beyond those that are looked at
 */
public record TlsSeen(
    Optional<Answer> mx, List<Forwarding> forwarding, List<Host> hosts, int omitted) {

  public TlsSeen {
    forwarding = List.copyOf(forwarding);
    hosts = List.copyOf(hosts);
  }

  /** A forwarding server's name, and the hosts behind it; unanswered: they are not known. */
  public record Forwarding(DnsName name, Answer mx) {}

  /**
   * One host.
   *
   * @param declared the operator wrote its name down, so that it does not come from DNS, which
   *     could be forged; then it is a next hop
   * @param gateway when it is one of the operator's
   * @param lookups what DNS said of its addresses; empty where they are declared
   * @param looks one an address
   * @param unnamed looks without SNI at some of them
   * @param concessions what addresses conceded that were offered what is forbidden
   * @param legs of the domain's mail that end there
   */
  public record Host(
      DnsName name,
      int port,
      boolean declared,
      Optional<Gateway> gateway,
      List<Answer> lookups,
      List<SmtpLook> looks,
      List<SmtpLook> unnamed,
      Map<InetAddress, Concessions> concessions,
      Set<Leg> legs) {
    public Host {
      lookups = List.copyOf(lookups);
      looks = List.copyOf(looks);
      unnamed = List.copyOf(unnamed);
      concessions = Map.copyOf(concessions);
      legs = Set.copyOf(legs);
    }

    /** An MX host, or one that was asked for by name. */
    public Host(
        DnsName name,
        int port,
        boolean declared,
        Optional<Gateway> gateway,
        List<Answer> lookups,
        List<SmtpLook> looks,
        List<SmtpLook> unnamed,
        Map<InetAddress, Concessions> concessions) {
      this(
          name,
          port,
          declared,
          gateway,
          lookups,
          looks,
          unnamed,
          concessions,
          gateway.isPresent() ? Set.of(Leg.MX, Leg.GATEWAY) : Set.of(Leg.MX));
    }

    public Host legs(Set<Leg> value) {
      return new Host(name, port, declared, gateway, lookups, looks, unnamed, concessions, value);
    }

    /** Looked at with SNI only. */
    public Host(
        DnsName name,
        int port,
        boolean declared,
        Optional<Gateway> gateway,
        List<Answer> lookups,
        List<SmtpLook> looks) {
      this(name, port, declared, gateway, lookups, looks, List.of(), Map.of());
    }

    /** What this address showed without SNI, if it was asked to. */
    Optional<SmtpLook> unnamed(InetAddress address) {
      return unnamed.stream().filter(look -> look.target().address().equals(address)).findFirst();
    }

    /** What this address conceded, if it was offered anything. */
    Optional<Concessions> concessions(InetAddress address) {
      return Optional.ofNullable(concessions.get(address));
    }

    /** The operator wrote an address: there is no name that a certificate could be for. */
    boolean isNameless() {
      return isAddress(name);
    }

    static boolean isAddress(DnsName name) {
      var written = name.toString();
      return Cidr.octets(
              written.startsWith("[") ? written.substring(1, written.length() - 1) : written)
          .isPresent();
    }

    /** As in findings and gaps: {@code host:port}. */
    String subject() {
      return name + ":" + port;
    }
  }
}
