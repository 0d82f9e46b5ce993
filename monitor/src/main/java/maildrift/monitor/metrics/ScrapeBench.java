package maildrift.monitor.metrics;

import com.google.common.base.Splitter;
import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maildrift.monitor.config.MetricsConfig;
import maildrift.monitor.config.MetricsConfig.Detail;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.state.Sample;
import maildrift.monitor.state.StateTable;
import maildrift.probes.Outcome;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/**
 * What a scrape costs, without HTTP, beside Micrometer with a gauge for each of the same series.
 */
public final class ScrapeBench {
  private static final int WARM_UP = 5;
  private static final int HOSTS = 200;
  private static final int UNSEEN = 50;
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final int SERIES_OF_A_FULL_DOMAIN = 55;

  private ScrapeBench() {}

  /**
   * Medians of several scrapes, after some that warm up.
   *
   * @param allocated bytes, by the thread that writes
   */
  public record Scrape(
      int domains, long series, long bytes, double seconds, double cpuSeconds, double allocated) {}

  /** The states of {@code domains} domains with five series each. */
  public static StateTable few(int domains) {
    var table = new StateTable();
    for (var i = 0; i < domains; i++) {
      var name = name(i);
      var probes = new LinkedHashMap<String, ProbeState>();
      probes.put("mx", probe("mx", Instant.EPOCH, List.of(), Instant.EPOCH, List.of()));
      table.put(state(name, probes, Map.of()));
    }
    return table;
  }

  /** As many domains as make about {@code series} series, each with all that probes say. */
  public static StateTable full(int series) {
    return fleet(series / SERIES_OF_A_FULL_DOMAIN);
  }

  /** Domains with all that probes say; of one in fifty, the mail hosts are not seen. */
  public static StateTable fleet(int domains) {
    var table = new StateTable();
    for (var i = 0; i < domains; i++) {
      var name = name(i);
      var probes = new LinkedHashMap<String, ProbeState>();
      for (var probe : ProbeCatalog.all()) {
        probes.put(
            probe.name(),
            probe(
                probe.name(),
                NOW,
                i % 2 == 0 && probe.name().equals("spf")
                    ? List.of(
                        new FindingState("spf.all-qualifier", Severity.WARNING, name, false, "{}"))
                    : List.of(),
                i % UNSEEN == 0 && probe.name().equals("tls") ? NOW : Instant.EPOCH,
                samples(probe.name(), i)));
      }
      table.put(state(name, probes, i % 10 == 0 ? Map.of(name + " MX", NOW) : Map.of()));
    }
    return table;
  }

  /** Ours. */
  public static Scrape ours(StateTable table, Detail detail, int rounds) {
    try (var metrics = new Metrics("bench")) {
      var length = new long[2];
      Sink sink =
          (bytes, size) -> {
            length[0] += size;
            length[1] += bytes[0]; // Looked at, so that nothing is left out.
          };
      return measured(
          table.size(),
          series(metrics, table, detail),
          rounds,
          () -> {
            length[0] = 0;
            metrics.scrape(table.all(), Asked.ALL, settings(detail), sink);
            return length[0];
          });
    }
  }

  /** A Micrometer gauge for each of the same series. */
  public static Scrape gauges(StateTable table, Detail detail, int rounds) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var series = 0L;
    try (var metrics = new Metrics("bench")) {
      for (var line : (Iterable<String>) lines(metrics, table, detail)::iterator) {
        register(registry, line);
        series++;
      }
      return measured(table.size(), series, rounds, () -> registry.scrape(Metrics.TEXT).length());
    } finally {
      registry.close();
    }
  }

  private static MetricsConfig settings(Detail detail) {
    return new MetricsConfig(detail, Integer.MAX_VALUE);
  }

  private static void register(PrometheusMeterRegistry registry, String line) {
    var open = line.indexOf('{');
    var close = line.lastIndexOf('}');
    var tags = new ArrayList<Tag>();
    for (var label : Splitter.on("\",").split(line.substring(open + 1, close))) {
      var equals = label.indexOf('=');
      tags.add(Tag.of(label.substring(0, equals), label.substring(equals + 2).replace("\"", "")));
    }
    var value = Double.parseDouble(line.substring(close + 2));
    Gauge.builder(line.substring(0, open), () -> value).tags(tags).register(registry);
  }

  private static java.util.stream.Stream<String> lines(
      Metrics metrics, StateTable table, Detail detail) {
    var text = new ByteArrayOutputStream();
    metrics.scrape(
        table.all(), Asked.ALL, settings(detail), (bytes, length) -> text.write(bytes, 0, length));
    return text.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("maildrift_") && line.contains("domain=\""));
  }

  private static long series(Metrics metrics, StateTable table, Detail detail) {
    var count = new long[1];
    metrics.scrape(
        table.all(),
        Asked.ALL,
        settings(detail),
        (bytes, length) -> {
          for (var i = 0; i < length; i++) {
            count[0] += bytes[i] == '\n' ? 1 : 0;
          }
        });
    return count[0];
  }

  /** Writes once and says how much. */
  @FunctionalInterface
  private interface Writer {
    long write();
  }

  private static Scrape measured(int domains, long series, int rounds, Writer writer) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (var i = 0; i < WARM_UP; i++) {
      writer.write();
    }
    var wall = new double[rounds];
    var cpu = new double[rounds];
    var allocated = new double[rounds];
    var bytes = 0L;
    for (var i = 0; i < rounds; i++) {
      var begun = System.nanoTime();
      var worked = threads.getCurrentThreadCpuTime();
      var had = threads.getCurrentThreadAllocatedBytes();
      bytes = writer.write();
      allocated[i] = threads.getCurrentThreadAllocatedBytes() - had;
      cpu[i] = (threads.getCurrentThreadCpuTime() - worked) / 1e9;
      wall[i] = (System.nanoTime() - begun) / 1e9;
    }
    return new Scrape(domains, series, bytes, median(wall), median(cpu), median(allocated));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static String name(int number) {
    return "domain%06d.test".formatted(number);
  }

  private static DomainState state(
      String name, SequencedMap<String, ProbeState> probes, Map<String, Instant> changed) {
    return new DomainState(
        ManagedDomain.undeclared(DnsName.of(name)), NOW, probes, List.of(), changed);
  }

  private static ProbeState probe(
      String name,
      Instant observedAt,
      List<FindingState> findings,
      Instant unseenSince,
      List<Sample> samples) {
    return new ProbeState(
        name,
        Outcome.OBSERVED,
        0.01,
        observedAt,
        unseenSince,
        "{}",
        "[]",
        findings,
        samples,
        List.of());
  }

  private static List<Sample> samples(String probe, int number) {
    var host = "mx%d.provider.test".formatted(number % HOSTS);
    return switch (probe) {
      case "spf" ->
          List.of(
              of(Sample.Kind.SPF_LOOKUPS, 4),
              of(Sample.Kind.SPF_VOID_LOOKUPS, 0),
              of(Sample.Kind.SPF_NETBLOCKS, 9));
      case "dkim" ->
          List.of(
              new Sample(Sample.Kind.DKIM_KEY_BITS, "s1", "", "", 2048),
              new Sample(Sample.Kind.DKIM_KEY_BITS, "s2", "", "", 2048));
      case "dmarc" -> List.of(new Sample(Sample.Kind.DMARC_POLICY, "reject", "", "", 1));
      case "mx" -> List.of(of(Sample.Kind.MX_MATCHES_PROFILE, 1));
      case "tls" ->
          List.of(
              new Sample(Sample.Kind.TLS_LEVEL, host, "25", "", 4),
              new Sample(Sample.Kind.TLS_NOT_AFTER, host, "25", "", 1.8e9),
              new Sample(Sample.Kind.TLS_CN_MATCH, host, "25", host, 1));
      case "netblocks" -> {
        var drift = new ArrayList<Sample>();
        for (var kind : List.of("missing", "stale", "wider")) {
          drift.add(
              new Sample(
                  Sample.Kind.NETBLOCK_DRIFT,
                  "_netblocks.provider.test",
                  "gateway" + number % HOSTS,
                  kind,
                  0));
        }
        yield List.copyOf(drift);
      }
      default -> List.of();
    };
  }

  private static Sample of(Sample.Kind kind, double value) {
    return new Sample(kind, "", "", "", value);
  }
}
