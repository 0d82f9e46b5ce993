package maildrift.monitor.cli;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.SmtpConfig;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tls",
    description = {
      "What a mail host shows: banner, STARTTLS, certificate, and the level reached (none, may, encrypt, verify, secure,",
      "fingerprint). Port 25 unless given. Private addresses are looked at, too: you named the host."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift tls mx1.contoso.tld",
      "  maildrift tls gateway.contoso.tld:2525 --ca-file lab-ca.pem"
    })
final class TlsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "HOST[:PORT]", description = "A mail host, by name or address.")
  String target = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name that the certificate must carry, where it is not HOST.")
  @Nullable String name;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    var where = where();
    var host =
        name == null
            ? DnsName.parse(where.host())
                .orElseThrow(() -> new Failure("give --name with an IPv6 address"))
            : Arguments.domain(name);
    common.only = List.of("tls");
    try (var outside = Outside.open(common, lenient())) {
      var addresses = where.literal().map(List::of).orElseGet(() -> addresses(host, outside));
      if (addresses.isEmpty()) {
        return Exit.UNOBSERVED;
      }
      var gateway =
          new Gateway(
              "command line",
              host,
              addresses,
              where.port(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of());
      // The root has no MX: only the host that was named is looked at.
      var result =
          Looked.look(
              outside.runner(),
              ManagedDomain.undeclared(DnsName.ROOT).gateways(List.of(gateway)),
              common);
      print(result);
      return Exit.of(result.findings(), result.gaps());
    }
  }

  private void print(CheckResult result) {
    if (common.json()) {
      System.out.println(SingleJson.of(result, "tls"));
    } else {
      new CheckText(common.terminal()).print(result);
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

  private static List<InetAddress> addresses(DnsName host, Outside outside) {
    var found = new ArrayList<InetAddress>();
    var questions = List.of(new Question(host, RecordType.A), new Question(host, RecordType.AAAA));
    for (var answer : outside.dns(Look.REGULAR).ask(questions)) {
      switch (answer) {
        case Answer.Found seen ->
            seen.records(Rdata.Address.class).forEach(record -> found.add(record.address()));
        case Answer.NoData _, Answer.NoSuchName _ -> {}
        case Answer.Unanswered(_, var why, var server) ->
            System.err.println(
                "maildrift: could not look up %s: %s (%s)"
                    .formatted(host, Terminal.safe(why), server));
      }
    }
    if (found.isEmpty()) {
      System.err.println("maildrift: %s has no address".formatted(host));
    }
    return found.stream().sorted(java.util.Comparator.comparing(Cidr::of)).toList();
  }
}
