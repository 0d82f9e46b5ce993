package maildrift.probes.dkim;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An RSA public key, read from DER without arithmetic, so that even a huge one costs nothing.
 *
 * @param bare a bare PKCS#1 RSAPublicKey (RFC 8017 §A.1.1) instead of a SubjectPublicKeyInfo (RFC
 *     5280 §4.1.2.7)
 * @param trailing octets follow the key
 */
record RsaKey(BigInteger modulus, BigInteger exponent, boolean bare, boolean trailing) {

  /** SEQUENCE { OID rsaEncryption, NULL }. */
  private static final byte[] ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

  /** The same with the parameters left out, which some tools write. */
  private static final byte[] ALGORITHM_SHORT =
      HexFormat.of().parseHex("300b06092a864886f70d010101");

  int bits() {
    return modulus.bitLength();
  }

  /** An even modulus or an exponent below 3 cannot protect anything. */
  boolean usable() {
    return modulus.signum() > 0
        && modulus.testBit(0)
        && exponent.testBit(0)
        && exponent.bitLength() > 1;
  }

  static Optional<RsaKey> read(byte[] der) {
    var outer = new Der(der, 0, der.length);
    var sequence = outer.enter(0x30);
    if (sequence.isEmpty()) {
      return Optional.empty();
    }
    var inside = sequence.get();
    if (inside.next() == 0x02) {
      return integers(inside, true, outer.hasMore());
    }
    if (!inside.skip(ALGORITHM) && !inside.skip(ALGORITHM_SHORT)) {
      return Optional.empty();
    }
    var bits = inside.enter(0x03);
    if (bits.isEmpty() || !bits.get().skip(new byte[] {0})) {
      return Optional.empty();
    }
    var trailing = outer.hasMore() || inside.hasMore();
    return bits.get().enter(0x30).flatMap(key -> integers(key, false, trailing));
  }

  private static Optional<RsaKey> integers(Der key, boolean bare, boolean trailing) {
    var modulus = key.integer();
    var exponent = key.integer();
    return modulus.isEmpty() || exponent.isEmpty()
        ? Optional.empty()
        : Optional.of(new RsaKey(modulus.get(), exponent.get(), bare, trailing || key.hasMore()));
  }

  /** As a SubjectPublicKeyInfo, which every verifier accepts. */
  byte[] spki() {
    var key =
        element(0x30, element(0x02, modulus.toByteArray()), element(0x02, exponent.toByteArray()));
    return element(0x30, ALGORITHM, element(0x03, new byte[] {0}, key));
  }

  private static byte[] element(int tag, byte[]... parts) {
    var out = new ByteArrayOutputStream();
    var length = 0;
    for (var part : parts) {
      length += part.length;
    }
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      // Keys come from TXT records or from files that are bounded at the door: below 16 MB.
      out.write(length < 0x10000 ? 0x82 : 0x83);
      if (length >= 0x10000) {
        out.write(length >> 16);
      }
      out.write(length >> 8);
      out.write(length);
    }
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** A window on DER with definite lengths; never reads outside it. */
  private static final class Der {
    private final byte[] octets;
    private final int end;
    private int at;

    Der(byte[] octets, int start, int end) {
      this.octets = octets;
      this.at = start;
      this.end = end;
    }

    boolean hasMore() {
      return at < end;
    }

    /** The next octet, or -1. */
    int next() {
      return at < end ? octets[at] & 0xff : -1;
    }

    boolean skip(byte[] expected) {
      if (end - at < expected.length) {
        return false;
      }
      for (var i = 0; i < expected.length; i++) {
        if (octets[at + i] != expected[i]) {
          return false;
        }
      }
      at += expected.length;
      return true;
    }

    /** The content of the next element, when it has this tag. */
    Optional<Der> enter(int tag) {
      if (next() != tag || end - at < 2) {
        return Optional.empty();
      }
      var length = octets[at + 1] & 0xff;
      var start = at + 2;
      if (length > 0x80) {
        var size = length & 0x7f;
        if (size > 3 || end - start < size) {
          return Optional.empty();
        }
        length = 0;
        for (var i = 0; i < size; i++) {
          length = (length << 8) | (octets[start + i] & 0xff);
        }
        start += size;
      } else if (length == 0x80) {
        return Optional.empty();
      }
      if (end - start < length) {
        return Optional.empty();
      }
      at = start + length;
      return Optional.of(new Der(octets, start, start + length));
    }

    Optional<BigInteger> integer() {
      return enter(0x02)
          .filter(Der::hasMore)
          .map(content -> new BigInteger(octets, content.at, content.end - content.at));
    }
  }
}
