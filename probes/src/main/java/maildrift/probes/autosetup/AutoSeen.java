package maildrift.probes.autosetup;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.https.Document;
import maildrift.probes.smtp.SmtpLook;

/**
 * What was seen.
 *
 * @param services SRV records
 * @param aliases the hosts {@code autodiscover} and {@code autoconfig}, by label
 * @param nobodys whatever answers for a name that nobody has, where it matters; empty: not asked
 * @param targets the addresses of what SRV records name
 * @param registries what was said of the domains that targets which do not exist would belong to
 * @param documents where the configuration should be, as far as it was asked for
 * @param servers those that are to speak TLS from the first octet
 */
public record AutoSeen(
    Map<Service, Answer> services,
    Map<String, Host> aliases,
    Optional<Answer> nobodys,
    Map<DnsName, Host> targets,
    Map<DnsName, Answer> registries,
    List<Document.Asked> documents,
    List<Server> servers) {

  public AutoSeen {
    services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
    registries = Collections.unmodifiableMap(new LinkedHashMap<>(registries));
    documents = List.copyOf(documents);
    servers = List.copyOf(servers);
  }

  /** What DNS said of a host. The second question is not asked where the first denied the name. */
  public record Host(List<Answer> addresses) {
    public Host {
      addresses = List.copyOf(addresses);
    }

    boolean hasAddress() {
      return addresses.stream().anyMatch(Answer.Found.class::isInstance);
    }

    boolean isNoName() {
      return addresses.stream().anyMatch(Answer.NoSuchName.class::isInstance);
    }

    /** DNS said that there is no address of either family. */
    boolean isAbsent() {
      return isNoName() || addresses.stream().allMatch(Answer::isAbsent);
    }

    Optional<String> unseen() {
      return addresses.stream()
          .filter(Answer.Unanswered.class::isInstance)
          .map(answer -> ((Answer.Unanswered) answer).why())
          .findFirst();
    }

    /** Where its CNAME leads, in order; empty without one. */
    List<DnsName> chain() {
      return addresses.stream()
          .map(
              answer ->
                  switch (answer) {
                    case Answer.Found found -> found.aliases();
                    case Answer.NoData none -> none.aliases();
                    case Answer.NoSuchName none -> none.aliases();
                    case Answer.Unanswered _ -> List.<DnsName>of();
                  })
          .filter(chain -> !chain.isEmpty())
          .findFirst()
          .orElse(List.of());
    }
  }

  /**
   * A server that mail programs are sent to.
   *
   * @param host what was said of its addresses
   * @param looks one an address
   */
  public record Server(DnsName name, int port, Host host, List<SmtpLook> looks) {
    public Server {
      looks = List.copyOf(looks);
    }
  }
}
