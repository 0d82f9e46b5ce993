package maildrift.probes.tls;

import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chain as a server presented it, read and validated at an instant. */
record Presented(Leaf leaf, List<X509Certificate> chain, Trust trust) {
  Presented {
    chain = List.copyOf(chain);
  }

  boolean isTrusted() {
    return trust instanceof Trust.Trusted;
  }

  /** The authority at which the chain breaks off, because nobody sent its certificate. */
  Optional<String> missing() {
    return trust instanceof Trust.Untrusted untrusted ? untrusted.missing() : Optional.empty();
  }

  /** Its line of the watched record. */
  String watched() {
    return TlsDrift.line(leaf);
  }

  /** The chain as it was sent, in that order, for the facts. */
  List<Map<String, String>> sent() {
    return chain.stream()
        .map(
            certificate -> {
              Map<String, String> one = new LinkedHashMap<>();
              one.put("subject", Leaf.shortName(certificate.getSubjectX500Principal()));
              one.put("issuer", Leaf.shortName(certificate.getIssuerX500Principal()));
              one.put("notAfter", certificate.getNotAfter().toInstant().toString());
              return one;
            })
        .toList();
  }

  /** Certificates whose keys and signatures matter: those on the path, else the server's own. */
  List<X509Certificate> relevant() {
    return switch (trust) {
      case Trust.Trusted trusted -> trusted.path();
      case Trust.Untrusted _ -> List.of(chain.getFirst());
    };
  }
}
