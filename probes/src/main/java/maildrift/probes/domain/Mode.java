package maildrift.probes.domain;

import java.util.Locale;

/** How a SEPPmail gateway stands to a domain whose mailboxes are in Exchange Online. */
public enum Mode {
  /** The MX points to the gateway; it has no smarthost for the domain. */
  INLINE,
  /** The MX points to Exchange Online, which hands mail to the gateway and takes it back. */
  PARALLEL;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
