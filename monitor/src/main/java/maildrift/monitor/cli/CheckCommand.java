package maildrift.monitor.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.wiring.AllowlistFetch;
import maildrift.monitor.wiring.Loading;
import maildrift.probes.Verdict;
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
          + "reads domains from stdin, one a line (empty lines and # comments are passed over). "
          + "A domain that is not configured is "
          + "checked against the general rules. Gaps are no findings: they show in the "
          + "probes and in the verdict, and end with exit code 3 when nothing is worse.",
      "Results come as they are there, in the order of the input, "
          + CheckCommand.PARALLEL
          + " domains at once; with --format json one object a line. A line of stdin that is no "
          + "domain is told on stderr with its number, spares the others, and makes the exit code 2.",
      "JSON: domain, verdict, probes (by name: outcome, facts with the record and its parsed parts, "
          + "gaps) and findings (rule, severity, subject, message, evidence, remedy, reference)."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift check contoso.tld",
      "  maildrift check contoso.tld --profile mimecast:region=de --selector default",
      "  maildrift check --config maildrift.yml --format json",
      "  maildrift check - --dns 9.9.9.9 < domains.txt",
      "  maildrift check contoso.tld --only mtasts,tlsrpt --format json",
      "  maildrift check --explain spf.lookups"
    })
final class CheckCommand implements Callable<Integer> {
  /** A name has 253 characters; who writes more may write a comment. */
  private static final int LONGEST_LINE = 4096;

  /** How many domains are looked at at once; results stay in order. */
  static final int PARALLEL = 32;

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

  @Option(
      names = "--explain",
      paramLabel = "RULE",
      description = "Look at nothing: print a rule's page, as maildrift rules --explain does.")
  @Nullable String explain;

  @Mixin CheckOptions common = new CheckOptions();

  private final ConfigLoader loader = Loading.loader();

  @Override
  public Integer call() {
    if (explain != null) {
      common.begin();
      var page = RulePage.named(explain);
      if (common.json()) {
        System.out.println(page.json());
      } else {
        page.print(common.terminal());
      }
      return Exit.OK;
    }
    var choice = common.choice();
    var configuration = config == null ? MonitorConfig.DEFAULT : Configured.load(config);
    var progress = Progress.standard();
    var source = source(configuration, progress);
    try (var outside = Outside.open(common, configuration)) {
      var runner = outside.runner();
      var lists = new FetchedLists(configuration);
      var round = new Round(progress);
      InOrder.run(source, PARALLEL, item -> look(item, runner, choice, lists), round);
      return round.exit();
    }
  }

  /** What was asked for. */
  private sealed interface Item {
    record Domain(ManagedDomain domain) implements Item {}

    /** A line of stdin that is no domain. */
    record Bad(long line, String why) implements Item {}
  }

  /** What came of it. */
  private sealed interface Result {
    record Seen(CheckResult result) implements Result {}

    record Bad(long line, String why) implements Result {}
  }

  private static Result look(
      Item item, CheckRunner runner, ProbeChoice choice, FetchedLists lists) {
    return switch (item) {
      case Item.Bad(var line, var why) -> new Result.Bad(line, why);
      case Item.Domain(var domain) -> {
        var begun = System.nanoTime();
        var current = choice.wants(NETBLOCKS) ? lists.current(domain) : domain;
        // A domain ends in time with what fetching took.
        var limit = CheckRunner.LIMIT.minusNanos(System.nanoTime() - begun);
        yield new Result.Seen(Looked.look(runner, current, choice, limit));
      }
    };
  }

  /** Prints what comes, and remembers how it ends. */
  private final class Round implements InOrder.Sink<Result> {
    private final Progress progress;
    private final CheckText text = new CheckText(common.terminal());
    private final boolean sharesTerminal = Terminal.readsResults();
    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private int exit = Exit.OK;
    private int seen;
    private int bad;

    Round(Progress progress) {
      this.progress = progress;
    }

    @Override
    public boolean take(Result result) {
      switch (result) {
        case Result.Bad(var line, var why) -> {
          bad++;
          progress.clear();
          System.err.println("maildrift: stdin line %d: %s".formatted(line, why));
        }
        case Result.Seen(var looked) -> {
          seen++;
          verdicts.merge(looked.verdict(), 1, Integer::sum);
          exit = Exit.worst(exit, Exit.of(looked.findings(), looked.gaps()));
          if (sharesTerminal) {
            progress.clear();
          }
          Looked.print(looked, common, text);
        }
      }
      progress.step();
      // Whoever reads through head needs no more than head shows.
      return !System.out.checkError();
    }

    @Override
    public void idle() {
      progress.show();
    }

    int exit() {
      progress.clear();
      if (seen == 0 && bad == 0) {
        throw new Failure("no domain: name one, or give --config with managed domains");
      }
      if (seen > 1 && Terminal.readsErrors()) {
        System.err.println(
            "%d looked at: %s%s"
                .formatted(
                    seen,
                    Arrays.stream(Verdict.values())
                        .map(verdict -> verdicts.getOrDefault(verdict, 0) + " " + verdict.word())
                        .collect(Collectors.joining(", ")),
                    bad == 0 ? "" : "; no domain: %d lines".formatted(bad)));
      }
      return bad == 0 ? exit : Exit.USAGE;
    }
  }

  /** The allowlists behind URLs, each fetched once, when a domain first needs it. */
  private static final class FetchedLists {
    private final MonitorConfig configuration;
    private final Map<String, FutureTask<Optional<Allowlist>>> lists = new ConcurrentHashMap<>();

    FetchedLists(MonitorConfig configuration) {
      this.configuration = configuration;
    }

    ManagedDomain current(ManagedDomain domain) {
      if (domain.skip().contains(NETBLOCKS)) {
        return domain;
      }
      return domain.allowlist().flatMap(this::fetched).map(domain::allowlist).orElse(domain);
    }

    private Optional<Allowlist> fetched(Allowlist list) {
      var declared = configuration.allowlists().get(list.name());
      if (declared == null) {
        return Optional.empty();
      }
      var task =
          lists.computeIfAbsent(
              list.name(),
              name ->
                  new FutureTask<>(
                      () ->
                          Optional.ofNullable(
                              AllowlistFetch.all(List.of(declared), FETCH).get(name))));
      task.run();
      try {
        return task.get();
      } catch (ExecutionException failure) {
        throw new IllegalStateException(failure.getCause());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }
  }

  /** The domains of the command line, of stdin, or of the configuration, as they are needed. */
  private InOrder.Source<Item> source(MonitorConfig configuration, Progress progress) {
    var items = new ArrayDeque<InOrder.Source<Item>>();
    if (domains.isEmpty()) {
      items.add(each(configuration.domains().iterator()));
    }
    // What is wrong with the command line is said before anything is asked.
    for (var written : domains) {
      items.add(
          written.equals("-")
              ? stdin(configuration)
              : each(List.of(managed(Arguments.domain(written), configuration)).iterator()));
    }
    return () -> {
      while (!items.isEmpty()) {
        var next = items.element().next();
        if (next.isPresent()) {
          progress.found();
          return next;
        }
        items.remove();
      }
      progress.foundAll();
      return Optional.empty();
    };
  }

  private static InOrder.Source<Item> each(Iterator<ManagedDomain> all) {
    return () -> all.hasNext() ? Optional.of(new Item.Domain(all.next())) : Optional.empty();
  }

  /** The names on stdin; a line that is none is told, and spares the others. */
  private InOrder.Source<Item> stdin(MonitorConfig configuration) {
    // Profiles and selectors are wrong for every domain, or for none.
    var _ = managed(DnsName.of("example.org"), configuration);
    var lines = new InputLines(System.in, LONGEST_LINE);
    return () -> {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        switch (line.get()) {
          case InputLines.Unreadable(var number, var why) -> {
            return Optional.of(new Item.Bad(number, why));
          }
          case InputLines.Text(var number, var written) -> {
            var name = written.strip();
            if (!name.isEmpty() && !name.startsWith("#")) {
              return Optional.of(item(number, name, configuration));
            }
          }
        }
      }
      return Optional.empty();
    };
  }

  private Item item(long line, String written, MonitorConfig configuration) {
    try {
      return new Item.Domain(managed(Arguments.domain(written), configuration));
    } catch (Failure problem) {
      return new Item.Bad(line, Terminal.safe(String.valueOf(problem.getMessage())));
    }
  }

  private ManagedDomain managed(DnsName name, MonitorConfig configuration) {
    var uses = profiles.stream().map(CheckCommand::use).toList();
    var declared = configuration.domain(name);
    var domain =
        switch (loader.adHoc(name, uses, configuration)) {
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
}
