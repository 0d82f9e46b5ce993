package maildrift.monitor.check;

/** How a domain is looked at. */
public enum Look {
  /** The regular one: caches may answer. */
  REGULAR,
  /** Past every cache, by {@code confirm_with} where it is configured. */
  SECOND_OPINION,
  /**
   * Past every cache, by the authoritative servers over TCP; the resolvers again where none is
   * found.
   */
  AUTHORITATIVE
}
