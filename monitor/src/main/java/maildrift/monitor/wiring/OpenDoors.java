package maildrift.monitor.wiring;

import io.vertx.core.Vertx;
import java.time.Duration;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.monitor.check.OutsideDoors;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.metrics.Names;
import maildrift.monitor.self.MailPort;
import maildrift.monitor.self.Resolving;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.netblocks.Feeds;

/**
 * The doors outside, as configured now. A reload opens others, with empty caches; those before are
 * closed when the looks that still use them have ended. Whoever looks opens a door anew each time,
 * and keeps it for one look.
 */
final class OpenDoors implements Doors, AutoCloseable {
  /** Looks that run on old settings after a reload end well within this. */
  private static final Duration DOORS_LINGER = Duration.ofSeconds(40);

  private final Vertx vertx;
  private final Resolving resolving;
  private final MailPort mailPort;
  private final Feeds feeds;
  private volatile OutsideDoors doors;

  OpenDoors(
      Vertx vertx, Resolving resolving, MailPort mailPort, Feeds feeds, MonitorConfig initial) {
    this.vertx = vertx;
    this.resolving = resolving;
    this.mailPort = mailPort;
    this.feeds = feeds;
    doors = opened(initial);
  }

  private OutsideDoors opened(MonitorConfig settings) {
    var maxAge = settings.schedule().interval();
    return Wiring.doors(
            Wiring.dnsSettings(settings.dns(), maxAge),
            Wiring.smtpSettings(settings.smtp()),
            settings.https().settings(),
            maxAge,
            resolving,
            mailPort::heard)
        .with(feeds);
  }

  /** Whether a look under the one configuration may see something else than under the other. */
  static boolean lookElsewhere(MonitorConfig one, MonitorConfig other) {
    return !one.dns().equals(other.dns())
        || !one.smtp().equals(other.smtp())
        || !one.https().equals(other.https())
        || !one.schedule().equals(other.schedule());
  }

  void replace(MonitorConfig next) {
    var before = doors;
    doors = opened(next);
    vertx.setTimer(DOORS_LINGER.toMillis(), _ -> Thread.startVirtualThread(before::close));
  }

  @Override
  public Door open(Look look, Deadline deadline) {
    return doors.open(look, deadline);
  }

  /** For tests that move the clock: what was heard grows old. */
  void older(Duration by) {
    doors.older(by);
  }

  void meters(Metrics metrics) {
    metrics.counter(Names.DNS_QUERIES, () -> doors.dnsDoor().stats().queries());
    metrics.counter(Names.DNS_CACHE_HITS, () -> doors.dnsDoor().stats().cacheHits());
    for (var failure : Answer.Failure.values()) {
      metrics.counter(
          Names.DNS_QUERY_FAILURES,
          () -> doors.dnsDoor().stats().failures(failure),
          failure.word());
    }
  }

  @Override
  public void close() {
    doors.close();
  }
}
