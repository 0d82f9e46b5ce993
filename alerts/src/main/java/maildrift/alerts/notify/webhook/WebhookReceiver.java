package maildrift.alerts.notify.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.ReceiverKind.Form;
import maildrift.alerts.notify.ReceiverKind.Option;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Notifier;

/**
 * Where a webhook goes.
 *
 * @param url may itself be a secret and is not printed
 * @param secrets to sign with; each may hold several, a line each; none: unsigned
 * @param timeout for the whole request
 */
public record WebhookReceiver(
    URI url, List<Secret> secrets, boolean allowPrivate, Duration timeout, boolean sendResolved)
    implements Receiver {

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "webhook",
          "a signed POST with Alertmanager's payload",
          List.of(
              new Option("url", Form.TEXT, true, "http or https"),
              new Option("secret", Form.SECRET, false, "signs as Standard Webhooks has it"),
              new Option("allow_private", Form.FLAG, false, "the name may lead to inner addresses"),
              new Option("timeout", Form.DURATION, false, "for the whole request (30s)"),
              ReceiverKind.SEND_RESOLVED),
          WebhookReceiver::read);

  public WebhookReceiver {
    secrets = List.copyOf(secrets);
    Request.check(url);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static Receiver read(Settings settings) {
    var urls = settings.uris("url");
    if (urls.size() != 1) {
      throw new IllegalArgumentException("url must be one web address");
    }
    return new WebhookReceiver(
        urls.getFirst(),
        settings.secret("secret").stream().toList(),
        settings.flag("allow_private", false),
        settings.duration("timeout", Request.DEADLINE),
        settings.flag("send_resolved", true));
  }

  @Override
  public Notifier open(Tools tools) {
    return new WebhookNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "webhook to " + url.getScheme() + "://" + url.getHost() + "/***";
  }
}
