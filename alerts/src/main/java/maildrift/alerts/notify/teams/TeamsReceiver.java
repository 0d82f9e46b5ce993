package maildrift.alerts.notify.teams;

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
 * A chat or channel of Microsoft Teams.
 *
 * @param url that the workflow is called by; whoever knows it may post
 * @param timeout for the whole request
 */
public record TeamsReceiver(URI url, boolean allowPrivate, Duration timeout, boolean sendResolved)
    implements Receiver {

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "teams", "cards in a chat or channel of Teams, over a workflow", TeamsReceiver::read);

  public TeamsReceiver {
    Request.check(url);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static Optional<TeamsReceiver> read(Settings settings) {
    var url = settings.required("url", settings::url);
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    return url.map(to -> new TeamsReceiver(to, allowPrivate, timeout, sendResolved));
  }

  @Override
  public Notifier open(Tools tools) {
    return new TeamsNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "teams at " + url.getHost();
  }
}
