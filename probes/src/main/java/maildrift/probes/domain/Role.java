package maildrift.probes.domain;

import java.util.Locale;

/** What a provider does for a domain. Only the inbound one prescribes MX. */
public enum Role {
  /** Takes the domain's mail from the Internet; the MX points to it. */
  INBOUND,
  /** Stands behind the inbound provider, and encrypts, signs or filters. */
  GATEWAY,
  /** Sends for the domain. */
  OUTBOUND,
  /** Holds the mailboxes. */
  MAILBOX;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
