package maildrift.alerts.notify;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maildrift.alerts.Notification;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says again and again what fires to receivers that would otherwise forget it. Apart from the
 * outbox, which guarantees that beginnings and ends arrive.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final Function<String, List<Notification.Item>> firing;
  private final Map<String, Beat> beats = new HashMap<>();

  private record Beat(Notifier notifier, Thread thread) {}

  /**
   * A heartbeat without receivers.
   *
   * @param firing what the named receiver was told of and still fires; called on other threads
   */
  public Heartbeat(Function<String, List<Notification.Item>> firing) {
    this.firing = firing;
  }

  /** Starts, or goes on with other receivers after a reload. */
  public synchronized void receivers(Map<String, Notifier> value) {
    beats
        .entrySet()
        .removeIf(
            beat -> {
              var goesOn = beat.getValue().notifier().equals(value.get(beat.getKey()));
              if (!goesOn) {
                beat.getValue().thread().interrupt();
              }
              return !goesOn;
            });
    value.forEach(
        (receiver, notifier) ->
            notifier
                .refreshEvery()
                .filter(_ -> !beats.containsKey(receiver))
                .ifPresent(every -> beats.put(receiver, start(receiver, notifier, every))));
  }

  private Beat start(String receiver, Notifier notifier, Duration every) {
    var thread =
        Thread.ofVirtual()
            .name("heartbeat-" + receiver)
            .start(() -> beat(receiver, notifier, every));
    return new Beat(notifier, thread);
  }

  private void beat(String receiver, Notifier notifier, Duration every) {
    try {
      while (!Thread.interrupted()) {
        refresh(receiver, notifier);
        Thread.sleep(every);
      }
    } catch (InterruptedException e) {
      // It is over: closed, or configured otherwise.
    }
  }

  private void refresh(String receiver, Notifier notifier) {
    try {
      var outcome = notifier.refresh(() -> firing.apply(receiver));
      if (!(outcome instanceof Outcome.Delivered)) {
        LOG.warn("what fires could not be refreshed at {}: {}", receiver, outcome);
      }
    } catch (RuntimeException | Error e) {
      LOG.error("the refresh of {} broke", receiver, e);
    }
  }

  @Override
  public synchronized void close() {
    beats.values().forEach(beat -> beat.thread().interrupt());
    beats.clear();
  }
}
