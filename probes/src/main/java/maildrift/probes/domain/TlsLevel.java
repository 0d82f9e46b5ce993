package maildrift.probes.domain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How well a leg is protected; each level includes the ones before it. The words are SEPPmail's and
 * Postfix's.
 */
public enum TlsLevel {
  /** No TLS. */
  NONE,
  /** STARTTLS is offered, but a modern client's handshake fails; mail may go in clear text. */
  MAY,
  /** TLS, certificate not checked. */
  ENCRYPT,
  /** Trusted chain and a certificate for the MX name (which DNS could forge). */
  VERIFY,
  /** Trusted chain and a certificate for the next-hop name. */
  SECURE,
  /** The certificate or key is the pinned one. */
  FINGERPRINT;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TlsLevel> parse(String word) {
    return Arrays.stream(values()).filter(level -> level.word().equals(word)).findFirst();
  }
}
