package maildrift.alerts.notify.alertmanager;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
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
 * An Alertmanager, or all instances of a cluster.
 *
 * @param urls as a browser would open them, with the path prefix if there is one; every instance is
 *     told, since Alertmanagers do not pass alerts on to each other
 * @param auth when they want a password
 * @param resend how often what fires is said again; an alert that is not ends after four times that
 * @param timeout for each request
 */
public record AlertmanagerReceiver(
    List<URI> urls,
    Optional<BasicAuth> auth,
    Duration resend,
    boolean allowPrivate,
    Duration timeout,
    boolean sendResolved)
    implements Receiver {
  public static final Duration RESEND = Duration.ofMinutes(1);

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "alertmanager",
          "posts alerts to Alertmanager's API v2 and refreshes them while they fire",
          List.of(
              new Option("url", Form.TEXTS, true, "of one Alertmanager, or of all of a cluster"),
              new Option(
                  "resend", Form.DURATION, false, "how often firing alerts are refreshed (1m)"),
              new Option("allow_private", Form.FLAG, false, "the name may lead to inner addresses"),
              new Option("timeout", Form.DURATION, false, "for the whole request (30s)"),
              ReceiverKind.SEND_RESOLVED),
          AlertmanagerReceiver::read);

  public AlertmanagerReceiver {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("url must be at least one web address");
    }
    urls.forEach(Request::check);
    if (!resend.isPositive() || !timeout.isPositive()) {
      throw new IllegalArgumentException("resend and timeout must be positive");
    }
  }

  /** A user and the password. */
  public record BasicAuth(String user, Secret password) {
    public BasicAuth {
      if (user.isEmpty() || user.indexOf(':') >= 0) {
        throw new IllegalArgumentException("username must not be empty nor have a colon in it");
      }
    }

    String header() throws IOException {
      return "Basic "
          + Base64.getEncoder()
              .encodeToString((user + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Receiver read(Settings settings) {
    var user = settings.text("username");
    var password = settings.secret("password");
    if (user.isPresent() != password.isPresent()) {
      throw new IllegalArgumentException("username and password belong together");
    }
    return new AlertmanagerReceiver(
        settings.uris("url"),
        user.flatMap(name -> password.map(secret -> new BasicAuth(name, secret))),
        settings.duration("resend", RESEND),
        settings.flag("allow_private", false),
        settings.duration("timeout", Request.DEADLINE),
        settings.flag("send_resolved", true));
  }

  /** Where alerts are posted at the given instance. */
  static URI api(URI url) {
    var base = url.toString();
    return URI.create((base.endsWith("/") ? base : base + "/") + "api/v2/alerts");
  }

  @Override
  public Notifier open(Tools tools) {
    return new AlertmanagerNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "alertmanager at " + String.join(", ", urls.stream().map(URI::getHost).toList());
  }
}
