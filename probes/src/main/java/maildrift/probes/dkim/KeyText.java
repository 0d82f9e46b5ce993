package maildrift.probes.dkim;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Base64 and the spellings of one and the same public key. */
final class KeyText {
  static final int ED25519_OCTETS = 32;

  /** SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) up to the 32 octets of the key. */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private KeyText() {}

  /** Base64 with or without padding, white space already removed. */
  static Optional<byte[]> decode(String base64) {
    try {
      return Optional.of(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static String encode(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }

  /** The 32 octets inside an Ed25519 SubjectPublicKeyInfo. */
  static Optional<byte[]> unwrapEd25519(byte[] der) {
    var prefix = ED25519_PREFIX.length;
    return der.length == prefix + ED25519_OCTETS
            && Arrays.equals(der, 0, prefix, ED25519_PREFIX, 0, prefix)
        ? Optional.of(Arrays.copyOfRange(der, prefix, der.length))
        : Optional.empty();
  }

  /**
   * One spelling for one key: the base64 of a SubjectPublicKeyInfo for RSA, of the 32 octets for
   * Ed25519. What is no key stays as it is.
   */
  static String canonical(String base64) {
    return decode(base64)
        .map(
            octets ->
                RsaKey.read(octets)
                    .map(RsaKey::spki)
                    .or(() -> unwrapEd25519(octets))
                    .orElse(octets))
        .map(KeyText::encode)
        .orElse(base64);
  }

  /** The {@code k=} that goes with a canonical key. */
  static String typeOf(String canonical) {
    return decode(canonical).filter(octets -> octets.length == ED25519_OCTETS).isPresent()
        ? "ed25519"
        : "rsa";
  }

  static String withoutSpace(String text) {
    if (text.chars().noneMatch(c -> TagList.isSpace((char) c))) {
      return text; // the usual case, tens of thousands of times a sweep
    }
    var kept = new StringBuilder(text.length());
    for (var i = 0; i < text.length(); i++) {
      if (!TagList.isSpace(text.charAt(i))) {
        kept.append(text.charAt(i));
      }
    }
    return kept.toString();
  }

  static boolean isBase64Char(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/';
  }
}
