package maildrift.probes.tls;

import com.google.common.hash.Hashing;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.CleanText;

/**
 * What a server's own certificate says. All text is clean and cut; names are kept as they were
 * written.
 *
 * @param commonName the most specific one
 * @param dnsNames the dNSName entries of the subject alternative name (RFC 5280 §4.2.1.6), at most
 *     {@value #MAX_NAMES}
 * @param sha256 of the whole certificate, lower-case hex
 * @param spkiSha256 of the public key, as in TLSA x 1 1
 * @param usages extended key usages, as object identifiers; empty: not limited
 */
public record Leaf(
    String subject,
    Optional<String> commonName,
    List<String> dnsNames,
    String issuer,
    boolean selfIssued,
    Instant notBefore,
    Instant notAfter,
    String sha256,
    String spkiSha256,
    Optional<List<String>> usages) {

  static final int MAX_NAMES = 500;
  private static final int MAX_TEXT = 300;
  private static final int DNS_NAME = 2;

  public Leaf {
    dnsNames = List.copyOf(dnsNames);
    usages = usages.map(List::copyOf);
  }

  public static Leaf of(X509Certificate certificate) {
    return new Leaf(
        name(certificate.getSubjectX500Principal()),
        commonName(certificate.getSubjectX500Principal()),
        dnsNames(certificate),
        name(certificate.getIssuerX500Principal()),
        certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        sha256(certificate),
        Hashing.sha256().hashBytes(certificate.getPublicKey().getEncoded()).toString(),
        usages(certificate));
  }

  /** How people know an issuer: its common name, else the whole. */
  static String shortName(X500Principal principal) {
    return commonName(principal).orElseGet(() -> name(principal));
  }

  static String sha256(X509Certificate certificate) {
    try {
      return Hashing.sha256().hashBytes(certificate.getEncoded()).toString();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  Duration lifetime() {
    return Duration.between(notBefore, notAfter);
  }

  public boolean sanMatches(DnsName host) {
    return dnsNames.stream().anyMatch(name -> NameMatch.matches(name, host));
  }

  boolean cnMatches(DnsName host) {
    return commonName.filter(name -> NameMatch.matches(name, host)).isPresent();
  }

  /** Whether the CN repeats a name of the SAN, as the Baseline Requirements want it (§7.1.2.7). */
  boolean isCnInSan() {
    return commonName
        .filter(name -> dnsNames.stream().anyMatch(name::equalsIgnoreCase))
        .isPresent();
  }

  /** As Postfix's "verify" does: the CN counts only where there is no dNSName. */
  public boolean isFor(DnsName host) {
    return dnsNames.isEmpty() ? cnMatches(host) : sanMatches(host);
  }

  /** As Postfix's "secure" does, of the names that {@link #isFor} looks at. */
  boolean isForNextHop(DnsName nextHop) {
    return identities().stream().anyMatch(name -> NameMatch.matchesNextHop(name, nextHop));
  }

  private List<String> identities() {
    return dnsNames.isEmpty() ? commonName.stream().toList() : dnsNames;
  }

  /** The names it carries, for messages: a few of them. */
  public String shown() {
    var names = identities();
    if (names.isEmpty()) {
      return "no name";
    }
    var few = String.join(", ", names.subList(0, Math.min(3, names.size())));
    return names.size() > 3 ? few + " and " + (names.size() - 3) + " more" : few;
  }

  private static String name(X500Principal principal) {
    return CleanText.of(principal.getName(X500Principal.RFC2253), MAX_TEXT);
  }

  private static Optional<String> commonName(X500Principal principal) {
    try {
      var rdns = new LdapName(principal.getName(X500Principal.RFC2253)).getRdns();
      // LdapName counts from the right, where RFC 2253 puts what is most general.
      for (var rdn : rdns.reversed()) {
        var value = commonName(rdn);
        if (value.isPresent()) {
          return value;
        }
      }
      return Optional.empty();
    } catch (InvalidNameException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> commonName(Rdn rdn) {
    try {
      var attribute = rdn.toAttributes().get("CN");
      return attribute != null && attribute.get() instanceof String text && !text.isBlank()
          ? Optional.of(CleanText.of(text, MAX_TEXT))
          : Optional.empty();
    } catch (NamingException _) {
      return Optional.empty();
    }
  }

  private static List<String> dnsNames(X509Certificate certificate) {
    try {
      var entries = certificate.getSubjectAlternativeNames();
      var names = new ArrayList<String>();
      if (entries != null) {
        for (var entry : entries) {
          if (names.size() < MAX_NAMES
              && entry.get(0) instanceof Integer kind
              && kind == DNS_NAME
              && entry.get(1) instanceof String text) {
            names.add(CleanText.of(text, MAX_TEXT));
          }
        }
      }
      return names;
    } catch (CertificateParsingException _) {
      return List.of();
    }
  }

  private static Optional<List<String>> usages(X509Certificate certificate) {
    try {
      return Optional.ofNullable(certificate.getExtendedKeyUsage());
    } catch (CertificateParsingException _) {
      return Optional.of(List.of());
    }
  }
}
