package maildrift.alerts.notify.ntfy;

import java.io.IOException;
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
 * A topic of ntfy.
 *
 * @param topic whoever knows it may read and write it, where the server has no accounts
 * @param url of the server, without the topic
 * @param token an access token, where the server has accounts
 * @param timeout for the whole request
 */
public record NtfyReceiver(
    Secret topic,
    URI url,
    Optional<Secret> token,
    boolean allowPrivate,
    Duration timeout,
    boolean sendResolved)
    implements Receiver {
  public static final URI URL = URI.create("https://ntfy.sh/");

  private static final int LONGEST_TOPIC = 64;

  public static final ReceiverKind KIND =
      new ReceiverKind("ntfy", "push messages by ntfy", NtfyReceiver::read);

  public NtfyReceiver {
    Request.check(url);
    if (topic instanceof Secret.Text(var text)) {
      checkTopic(text);
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  /**
   * The topic.
   *
   * @throws IOException when its file cannot be read or holds none; the message does not have it
   */
  String revealTopic() throws IOException {
    try {
      return checkTopic(topic.reveal());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String checkTopic(String text) {
    var isTopic =
        text.length() <= LONGEST_TOPIC
            && text.chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_');
    if (!isTopic) {
      throw new IllegalArgumentException(
          "topic must be at most 64 letters, digits, hyphens and underscores");
    }
    return text;
  }

  private static Optional<NtfyReceiver> read(Settings settings) {
    var topic = settings.required("topic", settings::secret);
    var url = settings.url("url");
    var token = settings.secret("token");
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    return topic.map(
        secret ->
            new NtfyReceiver(secret, url.orElse(URL), token, allowPrivate, timeout, sendResolved));
  }

  @Override
  public Notifier open(Tools tools) {
    return new NtfyNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "ntfy at " + url.getHost();
  }
}
