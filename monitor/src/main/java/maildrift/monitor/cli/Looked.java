package maildrift.monitor.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Look;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Context;
import maildrift.probes.Probe;
import maildrift.probes.domain.ManagedDomain;

/**
 * Looks at one domain with some probes and prints it: what {@code check} and the commands of single
 * probes share.
 */
final class Looked {
  private Looked() {}

  static CheckResult look(
      CheckRunner runner, ManagedDomain domain, ProbeChoice choice, Duration limit) {
    // What is skipped is not looked at for another probe's sake either.
    var skipped =
        runner.probes().stream()
            .map(Probe::name)
            .filter(choice::skips)
            .collect(Collectors.toCollection(HashSet::new));
    skipped.addAll(domain.skip());
    return runner.check(
        domain.skip(skipped), Look.REGULAR, choice::wants, Context.at(Instant.now()), limit);
  }

  static void print(CheckResult result, CommonOptions options, CheckText text) {
    if (options.json()) {
      var line = CheckJson.check(result);
      System.out.write(line, 0, line.length);
      System.out.println();
    } else {
      text.print(result);
    }
  }

  /** One probe of one domain, as the commands {@code dkim}, {@code dmarc} and {@code mx} do. */
  static int one(String probe, ManagedDomain domain, CommonOptions options) {
    try (var outside = Outside.open(options)) {
      return one(outside, outside.probe(probe), domain, options);
    }
  }

  static int one(Outside outside, Probe<?> only, ManagedDomain domain, CommonOptions options) {
    return one(outside, only, domain, options, _ -> {});
  }

  /**
   * @param details what the command shows to people besides what a check does
   */
  static int one(
      Outside outside,
      Probe<?> only,
      ManagedDomain domain,
      CommonOptions options,
      Consumer<CheckResult> details) {
    var probe = only.name();
    var result =
        outside.runner(only).check(domain, Look.REGULAR, _ -> true, Context.at(Instant.now()));
    if (options.json()) {
      System.out.println(SingleJson.of(result, probe));
    } else {
      new CheckText(options.terminal()).printSpelledOut(result);
      details.accept(result);
    }
    return Exit.of(result.findings(), result.gaps());
  }
}
