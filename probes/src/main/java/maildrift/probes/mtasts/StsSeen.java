package maildrift.probes.mtasts;

import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.tls.MailHosts;

/**
 * What was seen of a domain's MTA-STS.
 *
 * @param txt at {@code _mta-sts}
 * @param policy only where the record announces one
 */
public record StsSeen(Answer txt, Optional<Policy> policy) {

  /**
   * The policy host, and the mail hosts that its policy is about.
   *
   * @param host {@code mta-sts.} and the domain
   * @param addresses what DNS said of A and AAAA
   * @param look empty where DNS gave no address
   * @param mx the domain's MX
   * @param names its hosts by preference, the domain itself where there is no MX record
   * @param hosts looks at them, where the policy makes them matter
   */
  public record Policy(
      DnsName host,
      List<Answer> addresses,
      Optional<HttpsLook> look,
      Answer mx,
      List<DnsName> names,
      List<MailHosts.Host> hosts) {
    public Policy {
      addresses = List.copyOf(addresses);
      names = List.copyOf(names);
      hosts = List.copyOf(hosts);
    }
  }
}
