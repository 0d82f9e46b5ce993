package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.feed.M365Endpoints;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Prescription;
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
    var sources = new Sources();
    names.forEach(name -> sources(name, configuration, sources));
    var accepted =
        allowlist == null ? List.<Cidr>of() : accepted(Arguments.text("--allowlist", allowlist));
    sources.feeds.forEach(NetblocksCommand::warnOfFeed);
    var published = new LinkedHashSet<Cidr>();
    var unseen = new ArrayList<DnsName>();
    var exit = Exit.OK;
    try (var outside = Outside.open(common)) {
      var dns = outside.dns(Look.REGULAR);
      for (var name : sources.spf) {
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
    published.addAll(sources.networks);
    if (!unseen.isEmpty()) {
      return partial(published, unseen, accepted, exit);
    }
    if (exit == Exit.FINDINGS && published.isEmpty()) {
      // A name that nobody publishes is a slip of the pen, not a reason to call the list stale.
      if (common.json()) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("names", names);
        facts.put("published", List.of());
        System.out.println(CheckJson.value(facts));
      }
      return exit;
    }
    return allowlist == null
        ? list(published, sources, format, exit)
        : drift(published, accepted, sources.feeds.isEmpty(), exit);
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

  /** Where networks are told: by SPF names, by profiles themselves, and by feeds. */
  private static final class Sources {
    final Set<DnsName> spf = new LinkedHashSet<>();
    final Set<Cidr> networks = new LinkedHashSet<>();
    final Map<String, Optional<LocalDate>> listed = new LinkedHashMap<>();
    final Set<String> feeds = new LinkedHashSet<>();

    void add(Prescription prescription) {
      spf.addAll(prescription.netblocks());
      feeds.addAll(prescription.feeds());
      if (!prescription.networks().isEmpty()) {
        networks.addAll(prescription.networks());
        listed.put(prescription.choice() + " networks", prescription.networksDate());
      }
    }

    Paste.Heading heading(List<String> names) {
      var source = String.join(", ", names);
      var asked = spf.stream().map(DnsName::toString).collect(Collectors.joining(", "));
      return new Paste.Heading(source, listed.isEmpty() ? source : asked, Instant.now(), listed);
    }
  }

  /** A name is one of a profile where it has parameters, or where a profile is called so. */
  private static void sources(String name, MonitorConfig configuration, Sources to) {
    if (name.indexOf(':') >= 0 || configuration.profiles().named(name).isPresent()) {
      ofProfile(name, configuration, to);
    } else {
      var asked = Arguments.domain(name);
      to.spf.add(asked);
      // Who gives a provider's name in place of its profile misses the feed as well.
      configuration.profiles().all().stream()
          .filter(profile -> profile.check(Map.of()).isEmpty())
          .map(profile -> profile.prescribe(EXAMPLE, Map.of(), profile.defaultRole()))
          .filter(prescription -> prescription.netblocks().contains(asked))
          .forEach(prescription -> to.feeds.addAll(prescription.feeds()));
    }
  }

  private static void ofProfile(String written, MonitorConfig configuration, Sources to) {
    try {
      var use = ProfileUse.parse(written);
      // What a profile makes of the domain's own name is not of interest here.
      switch (Loading.loader().adHoc(EXAMPLE, List.of(use), configuration)) {
        case ConfigLoader.DomainResult.Refused(var problems) ->
            throw new Failure(written + ": " + problems.getFirst().message());
        case ConfigLoader.DomainResult.Accepted(var domain) -> {
          if (domain.prescriptions().stream()
              .allMatch(one -> one.netblocks().isEmpty() && one.networks().isEmpty())) {
            throw new Failure("the profile %s names no netblock source".formatted(written));
          }
          domain.prescriptions().forEach(to::add);
        }
      }
    } catch (IllegalArgumentException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }

  /** A list that is short of networks refuses mail, and nobody sees why. */
  private static void warnOfFeed(String feed) {
    warn(
        feed.equals(M365Endpoints.NAME)
            ? "Exchange Online sends from more networks than its SPF record names, which Microsoft's"
                + " web service lists (feed m365-endpoints); the daemon reads it, this command does"
                + " not, so that this list is not complete"
            : "the feed %s names more networks; the daemon reads it, this command does not"
                .formatted(feed));
  }

  private int list(Set<Cidr> published, Sources sources, Paste format, int exit) {
    var text = format.text(sources.heading(names), published);
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

  /**
   * @param isWhole all that is published was read; otherwise an entry that nothing seen needs may
   *     yet be needed
   */
  private int drift(Set<Cidr> published, List<Cidr> accepted, boolean isWhole, int exit) {
    var drift = Drift.between(List.copyOf(published), accepted);
    var stale = isWhole ? drift.stale() : List.<Cidr>of();
    var wider = isWhole ? drift.wider() : List.<Cidr>of();
    if (common.json()) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("names", names);
      facts.put("published", List.copyOf(published));
      facts.put("allowlist", accepted);
      facts.put("missing", drift.missing());
      facts.put("stale", stale);
      facts.put("wider", wider);
      System.out.println(CheckJson.value(facts));
    } else {
      var lines = new ArrayList<String>();
      drift.missing().forEach(network -> lines.add("+ " + network));
      stale.forEach(network -> lines.add("- " + network));
      wider.forEach(network -> lines.add("~ " + network));
      lines.forEach(System.out::println);
    }
    return drift.missing().isEmpty() && stale.isEmpty() ? exit : Exit.FINDINGS;
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
