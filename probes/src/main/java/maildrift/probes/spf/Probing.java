package maildrift.probes.spf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.spf.SpfObservation.Probed;
import maildrift.probes.spf.SpfObservation.Tried;

/**
 * Tries single addresses of a domain's providers: where only macros tell its networks, and where it
 * prescribes an {@code a} term, there is no SPF name whose networks could be compared.
 */
final class Probing {
  private static final int MOST_SUBJECTS = 20;
  private static final int MOST_ADDRESSES = 8;

  private Probing() {}

  static List<Probed> of(ManagedDomain domain, Dns dns) {
    var addresses = new LinkedHashSet<InetAddress>();
    var hosts = new LinkedHashSet<DnsName>();
    for (var prescription : domain.prescriptions()) {
      addresses.addAll(prescription.spfProbe());
      hosts.addAll(prescription.spfHosts());
    }
    var probed = new ArrayList<Probed>();
    addresses.stream()
        .limit(MOST_SUBJECTS)
        .forEach(
            address ->
                probed.add(
                    new Probed(
                        subject(address),
                        List.of(tried(address, domain.name(), dns)),
                        Optional.empty())));
    hosts.stream().limit(MOST_SUBJECTS).forEach(host -> probed.add(host(host, domain.name(), dns)));
    return probed;
  }

  static String subject(InetAddress address) {
    var octets = address.getAddress();
    return Cidr.of(octets, octets.length * 8).toString();
  }

  private static Probed host(DnsName host, DnsName domain, Dns dns) {
    var answers =
        dns.ask(List.of(new Question(host, RecordType.A), new Question(host, RecordType.AAAA)));
    var unseen =
        answers.stream()
            .flatMap(
                answer ->
                    answer instanceof Answer.Unanswered(_, var why, _)
                        ? Optional.of(why).stream()
                        : Optional.<String>empty().stream())
            .findFirst();
    var tried =
        answers.stream()
            .flatMap(answer -> answer.records(Rdata.Address.class).stream())
            .limit(MOST_ADDRESSES)
            .map(found -> tried(found.address(), domain, dns))
            .toList();
    return new Probed(host.toString(), tried, unseen);
  }

  private static Tried tried(InetAddress address, DnsName domain, Dns dns) {
    return new Tried(
        Cidr.text(address),
        SpfCheck.check(address, domain.toString(), "postmaster@" + domain, dns));
  }
}
