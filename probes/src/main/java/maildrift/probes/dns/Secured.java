package maildrift.probes.dns;

import java.util.List;

/**
 * An answer and what DNSSEC makes of it.
 *
 * @param answer what was said, also where it is bogus: then it is for display only
 * @param signatures that came with it
 * @param by who validated: {@code maildrift}, or {@code resolver ADDRESS:PORT} whose AD bit is
 *     believed
 */
public record Secured(
    Question question, Answer answer, Security security, List<Signature> signatures, String by) {

  /** Validated here. */
  public static final String OURSELVES = "maildrift";

  public Secured {
    signatures = List.copyOf(signatures);
  }

  public boolean isSecure() {
    return security instanceof Security.Secure;
  }
}
