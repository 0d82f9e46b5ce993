package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.wiring.SweepBench;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.dns.DnsBench;
import maildrift.probes.dns.DnsServer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "bench",
    description = {
      "How fast this machine asks and checks.",
      "Against servers on this machine only."
    },
    subcommands = {BenchCommand.Dns.class, BenchCommand.Check.class, BenchScrape.class},
    footer = {
      "",
      "Examples:",
      "  maildrift bench dns --dns 127.0.0.1:5300 --queries queries.txt",
      "  maildrift bench check --config fleet.yml",
      "  maildrift bench check --domains domains.txt --dns 127.0.0.1:5300 --selector s1,s2 --skip tls",
      "  maildrift bench scrape --domains 100000"
    })
final class BenchCommand {

  @Command(
      name = "dns",
      description = {
        "Questions a second, CPU time a question and losses, with full answers made of what comes back; where dnsperf is",
        "installed, in turn with it, and the ratio."
      })
  static final class Dns implements Callable<Integer> {
    @Option(
        names = "--dns",
        required = true,
        paramLabel = "HOST[:PORT]",
        description = "The server.")
    String server = "";

    @Option(
        names = "--queries",
        required = true,
        paramLabel = "FILE",
        description = "NAME TYPE a line, as dnsperf reads it.")
    Path queries = Path.of("");

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        description = "Questions under way at any time (default: 2000).")
    int inFlight = 2_000;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        description = "Rounds after the one that warms up (default: 3).")
    int rounds = 3;

    @Option(names = "--format", paramLabel = "text|json", description = "Default: text.")
    String format = "text";

    /** Asked first, so that nobody waits minutes for a server that is not there. */
    private static final int FEW = 20;

    private int lost(long questions) {
      System.err.println(
          "maildrift: %s answered none of %d questions".formatted(server, questions));
      return Exit.UNOBSERVED;
    }

    @Override
    public Integer call() throws InterruptedException {
      DnsServer target;
      try {
        target = DnsServer.parse(server);
      } catch (IllegalArgumentException problem) {
        throw new Failure("--dns: " + problem.getMessage());
      }
      if (!target.address().isLoopbackAddress()) {
        throw new Failure(
            "--dns %s is not on this machine: thousands of questions a second are an attack elsewhere"
                .formatted(server));
      }
      DnsBench.Comparison comparison;
      try {
        var first = DnsBench.run(target, DnsBench.read(queries), FEW, FEW);
        if (first.answered() == 0) {
          return lost(FEW);
        }
        comparison = DnsBench.compare(target, queries, inFlight, rounds);
      } catch (FileSystemException problem) {
        throw new Failure("--queries: " + Arguments.unreadable(queries, problem));
      } catch (IOException problem) {
        throw new Failure(String.valueOf(problem.getMessage()));
      }
      if (comparison.ours().stream().allMatch(round -> round.answered() == 0)) {
        return lost(comparison.ours().stream().mapToLong(DnsBench.Result::questions).sum());
      }
      if (format.equals("json")) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("inFlight", inFlight);
        facts.put(
            "questionsPerSecond",
            comparison.ours().stream().map(DnsBench.Result::questionsPerSecond).toList());
        facts.put("cpuMicros", comparison.ours().stream().map(DnsBench.Result::cpuMicros).toList());
        facts.put("lost", comparison.ours().stream().mapToLong(DnsBench.Result::lost).sum());
        facts.put("dnsperf", comparison.dnsperf());
        comparison.ratio().ifPresent(ratio -> facts.put("ratio", ratio));
        System.out.println(CheckJson.value(facts));
        return Exit.OK;
      }
      comparison.ours().forEach(result -> System.out.println("maildrift  " + result.text()));
      if (comparison.dnsperf().isEmpty()) {
        System.out.println("dnsperf is not installed: no comparison");
      } else {
        comparison
            .dnsperf()
            .forEach(rate -> System.out.println("dnsperf    %,.0f questions/s".formatted(rate)));
      }
      comparison
          .ratio()
          .ifPresent(
              ratio ->
                  System.out.println(
                      "ratio      %.2f of dnsperf (mean of ours by mean of dnsperf's runs before and after)"
                          .formatted(ratio)));
      return Exit.OK;
    }
  }

  @Command(
      name = "check",
      description = {
        "Domains a second of whole sweeps over a configuration, or over a list of domains: observed, judged, compared, alerted",
        "on and stored in H2 (in a temporary folder). Each sweep asks every question anew; the first one warms up."
      })
  static final class Check implements Callable<Integer> {
    private static final int QUESTIONS_A_SECOND = 1_000_000;

    @ArgGroup(multiplicity = "1")
    Fleet fleet = new Fleet();

    @Option(
        names = "--dns",
        paramLabel = "HOST[:PORT]",
        description = "With --domains: the server to ask.")
    Optional<String> dns = Optional.empty();

    @Option(
        names = "--selector",
        split = ",",
        paramLabel = "NAME",
        description = "With --domains: DKIM selectors that every domain declares.")
    List<String> selectors = List.of();

    @Option(
        names = "--skip",
        split = ",",
        paramLabel = "PROBE",
        description = "With --domains: probes to leave out, e.g. tls.")
    List<String> skip = List.of();

    @Option(
        names = "--only",
        split = ",",
        paramLabel = "PROBE",
        description = "With --domains: the probes to run, e.g. spf,dkim,dmarc,mx,mtasts,tlsrpt.")
    List<String> only = List.of();

    @Option(
        names = "--confirmations",
        paramLabel = "N",
        description =
            "Looks that must agree before an alert fires (default: 1, so that every sweep is one look at each domain).")
    int confirmations = 1;

    @Option(
        names = "--from-nothing",
        description =
            "Each sweep begins with an empty store, so that all states, baselines and alerts are written anew.")
    boolean fromNothing;

    @Option(names = "--sweeps", paramLabel = "N", description = "Default: 3.")
    int sweeps = 3;

    @Option(names = "--parallel", paramLabel = "N", description = "Domains at once (default: 64).")
    int parallel = 64;

    @Option(names = "--format", paramLabel = "text|json", description = "Default: text.")
    String format = "text";

    @Override
    public Integer call() throws IOException, InterruptedException {
      var folder = Files.createTempDirectory("maildrift-bench");
      try {
        sweep(configuration(folder), folder);
      } catch (StoreUnusable problem) {
        throw new Failure(String.valueOf(problem.getMessage()));
      } finally {
        delete(folder);
      }
      return Exit.OK;
    }

    private void sweep(MonitorConfig configuration, Path folder)
        throws IOException, InterruptedException, StoreUnusable {
      if (configuration.dns().resolvers().isEmpty()
          || configuration.dns().resolvers().stream().anyMatch(server -> !server.isLoopback())) {
        throw new Failure(
            "dns.resolvers must be on this machine: thousands of questions a second are an attack elsewhere");
      }
      for (var number = 1; number <= sweeps; ) {
        var store = Files.createTempDirectory(folder, "store");
        try (var bench = new SweepBench(configuration, store, confirmations)) {
          do {
            print(number, bench.sweep(parallel));
            number++;
          } while (number <= sweeps && !fromNothing);
        }
      }
    }

    /** The file's, or one that is made of the list of domains. */
    private MonitorConfig configuration(Path folder) throws IOException {
      if (fleet.config.isPresent()) {
        if (dns.isPresent() || !selectors.isEmpty() || !skip.isEmpty() || !only.isEmpty()) {
          throw new Failure(
              "--dns, --selector, --only and --skip go with --domains; --config says it all");
        }
        return Configured.load(fleet.config.get());
      }
      var server = dns.orElseThrow(() -> new Failure("--domains needs --dns, the server to ask"));
      var names = new ArrayList<String>();
      for (var line : lines(fleet.domains.orElseThrow())) {
        if (!line.isBlank()) {
          names.add(line.strip());
        }
      }
      var choice = new ProbeChoice(only, skip);
      var left =
          ProbeCatalog.all().stream()
              .map(Probe::name)
              .filter(probe -> !choice.wants(probe))
              .toList();
      var root = new LinkedHashMap<String, Object>();
      // The server is on this machine: politeness would measure itself.
      root.put(
          "dns", Map.of("resolvers", List.of(server), "queries_per_second", QUESTIONS_A_SECOND));
      root.put(
          "domains",
          names.stream()
              .map(
                  name ->
                      Map.of(
                          "name",
                          name,
                          "skip",
                          left,
                          "dkim",
                          selectors.stream().map(one -> Map.of("selector", one)).toList()))
              .toList());
      // JSON is YAML, and the reader says what is wrong with a name or a selector.
      var file = folder.resolve("fleet.yml");
      Files.writeString(file, CheckJson.value(root));
      return Configured.load(file);
    }

    private static List<String> lines(Path file) {
      try {
        return Files.readAllLines(file);
      } catch (IOException problem) {
        throw new Failure("--domains: " + Arguments.unreadable(file, problem));
      }
    }

    /** Where the domains come from. */
    static final class Fleet {
      @Option(
          names = "--config",
          paramLabel = "FILE",
          description = "Domains and resolvers; receivers are told nothing.")
      Optional<Path> config = Optional.empty();

      @Option(names = "--domains", paramLabel = "FILE", description = "A domain a line.")
      Optional<Path> domains = Optional.empty();
    }

    private void print(int number, SweepBench.Sweep sweep) {
      if (format.equals("json")) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("sweep", number);
        facts.put("domains", sweep.domains());
        facts.put("seconds", sweep.seconds());
        facts.put("domainsPerSecond", sweep.domainsPerSecond());
        facts.put("questions", sweep.questions());
        facts.put("cpuMicrosPerDomain", sweep.cpuMicros());
        facts.put("unobserved", sweep.unobserved());
        facts.put("alerts", sweep.alerts());
        System.out.println(CheckJson.value(facts));
      } else {
        System.out.println(
            "sweep %d: %,d domains in %.1f s, %,.0f domains/s; %,d questions (%,.0f/s); %.0f µs CPU a domain; %,d not fully seen; %,d alerts"
                .formatted(
                    number,
                    sweep.domains(),
                    sweep.seconds(),
                    sweep.domainsPerSecond(),
                    sweep.questions(),
                    sweep.questions() / sweep.seconds(),
                    sweep.cpuMicros(),
                    sweep.unobserved(),
                    sweep.alerts()));
      }
    }

    static void delete(Path folder) throws IOException {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path visited, @org.jspecify.annotations.Nullable IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}
