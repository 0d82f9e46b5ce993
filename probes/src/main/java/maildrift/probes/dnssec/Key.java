package maildrift.probes.dnssec;

import com.google.common.hash.Hashing;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;

/**
 * A DNSKEY record (RFC 4034 §2).
 *
 * @param rdata as on the wire, lower-case hex
 */
record Key(DnsName zone, int flags, int algorithm, String rdata) {
  private static final int FIXED = 4;
  private static final int ZONE_KEY = 0x0100;
  private static final int REVOKED = 0x0080;
  private static final int SECURE_ENTRY_POINT = 0x0001;
  private static final int SHA_256 = 2;

  static List<Key> of(DnsName zone, Answer answer) {
    return answer.records(Rdata.Other.class).stream()
        .map(Rdata.Other::data)
        .filter(hex -> hex.length() > 2 * FIXED)
        .map(hex -> new Key(zone, number(hex, 0, 2), number(hex, 3, 1), hex))
        .toList();
  }

  private static int number(String hex, int at, int octets) {
    return Integer.parseInt(hex, 2 * at, 2 * (at + octets), 16);
  }

  boolean isEntryPoint() {
    return (flags & SECURE_ENTRY_POINT) != 0 && maySign();
  }

  /** RFC 4034 §2.1.1, RFC 5011 §2.1. */
  boolean maySign() {
    return (flags & ZONE_KEY) != 0 && (flags & REVOKED) == 0;
  }

  /** RFC 4034 appendix B. */
  int tag() {
    var octets = HexFormat.of().parseHex(rdata);
    var sum = 0L;
    for (var i = 0; i < octets.length; i++) {
      var octet = octets[i] & 0xff;
      sum += (i & 1) == 0 ? (long) octet << 8 : octet;
    }
    return (int) ((sum + (sum >> 16 & 0xffff)) & 0xffff);
  }

  /** RFC 4034 §5.1.4; empty for a digest type that nobody uses. */
  Optional<String> digest(int type) {
    var algorithm =
        switch (type) {
          case 1 -> "SHA-1";
          case SHA_256 -> "SHA-256";
          case 4 -> "SHA-384";
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return Optional.empty();
    }
    try {
      var digest = MessageDigest.getInstance(algorithm);
      digest.update(zone.wire());
      digest.update(HexFormat.of().parseHex(rdata));
      return Optional.of(HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The record to give to the registrar. */
  String asDs() {
    var octets = zone.wire();
    var rest = HexFormat.of().parseHex(rdata);
    var hash = Hashing.sha256().newHasher().putBytes(octets).putBytes(rest).hash();
    return "%s. IN DS %d %d %d %s"
        .formatted(zone, tag(), algorithm, SHA_256, hash.toString().toUpperCase(Locale.ROOT));
  }

  /**
   * A DS record (RFC 4034 §5).
   *
   * @param digest lower-case hex
   */
  record Ds(int keyTag, int algorithm, int digestType, String digest) {
    private static final int FIXED = 4;

    static List<Ds> of(Answer answer) {
      return answer.records(Rdata.Other.class).stream()
          .map(Rdata.Other::data)
          .filter(hex -> hex.length() > 2 * FIXED)
          .map(
              hex ->
                  new Ds(
                      number(hex, 0, 2),
                      number(hex, 2, 1),
                      number(hex, 3, 1),
                      hex.substring(2 * FIXED)))
          .toList();
    }

    boolean matches(Key key) {
      return key.maySign()
          && key.algorithm == algorithm
          && key.tag() == keyTag
          && key.digest(digestType).filter(digest::equals).isPresent();
    }

    /** We could tell whether it matches. */
    boolean isKnown() {
      return digestType == 1 || digestType == SHA_256 || digestType == 4;
    }

    String shown() {
      return "%d %d %d %s"
          .formatted(keyTag, algorithm, digestType, digest.toUpperCase(Locale.ROOT));
    }
  }
}
