package maildrift.probes.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import maildrift.probes.smtp.CleanText;

/**
 * Finds a path from a server's certificate to a root through the certificates that it sent, in
 * whatever order (RFC 8446 §4.4.2), and validates it (PKIX, without revocation). The JDK's path
 * builder would try every order of ten certificates of one name, 3.6 million of them; this one
 * gives up after {@value #MAX_STEPS} signatures or validations.
 */
final class PathSearch {
  private static final int MAX_STEPS = 24;

  /**
   * Name constraints cost names times constraints. Beyond so many octets of both we do not evaluate
   * them; real ones have a few hundred.
   */
  private static final int MAX_CONSTRAINT_OCTETS = 8 * 1024;

  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  /** Roots by subject. */
  interface Roots {
    Collection<X509Certificate> named(X500Principal subject);

    boolean isPublic(X509Certificate root);
  }

  private final Roots roots;
  private final List<X509Certificate> chain;
  private final Instant at;
  private int steps;
  private Optional<String> refusal = Optional.empty();

  private PathSearch(Roots roots, List<X509Certificate> chain, Instant at) {
    this.roots = roots;
    this.chain = chain;
    this.at = at;
  }

  static Trust trust(Roots roots, List<X509Certificate> chain, Instant at) {
    var trust = new PathSearch(roots, chain, at).search();
    var leaf = chain.getFirst();
    return trust instanceof Trust.Untrusted
            && !isValidAt(leaf, at)
            && new PathSearch(roots, chain, insideValidity(leaf, at)).search()
                instanceof Trust.Trusted
        ? new Trust.Untrusted(
            true,
            hasExpired(leaf, at)
                ? "the certificate has expired"
                : "the certificate is not valid yet")
        : trust;
  }

  private static Instant insideValidity(X509Certificate certificate, Instant at) {
    return hasExpired(certificate, at)
        ? certificate.getNotAfter().toInstant()
        : certificate.getNotBefore().toInstant();
  }

  /** RFC 5280 §4.1.2.5: the last instant is still valid. */
  private static boolean hasExpired(X509Certificate certificate, Instant at) {
    return at.isAfter(certificate.getNotAfter().toInstant());
  }

  private static boolean isNotYetValid(X509Certificate certificate, Instant at) {
    return at.isBefore(certificate.getNotBefore().toInstant());
  }

  private static boolean isValidAt(X509Certificate certificate, Instant at) {
    return !hasExpired(certificate, at) && !isNotYetValid(certificate, at);
  }

  private Trust search() {
    if (constraintOctets() > MAX_CONSTRAINT_OCTETS) {
      return new Trust.Untrusted(
          false, "its name constraints are larger than maildrift evaluates (8 KiB)");
    }
    var leaf = chain.getFirst();
    if (roots.named(leaf.getSubjectX500Principal()).contains(leaf)) {
      // The operator's word: this very certificate is trusted, while it is valid.
      return isValidAt(leaf, at)
          ? new Trust.Trusted(roots.isPublic(leaf), List.of(leaf))
          : new Trust.Untrusted(false, "the certificate is not valid now");
    }
    var path = new ArrayList<X509Certificate>();
    path.add(leaf);
    var root = extend(path);
    return root.isPresent() ? new Trust.Trusted(roots.isPublic(root.get()), path) : untrusted();
  }

  /** Depth first; leaves the path in {@code path} when it reaches a root. */
  private Optional<X509Certificate> extend(List<X509Certificate> path) {
    var last = path.getLast();
    for (var root : roots.named(last.getIssuerX500Principal())) {
      if (isBeyondBudget()) {
        return Optional.empty();
      }
      if (isValid(path, root)) {
        return Optional.of(root);
      }
    }
    for (var issuer : chain) {
      if (!path.contains(issuer)
          && issuer.getSubjectX500Principal().equals(last.getIssuerX500Principal())) {
        if (isBeyondBudget()) {
          return Optional.empty();
        }
        if (isSignedBy(last, issuer)) {
          path.add(issuer);
          var root = extend(path);
          if (root.isPresent()) {
            return root;
          }
          path.removeLast();
        }
      }
    }
    return Optional.empty();
  }

  private boolean isBeyondBudget() {
    if (++steps > MAX_STEPS) {
      refusal = Optional.of("its certificates can be combined in too many ways");
      return true;
    }
    return false;
  }

  private boolean isValid(List<X509Certificate> path, X509Certificate root) {
    try {
      var parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      // Mapped policies multiply at every step, and mail knows no policies.
      parameters.setPolicyMappingInhibited(true);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return true;
    } catch (CertPathValidatorException e) {
      refusal = Optional.of(said(path, e));
      return false;
    } catch (InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("PKIX parameters of our own", e);
    } catch (GeneralSecurityException | RuntimeException e) {
      // RuntimeException: what a provider trips over in a stranger's certificate.
      refusal = Optional.of("it cannot be validated: " + clean(e));
      return false;
    }
  }

  private String said(List<X509Certificate> path, CertPathValidatorException failed) {
    var index = failed.getIndex();
    if (index < 0 || index >= path.size()) {
      return clean(failed);
    }
    var culprit = path.get(index);
    var name = Leaf.shortName(culprit.getSubjectX500Principal());
    if (hasExpired(culprit, at)) {
      return "the certificate of %s expired on %s"
          .formatted(name, culprit.getNotAfter().toInstant());
    }
    if (isNotYetValid(culprit, at)) {
      return "the certificate of %s is not valid before %s"
          .formatted(name, culprit.getNotBefore().toInstant());
    }
    return "the certificate of %s is refused: %s".formatted(name, clean(failed));
  }

  private Trust.Untrusted untrusted() {
    if (refusal.isPresent()) {
      return new Trust.Untrusted(false, refusal.get());
    }
    var last = chain.getFirst();
    for (var length = 0; length < chain.size(); length++) {
      if (last.getSubjectX500Principal().equals(last.getIssuerX500Principal())) {
        return new Trust.Untrusted(
            false,
            length == 0
                ? "the certificate is self-signed"
                : "its root %s is not among the trusted ones"
                    .formatted(Leaf.shortName(last.getSubjectX500Principal())));
      }
      var wanted = last.getIssuerX500Principal();
      var next =
          chain.stream().filter(one -> one.getSubjectX500Principal().equals(wanted)).findFirst();
      if (next.isEmpty()) {
        var name = Leaf.shortName(wanted);
        return new Trust.Untrusted(
            false,
            length == 0 && chain.size() == 1
                ? "no intermediate certificate is sent, and the issuer %s is no trusted root"
                    .formatted(name)
                : "the issuer %s is neither sent nor a trusted root".formatted(name),
            Optional.of(name));
      }
      last = next.get();
    }
    return new Trust.Untrusted(false, "its certificates lead in a circle");
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException _) {
      return false;
    }
  }

  private int constraintOctets() {
    var constraints =
        chain.stream().mapToInt(certificate -> octets(certificate, NAME_CONSTRAINTS)).sum();
    return constraints == 0
        ? 0
        : constraints
            + chain.stream()
                .mapToInt(certificate -> octets(certificate, SUBJECT_ALTERNATIVE_NAME))
                .sum();
  }

  private static int octets(X509Certificate certificate, String extension) {
    var value = certificate.getExtensionValue(extension);
    return value == null ? 0 : value.length;
  }

  private static String clean(Throwable failed) {
    var message = failed.getMessage();
    return CleanText.of(message == null ? failed.getClass().getSimpleName() : message, 200);
  }
}
