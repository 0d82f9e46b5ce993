package maildrift.monitor.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import maildrift.monitor.config.MetricsConfig;
import maildrift.monitor.state.DomainState;

/** The daemon's metrics, and how a scrape is put together. */
public final class Metrics implements AutoCloseable {
  /** What a scraper that does not ask for more gets. */
  public static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  public static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConcurrentHashMap<String, Timer> probeTimers = new ConcurrentHashMap<>();
  private final Rows rows = new Rows();
  private final LongAdder dropped = new LongAdder();
  private final JvmGcMetrics gc = new JvmGcMetrics();

  private final String version;

  public Metrics(String version) {
    this.version = version;
    // What Micrometer calls these is no base unit, or ends like a counter of a histogram, and
    // promtool says so.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new ProcessMetrics().bindTo(registry);
    Gauge.builder(meter(Names.BUILD_INFO), () -> 1)
        .description(Names.BUILD_INFO.help())
        .tag("version", version)
        .tag("java", Runtime.version().feature() + "")
        .register(registry);
    gauge(Names.STANDBY, () -> 0);
    counter(Names.SERIES_DROPPED, dropped::sum);
  }

  /**
   * The series of a probe, at zero until it was run: what never ran must be told from no daemon.
   */
  public void probe(String probe) {
    timer(probe);
  }

  /** How long a probe took. */
  public void took(String probe, Duration duration) {
    timer(probe).record(duration);
  }

  private Timer timer(String probe) {
    return probeTimers.computeIfAbsent(
        probe,
        name ->
            Timer.builder("maildrift.probe.duration")
                .description(Names.PROBE_DURATION.help())
                .tag("probe", name)
                .serviceLevelObjectives(
                    Duration.ofMillis(1),
                    Duration.ofMillis(5),
                    Duration.ofMillis(25),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30))
                .register(registry));
  }

  /** Registers a gauge that is read at each scrape. */
  public void gauge(Names name, Supplier<Number> value, String... labels) {
    var builder = Gauge.builder(meter(name), value).description(name.help());
    for (var i = 0; i < labels.length; i++) {
      builder.tag(name.labels().get(i), labels[i]);
    }
    builder.register(registry);
  }

  /**
   * Registers a counter that somebody else counts. Micrometer holds the object weakly and the
   * function strongly.
   */
  public void counter(Names name, Supplier<Number> value, String... labels) {
    var builder =
        FunctionCounter.builder(meter(name), this, _ -> value.get().doubleValue())
            .description(name.help());
    for (var i = 0; i < labels.length; i++) {
      builder.tag(name.labels().get(i), labels[i]);
    }
    builder.register(registry);
  }

  /** Forgets a meter, such as that of a receiver that a reload took away. */
  public void remove(Names name, String... labels) {
    registry.getMeters().stream()
        .map(Meter::getId)
        .filter(id -> id.getName().equals(meter(name)))
        .filter(id -> matches(id, name, labels))
        .toList()
        .forEach(registry::remove);
  }

  private static boolean matches(Meter.Id id, Names name, String... labels) {
    for (var i = 0; i < labels.length; i++) {
      if (!labels[i].equals(id.getTag(name.labels().get(i)))) {
        return false;
      }
    }
    return true;
  }

  /** Micrometer's dotted form, without the endings that it puts there itself. */
  private static String meter(Names name) {
    var series = name.series();
    if (name.type() == Names.Type.COUNTER) {
      series = series.substring(0, series.length() - "_total".length());
    }
    return series.replace('_', '.');
  }

  /** A scrape. */
  public void scrape(
      Collection<DomainState> states, Asked asked, MetricsConfig settings, Sink reader) {
    write(
        rows.snapshot(states),
        asked,
        settings,
        () ->
            registry.scrape(
                asked.openMetrics() ? OPEN_METRICS : TEXT,
                asked.names().isEmpty() ? null : asked.families()),
        reader);
  }

  /**
   * The series of these domains alone, for who may know nothing of the daemon but that it is there:
   * a Prometheus that finds no {@code maildrift_build_info} takes it for dead.
   */
  public void domains(
      Collection<DomainState> states, Asked asked, MetricsConfig settings, Sink reader) {
    write(
        new Rows().snapshot(states),
        asked,
        settings,
        () -> presence(asked, version, false),
        reader);
  }

  /** All that one has that stands by for another, and counts nothing that the other one counts. */
  public static String standby(String version) {
    return presence(Asked.ALL, version, true);
  }

  private static String presence(Asked asked, String version, boolean standsBy) {
    var text = new StringBuilder();
    if (asked.wants(Names.BUILD_INFO)) {
      text.append(
          lone(
              Names.BUILD_INFO,
              "{java=\"%d\",version=\"%s\"} 1".formatted(Runtime.version().feature(), version)));
    }
    if (asked.wants(Names.STANDBY)) {
      text.append(lone(Names.STANDBY, standsBy ? " 1" : " 0"));
    }
    return asked.openMetrics() ? text.append("# EOF\n").toString() : text.toString();
  }

  /** A gauge of one series. */
  private static String lone(Names name, String labelsAndValue) {
    var series = name.series();
    return "# HELP %s %s\n# TYPE %s gauge\n%s%s\n"
        .formatted(series, name.help(), series, series, labelsAndValue);
  }

  /**
   * @param rest what comes after the series of domains; made when it is known how many of them were
   *     dropped
   */
  private void write(
      Rows.Snapshot seen, Asked asked, MetricsConfig settings, Supplier<String> rest, Sink reader) {
    var out = new Exposition(reader, asked, settings.maxSeries());
    var domains = new DomainSeries(out, seen, settings.detail());
    domains.writeFleet();
    domains.write();
    dropped.add(out.dropped());
    out.raw(rest.get());
    out.flush();
  }

  /** The series of one domain alone, with how the look went, as {@code /probe} answers. */
  public static byte[] probe(
      DomainState state, boolean success, Duration took, boolean openMetrics) {
    var bytes = new ByteArrayOutputStream();
    var out =
        new Exposition(
            (piece, length) -> bytes.write(piece, 0, length),
            new Asked(openMetrics, Set.of()),
            Integer.MAX_VALUE);
    new DomainSeries(out, new Rows().snapshot(List.of(state)), MetricsConfig.Detail.FULL).write();
    out.raw(
        """
        # HELP probe_success 1 if every probe reached a conclusion.
        # TYPE probe_success gauge
        probe_success %d
        # HELP probe_duration_seconds How long the look took.
        # TYPE probe_duration_seconds gauge
        probe_duration_seconds %s
        """
            .formatted(success ? 1 : 0, took.toNanos() / 1e9));
    if (openMetrics) {
      out.raw("# EOF\n");
    }
    out.flush();
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
