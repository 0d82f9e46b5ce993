package maildrift.alerts.notify.alertmanager;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Notifier;

/**
 * An Alertmanager, or all instances of a cluster.
 *
 * @param urls as a browser would open them, with the path prefix if there is one; every instance is
 *     told, since Alertmanagers do not pass alerts on to each other
 * @param auth when they want to know who we are
 * @param authorities that are trusted besides the machine's
 * @param resend how often what fires is said again; an alert that is not ends after four times that
 * @param timeout for each request
 */
public record AlertmanagerReceiver(
    List<URI> urls,
    Optional<Credentials> auth,
    Optional<Path> authorities,
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
          AlertmanagerReceiver::read);

  public AlertmanagerReceiver {
    urls = urls.stream().distinct().toList();
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("url must be at least one web address");
    }
    urls.forEach(Request::check);
    if (!resend.isPositive() || !timeout.isPositive()) {
      throw new IllegalArgumentException("resend and timeout must be positive");
    }
  }

  private static Optional<AlertmanagerReceiver> read(Settings settings) {
    var urls = new ArrayList<URI>();
    settings.url("url").ifPresent(urls::add);
    var several = settings.urls("urls");
    if (!settings.has("url") && !settings.has("url_file") && !settings.has("urls")) {
      settings.lacks("url");
    } else if (!several.isEmpty() && !urls.isEmpty()) {
      settings.problem("urls", "url and urls exclude each other; keep one");
    }
    urls.addAll(several);
    var auth = settings.credentials();
    var authorities = settings.authorities();
    var resend = settings.duration("resend", Duration.ofSeconds(1), RESEND);
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    if (urls.isEmpty()) {
      return Optional.empty();
    }
    // What has ended it decides upon itself.
    return Optional.of(
        new AlertmanagerReceiver(urls, auth, authorities, resend, allowPrivate, timeout, true));
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
