package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.wiring.SweepBench;
import maildrift.probes.dns.DnsBench;
import maildrift.probes.dns.DnsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "bench",
    description = {
      "How fast this machine asks and checks.",
      "Against servers on this machine only."
    },
    subcommands = {BenchCommand.Dns.class, BenchCommand.Check.class},
    footer = {
      "",
      "Examples:",
      "  maildrift bench dns --dns 127.0.0.1:5300 --queries queries.txt",
      "  maildrift bench check --config fleet.yml"
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

    @Override
    public Integer call() throws IOException, InterruptedException {
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
      var comparison = DnsBench.compare(target, queries, inFlight, rounds);
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
        "Domains a second of whole sweeps over a configuration: observed, judged, compared, alerted on and stored in H2 (in a",
        "temporary folder). Each sweep asks every question anew; the first one warms up."
      })
  static final class Check implements Callable<Integer> {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "Domains and resolvers; receivers are told nothing.")
    Path config = Path.of("");

    @Option(names = "--sweeps", paramLabel = "N", description = "Default: 3.")
    int sweeps = 3;

    @Option(names = "--parallel", paramLabel = "N", description = "Domains at once (default: 256).")
    int parallel = 256;

    @Option(names = "--format", paramLabel = "text|json", description = "Default: text.")
    String format = "text";

    @Override
    public Integer call() throws IOException, InterruptedException {
      var configuration = Configured.load(config);
      if (configuration.dns().resolvers().isEmpty()
          || configuration.dns().resolvers().stream().anyMatch(server -> !server.isLoopback())) {
        throw new Failure(
            "dns.resolvers must be on this machine: thousands of questions a second are an attack elsewhere");
      }
      var folder = Files.createTempDirectory("maildrift-bench");
      try (var bench = new SweepBench(configuration, folder)) {
        for (var number = 1; number <= sweeps; number++) {
          print(number, bench.sweep(parallel));
        }
      } catch (StoreUnusable problem) {
        throw new Failure(String.valueOf(problem.getMessage()));
      } finally {
        delete(folder);
      }
      return Exit.OK;
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

    private static void delete(Path folder) throws IOException {
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
