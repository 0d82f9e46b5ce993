package maildrift.monitor.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.wiring.AllowlistFetch;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = {
      "Look at domains once, now, and exit.",
      "Does not touch the store. Without DOMAIN all domains of the configuration; - "
          + "reads domains from stdin, one a line. A domain that is not configured is "
          + "checked against the general rules. Gaps are no findings: they show in the "
          + "probes and in the verdict, and end with exit code 3 when nothing is worse."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift check contoso.tld",
      "  maildrift check contoso.tld --profile mimecast:region=de --selector default",
      "  maildrift check --config maildrift.yml --format json",
      "  maildrift check - --dns 9.9.9.9 < domains.txt"
    })
final class CheckCommand implements Callable<Integer> {
  /** How many domains are looked at at once; results stay in order. */
  private static final int PARALLEL = 32;

  private static final String NETBLOCKS = "netblocks";

  /** Allowlists that take longer are a gap. */
  private static final Duration FETCH = Duration.ofSeconds(8);

  @Parameters(arity = "0..*", paramLabel = "DOMAIN", description = "What to look at.")
  List<String> domains = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration with managed domains.")
  @Nullable Path config;

  @Option(
      names = "--profile",
      paramLabel = "NAME[:PARAMETER=VALUE,…]",
      description =
          "Add a profile to domains on the command line, e.g. mimecast:region=de (may be repeated).")
  List<String> profiles = List.of();

  @Option(
      names = "--selector",
      split = ",",
      paramLabel = "SELECTOR",
      description = "DKIM selectors to look at besides.")
  List<String> selectors = List.of();

  @Mixin CheckOptions common = new CheckOptions();

  @Override
  public Integer call() {
    var _ = common.choice();
    var configuration = config == null ? MonitorConfig.DEFAULT : Configured.load(config);
    var wanted = wanted(configuration);
    if (wanted.domains().isEmpty() && wanted.bad() == 0) {
      throw new Failure("no domain: name one, or give --config with managed domains");
    }
    var exit = round(wanted.domains(), configuration);
    return wanted.bad() == 0 ? exit : Exit.USAGE;
  }

  private int round(List<ManagedDomain> wanted, MonitorConfig configuration) {
    var progress = new Progress(wanted.size());
    try (var outside = Outside.open(common, configuration)) {
      var begun = System.nanoTime();
      var lists = lists(wanted, configuration);
      // A domain ends in time with what fetching took.
      var limit = CheckRunner.LIMIT.minusNanos(System.nanoTime() - begun);
      var runner = outside.runner();
      var text = new CheckText(common.terminal());
      var exit = Exit.OK;
      var flying = new ArrayDeque<Future<CheckResult>>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var domain : wanted) {
          var current =
              domain
                  .allowlist()
                  .map(list -> lists.get(list.name()))
                  .map(domain::allowlist)
                  .orElse(domain);
          flying.add(threads.submit(() -> Looked.look(runner, current, common, limit)));
          if (flying.size() >= PARALLEL) {
            exit = Exit.worst(exit, print(flying.remove().get(), text, progress));
          }
        }
        while (!flying.isEmpty()) {
          exit = Exit.worst(exit, print(flying.remove().get(), text, progress));
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException failure) {
        throw new IllegalStateException(failure.getCause());
      }
      progress.clear();
      return exit;
    }
  }

  private int print(CheckResult result, CheckText text, Progress progress) {
    progress.clear();
    Looked.print(result, common, text);
    progress.step();
    return Exit.of(result.findings(), result.gaps());
  }

  /** The allowlists behind URLs that this round needs, fetched; by name. */
  private Map<String, Allowlist> lists(List<ManagedDomain> wanted, MonitorConfig configuration) {
    if (!common.choice().wants(NETBLOCKS)) {
      return Map.of();
    }
    var needed =
        wanted.stream()
            .filter(domain -> !domain.skip().contains(NETBLOCKS))
            .flatMap(domain -> domain.allowlist().stream())
            .map(Allowlist::name)
            .collect(Collectors.toSet());
    return AllowlistFetch.all(
        configuration.allowlists().values().stream()
            .filter(list -> needed.contains(list.name()))
            .toList(),
        FETCH);
  }

  /**
   * What to look at.
   *
   * @param bad lines of stdin that are no domain; they are told already
   */
  private record Wanted(List<ManagedDomain> domains, int bad) {}

  private Wanted wanted(MonitorConfig configuration) {
    if (domains.isEmpty()) {
      return new Wanted(configuration.domains(), 0);
    }
    var names = new ArrayList<DnsName>();
    var bad = 0;
    for (var written : domains) {
      if (written.equals("-")) {
        bad += stdin(names);
      } else {
        names.add(Arguments.domain(written));
      }
    }
    return new Wanted(names.stream().map(name -> managed(name, configuration)).toList(), bad);
  }

  private ManagedDomain managed(DnsName name, MonitorConfig configuration) {
    var uses = profiles.stream().map(CheckCommand::use).toList();
    var declared = configuration.domain(name);
    var domain =
        switch (Loading.loader().adHoc(name, uses, configuration)) {
          case ConfigLoader.DomainResult.Accepted(var accepted) ->
              declared.isEmpty()
                  ? accepted
                  : declared.get().prescriptions(both(declared.get(), accepted));
          case ConfigLoader.DomainResult.Refused(var problems) ->
              throw new Failure(
                  String.join("\n", problems.stream().map(problem -> problem.message()).toList()));
        };
    var dkim = new ArrayList<>(domain.dkim());
    selectors.forEach(
        selector ->
            dkim.add(
                new DkimExpectation(
                    selector, Optional.empty(), Optional.empty(), "command line", true)));
    return domain.dkim(dkim);
  }

  private static List<Prescription> both(ManagedDomain declared, ManagedDomain adHoc) {
    return Stream.concat(declared.prescriptions().stream(), adHoc.prescriptions().stream())
        .toList();
  }

  private static ProfileUse use(String written) {
    try {
      return ProfileUse.parse(written);
    } catch (IllegalArgumentException problem) {
      throw new Failure("--profile " + written + ": " + problem.getMessage());
    }
  }

  /** Adds the names on stdin; a line that is none is told and counted, and spares the others. */
  private static int stdin(List<DnsName> names) {
    var number = 0;
    var bad = 0;
    try {
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        var name = (number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line).strip();
        if (name.isEmpty() || name.startsWith("#")) {
          continue;
        }
        try {
          names.add(Arguments.domain(name));
        } catch (Failure problem) {
          bad++;
          System.err.println(
              "maildrift: stdin line %d: %s"
                  .formatted(number, Terminal.safe(String.valueOf(problem.getMessage()))));
        }
      }
      return bad;
    } catch (IOException failure) {
      throw new UncheckedIOException("stdin cannot be read", failure);
    }
  }
}
