package maildrift.alerts.notify.template;

import java.io.IOException;
import java.net.URI;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.notify.http.Outcomes;
import maildrift.alerts.notify.http.Reply;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;

/** Fills in the template and sends it. */
record TemplateNotifier(TemplateReceiver receiver, Tools tools) implements Notifier {
  private static final int MOST_ALERTS = 100;
  private static final int LONGEST_BODY = 512 * 1024;
  private static final int LONGEST_ADDRESS = 8_000;

  @Override
  public Outcome send(Owed owed) {
    Notification notification;
    try {
      notification = Notification.parse(owed.body());
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(Failure.OTHER, "internal error: " + e.getMessage());
    }
    Tools trusting;
    try {
      trusting = tools.trusting(receiver.authorities());
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.TLS, String.valueOf(e.getMessage()));
    }
    Request request;
    try {
      request = request(owed, notification);
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return new Outcome.TryLater(Failure.OTHER, String.valueOf(e.getMessage()));
    }
    var reply = trusting.http().send(request);
    if (reply instanceof Reply.Answered answer) {
      if (receiver.isSuccess(answer.status())) {
        return new Outcome.Delivered();
      }
      if (answer.isSuccess()) {
        return new Outcome.TryLater(
            Failure.CLIENT_ERROR, "HTTP %d is not one of success".formatted(answer.status()));
      }
    }
    return Outcomes.of(reply, request, tools.clock().instant());
  }

  private Request request(Owed owed, Notification notification) throws IOException {
    var content = receiver.content();
    var headers = receiver.headers().reveal();
    if (receiver.auth().isPresent()) {
      headers.put("Authorization", receiver.auth().get().header());
    }
    var wording = Wording.of(notification);
    var most = MOST_ALERTS;
    var body = content.fillBody(values(owed, notification, wording, most));
    // A longer list of alerts than the service could take says less than a shorter one.
    while (body.length() > LONGEST_BODY && most > 1) {
      most /= 4;
      body = content.fillBody(values(owed, notification, wording, most));
    }
    if (!body.isEmpty()) {
      headers.put("Content-Type", content.type());
    }
    var query = content.fillQuery(values(owed, notification, wording, most));
    return new Request(
        receiver.method().name(),
        address(query),
        headers,
        body,
        receiver.allowPrivate(),
        receiver.timeout(),
        Request.MOST_BYTES);
  }

  private static Values values(Owed owed, Notification notification, Wording wording, int most) {
    return new Values.OfNotification(owed, notification, wording, most);
  }

  private URI address(String query) {
    var url = receiver.url().toString();
    if (query.isEmpty()) {
      return receiver.url();
    }
    var address = url + (receiver.url().getRawQuery() == null ? "?" : "&") + query;
    if (address.length() > LONGEST_ADDRESS) {
      throw new IllegalArgumentException(
          "filled in the query is longer than %d characters; use a body, or title in place of text"
              .formatted(LONGEST_ADDRESS));
    }
    return URI.create(address);
  }
}
