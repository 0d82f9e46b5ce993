package maildrift.monitor.lab;

import java.io.IOException;
import java.util.List;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.LoopbackHttp;

/** The on-call's end: takes webhooks and remembers them. */
final class Hook implements AutoCloseable {
  private final LoopbackHttp http;

  Hook() throws IOException {
    http = new LoopbackHttp(_ -> LoopbackHttp.Answer.status(204));
  }

  int port() {
    return http.port();
  }

  /** How many notifications came. */
  int count() {
    return http.got().size();
  }

  /** All alerts of the notifications from this one on, in order. */
  List<Notification.Item> since(int first) {
    return http.got().stream()
        .skip(first)
        .flatMap(got -> Notification.parse(got.body()).items().stream())
        .toList();
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
