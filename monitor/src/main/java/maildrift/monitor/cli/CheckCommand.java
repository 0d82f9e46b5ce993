package maildrift.monitor.cli;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.config.MonitorConfig;
import maildrift.probes.Verdict;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Trial;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = {
      "Look at domains once, now, and exit.",
      "Does not touch the store. Without DOMAIN all domains of the configuration and of the lists that discovery names; - "
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

  @Parameters(arity = "0..*", paramLabel = "DOMAIN", description = "What to look at.")
  List<String> domains = List.of();

  @Mixin DomainOptions known = new DomainOptions();

  @Option(
      names = "--explain",
      paramLabel = "RULE",
      description = "Look at nothing: print a rule's page, as maildrift rules --explain does.")
  @Nullable String explain;

  @Option(
      names = "--active",
      split = ",",
      paramLabel = "TRIAL",
      description = {
        "Ask mail servers to do something, besides what smtp.active_probes of the configuration asks: ",
        "postmaster (MAIL FROM:<>, RCPT TO:<postmaster@DOMAIN>, RSET), ",
        "injection (STARTTLS and NOOP in one segment), ",
        "plaintext (MAIL FROM:<> before STARTTLS, RSET). No mail is ever sent."
      })
  List<String> active = List.of();

  @Mixin CheckOptions common = new CheckOptions();

  /** Whether a list of domains was not read, or not all of it is used. */
  private boolean isIncomplete;

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
    var configuration = trying(known.configuration());
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

  private MonitorConfig trying(MonitorConfig configuration) {
    if (active.isEmpty()) {
      return configuration;
    }
    var trials = EnumSet.noneOf(Trial.class);
    trials.addAll(configuration.smtp().activeProbes());
    for (var word : active) {
      trials.add(
          Trial.of(word)
              .orElseThrow(
                  () ->
                      new Failure(
                          "--active: '%s' is none of %s"
                              .formatted(
                                  word,
                                  Trial.CHOSEN.stream()
                                      .map(Trial::word)
                                      .collect(Collectors.joining(", "))))));
    }
    return configuration.with(configuration.smtp().activeProbes(trials));
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
        yield new Result.Seen(lists.look(runner, domain, choice));
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
      if (isIncomplete) {
        exit = Exit.worst(exit, Exit.UNOBSERVED);
      }
      if (seen == 0 && bad == 0 && !isIncomplete) {
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

  /** The domains of the command line, of stdin, or of the configuration, as they are needed. */
  private InOrder.Source<Item> source(MonitorConfig configuration, Progress progress) {
    var items = new ArrayDeque<InOrder.Source<Item>>();
    if (domains.isEmpty()) {
      items.add(each(configuration.domains().iterator()));
      items.add(each(listed(configuration).iterator()));
    }
    // What is wrong with the command line is said before anything is asked.
    for (var written : domains) {
      items.add(
          written.equals("-")
              ? stdin(configuration)
              : each(List.of(known.managed(Arguments.domain(written), configuration)).iterator()));
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

  /** What is wrong with a list is said at once; the domains of the others are looked at. */
  private List<ManagedDomain> listed(MonitorConfig configuration) {
    var listed = known.listed(configuration);
    listed
        .problems()
        .forEach(problem -> System.err.println("maildrift: " + Terminal.safe(problem.toString())));
    listed
        .away()
        .forEach(
            (name, why) ->
                System.err.println(
                    Terminal.safe("maildrift: discovery %s: %s".formatted(name, why))));
    isIncomplete = !listed.away().isEmpty() || !listed.problems().isEmpty();
    return listed.domains();
  }

  private static InOrder.Source<Item> each(Iterator<ManagedDomain> all) {
    return () -> all.hasNext() ? Optional.of(new Item.Domain(all.next())) : Optional.empty();
  }

  /** The names on stdin; a line that is none is told, and spares the others. */
  private InOrder.Source<Item> stdin(MonitorConfig configuration) {
    // Profiles and selectors are wrong for every domain, or for none.
    var _ = known.managed(DnsName.of("example.org"), configuration);
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
      return new Item.Domain(known.managed(Arguments.domain(written), configuration));
    } catch (Failure problem) {
      return new Item.Bad(line, Terminal.safe(String.valueOf(problem.getMessage())));
    }
  }
}
