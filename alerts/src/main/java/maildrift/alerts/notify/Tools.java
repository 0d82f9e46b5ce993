package maildrift.alerts.notify;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.notify.http.Authorities;
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

  /**
   * The same, trusting the authorities of a file, too, as it is now.
   *
   * @throws IOException when it cannot be read or holds no certificate; the message names it
   */
  public Tools trusting(Optional<Path> authorities) throws IOException {
    if (authorities.isEmpty()) {
      return this;
    }
    try {
      var more = Authorities.systemAnd(authorities.get()).getSocketFactory();
      return new Tools(new GuardedHttp(resolver, more), resolver, more, clock);
    } catch (FileSystemException e) {
      throw new IOException("cannot read ca_file " + authorities.get(), e);
    } catch (GeneralSecurityException e) {
      throw new IOException("ca_file %s: %s".formatted(authorities.get(), e.getMessage()), e);
    }
  }

  public static Tools standard(InstantSource clock) {
    var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    return new Tools(
        new GuardedHttp(HostResolver.system(), tls), HostResolver.system(), tls, clock);
  }
}
