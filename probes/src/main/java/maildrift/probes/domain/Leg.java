package maildrift.probes.domain;

import java.util.Locale;

/** A stretch that a domain's mail travels, seen from the operator's gateway. */
public enum Leg {
  /** From the Internet to the hosts of the domain's MX records. */
  MX,
  /** To the gateway itself, from the tenant's mail server or the provider before it. */
  GATEWAY,
  /** From the gateway to the forwarding server, which takes the domain's mail. */
  FORWARDING,
  /** From the gateway to the smarthost, which sends the domain's outgoing mail. */
  SMARTHOST;

  /** As it is written under {@code tls_levels}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
