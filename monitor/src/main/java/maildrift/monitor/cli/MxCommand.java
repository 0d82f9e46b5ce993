package maildrift.monitor.cli;

import java.util.concurrent.Callable;
import maildrift.probes.domain.ManagedDomain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "mx",
    description = "A domain's mail hosts with their addresses and reverse names.",
    footer = {"", "Example: maildrift mx contoso.tld"})
final class MxCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DOMAIN", description = "Whose mail hosts.")
  String domain = "";

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    return Looked.one("mx", ManagedDomain.undeclared(Arguments.domain(domain)), common);
  }
}
