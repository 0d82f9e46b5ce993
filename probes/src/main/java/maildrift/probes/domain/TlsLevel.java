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
  NONE(0),
  /** STARTTLS is offered, but a modern client's handshake fails; mail may go in clear text. */
  MAY(1),
  /** TLS, certificate not checked. */
  ENCRYPT(2),
  /** Trusted chain and a certificate for the MX name (which DNS could forge). */
  VERIFY(3),
  /** Trusted chain and a certificate for the next-hop name. */
  SECURE(4),
  /** The certificate or key is the pinned one. */
  FINGERPRINT(5);

  private final int rank;

  TlsLevel(int rank) {
    this.rank = rank;
  }

  /** The value of {@code maildrift_tls_level}. */
  public int rank() {
    return rank;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TlsLevel> parse(String word) {
    return Arrays.stream(values()).filter(level -> level.word().equals(word)).findFirst();
  }
}
