package maildrift.probes.dkim;

import java.util.Locale;

/**
 * Reads the key that ought to be published, from whatever a gateway or a tool hands out: PEM, bare
 * base64, a whole key record, or a line of a zone file.
 */
public final class ExpectedKey {

  /** No public key that DNS can carry is longer. */
  public static final int MAX_TEXT = 65_535;

  private static final String PEM_BEGIN = "-----BEGIN ";
  private static final String PEM_TAIL = "-----";

  private ExpectedKey() {}

  /**
   * The base64 of {@code p=}, without white space, as it should be published: a
   * SubjectPublicKeyInfo for RSA, the 32 octets for Ed25519.
   *
   * @throws IllegalArgumentException with a message that says what is wrong and what would be right
   */
  public static String parse(String text) {
    if (text.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a public key has at most %d characters, this text has %d"
              .formatted(MAX_TEXT, text.length()));
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "nothing there; expected a public key as PEM, base64 or a whole TXT record");
    }
    var begin = text.indexOf(PEM_BEGIN);
    return checked(begin >= 0 ? pem(text, begin) : fromRecord(zoneText(text).strip()));
  }

  /** Whether two texts of base64 are spellings of one key. */
  public static boolean isSame(String one, String other) {
    return KeyText.canonical(KeyText.withoutSpace(one))
        .equals(KeyText.canonical(KeyText.withoutSpace(other)));
  }

  private static String pem(String text, int begin) {
    var labelStart = begin + PEM_BEGIN.length();
    var labelEnd = text.indexOf(PEM_TAIL, labelStart);
    // A message repeats the label only, never a part of what may be a private key.
    if (labelEnd < 0 || text.substring(labelStart, labelEnd).lines().count() > 1) {
      throw new IllegalArgumentException("a PEM header that does not end in -----");
    }
    var label = text.substring(labelStart, labelEnd);
    if (label.contains("PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "this is a private key, which belongs on the signing server only; expected the public one"
              + " (openssl pkey -pubout)");
    }
    if (!label.equals("PUBLIC KEY") && !label.equals("RSA PUBLIC KEY")) {
      throw new IllegalArgumentException(
          "a PEM block of type \""
              + (label.length() <= 40 ? label : label.substring(0, 40) + "…")
              + "\"; expected PUBLIC KEY");
    }
    var end = text.indexOf("-----END ", labelEnd);
    if (end < 0) {
      throw new IllegalArgumentException("a PEM block without its -----END line");
    }
    return text.substring(labelEnd + PEM_TAIL.length(), end);
  }

  /** What a zone file's line says, or the text itself. */
  private static String zoneText(String text) {
    return text.indexOf('"') >= 0 ? quotedStrings(text) : afterTxt(text);
  }

  /** The quoted strings joined; what stands between them, and comments, is the zone's own. */
  private static String quotedStrings(String text) {
    var joined = new StringBuilder();
    var quoted = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (quoted) {
        var escaped = c == '\\' && i + 1 < text.length();
        joined.append(escaped ? text.charAt(++i) : c);
      } else if (c == ';') {
        var newline = text.indexOf('\n', i);
        i = newline < 0 ? text.length() : newline;
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("a quotation mark that is never closed");
    }
    return joined.toString();
  }

  private static String afterTxt(String text) {
    var upper = text.toUpperCase(Locale.ROOT);
    for (var at = upper.indexOf("TXT"); at > 0; at = upper.indexOf("TXT", at + 1)) {
      var end = at + "TXT".length();
      if (Character.isWhitespace(text.charAt(at - 1))
          && end < text.length()
          && Character.isWhitespace(text.charAt(end))) {
        return text.substring(end);
      }
    }
    return text;
  }

  private static String fromRecord(String text) {
    var list = TagList.parse(text);
    var p = list.tag("p");
    if (p.isPresent()) {
      return p.get().value();
    }
    if (list.tag("v").isPresent() || list.tag("k").isPresent()) {
      throw new IllegalArgumentException("a key record without p=");
    }
    return text;
  }

  private static String checked(String written) {
    var base64 = KeyText.withoutSpace(written);
    if (base64.isEmpty()) {
      throw new IllegalArgumentException("p= is empty, which revokes a key instead of naming one");
    }
    for (var i = 0; i < base64.length(); i++) {
      var c = base64.charAt(i);
      if (!KeyText.isBase64Char(c) && c != '=') {
        throw new IllegalArgumentException(
            TagList.shown(c)
                + " does not belong to base64; expected a public key as PEM, base64 or a whole TXT"
                + " record");
      }
    }
    var octets =
        KeyText.decode(base64)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "not whole base64: a part of the key seems to be missing"));
    var canonical = KeyText.canonical(base64);
    if (RsaKey.read(octets).filter(RsaKey::usable).isEmpty()
        && !KeyText.typeOf(canonical).equals("ed25519")) {
      throw new IllegalArgumentException(
          "base64, but neither an RSA public key nor the 32 octets of an Ed25519 key");
    }
    return canonical;
  }
}
