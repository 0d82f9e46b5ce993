package maildrift.monitor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom the commands trust that ask a running daemon over https. */
final class Trust {
  private Trust() {}

  /** The system's certificate authorities and those of a PEM file. */
  static SSLContext systemAnd(Path file) {
    try (var in = Files.newInputStream(file)) {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      var number = 0;
      for (var manager : factory(null).getTrustManagers()) {
        if (manager instanceof X509TrustManager system) {
          for (var authority : system.getAcceptedIssuers()) {
            store.setCertificateEntry("authority" + number++, authority);
          }
        }
      }
      var added =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (added.isEmpty()) {
        throw new Failure("--ca-file %s: there is no certificate in it".formatted(file));
      }
      for (var authority : added) {
        store.setCertificateEntry("authority" + number++, authority);
      }
      var context = SSLContext.getInstance("TLS");
      context.init(null, factory(store).getTrustManagers(), null);
      return context;
    } catch (IOException problem) {
      throw new Failure("--ca-file %s: %s".formatted(file, Arguments.unreadable(file, problem)));
    } catch (GeneralSecurityException problem) {
      throw new Failure("--ca-file %s: %s".formatted(file, problem.getMessage()));
    }
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
