package maildrift.probes.zone;

/** Serial numbers of zones, which wrap around (RFC 1982). */
final class Serial {
  private static final long MODULUS = 1L << 32;

  private Serial() {}

  /**
   * Whether {@code one} comes before {@code other}; of two that lie half the circle apart, none.
   */
  static boolean isBefore(long one, long other) {
    var ahead = Math.floorMod(other - one, MODULUS);
    return ahead > 0 && ahead < MODULUS / 2;
  }
}
