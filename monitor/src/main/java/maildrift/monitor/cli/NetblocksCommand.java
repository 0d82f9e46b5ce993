package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import maildrift.monitor.check.Look;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.AllowlistFile;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Drift;
import maildrift.probes.spf.Netblocks;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "netblocks",
    description = {
      "The networks behind SPF names, ready to paste into a gateway.",
      "One CIDR a line. With --allowlist the drift instead: + missing (published, not "
          + "accepted), - stale (accepted, covers nothing published), ~ wider."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift netblocks de._netblocks.mimecast.com",
      "  maildrift netblocks de._netblocks.mimecast.com --allowlist gateway.txt"
    })
final class NetblocksCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "NAME",
      description = "A name that publishes networks as SPF.")
  List<String> names = List.of();

  @Option(
      names = "--allowlist",
      paramLabel = "FILE|-",
      description = "What the gateway accepts, one CIDR a line (- reads stdin).")
  @Nullable String allowlist;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    var sources = names.stream().map(Arguments::domain).toList();
    var accepted =
        allowlist == null ? List.<Cidr>of() : accepted(Arguments.text("--allowlist", allowlist));
    var published = new LinkedHashSet<Cidr>();
    var unseen = new ArrayList<DnsName>();
    var exit = Exit.OK;
    try (var outside = Outside.open(common)) {
      var dns = outside.dns(Look.REGULAR);
      for (var name : sources) {
        switch (Netblocks.of(name, dns)) {
          case Netblocks.Known(_, var entries, var opaque, var problems) -> {
            published.addAll(entries);
            opaque.forEach(
                term ->
                    warn(
                        "%s: %s depends on the message; there may be more networks"
                            .formatted(name, term)));
            problems.forEach(problem -> warn("%s: %s".formatted(name, problem)));
          }
          case Netblocks.None(_, var why) -> {
            warn("%s: %s".formatted(name, why));
            exit = Exit.worst(exit, Exit.FINDINGS);
          }
          case Netblocks.Unseen hidden -> {
            warn("%s: could not look: %s".formatted(name, hidden.why()));
            published.addAll(hidden.seen());
            unseen.add(name);
            exit = Exit.worst(exit, Exit.UNOBSERVED);
          }
        }
      }
    }
    if (!unseen.isEmpty()) {
      return partial(published, unseen, accepted, exit);
    }
    if (exit == Exit.FINDINGS && published.isEmpty()) {
      return exit;
    }
    return allowlist == null ? list(published, exit) : drift(published, accepted, exit);
  }

  /**
   * A list with holes must not be pasted, and an entry that nothing seen needs is not stale; only
   * what was seen and is not accepted is sure to be missing.
   */
  private int partial(Set<Cidr> seen, List<DnsName> unseen, List<Cidr> accepted, int exit) {
    var missing =
        allowlist == null ? List.<Cidr>of() : Drift.between(List.copyOf(seen), accepted).missing();
    if (common.json()) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("names", names);
      facts.put("unseen", unseen.stream().map(DnsName::toString).toList());
      if (allowlist != null) {
        facts.put("allowlist", accepted);
        facts.put("missing", missing);
      }
      System.out.println(CheckJson.value(facts));
    } else {
      missing.forEach(network -> System.out.println("+ " + network));
    }
    return missing.isEmpty() ? exit : Exit.FINDINGS;
  }

  private int list(Set<Cidr> published, int exit) {
    if (common.json()) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("names", names);
      facts.put("published", List.copyOf(published));
      System.out.println(CheckJson.value(facts));
    } else {
      published.forEach(System.out::println);
    }
    return exit;
  }

  private int drift(Set<Cidr> published, List<Cidr> accepted, int exit) {
    var drift = Drift.between(List.copyOf(published), accepted);
    if (common.json()) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("names", names);
      facts.put("published", List.copyOf(published));
      facts.put("allowlist", accepted);
      facts.put("missing", drift.missing());
      facts.put("stale", drift.stale());
      facts.put("wider", drift.wider());
      System.out.println(CheckJson.value(facts));
    } else {
      var lines = new ArrayList<String>();
      drift.missing().forEach(network -> lines.add("+ " + network));
      drift.stale().forEach(network -> lines.add("- " + network));
      drift.wider().forEach(network -> lines.add("~ " + network));
      lines.forEach(System.out::println);
    }
    return drift.missing().isEmpty() && drift.stale().isEmpty() ? exit : Exit.FINDINGS;
  }

  private static List<Cidr> accepted(String text) {
    var file = AllowlistFile.parse(text);
    if (!file.problems().isEmpty()) {
      throw new Failure(
          "--allowlist:\n"
              + String.join(
                  "\n", file.problems().stream().map(problem -> "  " + problem).toList()));
    }
    return file.entries();
  }

  private static void warn(String text) {
    System.err.println("maildrift: " + Terminal.safe(text));
  }
}
