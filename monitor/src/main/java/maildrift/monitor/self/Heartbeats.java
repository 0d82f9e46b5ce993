package maildrift.monitor.self;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.Reply;
import maildrift.alerts.notify.http.Request;
import maildrift.monitor.config.HeartbeatConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells dead-man's switches elsewhere (healthchecks.io and the like) that maildrift lives. Called
 * with every beat of the {@link Pulse}; each switch is told at its own interval, and one that hangs
 * holds up no other.
 */
public final class Heartbeats {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 1024;

  private final GuardedHttp http;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<String, Switch> switches = new HashMap<>();

  /** One of them; guarded by this. */
  private static final class Switch {
    private final HeartbeatConfig config;
    private Optional<Long> toldNanos = Optional.empty();
    private Optional<Instant> lastSuccess = Optional.empty();
    private boolean isTelling;
    private boolean isFailing;

    Switch(HeartbeatConfig config) {
      this.config = config;
    }
  }

  /**
   * @param nanos a clock that nobody sets
   */
  public Heartbeats(GuardedHttp http, Clock clock, LongSupplier nanos) {
    this.http = http;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** These are told from now on; one that stays as it is keeps its time. */
  public synchronized void configured(List<HeartbeatConfig> configs) {
    var before = new HashMap<>(switches);
    switches.clear();
    for (var config : configs) {
      var known = before.get(config.name());
      switches.put(
          config.name(), known != null && known.config.equals(config) ? known : new Switch(config));
    }
  }

  /** maildrift lives; whoever is due is told so, on other threads. */
  public synchronized void beat() {
    var now = nanos.getAsLong();
    for (var one : switches.values()) {
      var isDue = one.toldNanos.filter(at -> now - at < one.config.interval().toNanos()).isEmpty();
      if (isDue && !one.isTelling) {
        one.isTelling = true;
        one.toldNanos = Optional.of(now);
        Thread.ofVirtual().name("heartbeat " + one.config.name()).start(() -> tell(one));
      }
    }
  }

  private void tell(Switch one) {
    Optional<String> failure;
    try {
      failure = failure(http.send(request(one.config)));
    } catch (RuntimeException e) {
      failure = Optional.of(e.toString());
    }
    settle(one, failure);
  }

  private synchronized void settle(Switch one, Optional<String> failure) {
    one.isTelling = false;
    if (failure.isEmpty()) {
      one.lastSuccess = Optional.of(clock.instant());
    }
    if (failure.isPresent() != one.isFailing) {
      one.isFailing = failure.isPresent();
      failure.ifPresentOrElse(
          why -> LOG.warn("the dead-man's switch {} was not told: {}", one.config.name(), why),
          () -> LOG.info("the dead-man's switch {} is told again", one.config.name()));
    }
  }

  private static Request request(HeartbeatConfig config) {
    return switch (config.method()) {
      case GET -> Request.get(config.url(), config.allowPrivate(), DEADLINE, MOST_BYTES);
      case POST ->
          Request.post(
              config.url(),
              Map.of("Content-Type", "text/plain; charset=utf-8"),
              "maildrift is alive\n",
              config.allowPrivate(),
              DEADLINE);
    };
  }

  private static Optional<String> failure(Reply reply) {
    return switch (reply) {
      case Reply.Unanswered(_, var why) -> Optional.of(why);
      case Reply.Answered answer ->
          answer.isSuccess() ? Optional.empty() : Optional.of("HTTP " + answer.status());
    };
  }

  /** When the named one was last told. */
  public synchronized Optional<Instant> lastSuccess(String name) {
    return Optional.ofNullable(switches.get(name)).flatMap(one -> one.lastSuccess);
  }

  /** How often the named one is told. */
  public synchronized Optional<Duration> interval(String name) {
    return Optional.ofNullable(switches.get(name)).map(one -> one.config.interval());
  }
}
