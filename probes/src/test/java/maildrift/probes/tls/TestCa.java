package maildrift.probes.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate authority of a test's own, and the certificates that it signs. */
public final class TestCa {
  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final X500Name name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  /** Between this authority and the root, itself first; empty for a root. */
  private final List<X509Certificate> intermediates;

  private TestCa(
      X500Name name,
      KeyPair keys,
      X509Certificate certificate,
      List<X509Certificate> intermediates) {
    this.name = name;
    this.keys = keys;
    this.certificate = certificate;
    this.intermediates = List.copyOf(intermediates);
  }

  /** A certificate with its private key and what a server should send with it. */
  public record Leaf(PrivateKey key, List<X509Certificate> chain) {
    public Leaf {
      chain = List.copyOf(chain);
    }

    public X509Certificate certificate() {
      return chain.getFirst();
    }

    /** The same, sent without its intermediates or with others. */
    public Leaf sending(List<X509Certificate> others) {
      return new Leaf(key, Stream.concat(Stream.of(certificate()), others.stream()).toList());
    }

    public List<byte[]> der() {
      return chain.stream().map(TestCa::der).toList();
    }

    /** For a server that presents it, however odd the chain. */
    public SSLContext context() {
      try {
        var context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new Presents(this)}, null, new SecureRandom());
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** For a server that presents one leaf to whoever sends this server name, else the other. */
  public static SSLContext choosing(String name, Leaf named, Leaf other) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {
            new Presents(other) {
              @Override
              public @Nullable String chooseServerAlias(
                  String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                return asks(socket, name)
                    ? keyType.equals(named.key().getAlgorithm()) ? "named" : null
                    : super.chooseServerAlias(keyType, issuers, socket);
              }

              @Override
              public X509Certificate[] getCertificateChain(String alias) {
                return alias.equals("named")
                    ? named.chain().toArray(X509Certificate[]::new)
                    : super.getCertificateChain(alias);
              }

              @Override
              public PrivateKey getPrivateKey(String alias) {
                return alias.equals("named") ? named.key() : super.getPrivateKey(alias);
              }
            }
          },
          null,
          new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean asks(@Nullable Socket socket, String name) {
    return socket instanceof SSLSocket secure
        && secure.getHandshakeSession() instanceof ExtendedSSLSession session
        && session.getRequestedServerNames().stream()
            .anyMatch(
                asked -> asked instanceof SNIHostName host && host.getAsciiName().equals(name));
  }

  /** A key store would refuse chains that are none. */
  private static class Presents extends X509ExtendedKeyManager {
    private final Leaf leaf;

    Presents(Leaf leaf) {
      this.leaf = leaf;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      return chooseServerAlias(keyType, issuers, null);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return keyType.equals(leaf.key().getAlgorithm()) ? "key" : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return leaf.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return leaf.key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {"key"};
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }

  /** What a leaf says; all in it may be changed. */
  public record Wish(
      Optional<String> commonName,
      List<GeneralName> names,
      Instant notBefore,
      Instant notAfter,
      KeyPair keys,
      String signature,
      Optional<List<KeyPurposeId>> usages) {

    public Wish {
      names = List.copyOf(names);
    }

    public Wish commonName(String value) {
      return new Wish(Optional.of(value), names, notBefore, notAfter, keys, signature, usages);
    }

    public Wish noCommonName() {
      return new Wish(Optional.empty(), names, notBefore, notAfter, keys, signature, usages);
    }

    public Wish dnsNames(String... values) {
      var dns = Stream.of(values).map(v -> new GeneralName(GeneralName.dNSName, v)).toList();
      return new Wish(commonName, dns, notBefore, notAfter, keys, signature, usages);
    }

    public Wish valid(Instant from, Duration lifetime) {
      return new Wish(commonName, names, from, from.plus(lifetime), keys, signature, usages);
    }

    public Wish keys(KeyPair value) {
      return new Wish(commonName, names, notBefore, notAfter, value, signature, usages);
    }

    public Wish signature(String value) {
      return new Wish(commonName, names, notBefore, notAfter, keys, value, usages);
    }

    public Wish usages(KeyPurposeId... values) {
      return new Wish(
          commonName, names, notBefore, notAfter, keys, signature, Optional.of(List.of(values)));
    }
  }

  /** CN and SAN of this host, 90 days around now (30 of them gone), P-256, serverAuth. */
  public static Wish wish(String host) {
    var now = Instant.now();
    return new Wish(
        Optional.of(host),
        List.of(new GeneralName(GeneralName.dNSName, host)),
        now.minus(Duration.ofDays(30)),
        now.plus(Duration.ofDays(60)),
        ec("secp256r1"),
        "SHA256withECDSA",
        Optional.of(List.of(KeyPurposeId.id_kp_serverAuth)));
  }

  /** A root with a P-256 key, ten years around now. */
  public static TestCa root(String commonName) {
    return root(commonName, ec("secp256r1"));
  }

  public static TestCa root(String commonName, KeyPair keys) {
    var name = new X500Name("CN=" + commonName);
    var certificate = signedCa(name, keys, name, keys, algorithm(keys), List.of());
    return new TestCa(name, keys, certificate, List.of());
  }

  /** An authority below this one, optionally limited to names. */
  public TestCa intermediate(String commonName, GeneralSubtree... permitted) {
    var own = ec("secp256r1");
    var subject = new X500Name("CN=" + commonName);
    var certificate = signedCa(subject, own, name, keys, algorithm(keys), List.of(permitted));
    return new TestCa(
        subject,
        own,
        certificate,
        Stream.concat(Stream.of(certificate), intermediates.stream()).toList());
  }

  /** The same name and key again under another serial number: an intermediate of itself. */
  public X509Certificate again() {
    return signedCa(name, keys, name, keys, algorithm(keys), List.of());
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public List<X509Certificate> intermediates() {
    return intermediates;
  }

  public String pem() {
    return pem(certificate);
  }

  public static String pem(X509Certificate certificate) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der(certificate))
        + "\n-----END CERTIFICATE-----\n";
  }

  public Leaf leaf(String host) {
    return leaf(wish(host));
  }

  public Leaf leaf(Wish wish) {
    return signed(wish, wish.keys().getPublic());
  }

  /** With a public key to which nobody has the private one. */
  public Leaf signed(Wish wish, PublicKey key) {
    try {
      var subject = new X500NameBuilder(BCStyle.INSTANCE);
      subject.addRDN(BCStyle.O, "Test");
      wish.commonName().ifPresent(cn -> subject.addRDN(BCStyle.CN, cn));
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              serial(),
              Date.from(wish.notBefore()),
              Date.from(wish.notAfter()),
              subject.build(),
              key);
      if (!wish.names().isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(wish.names().toArray(GeneralName[]::new)));
      }
      if (wish.usages().isPresent()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(wish.usages().get().toArray(KeyPurposeId[]::new)));
      }
      var algorithm =
          wish.signature().equals("SHA256withECDSA") ? algorithm(keys) : wish.signature();
      var leaf = convert(builder, keys, algorithm);
      var chain = new ArrayList<X509Certificate>();
      chain.add(leaf);
      chain.addAll(intermediates);
      return new Leaf(wish.keys().getPrivate(), chain);
    } catch (CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static GeneralSubtree permitted(String domain) {
    return new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain));
  }

  public static GeneralName address(InetAddress address) {
    return new GeneralName(GeneralName.iPAddress, address.getHostAddress());
  }

  private static X509Certificate signedCa(
      X500Name subject,
      KeyPair own,
      X500Name issuer,
      KeyPair signer,
      String algorithm,
      List<GeneralSubtree> permitted) {
    try {
      var now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              serial(),
              Date.from(now.minus(Duration.ofDays(1825))),
              Date.from(now.plus(Duration.ofDays(1825))),
              subject,
              own.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      if (!permitted.isEmpty()) {
        builder.addExtension(
            Extension.nameConstraints,
            true,
            new NameConstraints(permitted.toArray(GeneralSubtree[]::new), null));
      }
      return convert(builder, signer, algorithm);
    } catch (CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate convert(
      JcaX509v3CertificateBuilder builder, KeyPair signer, String algorithm) {
    try {
      var content = new JcaContentSignerBuilder(algorithm).build(signer.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(content));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String algorithm(KeyPair keys) {
    return keys.getPublic().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
  }

  private static BigInteger serial() {
    return BigInteger.valueOf(SERIALS.getAndIncrement());
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
