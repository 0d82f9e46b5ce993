package maildrift.alerts.notify.http;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed certificate for a name, and who serves and who trusts it. */
public final class TestCertificates {
  private final SSLContext server;
  private final SSLContext client;
  private final KeyStore keyStore;

  private TestCertificates(KeyPair keys, X509Certificate certificate)
      throws GeneralSecurityException {
    try {
      keyStore = KeyStore.getInstance("PKCS12");
      keyStore.load(null, null);
      keyStore.setKeyEntry(
          "key", keys.getPrivate(), new char[0], new X509Certificate[] {certificate});
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("root", certificate);
      var keyManagers = KeyManagerFactory.getInstance("PKIX");
      keyManagers.init(keyStore, new char[0]);
      var trustManagers = TrustManagerFactory.getInstance("PKIX");
      trustManagers.init(trusted);
      server = SSLContext.getInstance("TLS");
      server.init(keyManagers.getKeyManagers(), null, new SecureRandom());
      client = SSLContext.getInstance("TLS");
      client.init(null, trustManagers.getTrustManagers(), new SecureRandom());
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** For one DNS name. */
  public static TestCertificates of(String name) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    var keys = generator.generateKeyPair();
    var subject = new X500Name("CN=" + name);
    var now = Instant.now();
    var certificate =
        new JcaX509v3CertificateBuilder(
                subject,
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                keys.getPublic())
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, name)))
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    return new TestCertificates(
        keys, new JcaX509CertificateConverter().getCertificate(certificate));
  }

  public SSLContext server() {
    return server;
  }

  public SSLContext client() {
    return client;
  }

  /** The certificate as a file has it. */
  public String pem() throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(
            Base64.getMimeEncoder().encodeToString(keyStore.getCertificate("key").getEncoded()));
  }

  /** The key under an empty password. */
  public KeyStore keyStore() {
    return keyStore;
  }
}
