package maildrift.alerts.notify.alertmanager;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Outcomes;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Posts to every instance, as Prometheus does; one that takes it is enough, since the refresh
 * reaches the others when they are back.
 */
record AlertmanagerNotifier(AlertmanagerReceiver receiver, Tools tools) implements Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(AlertmanagerNotifier.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Alerts in one request. */
  private static final int MOST_ALERTS = 500;

  /** How many refreshes may be missed before an alert ends by itself. */
  private static final int REFRESHES = 4;

  @Override
  public Outcome send(Owed owed) {
    Notification notification;
    try {
      notification = Notification.parse(owed.body());
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(Failure.OTHER, "internal error: " + e.getMessage());
    }
    var post = new Post();
    for (var item : notification.items()) {
      post.add(
          item.labels(), item.annotations(), item.startsAt(), item.endsAt(), item.generatorUrl());
    }
    return post.toAll();
  }

  @Override
  public Optional<Duration> refreshEvery() {
    return Optional.of(receiver.resend());
  }

  @Override
  public Outcome refresh(List<Alert> firing) {
    var post = new Post();
    firing.forEach(
        alert ->
            post.add(alert.labels(), alert.annotations(), alert.startsAt(), Optional.empty(), ""));
    return post.toAll();
  }

  /** The alerts of one notification, in requests of bounded size. */
  private final class Post {
    private final Instant now = tools.clock().instant();
    private final List<ArrayNode> requests = new ArrayList<>();

    void add(
        Labels labels,
        SortedMap<String, String> annotations,
        Instant startsAt,
        Optional<Instant> endsAt,
        String generatorUrl) {
      if (requests.isEmpty() || requests.getLast().size() == MOST_ALERTS) {
        requests.add(JSON.createArrayNode());
      }
      var alert = requests.getLast().addObject();
      labels.map().forEach(alert.putObject("labels")::put);
      annotations.forEach(alert.putObject("annotations")::put);
      alert.put("startsAt", startsAt.toString());
      alert.put(
          "endsAt", endsAt.orElse(now.plus(receiver.resend().multipliedBy(REFRESHES))).toString());
      if (!generatorUrl.isEmpty()) {
        alert.put("generatorURL", generatorUrl);
      }
    }

    Outcome toAll() {
      var headers = new TreeMap<String, String>();
      headers.put("Content-Type", "application/json");
      try {
        if (receiver.auth().isPresent()) {
          headers.put("Authorization", receiver.auth().get().header());
        }
      } catch (IOException e) {
        return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
      }
      var outcomes = new ArrayList<Outcome>();
      for (var url : receiver.urls()) {
        outcomes.add(to(url, headers));
      }
      return outcomes.stream()
          .filter(outcome -> outcome instanceof Outcome.Delivered)
          .findFirst()
          .orElse(outcomes.getFirst());
    }

    private Outcome to(URI url, Map<String, String> headers) {
      for (var request : requests) {
        var reply =
            tools
                .http()
                .send(
                    Request.post(
                        AlertmanagerReceiver.api(url),
                        headers,
                        JSON.writeValueAsString(request),
                        receiver.allowPrivate(),
                        receiver.timeout()));
        var outcome = Outcomes.of(reply, now);
        if (!(outcome instanceof Outcome.Delivered)) {
          LOG.warn("alertmanager {} did not take the alerts: {}", url.getHost(), outcome);
          return outcome;
        }
      }
      return new Outcome.Delivered();
    }
  }
}
