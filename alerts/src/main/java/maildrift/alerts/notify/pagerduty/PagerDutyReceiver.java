package maildrift.alerts.notify.pagerduty;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Notifier;

/**
 * A service of PagerDuty.
 *
 * @param routingKey of its Events API v2 integration
 * @param url where events are taken; accounts in Europe have another
 * @param timeout for the whole request
 */
public record PagerDutyReceiver(
    Secret routingKey, URI url, boolean allowPrivate, Duration timeout, boolean sendResolved)
    implements Receiver {
  public static final URI URL = URI.create("https://events.pagerduty.com/v2/enqueue");

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "pagerduty", "incidents of PagerDuty, over its Events API v2", PagerDutyReceiver::read);

  public PagerDutyReceiver {
    Request.check(url);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static Optional<PagerDutyReceiver> read(Settings settings) {
    var key = settings.required("routing_key", settings::secret);
    var url = settings.url("url");
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    return key.map(
        secret ->
            new PagerDutyReceiver(secret, url.orElse(URL), allowPrivate, timeout, sendResolved));
  }

  @Override
  public Notifier open(Tools tools) {
    return new PagerDutyNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "pagerduty at " + url.getHost();
  }
}
