package maildrift.probes.dns;

/** A message as received; not to be changed. */
final class Octets {
  private final byte[] octets;

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
}
