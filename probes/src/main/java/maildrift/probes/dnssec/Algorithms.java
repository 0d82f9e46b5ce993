package maildrift.probes.dnssec;

import java.util.Optional;
import maildrift.probes.Severity;

/** What is held of signing algorithms (IANA DNS Security Algorithm Numbers, RFC 8624 §3.1). */
final class Algorithms {

  private Algorithms() {}

  static String name(int algorithm) {
    return switch (algorithm) {
      case 1 -> "RSAMD5";
      case 3 -> "DSA";
      case 5 -> "RSASHA1";
      case 6 -> "DSA-NSEC3-SHA1";
      case 7 -> "RSASHA1-NSEC3-SHA1";
      case 8 -> "RSASHA256";
      case 10 -> "RSASHA512";
      case 12 -> "ECC-GOST";
      case 13 -> "ECDSAP256SHA256";
      case 14 -> "ECDSAP384SHA384";
      case 15 -> "ED25519";
      case 16 -> "ED448";
      default -> "algorithm " + algorithm;
    };
  }

  /** How bad it is to sign with it; empty: not at all, or nobody knows it. */
  static Optional<Severity> objection(int algorithm) {
    return switch (algorithm) {
      case 1, 3, 5, 6, 7, 12 -> Optional.of(Severity.WARNING);
      case 10 -> Optional.of(Severity.INFO);
      default -> Optional.empty();
    };
  }
}
