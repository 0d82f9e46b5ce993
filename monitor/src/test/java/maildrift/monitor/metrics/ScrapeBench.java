package maildrift.monitor.metrics;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * What a scrape of many domains costs, without HTTP: run {@code main} with the number of domains
 * (20,000). No test; speed is measured, never asserted.
 */
public final class ScrapeBench {
  private static final int ROUNDS = 15;
  private static final int HOSTS = 200;
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  private ScrapeBench() {}

  public static void main(String[] arguments) {
    var domains = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
    var table = new StateTable();
    for (var i = 0; i < domains; i++) {
      table.put(state(i));
    }
    try (var metrics = new Metrics("bench")) {
      measure("detail: full", metrics, table, false);
      measure("detail: lean", metrics, table, true);
    }
  }

  private static void measure(String what, Metrics metrics, StateTable table, boolean lean) {
    var threads = ManagementFactory.getThreadMXBean();
    var wall = new double[ROUNDS];
    var cpu = new double[ROUNDS];
    var length = new long[1];
    var allocated = new double[ROUNDS];
    var own = (com.sun.management.ThreadMXBean) threads;
    for (var i = 0; i < ROUNDS; i++) {
      var began = System.nanoTime();
      var worked = threads.getCurrentThreadCpuTime();
      length[0] = 0;
      var before = own.getCurrentThreadAllocatedBytes();
      metrics.scrape(table.all(), false, lean, Integer.MAX_VALUE, (_, piece) -> length[0] += piece);
      allocated[i] = (own.getCurrentThreadAllocatedBytes() - before) / 1e6;
      cpu[i] = (threads.getCurrentThreadCpuTime() - worked) / 1e6;
      wall[i] = (System.nanoTime() - began) / 1e6;
    }
    var first = cpu[0];
    Arrays.sort(allocated);
    Arrays.sort(wall);
    Arrays.sort(cpu);
    System.out.printf(
        "%s: %d domains, %d series, %.1f MB; allocated %.2f MB; CPU of the first scrape %.0f ms, median %.0f ms, least %.0f ms; wall median %.0f ms%n",
        what,
        table.size(),
        lines(metrics, table, lean),
        length[0] / 1e6,
        allocated[ROUNDS / 2],
        first,
        cpu[ROUNDS / 2],
        cpu[0],
        wall[ROUNDS / 2]);
  }

  private static long lines(Metrics metrics, StateTable table, boolean lean) {
    var lines = new long[1];
    metrics.scrape(
        table.all(),
        false,
        lean,
        Integer.MAX_VALUE,
        (bytes, length) -> {
          for (var i = 0; i < length; i++) {
            lines[0] += bytes[i] == '\n' ? 1 : 0;
          }
        });
    return lines[0];
  }

  /** Every probe was run; each second domain has a finding, each tenth a changed record. */
  private static DomainState state(int number) {
    var name = "domain%05d.test".formatted(number);
    var probes = new LinkedHashMap<String, ProbeState>();
    for (var probe : ProbeCatalog.all()) {
      probes.put(
          probe.name(),
          new ProbeState(
              probe.name(),
              Outcome.OBSERVED,
              0.01,
              NOW,
              Instant.EPOCH,
              "{}",
              "[]",
              number % 2 == 0 && probe.name().equals("spf")
                  ? List.of(
                      new FindingState("spf.all-qualifier", Severity.WARNING, name, false, "{}"))
                  : List.of(),
              samples(probe.name(), number),
              List.of()));
    }
    return new DomainState(
        ManagedDomain.undeclared(DnsName.of(name)),
        NOW,
        probes,
        List.of(),
        number % 10 == 0 ? Map.of(name + " MX", NOW) : Map.of());
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
