package maildrift.alerts.notify.pagerduty;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.WebService;

/** Enqueues a {@link PagerDutyEvent}. */
record PagerDutyNotifier(PagerDutyReceiver receiver, Tools tools) implements WebService {

  @Override
  public boolean allowPrivate() {
    return receiver.allowPrivate();
  }

  @Override
  public Duration timeout() {
    return receiver.timeout();
  }

  @Override
  public Letter letter(Notification notification) throws IOException {
    var key = receiver.routingKey().reveal();
    return new Letter(receiver.url(), Map.of(), PagerDutyEvent.of(notification, key), List.of(key));
  }
}
