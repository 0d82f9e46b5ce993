package maildrift.probes.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/** A chain as a server presented it, read and validated at an instant. */
record Presented(Leaf leaf, List<X509Certificate> chain, Trust trust) {
  Presented {
    chain = List.copyOf(chain);
  }

  boolean isTrusted() {
    return trust instanceof Trust.Trusted;
  }

  /** Certificates whose keys and signatures matter: those on the path, else the server's own. */
  List<X509Certificate> relevant() {
    return switch (trust) {
      case Trust.Trusted trusted -> trusted.path();
      case Trust.Untrusted _ -> List.of(chain.getFirst());
    };
  }
}
