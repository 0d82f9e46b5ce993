package maildrift.probes.tls;

import java.security.cert.X509Certificate;
import java.util.List;

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
   */
  record Untrusted(boolean onlyLeafDates, String why) implements Trust {}
}
