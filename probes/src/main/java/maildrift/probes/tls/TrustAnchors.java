package maildrift.probes.tls;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import maildrift.probes.dns.DnsName;
import org.jspecify.annotations.Nullable;

/**
 * The roots that are trusted: the system's (of the Java runtime, or of {@code
 * javax.net.ssl.trustStore}), and those that the operator adds. Chains are validated against them
 * once; the results are remembered until one of the dates involved is crossed, since thousands of
 * domains present the same few chains.
 */
public final class TrustAnchors {
  private static final int MAX_REMEMBERED = 2_000;

  private final Supplier<List<X509Certificate>> system;
  private final List<X509Certificate> added;
  private @Nullable Store store;

  private final Cache<HashCode, Verified> verified =
      CacheBuilder.newBuilder().maximumSize(MAX_REMEMBERED).build();

  /** The result holds from (inclusive) until (exclusive). */
  private record Verified(Presented presented, Instant from, Instant until) {}

  private record Store(
      ImmutableListMultimap<X500Principal, X509Certificate> bySubject, Set<X509Certificate> added)
      implements PathSearch.Roots {

    @Override
    public Collection<X509Certificate> named(X500Principal subject) {
      return bySubject.get(subject);
    }

    @Override
    public boolean isPublic(X509Certificate root) {
      return !added.contains(root);
    }
  }

  private TrustAnchors(Supplier<List<X509Certificate>> system, List<X509Certificate> added) {
    this.system = system;
    this.added = List.copyOf(added);
  }

  /** Read when first needed: a command that validates nothing shall not pay for it. */
  private synchronized Store store() {
    var known = store;
    if (known == null) {
      var publicly = system.get();
      var all = ImmutableListMultimap.<X500Principal, X509Certificate>builder();
      Stream.concat(publicly.stream(), added.stream())
          .distinct()
          .forEach(root -> all.put(root.getSubjectX500Principal(), root));
      var own = new HashSet<>(added);
      publicly.forEach(own::remove);
      known = new Store(all.build(), Set.copyOf(own));
      store = known;
    }
    return known;
  }

  /** The system's roots only. */
  public static TrustAnchors system() {
    return systemAnd(List.of());
  }

  /** The system's roots and these. */
  public static TrustAnchors systemAnd(List<X509Certificate> added) {
    return new TrustAnchors(TrustAnchors::readSystem, added);
  }

  /**
   * The system's roots and those of a PEM file (one or several certificates).
   *
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when it holds no certificates; the message says so and names
   *     the file
   */
  public static TrustAnchors systemAnd(Path pem) throws IOException {
    return systemAnd(read(pem));
  }

  /** Only these, as if they were the system's: for laboratories. */
  public static TrustAnchors only(List<X509Certificate> roots) {
    var copy = List.copyOf(roots);
    return new TrustAnchors(() -> copy, List.of());
  }

  /** All of them, e.g. for the trust manager of an HTTPS client. */
  public List<X509Certificate> certificates() {
    return store().bySubject().values().asList();
  }

  /**
   * The certificates of a PEM file.
   *
   * @throws IllegalArgumentException when it holds none, or one that cannot be read
   */
  public static List<X509Certificate> read(Path pem) throws IOException {
    try {
      var certificates = certificates(Files.readAllBytes(pem));
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException(pem + " holds no PEM certificate");
      }
      return certificates;
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          "%s holds a certificate that cannot be read: %s".formatted(pem, e.getMessage()), e);
    }
  }

  /**
   * Reads and validates a chain.
   *
   * @param chain DER, the server's own first
   * @return empty when it is no chain of readable certificates
   */
  Optional<Presented> validate(List<byte[]> chain, Instant at) {
    var key = key(chain);
    var known = verified.getIfPresent(key);
    if (known != null && !at.isBefore(known.from()) && at.isBefore(known.until())) {
      return Optional.of(known.presented());
    }
    List<X509Certificate> certificates;
    try {
      certificates = known == null ? parse(chain) : known.presented().chain();
    } catch (CertificateException _) {
      return Optional.empty();
    }
    if (certificates.isEmpty()) {
      return Optional.empty();
    }
    var roots = store();
    var presented =
        new Presented(
            Leaf.of(certificates.getFirst()),
            certificates,
            PathSearch.trust(roots, certificates, at));
    verified.put(key, holding(presented, at));
    return Optional.of(presented);
  }

  /**
   * Why a client that verifies as RFC 9525 says refuses a chain for this host: it must reach one of
   * the roots, be in its time, and name the host in a subject alternative name (a common name does
   * not count).
   *
   * @param chain DER, the server's own first
   * @return half a sentence that begins with "it"; empty when it is accepted
   */
  public Optional<String> refusal(List<byte[]> chain, DnsName host, Instant at) {
    var presented = validate(chain, at);
    if (presented.isEmpty()) {
      return Optional.of("it presents certificates that cannot be read");
    }
    return switch (presented.get().trust()) {
      case Trust.Untrusted(var _, var why, var _) ->
          Optional.of("its certificate is not trusted: " + why);
      case Trust.Trusted _ ->
          presented.get().leaf().sanMatches(host)
              ? Optional.empty()
              : Optional.of(
                  "its certificate is not for %s but for %s"
                      .formatted(host, presented.get().leaf().shown()));
    };
  }

  /** Until the next date that any of the certificates names, nothing can change. */
  private static Verified holding(Presented presented, Instant at) {
    var from = Instant.MIN;
    var until = Instant.MAX;
    for (var certificate : presented.chain()) {
      for (var boundary :
          List.of(certificate.getNotBefore().toInstant(), afterwards(certificate.getNotAfter()))) {
        if (boundary.isAfter(at)) {
          until = boundary.isBefore(until) ? boundary : until;
        } else {
          from = boundary.isAfter(from) ? boundary : from;
        }
      }
    }
    return new Verified(presented, from, until);
  }

  /** The last instant of a validity is still valid (RFC 5280 §4.1.2.5). */
  private static Instant afterwards(Date notAfter) {
    return notAfter.toInstant().plusMillis(1);
  }

  private static HashCode key(List<byte[]> chain) {
    var hasher = Hashing.sha256().newHasher();
    for (var der : chain) {
      hasher.putInt(der.length).putBytes(der);
    }
    return hasher.hash();
  }

  private static List<X509Certificate> parse(List<byte[]> chain) throws CertificateException {
    var certificates = new ArrayList<X509Certificate>();
    for (var der : chain) {
      certificates.addAll(certificates(der));
    }
    return certificates;
  }

  private static List<X509Certificate> certificates(byte[] octets) throws CertificateException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(octets))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  private static List<X509Certificate> readSystem() {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return Stream.of(factory.getTrustManagers())
          .filter(X509TrustManager.class::isInstance)
          .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()))
          .toList();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no trust store", e);
    }
  }
}
