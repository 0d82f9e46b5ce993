package maildrift.monitor.cli;

import java.util.concurrent.Callable;
import maildrift.probes.domain.ManagedDomain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "dmarc",
    description = {
      "Where a domain's DMARC policy comes from: by the tree walk of RFC 9989, and the older public-suffix way beside it;",
      "the effective policy, and who gets reports."
    },
    footer = {"", "Example: maildrift dmarc contoso.tld"})
final class DmarcCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DOMAIN", description = "Author domain.")
  String domain = "";

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    return Looked.one("dmarc", ManagedDomain.undeclared(Arguments.domain(domain)), common);
  }
}
