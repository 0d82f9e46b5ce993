package maildrift.probes.smtp;

import java.util.EnumSet;
import java.util.Set;

/**
 * What one address of a mail host concedes to a client that offers nothing but what is forbidden.
 *
 * @param version to one that knows no newer version than TLS 1.1 (RFC 8996)
 * @param cipher to one that knows no other cipher suites than those without encryption, of export
 *     strength, DES, RC4, 3DES and those without authentication, in TLS 1.2 or older (RFC 9325
 *     §4.1)
 */
public record Concessions(Concession version, Concession cipher) {

  /** How an offer was taken. */
  public sealed interface Concession {}

  /**
   * The server accepted it.
   *
   * @param protocol {@code SSLv3}, {@code TLSv1.0}, {@code TLSv1.1} or {@code TLSv1.2}
   * @param cipher the suite that it chose, as IANA calls it
   */
  public record Made(String protocol, String cipher) implements Concession {}

  /** The server refused, with an alert or by hanging up as soon as it had heard the offer. */
  public record Refused(String how) implements Concession {}

  /** Nothing is known: it did not come to an offer, or no answer came. */
  public record Unseen(String why) implements Concession {}

  /** What a server says that hangs up; one that is ill or restarts does the same. */
  static final Refused HANG_UP = new Refused("it hangs up");

  /** Those that were conceded before, and at which it hangs up now. */
  Set<Part> hangUpsAfter(Concessions before) {
    var parts = EnumSet.noneOf(Part.class);
    for (var part : Part.values()) {
      if (of(part).equals(HANG_UP) && before.of(part) instanceof Made) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** The same without these. */
  Concessions doubting(Set<Part> parts) {
    var unseen = new Unseen("it hangs up, and conceded it before; it is asked once more");
    return new Concessions(
        parts.contains(Part.VERSION) ? unseen : version,
        parts.contains(Part.CIPHER) ? unseen : cipher);
  }

  private Concession of(Part part) {
    return switch (part) {
      case VERSION -> version;
      case CIPHER -> cipher;
    };
  }

  /** One of the two. */
  enum Part {
    VERSION,
    CIPHER
  }

  boolean isWhole() {
    return !(version instanceof Unseen) && !(cipher instanceof Unseen);
  }

  boolean isAnyMade() {
    return version instanceof Made || cipher instanceof Made;
  }

  /** What was not seen now, as it was seen before. */
  Concessions or(Concessions before) {
    return new Concessions(
        version instanceof Unseen ? before.version : version,
        cipher instanceof Unseen ? before.cipher : cipher);
  }

  static Concessions unseen(String why) {
    return new Concessions(new Unseen(why), new Unseen(why));
  }
}
