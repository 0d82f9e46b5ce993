package maildrift.alerts.notify.slack;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Notifier;

/**
 * A channel of Slack.
 *
 * @param url of the incoming webhook; whoever knows it may post
 * @param timeout for the whole request
 */
public record SlackReceiver(URI url, boolean allowPrivate, Duration timeout, boolean sendResolved)
    implements Receiver {

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "slack", "messages in a Slack channel, over an incoming webhook", SlackReceiver::read);

  public SlackReceiver {
    Request.check(url);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static Optional<SlackReceiver> read(Settings settings) {
    var url = settings.required("url", settings::url);
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    return url.map(to -> new SlackReceiver(to, allowPrivate, timeout, sendResolved));
  }

  @Override
  public Notifier open(Tools tools) {
    return new SlackNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "slack at " + url.getHost();
  }
}
