package maildrift.monitor.cli;

import java.util.List;
import java.util.concurrent.Callable;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.SmtpConfig;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
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
      "  maildrift tls gateway.contoso.tld:2525 --ca-file lab-ca.pem"
    })
final class TlsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "HOST[:PORT]", description = "A mail host, by name.")
  String target = "";

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    var where = where();
    var host = Arguments.domain(where.host());
    try (var outside = Outside.open(common, lenient())) {
      var probe = new OneHost(new TlsProbe(Outside.anchors(common.caFile())), where.port());
      return Looked.one(
          outside,
          probe,
          ManagedDomain.undeclared(host),
          common,
          new TlsText(common.terminal())::print);
    }
  }

  /** The TLS probe, looking at the named host itself instead of at a domain's mail hosts. */
  private record OneHost(TlsProbe probe, int port) implements Probe<TlsSeen> {
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
      return probe.observe(domain.name(), port, network);
    }

    @Override
    public Judgement judge(ManagedDomain domain, TlsSeen seen, Context context) {
      return probe.judge(domain, seen, context);
    }
  }

  private HostPort where() {
    try {
      return HostPort.parse(target, 25);
    } catch (IllegalArgumentException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }

  private static MonitorConfig lenient() {
    var smtp = SmtpConfig.DEFAULT;
    return MonitorConfig.DEFAULT.with(
        new SmtpConfig(smtp.port(), smtp.helo(), true, smtp.timeout()));
  }
}
