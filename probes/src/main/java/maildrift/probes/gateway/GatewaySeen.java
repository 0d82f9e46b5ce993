package maildrift.probes.gateway;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Gateway;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.SmtpLook;

/**
 * What the addresses of a domain's gateways and MX hosts are called.
 *
 * @param mx the domain's MX
 * @param hosts A and AAAA of every host whose addresses were asked for
 * @param places the addresses, those of gateways first
 * @param names addresses of the names that were found
 */
public record GatewaySeen(
    Answer mx, Map<DnsName, List<Answer>> hosts, List<Place> places, Map<Question, Answer> names) {

  public GatewaySeen {
    hosts = Collections.unmodifiableMap(new LinkedHashMap<>(hosts));
    places = List.copyOf(places);
    names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
  }

  /** What DNS said of a name's addresses; empty when it was not asked. */
  Optional<Answer> addresses(DnsName name, RecordType type) {
    return Optional.ofNullable(names.get(new Question(name, type)));
  }

  /**
   * One address.
   *
   * @param host the gateway, or the MX host that nobody declared
   * @param gateway when it is one of the operator's
   * @param targets the MX hosts that lead here
   * @param pointer its PTR; empty: a private address, whose reverse name is nobody's business
   * @param isPrivate not of the Internet; with a pointer the operator means it all the same
   * @param look what it showed; empty: it was not to be contacted
   */
  public record Place(
      InetAddress address,
      DnsName host,
      int port,
      Optional<Gateway> gateway,
      List<DnsName> targets,
      Optional<Answer> pointer,
      boolean isPrivate,
      Optional<SmtpLook> look) {
    public Place {
      targets = List.copyOf(targets);
    }

    /** As Postfix writes a peer: {@code gw.contoso.test[203.0.113.7]}. */
    String subject() {
      return "%s[%s]".formatted(host, Cidr.text(address));
    }

    /** What listens there. */
    String server() {
      return subject() + ":" + port;
    }

    RecordType type() {
      return address.getAddress().length == 4 ? RecordType.A : RecordType.AAAA;
    }
  }
}
