package maildrift.monitor.cli;

import java.util.List;
import maildrift.probes.dns.server.NameServer;

/**
 * Runs the usual short commands once, against a name server on loopback, so that the Java virtual
 * machine can write down which classes they need (its AOT cache) and later commands start faster.
 * Not a command: lib/make-cache.sh runs it when maildrift is built.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * @param dns who answers
   */
  static List<List<String>> commands(String dns) {
    return List.of(
        List.of("version"),
        List.of("check", "contoso.test", "--dns", dns, "--timeout", "1s"),
        List.of("check", "contoso.test", "--dns", dns, "--timeout", "1s", "--format", "json"));
  }

  static NameServer names() {
    var names = NameServer.start();
    names.add(
        "contoso.test 60 MX 10 mx.contoso.test",
        "contoso.test 60 TXT v=spf1 include:spf.contoso.test mx -all",
        "spf.contoso.test 60 TXT v=spf1 ip4:192.0.2.0/24 -all",
        "_dmarc.contoso.test 60 TXT v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.test",
        "mx.contoso.test 60 A 192.0.2.1");
    return names;
  }

  public static void main(String[] arguments) {
    try (var names = names()) {
      commands(names.hostAndPort().toString()).forEach(Rehearsal::run);
    }
    System.exit(Exit.OK);
  }

  /** What a command makes of it does not matter; that it is one does, and a test sees to that. */
  private static void run(List<String> command) {
    var _ = Cli.run(command.toArray(String[]::new));
  }
}
