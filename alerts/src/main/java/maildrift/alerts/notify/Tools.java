package maildrift.alerts.notify;

import java.time.InstantSource;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.HostResolver;

/**
 * What a notifier may use of the world.
 *
 * @param resolver for those who connect by themselves
 * @param tls whose certificates are trusted
 */
public record Tools(
    GuardedHttp http, HostResolver resolver, SSLSocketFactory tls, InstantSource clock) {

  public static Tools standard(InstantSource clock) {
    var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    return new Tools(
        new GuardedHttp(HostResolver.system(), tls), HostResolver.system(), tls, clock);
  }
}
