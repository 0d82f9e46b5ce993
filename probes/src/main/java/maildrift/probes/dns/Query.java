package maildrift.probes.dns;

import java.util.Arrays;

/** One query on the wire. */
final class Query {
  /** DNS flag day 2020: what survives every path unfragmented. */
  static final int PAYLOAD = 1232;

  static final int HEADER = 12;
  private static final int OPT = 11;

  private final int id;
  private final byte[] wire;
  private final int questionEnd;
  private final Mode mode;

  /** How much of DNSSEC is asked for. */
  enum Mode {
    /** None; a validating resolver says by AD that it has validated. */
    PLAIN,
    /** With signatures (DO, RFC 3225); a validating resolver withholds what is bogus. */
    SIGNED,
    /** With signatures, whatever the resolver thinks of them (CD, RFC 4035 §3.2.2). */
    UNCHECKED
  }

  private Query(int id, byte[] wire, int questionEnd, Mode mode) {
    this.id = id;
    this.wire = wire;
    this.questionEnd = questionEnd;
    this.mode = mode;
  }

  /** Whether the response is wanted as a whole, with the signatures in it. */
  boolean wantsAll() {
    return mode != Mode.PLAIN;
  }

  /** The 16 bits of its header. */
  int id() {
    return id;
  }

  /** The whole message; not to be changed. */
  byte[] wire() {
    return wire;
  }

  /** Where its question section ends, which a response must repeat to the letter. */
  int questionEnd() {
    return questionEnd;
  }

  /**
   * @param mixCase random bits decide each letter's case (0x20): what a forger has to guess besides
   *     the id and the port
   * @param recursion for resolvers; authoritative servers are not asked to recurse
   */
  static Query of(
      Question question, RandomBits random, boolean mixCase, boolean recursion, boolean edns) {
    return of(question, random, mixCase, recursion, edns, Mode.PLAIN);
  }

  /** As above. */
  static Query of(
      Question question,
      RandomBits random,
      boolean mixCase,
      boolean recursion,
      boolean edns,
      Mode mode) {
    var out = new byte[HEADER + 255 + 4 + OPT];
    var id = random.next(16);
    out[0] = (byte) (id >> 8);
    out[1] = (byte) id;
    // RD; AD asks for the AD bit of a validating resolver without all the signatures (RFC 6840
    // §5.7).
    out[2] = (byte) (recursion ? 1 : 0);
    out[3] = (byte) ((recursion ? 0x20 : 0) | (mode == Mode.UNCHECKED ? 0x10 : 0));
    out[5] = 1;
    var at = question.name().writeTo(out, HEADER);
    if (mixCase) {
      mixCase(out, at, random);
    }
    var type = question.type().code();
    out[at++] = (byte) (type >> 8);
    out[at++] = (byte) type;
    out[at++] = 0;
    out[at++] = 1;
    var questionEnd = at;
    if (edns) {
      out[11] = 1;
      at++;
      out[at++] = 0;
      out[at++] = 41;
      out[at++] = (byte) (PAYLOAD >> 8);
      out[at++] = (byte) PAYLOAD;
      out[at + 2] = (byte) (mode == Mode.PLAIN ? 0 : 0x80);
      at += 6;
    }
    return new Query(id, Arrays.copyOf(out, at), questionEnd, mode);
  }

  /** The same query for a server that does not know EDNS. */
  Query withoutEdns() {
    var plain = Arrays.copyOf(wire, questionEnd);
    plain[11] = 0;
    return new Query(id, plain, questionEnd, mode);
  }

  private static void mixCase(byte[] out, int end, RandomBits random) {
    var bits = 0;
    var left = 0;
    // A length octet is at most 63 and so never looks like a letter.
    for (var i = HEADER; i < end; i++) {
      var c = out[i];
      if (c >= 'a' && c <= 'z') {
        if (left == 0) {
          bits = random.next(32);
          left = 32;
        }
        out[i] = (byte) (c - ((bits & 1) << 5));
        bits >>>= 1;
        left -= 1;
      }
    }
  }
}
