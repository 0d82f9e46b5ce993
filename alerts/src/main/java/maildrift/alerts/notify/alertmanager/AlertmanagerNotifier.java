package maildrift.alerts.notify.alertmanager;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
 * Posts to every instance, as Prometheus does; one that takes it is enough, since the refresh
 * reaches the others when they are back.
 *
 * <p>At each instance a refresh has its turn alone: what it says was true when the instance last
 * heard anything else, so that it never calls firing what the instance was told is over.
 */
final class AlertmanagerNotifier implements Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(AlertmanagerNotifier.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Alerts in one request. */
  private static final int MOST_ALERTS = 500;

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
        (url, headers) -> {
          for (var items : requests) {
            var outcome = post(url, headers, turn(url).readLock(), () -> items);
            if (!(outcome instanceof Outcome.Delivered)) {
              return outcome;
            }
          }
          return new Outcome.Delivered();
        });
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
        : toAll((url, headers) -> refresh(url, headers, due, firing));
  }

  private Outcome refresh(
      URI url,
      Map<String, String> headers,
      List<String> due,
      Supplier<List<Notification.Item>> firing) {
    for (var some : parts(due)) {
      var wanted = Set.copyOf(some);
      var outcome =
          post(
              url,
              headers,
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
    Outcome tell(URI url, Map<String, String> headers);
  }

  private Outcome toAll(Telling telling) {
    var headers = new TreeMap<String, String>();
    headers.put("Content-Type", "application/json");
    try {
      if (receiver.auth().isPresent()) {
        headers.put("Authorization", receiver.auth().get().basic());
      }
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
    }
    var outcomes = new ArrayList<Outcome>();
    for (var url : receiver.urls()) {
      outcomes.add(telling.tell(url, headers));
    }
    return outcomes.stream()
        .filter(outcome -> outcome instanceof Outcome.Delivered)
        .findFirst()
        .orElse(outcomes.getFirst());
  }

  /** One request, made of what is true once it is its turn. */
  private Outcome post(
      URI url, Map<String, String> headers, Lock turn, Supplier<List<Notification.Item>> content) {
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
      var reply =
          tools
              .http()
              .send(
                  Request.post(
                      AlertmanagerReceiver.api(url),
                      headers,
                      body(items),
                      receiver.allowPrivate(),
                      receiver.timeout()));
      var outcome = Outcomes.of(reply, tools.clock().instant());
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
    for (var item : items) {
      var alert = alerts.addObject();
      item.labels().map().forEach(alert.putObject("labels")::put);
      item.annotations().forEach(alert.putObject("annotations")::put);
      alert.put("startsAt", item.startsAt().toString());
      alert.put("endsAt", item.endsAt().orElse(expires).toString());
      if (!item.generatorUrl().isEmpty()) {
        alert.put("generatorURL", item.generatorUrl());
      }
    }
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
