package maildrift.alerts.notify.webhook;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Outcomes;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;

/** Posts the body as it is owed; the id is the same on every attempt, the timestamp is not. */
record WebhookNotifier(WebhookReceiver receiver, Tools tools) implements Notifier {

  @Override
  public Outcome send(Owed owed) {
    var now = tools.clock().instant();
    if (ReadyMail.parse(owed.body()).isPresent()) {
      // The receiver of this name was one of mail when it was owed.
      return new Outcome.Refused(Failure.OTHER, "it is a mail, and this receiver sends none");
    }
    Tools trusting;
    try {
      trusting = tools.trusting(receiver.authorities());
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.TLS, String.valueOf(e.getMessage()));
    }
    Request request;
    try {
      var headers = receiver.headers().reveal();
      headers.put("Content-Type", "application/json");
      headers.put("webhook-id", owed.id());
      headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
      var secrets = secrets();
      if (!secrets.isEmpty()) {
        headers.put("webhook-signature", Signature.of(owed.id(), now, owed.body(), secrets));
      }
      request =
          Request.post(
              receiver.url(), headers, owed.body(), receiver.allowPrivate(), receiver.timeout());
    } catch (IOException | IllegalArgumentException e) {
      // Unsigned would be refused at best, and believed at worst.
      return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
    }
    return Outcomes.of(trusting.http().send(request), request, now);
  }

  private List<String> secrets() throws IOException {
    var secrets = new ArrayList<String>();
    for (var secret : receiver.secrets()) {
      secrets.addAll(secret.revealLines());
    }
    return secrets;
  }
}
