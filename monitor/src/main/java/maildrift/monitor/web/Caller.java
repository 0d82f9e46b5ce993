package maildrift.monitor.web;

/**
 * Who asks, and what they may do.
 *
 * @param operator may change state; the others may look
 */
record Caller(String name, boolean operator) {
  /** Without users or tokens, on loopback: whoever is on this machine. */
  static final Caller LOCAL = new Caller("local", true);
}
