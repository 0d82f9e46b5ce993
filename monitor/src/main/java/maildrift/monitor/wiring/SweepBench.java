package maildrift.monitor.wiring;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.route.Dispatcher;
import maildrift.alerts.route.Links;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.OutsideDoors;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import maildrift.monitor.watch.AlertDesk;
import maildrift.monitor.watch.Published;
import maildrift.monitor.watch.Watch;
import maildrift.probes.ProbeCatalog;

/**
 * How many domains a second the daemon's own turn takes: every probe observed and judged, compared
 * with the baseline, alerts stepped, everything stored in H2. Each sweep starts with an empty
 * answer cache, so that it asks every question anew and shares only what domains share.
 */
public final class SweepBench implements AutoCloseable {
  private final MonitorConfig config;
  private final StateStore store;
  private final StateTable table = new StateTable();
  private final Watch watch;
  private final AlertDesk desk;
  private final OutsideDoors doors;

  /**
   * One sweep.
   *
   * @param questions messages sent to name servers
   * @param cpuMicros process CPU time a domain, in microseconds
   * @param unobserved domains with a gap
   * @param alerts that are pending or firing after it
   */
  public record Sweep(
      int domains, double seconds, long questions, double cpuMicros, long unobserved, long alerts) {
    public double domainsPerSecond() {
      return domains / seconds;
    }
  }

  /**
   * Makes ready what a daemon has, without a schedule and without receivers.
   *
   * @param folder for the store, empty
   * @param confirmations how many looks must agree before an alert fires
   * @throws StoreUnusable when H2 cannot be used there
   */
  public SweepBench(MonitorConfig config, Path folder, int confirmations) throws StoreUnusable {
    this.config = config;
    var clock = Clock.systemUTC();
    store = Stores.open("jdbc:h2:file:" + folder.resolve("bench"), folder, clock);
    doors = open();
    var runner = new CheckRunner(ProbeCatalog.all(), doors, (_, _) -> {}, clock);
    watch =
        new Watch(
            runner,
            store,
            table,
            new Published(),
            new Told(),
            () -> false,
            clock,
            new Watch.Terms(confirming(config.schedule(), confirmations), true));
    var ids = new AtomicLong();
    var dispatcher =
        new Dispatcher(
            config.alerts().routing(),
            Mutes.NONE,
            Links.to("http://localhost/"),
            Duration.ofHours(3),
            0,
            () -> "msg_" + ids.incrementAndGet());
    desk = new AlertDesk(store, dispatcher, clock, () -> {}, watch::forget);
    desk.start(List.of(), List.of(), List.of());
    config.domains().forEach(domain -> watch.add(domain, Optional.empty()));
  }

  private static ScheduleConfig confirming(ScheduleConfig schedule, int confirmations) {
    return new ScheduleConfig(
        schedule.interval(), Duration.ZERO, confirmations, schedule.unobservableAfter());
  }

  private final class Told implements Watch.Listener {
    @Override
    public void looked(DomainState state) {
      // Only the sweep's end is of interest.
    }

    @Override
    public void changed(List<Transition> transitions) {
      desk.changed(transitions);
    }

    @Override
    public void confirm(String domain, Duration in) {
      // The next sweep is the second look.
    }

    @Override
    public void sooner(String domain, Duration within) {
      // A sweep looks at all of them.
    }
  }

  private OutsideDoors open() {
    return Wiring.doors(
        Wiring.dnsSettings(config.dns(), Duration.ofHours(1)),
        Wiring.smtpSettings(config.smtp()),
        config.https().settings(),
        Duration.ofHours(1));
  }

  /** One sweep over all domains, {@code parallel} turns at once. */
  public Sweep sweep(int parallel) throws InterruptedException {
    doors.forget();
    var asked = doors.dnsDoor().stats().queries();
    var names = config.domains().stream().map(domain -> domain.name().toString()).toList();
    var cpu = cpuNanos();
    var begun = System.nanoTime();
    var room = new Semaphore(parallel);
    var left = new CountDownLatch(names.size());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var name : names) {
        room.acquire();
        threads.execute(
            () -> {
              try {
                watch.turn(name);
              } finally {
                room.release();
                left.countDown();
              }
            });
      }
      left.await();
    }
    watch.flushChecked();
    var seconds = (System.nanoTime() - begun) / 1e9;
    var micros = (cpuNanos() - cpu) / 1e3 / names.size();
    return new Sweep(
        names.size(),
        seconds,
        doors.dnsDoor().stats().queries() - asked,
        micros,
        table.all().stream()
            .filter(state -> state.probes().values().stream().anyMatch(ProbeState::hasGaps))
            .count(),
        watch.alerts().size());
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  @Override
  public void close() {
    desk.close();
    doors.close();
    store.close();
  }
}
