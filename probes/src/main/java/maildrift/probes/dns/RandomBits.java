package maildrift.probes.dns;

import java.security.SecureRandom;

/**
 * Unpredictable bits in small portions, drawn from {@link SecureRandom} a few kilobytes at a time:
 * asked one number at a time, it would cost more than the query. Not thread-safe.
 */
final class RandomBits {
  private final SecureRandom source = new SecureRandom();
  private final byte[] bytes = new byte[4096];
  private int used = bytes.length;

  /** A number of so many bits: 8, 16 or 32. */
  int next(int bits) {
    var count = bits / 8;
    if (used + count > bytes.length) {
      source.nextBytes(bytes);
      used = 0;
    }
    var value = 0;
    for (var i = 0; i < count; i++) {
      value = (value << 8) | (bytes[used++] & 0xff);
    }
    return value;
  }

  /** Evenly from 0 up to {@code bound}, exclusive; at most 65,536. */
  int below(int bound) {
    // Rejection keeps it even: a plain remainder would prefer small numbers.
    var limit = 65_536 / bound * bound;
    while (true) {
      var value = next(16);
      if (value < limit) {
        return value % bound;
      }
    }
  }
}
