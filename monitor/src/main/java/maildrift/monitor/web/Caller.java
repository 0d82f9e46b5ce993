package maildrift.monitor.web;

import java.util.Optional;
import java.util.Set;

/**
 * Who asks, and what they may do.
 *
 * @param operator may change state; the others may look
 * @param tenants that there is nothing beside for the caller; empty: there is all
 */
record Caller(String name, boolean operator, Optional<Set<String>> tenants) {
  /** Without users or tokens, on loopback: whoever is on this machine. */
  static final Caller LOCAL = new Caller("local", true, Optional.empty());

  /** What there is for this caller. */
  Backend view(Backend all) {
    return tenants.<Backend>map(some -> new Limited(all, some)).orElse(all);
  }
}
