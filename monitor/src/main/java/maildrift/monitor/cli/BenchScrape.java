package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import maildrift.monitor.config.MetricsConfig.Detail;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.metrics.ScrapeBench;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.wiring.SweepBench;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.dns.server.NameServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "scrape",
    description = {
      "What a scrape of /metrics costs, without HTTP, beside Micrometer with a gauge for each of the same series; and, where",
      "blackbox_exporter is installed, what it needs for the records of a domain, beside maildrift's look at the same ones."
    })
final class BenchScrape implements Callable<Integer> {
  /** What blackbox_exporter asks for; maildrift asks for the addresses of the MX hosts, too. */
  private static final List<String> PROBES = List.of("spf", "dkim", "dmarc", "mx");

  @Option(
      names = "--domains",
      paramLabel = "N",
      description = "With five series each (default: 100000).")
  int domains = 100_000;

  @Option(
      names = "--series",
      paramLabel = "N",
      description = "Of domains with all that probes say (default: 2000000).")
  int series = 2_000_000;

  @Option(
      names = "--looked-at",
      paramLabel = "N",
      description = "Domains for blackbox_exporter (default: 200).")
  int lookedAt = 200;

  @Option(names = "--rounds", paramLabel = "N", description = "Default: 11.")
  int rounds = 11;

  @Option(names = "--format", paramLabel = "text|json", description = "Default: text.")
  String format = "text";

  private final Map<String, Object> facts = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (domains < 1 || series < 1_000 || lookedAt < 1 || rounds < 1) {
      throw new Failure(
          "--domains, --looked-at and --rounds are at least 1, --series at least 1000");
    }
    var few = ScrapeBench.few(domains);
    var ours = ScrapeBench.ours(few, Detail.LEAN, rounds);
    tell("maildrift, 5 series a domain", "few", ours);
    fleet();
    tell(
        "maildrift, everything",
        "full",
        ScrapeBench.ours(ScrapeBench.full(series), Detail.FULL, rounds));
    var gauges = ScrapeBench.gauges(few, Detail.LEAN, Math.min(rounds, 5));
    tell("Micrometer gauges, 5 series a domain", "gauges", gauges);
    say(
        "ratio      %.0f times less CPU and %.0f times less memory allocated than Micrometer's gauges"
            .formatted(
                gauges.cpuSeconds() / ours.cpuSeconds(), gauges.allocated() / ours.allocated()));
    blackbox();
    if (format.equals("json")) {
      System.out.println(CheckJson.value(facts));
    }
    return Exit.OK;
  }

  /** What each detail makes of a fleet with all probes. */
  private void fleet() {
    var fleet = ScrapeBench.fleet(domains);
    for (var detail : Detail.values()) {
      var scrape = ScrapeBench.ours(fleet, detail, rounds);
      tell(
          "a fleet with all probes, detail: %s, %.1f series a domain"
              .formatted(detail.word(), (double) scrape.series() / domains),
          "fleet_" + detail.word(),
          scrape);
    }
  }

  private void blackbox() throws IOException, InterruptedException {
    var program = BlackboxBench.installed();
    if (program.isEmpty()) {
      say("blackbox_exporter is not installed: no comparison");
      return;
    }
    var folder = Files.createTempDirectory("maildrift-bench");
    try (var names = NameServer.start()) {
      var questions = new ArrayList<BlackboxBench.Question>();
      var root = new LinkedHashMap<String, Object>();
      root.put(
          "dns",
          Map.of("resolvers", List.of(names.hostAndPort()), "queries_per_second", 1_000_000));
      var declared = new ArrayList<Map<String, Object>>();
      var skip =
          ProbeCatalog.all().stream()
              .map(Probe::name)
              .filter(name -> !PROBES.contains(name))
              .toList();
      for (var i = 0; i < lookedAt; i++) {
        var name = "domain%d.test".formatted(i);
        names.add(
            name + " 300 MX 10 mx." + name,
            "mx." + name + " 300 A 192.0.2.1",
            name + " 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"",
            "_dmarc." + name + " 300 TXT \"v=DMARC1; p=reject\"",
            "s1._domainkey." + name + " 300 TXT \"v=DKIM1; p=\"");
        questions.add(new BlackboxBench.Question(name, "MX"));
        questions.add(new BlackboxBench.Question(name, "TXT"));
        questions.add(new BlackboxBench.Question("_dmarc." + name, "TXT"));
        questions.add(new BlackboxBench.Question("s1._domainkey." + name, "TXT"));
        declared.add(Map.of("name", name, "skip", skip, "dkim", List.of(Map.of("selector", "s1"))));
      }
      root.put("domains", declared);
      var file = Files.writeString(folder.resolve("fleet.yml"), CheckJson.value(root));
      var theirs =
          BlackboxBench.run(
              program.get(), folder, names.hostAndPort(), questions, lookedAt, rounds);
      var ours = sweep(file, folder);
      say(
          "blackbox_exporter: %.0f µs CPU a domain for 4 records, %,.0f domains/s, 4 scrapes a domain; %d of %d answered"
              .formatted(
                  theirs.cpuMicrosPerDomain(),
                  theirs.domainsPerSecond(),
                  theirs.succeeded(),
                  theirs.probes()));
      say(
          "maildrift: %.0f µs CPU a domain for the same and more, judged and stored, with the name server's work; %.1f questions a domain"
              .formatted(ours.cpuMicros(), (double) ours.questions() / ours.domains()));
      facts.put(
          "blackbox",
          Map.of(
              "cpuMicrosPerDomain",
              theirs.cpuMicrosPerDomain(),
              "ours",
              ours.cpuMicros(),
              "ratio",
              theirs.cpuMicrosPerDomain() / ours.cpuMicros()));
    } finally {
      BenchCommand.Check.delete(folder);
    }
  }

  private SweepBench.Sweep sweep(Path file, Path folder) throws InterruptedException {
    try (var bench = new SweepBench(Configured.load(file), folder, 1)) {
      for (var i = 0; i < rounds * 2; i++) {
        bench.sweep(64);
      }
      return bench.sweep(64);
    } catch (StoreUnusable problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
  }

  private void tell(String what, String key, ScrapeBench.Scrape scrape) {
    facts.put(
        key,
        Map.of(
            "domains", scrape.domains(),
            "series", scrape.series(),
            "seconds", scrape.seconds(),
            "cpuSeconds", scrape.cpuSeconds(),
            "allocatedBytes", scrape.allocated(),
            "textBytes", scrape.bytes()));
    say(
        "%s: %,d domains, %,d series, %.1f MB in %.3f s, %.3f s CPU, %.1f MB allocated"
            .formatted(
                what,
                scrape.domains(),
                scrape.series(),
                scrape.bytes() / 1e6,
                scrape.seconds(),
                scrape.cpuSeconds(),
                scrape.allocated() / 1e6));
  }

  private void say(String line) {
    if (!format.equals("json")) {
      System.out.println(line);
    }
  }
}
