package maildrift.probes.bimi;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import maildrift.probes.tls.Leaf;

/**
 * A mark certificate with what is served beside it (VMC Requirements). Whether a receiver trusts
 * its authority is that receiver's list, and not judged here.
 *
 * @param leaf the mark certificate
 * @param chained whether each certificate was issued by the next one, by name
 */
record MarkCertificate(Leaf leaf, int certificates, boolean chained) {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final int MAX_CERTIFICATES = 10;

  /** id-kp-BrandIndicatorforMessageIdentification. */
  private static final String USAGE = "1.3.6.1.5.5.7.3.31";

  /** What a file holds. */
  sealed interface Read {
    record Good(MarkCertificate certificate) implements Read {}

    /**
     * None that could be read.
     *
     * @param why half a sentence
     */
    record Bad(String why) implements Read {}
  }

  /**
   * Reads PEM (RFC 7468); what stands between the certificates does not matter.
   *
   * @param pem one char an octet
   */
  static Read read(String pem) {
    var chain = new ArrayList<X509Certificate>();
    for (var at = pem.indexOf(BEGIN); at >= 0; at = pem.indexOf(BEGIN, at + 1)) {
      var begun = at + BEGIN.length();
      var end = pem.indexOf(END, begun);
      if (end < 0) {
        return new Read.Bad("it ends in the middle of a certificate");
      }
      if (chain.size() == MAX_CERTIFICATES) {
        return new Read.Bad("it holds more than %d certificates".formatted(MAX_CERTIFICATES));
      }
      var certificate = certificate(pem.substring(begun, end));
      if (certificate.isEmpty()) {
        return new Read.Bad("it holds a certificate that cannot be read");
      }
      chain.add(certificate.get());
    }
    if (chain.isEmpty()) {
      return new Read.Bad("it holds no PEM certificate");
    }
    try {
      return new Read.Good(
          new MarkCertificate(Leaf.of(chain.getFirst()), chain.size(), isChained(chain)));
    } catch (RuntimeException _) {
      return new Read.Bad("it holds a certificate that cannot be read");
    }
  }

  private static Optional<X509Certificate> certificate(String base64) {
    try {
      var der = Base64.getMimeDecoder().decode(base64);
      return CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der))
              instanceof X509Certificate certificate
          ? Optional.of(certificate)
          : Optional.empty();
    } catch (CertificateException | RuntimeException _) {
      // RuntimeException: whatever Java trips over in a stranger's octets is his, not ours.
      return Optional.empty();
    }
  }

  private static boolean isChained(List<X509Certificate> chain) {
    for (var i = 1; i < chain.size(); i++) {
      if (!chain
          .get(i - 1)
          .getIssuerX500Principal()
          .equals(chain.get(i).getSubjectX500Principal())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Half sentences that begin with "it".
   *
   * @param names for any of which it may be
   */
  List<String> problems(List<String> names) {
    var problems = new ArrayList<String>();
    if (leaf.usages().stream().noneMatch(usages -> usages.contains(USAGE))) {
      problems.add("it is no mark certificate: its extended key usage lacks " + USAGE);
    }
    if (leaf.dnsNames().stream()
        .noneMatch(name -> names.stream().anyMatch(name::equalsIgnoreCase))) {
      problems.add(
          leaf.dnsNames().isEmpty()
              ? "it names no domain"
              : "it is for " + String.join(", ", leaf.dnsNames().stream().limit(5).toList()));
    }
    if (certificates == 1 && !leaf.selfIssued()) {
      problems.add("it is served without its issuer's certificate");
    } else if (!chained) {
      problems.add("it is served with certificates that are not its issuers, in their order");
    }
    return problems;
  }
}
