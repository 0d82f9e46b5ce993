package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.AllowlistFile;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Drift;
import maildrift.probes.network.Paste;
import maildrift.probes.spf.Netblocks;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "netblocks",
    description = {
      "The networks behind SPF names or profiles, ready to paste into a gateway.",
      "One CIDR a line, or what --paste says. With --allowlist the drift instead: + missing (published, not "
          + "accepted), - stale (accepted, covers nothing published), ~ wider."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift netblocks de._netblocks.mimecast.com",
      "  maildrift netblocks mimecast:region=de --paste nftables",
      "  maildrift netblocks de._netblocks.mimecast.com --allowlist gateway.txt"
    })
final class NetblocksCommand implements Callable<Integer> {
  private static final DnsName EXAMPLE = DnsName.of("example.test");

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME",
      description = "A name that publishes networks as SPF, or a profile, e.g. mimecast:region=de.")
  List<String> names = List.of();

  @Option(
      names = "--paste",
      paramLabel = "FORMAT",
      description =
          "The list as a gateway takes it: seppmail (one CIDR a line, the default), postfix (a "
              + "cidr: table), exchange (PowerShell), nftables (named sets).")
  @Nullable String paste;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration with profiles of your own.")
  @Nullable Path config;

  @Option(
      names = "--allowlist",
      paramLabel = "FILE|-",
      description = "What the gateway accepts, one CIDR a line (- reads stdin).")
  @Nullable String allowlist;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    if (paste != null && allowlist != null) {
      throw new Failure(
          "--paste prints a list and --allowlist prints what differs; give one of them");
    }
    var format = format();
    var configuration = config == null ? MonitorConfig.DEFAULT : Configured.load(config);
    var sources =
        names.stream().flatMap(name -> sources(name, configuration).stream()).distinct().toList();
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
    return allowlist == null ? list(published, format, exit) : drift(published, accepted, exit);
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

  private Paste format() {
    return paste == null
        ? Paste.SEPPMAIL
        : Paste.of(paste)
            .orElseThrow(
                () -> new Failure("--paste is %s, not '%s'".formatted(Paste.words(), paste)));
  }

  /** A name is one of a profile where it has parameters, or where a profile is called so. */
  private static List<DnsName> sources(String name, MonitorConfig configuration) {
    var isProfile = name.indexOf(':') >= 0 || configuration.profiles().named(name).isPresent();
    return isProfile ? ofProfile(name, configuration) : List.of(Arguments.domain(name));
  }

  private static List<DnsName> ofProfile(String written, MonitorConfig configuration) {
    try {
      var use = ProfileUse.parse(written);
      // What a profile makes of the domain's own name is not of interest here.
      return switch (Loading.loader().adHoc(EXAMPLE, List.of(use), configuration)) {
        case ConfigLoader.DomainResult.Refused(var problems) ->
            throw new Failure(written + ": " + problems.getFirst().message());
        case ConfigLoader.DomainResult.Accepted(var domain) -> {
          var sources =
              domain.prescriptions().stream()
                  .flatMap(prescription -> prescription.netblocks().stream())
                  .toList();
          if (sources.isEmpty()) {
            throw new Failure("the profile %s names no netblock source".formatted(written));
          }
          yield sources;
        }
      };
    } catch (IllegalArgumentException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }

  private int list(Set<Cidr> published, Paste format, int exit) {
    var text = format.text(new Paste.Heading(String.join(", ", names), Instant.now()), published);
    if (common.json()) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("names", names);
      facts.put("published", List.copyOf(published));
      if (paste != null) {
        facts.put("format", format.word());
        facts.put("paste", text);
      }
      System.out.println(CheckJson.value(facts));
    } else if (paste == null) {
      published.forEach(System.out::println);
    } else if (text.isEmpty()) {
      warn("nothing is published, and most gateways take an empty list to accept all");
    } else {
      System.out.println(text);
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
