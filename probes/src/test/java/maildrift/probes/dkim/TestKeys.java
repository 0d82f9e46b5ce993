package maildrift.probes.dkim;

import java.math.BigInteger;
import java.util.Random;

/** Keys in the right form that belong to nobody. */
final class TestKeys {
  static final String ED25519 = KeyText.encode(octets(32, 7));

  private TestKeys() {}

  static String rsa(int bits) {
    return rsa(bits, 1);
  }

  static String rsa(int bits, int seed) {
    var modulus = new BigInteger(bits, new Random(seed)).setBit(bits - 1).setBit(0);
    return KeyText.encode(key(modulus).spki());
  }

  static RsaKey key(BigInteger modulus) {
    return new RsaKey(modulus, BigInteger.valueOf(65_537), false, false);
  }

  static byte[] octets(int count, int seed) {
    var octets = new byte[count];
    new Random(seed).nextBytes(octets);
    return octets;
  }
}
