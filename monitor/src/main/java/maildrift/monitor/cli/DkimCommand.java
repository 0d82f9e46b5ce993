package maildrift.monitor.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.probes.dkim.ExpectedKey;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "dkim",
    description = {
      "The key records of a domain's selectors: type, bits, flags, problems.",
      "With --format json the facts stand at the top of the object: outcome, and selectors with "
          + "selector, outcome (observed, absent, unobservable), type, bits, revoked, testing, "
          + "matchesExpected, record, problems; findings names each rule that is violated. Exit code 1: a "
          + "finding at warning or above; 3: DNS did not answer and nothing worse was found."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift dkim contoso.tld default",
      "  maildrift dkim contoso.tld default --expect gateway-key.pem"
    })
final class DkimCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DOMAIN", description = "Whose keys.")
  String domain = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "SELECTOR",
      description = "The part before ._domainkey.")
  List<String> selectors = List.of();

  @Option(
      names = "--expect",
      paramLabel = "FILE|-",
      description = "Compare with this key: PEM, base64, or a whole TXT record (- reads stdin).")
  @Nullable String expect;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    var key = Optional.ofNullable(expect).map(file -> key(Arguments.text("--expect", file)));
    var expectations =
        selectors.stream()
            .map(selector -> new DkimExpectation(selector, key, Optional.empty(), "declared", true))
            .toList();
    return Looked.one(
        "dkim", ManagedDomain.undeclared(Arguments.domain(domain)).dkim(expectations), common);
  }

  private static String key(String text) {
    try {
      return ExpectedKey.parse(text);
    } catch (IllegalArgumentException problem) {
      throw new Failure("--expect: " + problem.getMessage());
    }
  }
}
