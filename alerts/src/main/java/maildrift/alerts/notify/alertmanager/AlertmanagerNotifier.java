package maildrift.alerts.notify.alertmanager;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Outcomes;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts to every instance at the same time, as Prometheus does; one that takes it is enough. What
 * another missed it hears in the next refresh, and what is over ends there by itself, because it is
 * not refreshed. One that is silent is not waited for once another has answered.
 *
 * <p>At each instance a refresh has its turn alone: what it says was true when the instance last
 * heard anything else, so that it never calls firing what the instance was told is over.
 */
final class AlertmanagerNotifier implements Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(AlertmanagerNotifier.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Alerts in one request. */
  private static final int MOST_ALERTS = 500;

  /** For this part of the time-out the others are waited for when one instance has taken it. */
  private static final int PATIENCE = 6;

  /** How many refreshes may be missed before an alert ends by itself. */
  private static final int REFRESHES = 4;

  private final AlertmanagerReceiver receiver;
  private final Tools tools;

  /** Per instance; notifications share it, since each alert's are sent in order anyway. */
  private final Map<URI, ReadWriteLock> turns;

  AlertmanagerNotifier(AlertmanagerReceiver receiver, Tools tools) {
    this.receiver = receiver;
    this.tools = tools;
    this.turns =
        receiver.urls().stream()
            .distinct()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(), _ -> new ReentrantReadWriteLock(true)));
  }

  @Override
  public Outcome send(Owed owed) {
    Notification notification;
    try {
      notification = Notification.parse(owed.body());
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(Failure.OTHER, "internal error: " + e.getMessage());
    }
    var requests = parts(notification.items());
    return toAll(
        (url, instance) -> {
          for (var items : requests) {
            var outcome = post(url, instance, turn(url).readLock(), () -> items);
            if (!(outcome instanceof Outcome.Delivered)) {
              return outcome;
            }
          }
          return new Outcome.Delivered();
        },
        receiver.timeout().dividedBy(PATIENCE));
  }

  @Override
  public Optional<Duration> refreshEvery() {
    return Optional.of(receiver.resend());
  }

  @Override
  public Outcome refresh(Supplier<List<Notification.Item>> firing) {
    var due = firing.get().stream().map(Notification.Item::fingerprint).toList();
    return due.isEmpty()
        ? new Outcome.Delivered()
        : toAll((url, instance) -> refresh(url, instance, due, firing), receiver.timeout());
  }

  private Outcome refresh(
      URI url, Instance instance, List<String> due, Supplier<List<Notification.Item>> firing) {
    for (var some : parts(due)) {
      var wanted = Set.copyOf(some);
      var outcome =
          post(
              url,
              instance,
              turn(url).writeLock(),
              () ->
                  firing.get().stream()
                      .filter(item -> wanted.contains(item.fingerprint()))
                      .toList());
      if (!(outcome instanceof Outcome.Delivered)) {
        return outcome;
      }
    }
    return new Outcome.Delivered();
  }

  /** In requests of bounded size. */
  private static <T> List<List<T>> parts(List<T> all) {
    var parts = new ArrayList<List<T>>();
    for (var from = 0; from < all.size(); from += MOST_ALERTS) {
      parts.add(all.subList(from, Math.min(all.size(), from + MOST_ALERTS)));
    }
    return parts;
  }

  private ReadWriteLock turn(URI url) {
    return Objects.requireNonNull(turns.get(url));
  }

  /** How one instance is told. */
  @FunctionalInterface
  private interface Telling {
    Outcome tell(URI url, Instance instance);
  }

  /** By what one instance is reached. */
  private record Instance(Tools tools, Map<String, String> headers) {}

  private Outcome toAll(Telling telling, Duration patience) {
    var headers = new TreeMap<String, String>();
    headers.put("Content-Type", "application/json");
    Tools trusting;
    try {
      trusting = tools.trusting(receiver.authorities());
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.TLS, String.valueOf(e.getMessage()));
    }
    try {
      if (receiver.auth().isPresent()) {
        headers.put("Authorization", receiver.auth().get().header());
      }
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
    }
    try (var instances = Executors.newVirtualThreadPerTaskExecutor()) {
      var told = new ExecutorCompletionService<Outcome>(instances);
      for (var url : receiver.urls()) {
        told.submit(() -> telling.tell(url, new Instance(trusting, headers)));
      }
      try {
        return best(outcomes(told, patience));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Outcome.TryLater(Failure.OTHER, "interrupted");
      } finally {
        instances.shutdownNow();
      }
    }
  }

  /** Of all, or of those that were heard when the patience with the others was over. */
  private List<Outcome> outcomes(ExecutorCompletionService<Outcome> told, Duration patience)
      throws InterruptedException {
    var outcomes = new ArrayList<Outcome>();
    var isTaken = false;
    while (outcomes.size() < receiver.urls().size()) {
      var done = isTaken ? told.poll(patience.toMillis(), TimeUnit.MILLISECONDS) : told.take();
      if (done == null) {
        LOG.warn(
            "an alertmanager of {} is silent; it hears the rest in the next refresh", receiver);
        return outcomes;
      }
      Outcome outcome;
      try {
        outcome = done.get();
      } catch (ExecutionException e) {
        LOG.error("telling an alertmanager broke", e.getCause());
        outcome = new Outcome.TryLater(Failure.OTHER, "internal error");
      }
      isTaken |= outcome instanceof Outcome.Delivered;
      outcomes.add(outcome);
    }
    return outcomes;
  }

  /** One that took it is enough; what may still succeed is not given up. */
  private static Outcome best(List<Outcome> outcomes) {
    return outcomes.stream()
        .min(
            Comparator.comparingInt(
                outcome ->
                    switch (outcome) {
                      case Outcome.Delivered _ -> 0;
                      case Outcome.TryLater _ -> 1;
                      case Outcome.Refused _ -> 2;
                      case Outcome.Gone _ -> 3;
                    }))
        .orElseThrow();
  }

  /** One request, made of what is true once it is its turn. */
  private Outcome post(
      URI url, Instance instance, Lock turn, Supplier<List<Notification.Item>> content) {
    try {
      turn.lockInterruptibly();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Outcome.TryLater(Failure.OTHER, "interrupted");
    }
    try {
      var items = content.get();
      if (items.isEmpty()) {
        return new Outcome.Delivered();
      }
      var request =
          Request.post(
              AlertmanagerReceiver.api(url),
              instance.headers(),
              body(items),
              receiver.allowPrivate(),
              receiver.timeout());
      var reply = instance.tools().http().send(request);
      var outcome = Outcomes.of(reply, request, tools.clock().instant());
      if (!(outcome instanceof Outcome.Delivered)) {
        LOG.warn("alertmanager {} did not take the alerts: {}", url.getHost(), outcome);
      }
      return outcome;
    } finally {
      turn.unlock();
    }
  }

  private String body(List<Notification.Item> items) {
    var expires = tools.clock().instant().plus(receiver.resend().multipliedBy(REFRESHES));
    var alerts = JSON.createArrayNode();
    items.forEach(item -> PostableAlert.write(item, expires, alerts.addObject()));
    return JSON.writeValueAsString(alerts);
  }

  /** The turns do not count: two that tell the same to the same are interchangeable. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AlertmanagerNotifier that
        && receiver.equals(that.receiver)
        && tools.equals(that.tools);
  }

  @Override
  public int hashCode() {
    return Objects.hash(receiver, tools);
  }
}
