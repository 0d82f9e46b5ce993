package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Look;
import maildrift.monitor.check.OutsideDoors;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.wiring.Wiring;
import maildrift.probes.Deadline;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.dns.Dns;
import maildrift.probes.tls.TrustAnchors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The doors outside for one run of a command, from its options and, where it has one, the
 * configuration.
 */
final class Outside implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Outside.class);

  private final OutsideDoors doors;
  private final List<Probe<?>> probes;

  private Outside(OutsideDoors doors, List<Probe<?>> probes) {
    this.doors = doors;
    this.probes = probes;
  }

  static Outside open(CommonOptions options) {
    return open(options, MonitorConfig.DEFAULT);
  }

  static Outside open(CommonOptions options, MonitorConfig config) {
    // Before anything is asked: nobody should wait for what cannot be printed.
    var _ = options.json();
    options.begin();
    return open(options.network, config);
  }

  static Outside open(NetworkOptions options, MonitorConfig config) {
    var settings = Wiring.dnsSettings(options.overrides().over(config.dns()), Duration.ofHours(1));
    LOG.debug("asks {}", settings.resolvers());
    var smtp = Wiring.smtpSettings(config.smtp());
    return new Outside(
        Wiring.doors(settings, smtp, config.https().settings(), Duration.ofHours(1)),
        ProbeCatalog.of(anchors(options.caFile())));
  }

  static TrustAnchors anchors(Optional<Path> file) {
    if (file.isEmpty()) {
      return TrustAnchors.system();
    }
    try {
      return TrustAnchors.systemAnd(file.get());
    } catch (IOException problem) {
      throw new Failure("--ca-file: " + Arguments.unreadable(file.get(), problem));
    } catch (IllegalArgumentException problem) {
      throw new Failure("--ca-file %s: %s".formatted(file.get(), problem.getMessage()));
    }
  }

  Probe<?> probe(String name) {
    return probes.stream()
        .<Probe<?>>map(probe -> probe)
        .filter(probe -> probe.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Runs one probe, which need not be in the catalogue as it is. */
  CheckRunner runner(Probe<?> only) {
    return new CheckRunner(List.of(only), doors, (_, _) -> {}, Clock.systemUTC());
  }

  CheckRunner runner() {
    return new CheckRunner(probes, doors, (_, _) -> {}, Clock.systemUTC());
  }

  Dns dns(Look look) {
    return doors.open(look, limit()).dns();
  }

  /** How long a command that looks at one thing may take. */
  static Deadline limit() {
    return Deadline.after(CheckRunner.LIMIT);
  }

  @Override
  public void close() {
    doors.close();
  }
}
