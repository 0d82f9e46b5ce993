package maildrift.probes.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Whether a chain reaches a trusted root at some instant (RFC 5280 §6). */
sealed interface Trust {

  /**
   * It does.
   *
   * @param publicly the root is one of the system's, not one that the operator added
   * @param path from the server's certificate to the last one before the root
   */
  record Trusted(boolean publicly, List<X509Certificate> path) implements Trust {
    public Trusted {
      path = List.copyOf(path);
    }
  }

  /**
   * It does not.
   *
   * @param onlyLeafDates the only fault is that the server's own certificate has expired, or is not
   *     valid yet
   * @param missing the authority at which the chain breaks off: its certificate is neither sent nor
   *     a trusted root. Empty when it is something else
   */
  record Untrusted(boolean onlyLeafDates, String why, Optional<String> missing) implements Trust {
    Untrusted(boolean onlyLeafDates, String why) {
      this(onlyLeafDates, why, Optional.empty());
    }
  }
}
