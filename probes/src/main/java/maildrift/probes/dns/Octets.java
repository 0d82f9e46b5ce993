package maildrift.probes.dns;

import org.jspecify.annotations.Nullable;

/** A message as received; not to be changed. */
final class Octets {
  private final byte[] octets;
  private volatile @Nullable Content content;

  /** Takes it over. */
  Octets(byte[] octets) {
    this.octets = octets;
  }

  byte[] array() {
    return octets;
  }

  int length() {
    return octets.length;
  }

  /** Read once: the keys of a top-level domain stand below every domain in it. */
  Content content() {
    var known = content;
    if (known == null) {
      known = Content.of(octets);
      content = known;
    }
    return known;
  }
}
