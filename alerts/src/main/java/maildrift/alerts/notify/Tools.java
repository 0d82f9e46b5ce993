package maildrift.alerts.notify;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.notify.http.Authorities;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.HostResolver;

/**
 * What a notifier may use of the world.
 *
 * @param resolver for those who connect by themselves
 * @param tls whose certificates are trusted
 * @param answers takes what the other side said, in its words
 */
public record Tools(
    GuardedHttp http,
    HostResolver resolver,
    SSLSocketFactory tls,
    InstantSource clock,
    Consumer<String> answers) {

  /** Always the same, so that tools are equal that are made alike. */
  private enum Nobody implements Consumer<String> {
    LISTENS;

    @Override
    public void accept(String answer) {}
  }

  /** Those of whom nobody wants to know what the other side said. */
  public Tools(GuardedHttp http, HostResolver resolver, SSLSocketFactory tls, InstantSource clock) {
    this(http, resolver, tls, clock, Nobody.LISTENS);
  }

  /** The same, and what the other side says goes there, too, without secrets, made harmless. */
  public Tools hearing(Consumer<String> listener) {
    return new Tools(http.hearing(listener), resolver, tls, clock, listener);
  }

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
      return new Tools(
          new GuardedHttp(resolver, more).hearing(answers), resolver, more, clock, answers);
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
