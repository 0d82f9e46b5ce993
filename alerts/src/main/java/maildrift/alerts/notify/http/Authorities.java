package maildrift.alerts.notify.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are trusted. */
public final class Authorities {
  private Authorities() {}

  /**
   * The system's certificate authorities and those of a PEM file.
   *
   * @throws IOException when the file cannot be read
   * @throws GeneralSecurityException when what is in it is no certificate
   */
  public static SSLContext systemAnd(Path pem) throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(pem)) {
      return systemAnd(in);
    }
  }

  /** As {@link #systemAnd(Path)}, of what is in such a file. */
  public static SSLContext systemAnd(InputStream pem) throws IOException, GeneralSecurityException {
    var added = CertificateFactory.getInstance("X.509").generateCertificates(pem);
    if (added.isEmpty()) {
      throw new CertificateException("there is no certificate in it");
    }
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
    for (var authority : added) {
      store.setCertificateEntry("authority" + number++, (X509Certificate) authority);
    }
    var context = SSLContext.getInstance("TLS");
    context.init(null, factory(store).getTrustManagers(), null);
    return context;
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
