package maildrift.probes.https;

import java.net.InetAddress;
import java.util.List;
import maildrift.probes.dns.DnsName;

/**
 * Reads documents of the web over TLS. Blocking: called on virtual threads. Never throws for what a
 * server does.
 */
public interface Https {

  /** Where there is no such door. */
  Https NONE = _ -> new HttpsLook.Unobservable("there is no way to the web here");

  HttpsLook get(Target target);

  /** The operator said that private addresses are meant ({@code https.allow_private}). */
  default boolean allowsPrivate() {
    return false;
  }

  /** 443 unless the configuration says otherwise (laboratories). */
  default int port() {
    return 443;
  }

  /**
   * One document.
   *
   * @param host the name, for SNI, the Host header and later the certificate
   * @param addresses what DNS said of it; the first that accepts a connection is asked
   * @param path begins with a slash
   * @param version of the document as somebody announces it: while it stays the same, what was read
   *     a while ago will do for a regular look; empty: nobody announces one
   */
  record Target(DnsName host, List<InetAddress> addresses, String path, String version) {
    public Target {
      addresses = List.copyOf(addresses);
      if (!path.startsWith("/") || !path.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
        throw new IllegalArgumentException("a path begins with / and has no spaces, not " + path);
      }
    }
  }
}
