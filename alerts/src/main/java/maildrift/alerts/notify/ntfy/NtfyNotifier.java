package maildrift.alerts.notify.ntfy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.WebService;

/** Publishes an {@link NtfyMessage}. */
record NtfyNotifier(NtfyReceiver receiver, Tools tools) implements WebService {

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
    var secrets = new ArrayList<String>();
    Map<String, String> headers = new TreeMap<>();
    if (receiver.token().isPresent()) {
      var token = receiver.token().get().reveal();
      secrets.add(token);
      headers.put("Authorization", "Bearer " + token);
    }
    var topic = receiver.revealTopic();
    secrets.add(topic);
    return new Letter(receiver.url(), headers, NtfyMessage.of(notification, topic), secrets);
  }
}
