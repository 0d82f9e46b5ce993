package maildrift.alerts.notify.slack;

import java.time.Duration;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.WebService;

/** Posts a {@link SlackMessage} to an incoming webhook. */
record SlackNotifier(SlackReceiver receiver, Tools tools) implements WebService {

  @Override
  public boolean allowPrivate() {
    return receiver.allowPrivate();
  }

  @Override
  public Duration timeout() {
    return receiver.timeout();
  }

  @Override
  public Letter letter(Notification notification) {
    return Letter.to(receiver.url(), SlackMessage.of(notification));
  }
}
