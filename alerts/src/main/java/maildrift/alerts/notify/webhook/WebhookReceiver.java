package maildrift.alerts.notify.webhook;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.notify.Headers;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
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
 * @param headers besides ours
 * @param authorities that are trusted besides the machine's
 * @param timeout for the whole request
 */
public record WebhookReceiver(
    URI url,
    List<Secret> secrets,
    Headers headers,
    Optional<Path> authorities,
    boolean allowPrivate,
    Duration timeout,
    boolean sendResolved)
    implements Receiver {

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "webhook", "a signed POST with Alertmanager's payload", WebhookReceiver::read);

  /** One that trusts whom the machine trusts and sends no headers of its own. */
  public WebhookReceiver(
      URI url, List<Secret> secrets, boolean allowPrivate, Duration timeout, boolean sendResolved) {
    this(url, secrets, Headers.NONE, Optional.empty(), allowPrivate, timeout, sendResolved);
  }

  public WebhookReceiver {
    secrets = List.copyOf(secrets);
    Request.check(url);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static Optional<WebhookReceiver> read(Settings settings) {
    var url = settings.required("url", settings::url);
    var secrets = settings.secrets("secret", Signature::check);
    var headers = settings.headers(Set.of("content-type"));
    var authorities = settings.authorities();
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    return url.map(
        to ->
            new WebhookReceiver(
                to, secrets, headers, authorities, allowPrivate, timeout, sendResolved));
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
