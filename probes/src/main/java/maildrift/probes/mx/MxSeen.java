package maildrift.probes.mx;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;

/**
 * What DNS said about where a domain takes its mail.
 *
 * @param mx the answer to the MX question
 * @param hosts the addresses of the MX hosts that were looked at
 * @param own the domain's own addresses, asked for only without MX and with a null MX
 * @param allowsPrivate the operator said that private addresses are meant
 * @param registries what was said of the domains that hosts which do not exist would belong to
 */
public record MxSeen(
    Answer mx,
    Map<DnsName, Host> hosts,
    Optional<Host> own,
    boolean allowsPrivate,
    Map<DnsName, Answer> registries) {

  public MxSeen {
    hosts = Collections.unmodifiableMap(new LinkedHashMap<>(hosts));
    registries = Collections.unmodifiableMap(new LinkedHashMap<>(registries));
  }

  /** As a sender reads them: by preference. */
  List<Rdata.Mx> records() {
    return mx.records(Rdata.Mx.class).stream().sorted().toList();
  }

  /**
   * One host.
   *
   * @param reverse what DNS said of its addresses' names; without those that were not asked
   */
  public record Host(Answer ipv4, Answer ipv6, Map<InetAddress, Answer> reverse) {

    public Host {
      reverse = Collections.unmodifiableMap(new LinkedHashMap<>(reverse));
    }

    /** IPv4 first. */
    List<InetAddress> addresses() {
      return Stream.of(ipv4, ipv6)
          .flatMap(answer -> answer.records(Rdata.Address.class).stream())
          .map(Rdata.Address::address)
          .distinct()
          .toList();
    }

    /** Where its CNAME leads, if it is an alias; either answer shows it. */
    Optional<DnsName> alias() {
      return Stream.of(ipv4, ipv6)
          .map(Answer::aliases)
          .filter(chain -> !chain.isEmpty())
          .map(List::getLast)
          .findFirst();
    }

    /** DNS said that there is no address of either family. */
    boolean isAbsent() {
      return ipv4.isAbsent() && ipv6.isAbsent();
    }

    /** DNS said that there is no such name, or none where its alias leads. */
    boolean isNoName() {
      return isNoName(ipv4) && isNoName(ipv6);
    }

    private static boolean isNoName(Answer answer) {
      return answer instanceof Answer.NoSuchName;
    }

    /** There may be addresses that were not seen. */
    boolean isPartlyUnseen() {
      return ipv4 instanceof Answer.Unanswered || ipv6 instanceof Answer.Unanswered;
    }

    /** Nothing at all was seen of it. */
    boolean isUnseen() {
      return ipv4 instanceof Answer.Unanswered && ipv6 instanceof Answer.Unanswered;
    }

    /** PTR names of all addresses, each once, in order. */
    List<String> names() {
      return reverse.values().stream()
          .flatMap(answer -> answer.records(Rdata.Ptr.class).stream())
          .map(ptr -> ptr.name().toString())
          .distinct()
          .sorted()
          .toList();
    }
  }
}
