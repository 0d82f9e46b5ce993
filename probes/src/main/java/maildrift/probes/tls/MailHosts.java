package maildrift.probes.tls;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;

/**
 * What a domain's MX hosts present, for probes that hold it against something else than trusted
 * roots. These are the looks of the tls probe: a host, address and port is spoken to once for all
 * of them.
 */
public final class MailHosts {
  /** As many as the tls probe looks at. */
  public static final int MAX_HOSTS = 20;

  private static final int MAX_ADDRESSES = 8;

  private MailHosts() {}

  /**
   * One host.
   *
   * @param addresses what DNS said of A and AAAA
   * @param looks one an address
   */
  public record Host(DnsName name, List<Answer> addresses, List<SmtpLook> looks) {
    public Host {
      addresses = List.copyOf(addresses);
      looks = List.copyOf(looks);
    }
  }

  /** By preference; a null MX (RFC 7505) has none. */
  public static List<DnsName> of(Answer mx) {
    return mx.records(Rdata.Mx.class).stream()
        .map(Rdata.Mx::host)
        .filter(host -> !host.isRoot())
        .distinct()
        .toList();
  }

  /** Looks at all of them at once, on the port of MX hosts. */
  public static List<Host> look(ManagedDomain domain, List<DnsName> names, Network network) {
    if (names.isEmpty()) {
      return List.of();
    }
    var answers =
        network
            .dns()
            .ask(
                names.stream()
                    .flatMap(
                        name ->
                            Stream.of(
                                new Question(name, RecordType.A),
                                new Question(name, RecordType.AAAA)))
                    .toList());
    var targets = new ArrayList<List<Smtp.Target>>();
    for (var i = 0; i < names.size(); i++) {
      targets.add(targets(domain, names.get(i), answers.subList(2 * i, 2 * i + 2), network));
    }
    var looks = network.smtp().look(targets.stream().flatMap(List::stream).toList()).iterator();
    var hosts = new ArrayList<Host>();
    for (var i = 0; i < names.size(); i++) {
      hosts.add(
          new Host(
              names.get(i),
              answers.subList(2 * i, 2 * i + 2),
              targets.get(i).stream().map(_ -> looks.next()).toList()));
    }
    return hosts;
  }

  private static List<Smtp.Target> targets(
      ManagedDomain domain, DnsName name, List<Answer> answers, Network network) {
    var port = network.smtp().port();
    var own = new ArrayList<InetAddress>();
    domain.gateways().stream()
        .filter(gateway -> gateway.host().equals(name) && gateway.port() == port)
        .map(Gateway::addresses)
        .forEach(own::addAll);
    return answers.stream()
        .flatMap(answer -> answer.records(Rdata.Address.class).stream())
        .map(Rdata.Address::address)
        .distinct()
        .limit(MAX_ADDRESSES)
        .map(address -> new Smtp.Target(name, address, port, own.contains(address)))
        .toList();
  }

  /** A chain as sent, leaf first; empty when one of its certificates cannot be read. */
  public static List<X509Certificate> certificates(SmtpLook.Handshake handshake) {
    return certificates(handshake.chain());
  }

  /** As above, of a chain that somebody else presented. */
  public static List<X509Certificate> certificates(List<byte[]> sent) {
    try {
      var factory = CertificateFactory.getInstance("X.509");
      var chain = new ArrayList<X509Certificate>();
      for (var der : sent) {
        if (factory.generateCertificate(new ByteArrayInputStream(der))
            instanceof X509Certificate certificate) {
          chain.add(certificate);
        }
      }
      return List.copyOf(chain);
    } catch (CertificateException _) {
      return List.of();
    }
  }
}
