package maildrift.probes.dane;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.tls.Leaf;

/** A TLSA record against a chain (RFC 6698 §2.1, RFC 7671 §5, RFC 7672 §3.1). */
final class TlsaMatch {
  static final int DANE_TA = 2;
  static final int DANE_EE = 3;

  private static final int MAX_PATH = 10;

  private TlsaMatch() {}

  /** What came of it. */
  sealed interface Result {
    record Matches() implements Result {}

    /** No certificate of the chain is what the record says. */
    record Differs() implements Result {}

    /** A certificate is the anchor, but the server's own does not hold by it. */
    record AnchorAlone(String why) implements Result {}
  }

  /** Senders can use it at all (RFC 7672 §3.1): usage 2 or 3 and parameters that exist. */
  static boolean isUsable(Rdata.Tlsa tlsa) {
    return (tlsa.usage() == DANE_TA || tlsa.usage() == DANE_EE) && hasSenseInParameters(tlsa);
  }

  /** Selector and matching type exist, and the data are as long as the digest is. */
  static boolean hasSenseInParameters(Rdata.Tlsa tlsa) {
    var digits =
        switch (tlsa.matchingType()) {
          case 0 -> tlsa.data().isEmpty() ? -1 : tlsa.data().length();
          case 1 -> 64;
          case 2 -> 128;
          default -> -1;
        };
    return (tlsa.selector() == 0 || tlsa.selector() == 1) && tlsa.data().length() == digits;
  }

  /**
   * Holds a usable record against a chain.
   *
   * @param chain as sent, the server's own first; not empty
   * @param names any of which the server's own must be for, by usage 2
   */
  static Result match(
      Rdata.Tlsa tlsa, List<X509Certificate> chain, List<DnsName> names, Instant now) {
    return tlsa.usage() == DANE_EE
        // RFC 7672 §3.1.1: neither names nor dates count.
        ? isSelected(tlsa, chain.getFirst()) ? new Result.Matches() : new Result.Differs()
        : matchAnchor(tlsa, chain, names, now);
  }

  private static Result matchAnchor(
      Rdata.Tlsa tlsa, List<X509Certificate> chain, List<DnsName> names, Instant now) {
    var sent = new ArrayList<>(chain);
    whole(tlsa).ifPresent(sent::add);
    var anchors =
        Stream.concat(
                Stream.of(chain.getFirst()).filter(TlsaMatch::isSelfIssued), sent.stream().skip(1))
            .filter(certificate -> isSelected(tlsa, certificate))
            .toList();
    if (anchors.isEmpty()) {
      return new Result.Differs();
    }
    if (anchors.stream().noneMatch(anchor -> leads(chain.getFirst(), anchor, sent, now))) {
      return new Result.AnchorAlone(
          "no valid path of the certificates sent leads to the anchor that the record names");
    }
    var leaf = Leaf.of(chain.getFirst());
    return names.stream().anyMatch(leaf::isFor)
        ? new Result.Matches()
        : new Result.AnchorAlone(
            "the certificate is for %s, and usage 2 needs one for %s"
                .formatted(leaf.shown(), names.getFirst()));
  }

  /** A record 2 0 0 carries the anchor itself, which then need not be sent. */
  private static Optional<X509Certificate> whole(Rdata.Tlsa tlsa) {
    if (tlsa.selector() != 0 || tlsa.matchingType() != 0) {
      return Optional.empty();
    }
    try {
      var octets = HexFormat.of().parseHex(tlsa.data());
      return CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(octets))
              instanceof X509Certificate certificate
          ? Optional.of(certificate)
          : Optional.empty();
    } catch (CertificateException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** From the server's own up to the anchor, each signed by the next and within its dates. */
  private static boolean leads(
      X509Certificate from, X509Certificate anchor, List<X509Certificate> sent, Instant now) {
    var current = from;
    for (var step = 0; step < MAX_PATH; step++) {
      if (!isValid(current, now)) {
        return false;
      }
      if (current.equals(anchor)) {
        return true;
      }
      var issued = current;
      var issuer =
          Stream.concat(Stream.of(anchor), sent.stream())
              .filter(candidate -> !candidate.equals(issued) && signed(candidate, issued))
              .findFirst();
      if (issuer.isEmpty()) {
        return false;
      }
      current = issuer.get();
    }
    return false;
  }

  private static boolean isValid(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  private static boolean signed(X509Certificate issuer, X509Certificate issued) {
    if (!issuer.getSubjectX500Principal().equals(issued.getIssuerX500Principal())
        || issuer.getBasicConstraints() < 0) {
      return false;
    }
    try {
      issued.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static boolean isSelected(Rdata.Tlsa tlsa, X509Certificate certificate) {
    try {
      var selected =
          tlsa.selector() == 0 ? certificate.getEncoded() : certificate.getPublicKey().getEncoded();
      return hex(tlsa.matchingType(), selected).equals(tlsa.data());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  private static String hex(int matchingType, byte[] selected) {
    try {
      var data =
          switch (matchingType) {
            case 1 -> MessageDigest.getInstance("SHA-256").digest(selected);
            case 2 -> MessageDigest.getInstance("SHA-512").digest(selected);
            default -> selected;
          };
      return HexFormat.of().formatHex(data);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The record to publish for a certificate: its key, so that a renewal with it needs no other. */
  static String recommended(DnsName owner, X509Certificate leaf) {
    return "%s. IN TLSA 3 1 1 %s".formatted(owner, hex(1, leaf.getPublicKey().getEncoded()));
  }
}
