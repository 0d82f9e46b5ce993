package maildrift.alerts.notify;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.Outcomes;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;

/**
 * Somebody's service that takes JSON: the notification is read, written as the service wants it,
 * and posted. What the service says of it is told on without the secrets that it was reached by.
 */
public interface WebService extends Notifier {

  /**
   * What is posted.
   *
   * @param secrets what must not come back in an error's words
   */
  record Letter(URI url, Map<String, String> headers, String body, List<String> secrets) {
    public Letter {
      headers = Map.copyOf(headers);
      secrets = List.copyOf(secrets);
    }

    /** One to an address that is itself the secret. */
    public static Letter to(URI secretUrl, String body) {
      var parts =
          Stream.of(
              Optional.of(secretUrl.toString()),
              Optional.ofNullable(secretUrl.getRawPath()),
              Optional.ofNullable(secretUrl.getRawQuery()));
      return new Letter(
          secretUrl,
          Map.of(),
          body,
          parts
              .flatMap(Optional::stream)
              .filter(part -> part.length() >= SHORTEST_SECRET)
              .toList());
    }
  }

  /** A shorter part of an address, such as a lone slash, is nobody's secret. */
  int SHORTEST_SECRET = 6;

  Tools tools();

  /** Whether the name may lead to inner addresses. */
  boolean allowPrivate();

  /** For the whole request. */
  Duration timeout();

  /**
   * The notification as the service wants it.
   *
   * @throws IOException when a secret cannot be read; the message does not have it
   * @throws IllegalArgumentException when a secret is not of its form; nor does this one
   */
  Letter letter(Notification notification) throws IOException;

  @Override
  default Outcome send(Owed owed) {
    Notification notification;
    try {
      notification = Notification.parse(owed.body());
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(Failure.OTHER, "internal error: " + e.getMessage());
    }
    Letter letter;
    Request request;
    try {
      letter = letter(notification);
      var headers = new TreeMap<>(letter.headers());
      headers.put("Content-Type", "application/json");
      request = Request.post(letter.url(), headers, letter.body(), allowPrivate(), timeout());
    } catch (IOException | IllegalArgumentException e) {
      return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
    }
    return Outcomes.of(
        tools().http().send(request), request, letter.secrets(), tools().clock().instant());
  }
}
