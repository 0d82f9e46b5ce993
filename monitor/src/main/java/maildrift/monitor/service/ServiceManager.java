package maildrift.monitor.service;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever started the daemon and wants to hear how it is (systemd, {@code Type=notify}). Where
 * nobody asked to, nothing is told.
 */
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  private static final Duration MORE_TIME = Duration.ofSeconds(60);
  private static final Duration AGAIN = Duration.ofSeconds(15);

  /** A start that takes longer has gone wrong, and the service manager may end it. */
  private static final Duration LONGEST_START = Duration.ofMinutes(15);

  /** Often enough that one that is late misses nothing. */
  private static final int LOOKS_PER_PERIOD = 4;

  private static final Duration SELDOMLY = Duration.ofSeconds(10);

  private final Optional<Way> way;
  private final Optional<Duration> watchdog;
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch tookOver = new CountDownLatch(1);
  private volatile long movedAt;
  private volatile String stage = "starts";
  private volatile String status = "";
  private volatile boolean isDeaf;

  /** How it is told, and the clock that it goes by. */
  interface Way {
    void send(String message) throws IOException;

    long monotonicMicros();
  }

  ServiceManager(Optional<Way> way, Optional<Duration> watchdog) {
    this.way = way;
    this.watchdog = way.isPresent() ? watchdog : Optional.empty();
  }

  /** Nobody who wants to know. */
  public static ServiceManager nobody() {
    return new ServiceManager(Optional.empty(), Optional.empty());
  }

  /** The one that the environment names, as sd_notify(3) and sd_watchdog_enabled(3) say. */
  public static ServiceManager of(Map<String, String> environment, long pid) {
    var name = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (name.isEmpty()) {
      return nobody();
    }
    try {
      return new ServiceManager(Optional.of(new NotifySocket(name)), watchdog(environment, pid));
    } catch (IllegalArgumentException | UnsupportedOperationException unusable) {
      LOG.warn("NOTIFY_SOCKET is not used: {}", unusable.getMessage());
      return nobody();
    }
  }

  /** Within which it wants to hear of us; empty: it does not, or means another process. */
  static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
    var meant = environment.getOrDefault("WATCHDOG_PID", "");
    if (!meant.isEmpty() && !meant.equals("" + pid)) {
      return Optional.empty();
    }
    try {
      var micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      return micros > 0 && micros <= TimeUnit.DAYS.toMicros(365)
          ? Optional.of(Duration.ofNanos(micros * 1000))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  public boolean listens() {
    return way.isPresent();
  }

  /** How often to look whether all parts move. */
  public Duration pace() {
    var often = watchdog.map(period -> period.dividedBy(LOOKS_PER_PERIOD)).orElse(SELDOMLY);
    return often.compareTo(SELDOMLY) < 0 ? often : SELDOMLY;
  }

  /**
   * Asks for time until {@link #ready}: a large store, or a new schema, may take longer than a
   * service manager waits. A start that hangs is asked for only {@link #LONGEST_START}.
   */
  public void starting() {
    if (way.isPresent()) {
      Thread.ofPlatform().name("service-start").daemon(true).start(this::askForTime);
    }
  }

  private void askForTime() {
    try {
      var begun = System.nanoTime();
      while (System.nanoTime() - begun < LONGEST_START.toNanos()) {
        tell(Notice.starting(MORE_TIME, stage));
        if (started.await(AGAIN.toSeconds(), TimeUnit.SECONDS)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the start is at. */
  public void stage(String what) {
    stage = what;
    if (way.isPresent()) {
      tell(Notice.starting(MORE_TIME, what));
    }
  }

  /** All is started. */
  public void ready(String nowStatus) {
    started.countDown();
    tookOver.countDown();
    status = nowStatus;
    tell(Notice.ready(nowStatus));
  }

  /**
   * It waits for the store. From now on the watchdog counts, while the takeover that follows may
   * take as long as any start: until the next {@link #ready} it is told that all is well, and no
   * longer than {@link #LONGEST_START} after the last {@link #alive}.
   */
  public void standsBy(String nowStatus) {
    movedAt = System.nanoTime();
    started.countDown();
    status = nowStatus;
    tell(Notice.ready(nowStatus));
    if (watchdog.isPresent()) {
      Thread.ofPlatform().name("service-standby").daemon(true).start(this::vouch);
    }
  }

  private void vouch() {
    try {
      while (!tookOver.await(pace().toMillis(), TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - movedAt < LONGEST_START.toNanos()) {
          tell(Notice.alive(status));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The start has come to nothing, for this reason. */
  public void failed(String why) {
    started.countDown();
    tell(Notice.status("could not start: " + why));
  }

  public void reloading() {
    if (isStarted()) {
      way.ifPresent(socket -> tell(Notice.reloading(socket.monotonicMicros())));
    }
  }

  /** The reload is done, or has come to nothing and the old configuration is in force. */
  public void reloaded() {
    if (isStarted()) {
      tell(Notice.ready(status));
    }
  }

  /** A signal may come before; then the start goes on. */
  private boolean isStarted() {
    return started.getCount() == 0;
  }

  public void stopping() {
    started.countDown();
    tookOver.countDown();
    tell(Notice.stopping());
  }

  /** All parts move. */
  public void alive(String nowStatus) {
    movedAt = System.nanoTime();
    status = nowStatus;
    tell(watchdog.isPresent() ? Notice.alive(nowStatus) : Notice.status(nowStatus));
  }

  /** Not all do. */
  public void unwell(String why) {
    status = why;
    tell(Notice.status(why));
  }

  private void tell(Notice notice) {
    way.ifPresent(
        socket -> {
          try {
            socket.send(notice.text());
            isDeaf = false;
          } catch (IOException failure) {
            if (!isDeaf) {
              isDeaf = true;
              LOG.warn("the service manager cannot be told: {}", failure.getMessage());
            }
          }
        });
  }
}
