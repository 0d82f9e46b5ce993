package maildrift.monitor.cli;

import java.util.concurrent.Callable;
import maildrift.probes.dmarc.DmarcProbe;
import maildrift.probes.domain.ManagedDomain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "dmarc",
    description = {
      "A domain's DMARC policy and where it comes from.",
      "By the tree walk of RFC 9989, and the older public-suffix way beside it; the "
          + "effective policy, and who gets reports.",
      "With --format json the facts stand at the top of the object: outcome (absent: no record is "
          + "in effect), record, foundAt, policy, subdomainPolicy, nonexistentPolicy, effectivePolicy, testing, "
          + "alignment, reportUris, problems, walk, rfc7489; findings names each rule that is violated. Exit code "
          + "1: a finding at warning or above; 3: DNS did not answer and nothing worse was found."
    },
    footer = {"", "Example: maildrift dmarc contoso.tld"})
final class DmarcCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DOMAIN", description = "Author domain.")
  String domain = "";

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    // The daemon asks no more than the policy needs; whoever looks at one domain wants to see the
    // whole walk.
    try (var outside = Outside.open(common)) {
      return Looked.one(
          outside,
          new DmarcProbe(DmarcProbe.Walk.WHOLE),
          ManagedDomain.undeclared(Arguments.domain(domain)),
          common);
    }
  }
}
