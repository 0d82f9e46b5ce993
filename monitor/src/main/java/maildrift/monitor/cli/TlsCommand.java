package maildrift.monitor.cli;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.SmtpConfig;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.tls.TlsProbe;
import maildrift.probes.tls.TlsSeen;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "tls",
    description = {
      "What a mail host shows: banner, STARTTLS, certificate, and who accepts it.",
      "And the level it reaches: none, may, encrypt, verify, secure or fingerprint. "
          + "Port 25 unless given. Private addresses are looked at, too: you named the "
          + "host."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift tls mx1.contoso.tld",
      "  maildrift tls gateway.contoso.tld:2525 --ca-file lab-ca.pem",
      "  maildrift tls [2001:db8::1]:25"
    })
final class TlsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "HOST[:PORT]",
      description =
          "A mail host: its name, or an address (192.0.2.1, [2001:db8::1]:25); localhost is 127.0.0.1.")
  String target = "";

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    var where = where();
    var address = address(where);
    var host =
        address.isPresent() ? DnsName.of(shown(where.host())) : Arguments.domain(where.host());
    try (var outside = Outside.open(common, lenient())) {
      if (address.isEmpty()) {
        requireAddress(host, outside);
      }
      var probe =
          new OneHost(
              new TlsProbe(Outside.anchors(common.network.caFile())), address, where.port());
      return Looked.one(
          outside,
          probe,
          ManagedDomain.undeclared(host),
          common,
          new TlsText(common.terminal())::print);
    }
  }

  /** An address that the operator wrote is his word: DNS is not asked whether it exists. */
  private static Optional<InetAddress> address(HostPort where) {
    return where.host().equalsIgnoreCase("localhost")
        ? Optional.of(InetAddress.ofLiteral("127.0.0.1"))
        : where.literal();
  }

  private static String shown(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  /**
   * A host without an address is nothing that could be looked at, and nothing that could pass; one
   * whose addresses could not be asked for may have some. The probe's own questions come after
   * these, and are answered by the cache.
   */
  private static void requireAddress(DnsName host, Outside outside) {
    var answers =
        outside
            .dns(Look.REGULAR)
            .ask(List.of(new Question(host, RecordType.A), new Question(host, RecordType.AAAA)));
    if (answers.stream()
        .allMatch(
            answer ->
                !(answer instanceof Answer.Unanswered)
                    && answer.records(Rdata.Address.class).isEmpty())) {
      throw new Failure(
          "%s %s, so there is nothing to look at; name a mail host (maildrift mx DOMAIN lists a domain's)"
              .formatted(
                  host,
                  answers.stream().anyMatch(Answer.NoSuchName.class::isInstance)
                      ? "does not exist"
                      : "has no address"));
    }
  }

  /** The TLS probe, looking at the named host itself instead of at a domain's mail hosts. */
  private record OneHost(TlsProbe probe, Optional<InetAddress> address, int port)
      implements Probe<TlsSeen> {
    @Override
    public String name() {
      return probe.name();
    }

    @Override
    public List<Rule> rules() {
      return probe.rules();
    }

    @Override
    public TlsSeen observe(ManagedDomain domain, Network network) {
      return address.isPresent()
          ? probe.observe(domain.name(), address.get(), port, network)
          : probe.observe(domain.name(), port, network);
    }

    @Override
    public Judgement judge(ManagedDomain domain, TlsSeen seen, Context context) {
      return probe.judge(domain, seen, context);
    }
  }

  private HostPort where() {
    try {
      return HostPort.parseServer(unbracketed(target), 25);
    } catch (IllegalArgumentException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }

  /** {@code [192.0.2.1]:25} and {@code [mx.contoso.tld]}, as in Postfix's next hops. */
  private static String unbracketed(String written) {
    var end = written.indexOf(']');
    return written.startsWith("[") && end > 0 && written.lastIndexOf(':', end) < 0
        ? written.substring(1, end) + written.substring(end + 1)
        : written;
  }

  private static MonitorConfig lenient() {
    var smtp = SmtpConfig.DEFAULT;
    return MonitorConfig.DEFAULT.with(smtp.allowPrivate(true));
  }
}
