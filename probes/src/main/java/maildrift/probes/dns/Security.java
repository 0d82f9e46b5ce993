package maildrift.probes.dns;

/** What DNSSEC makes of an answer (RFC 4035 §4.3). */
public sealed interface Security {

  /** A chain of signatures leads from the trust anchor to it. */
  record Secure() implements Security {}

  /**
   * Nobody signs it.
   *
   * @param proven the parent's signatures say so; false: no sign of a signature was seen, but the
   *     anchor's keys cannot be had where we ask
   */
  record Insecure(boolean proven, String why) implements Security {}

  /** It ought to be signed, and the signatures do not hold. Validating resolvers withhold it. */
  record Bogus(String why) implements Security {}

  /** There is no trust anchor to start from, or the way there does not pass signatures on. */
  record Indeterminate(String why) implements Security {}

  /** Something that is needed was not answered: nothing is known. */
  record Unseen(String why) implements Security {}

  /** The word used in JSON. */
  default String word() {
    return switch (this) {
      case Secure _ -> "secure";
      case Insecure _ -> "insecure";
      case Bogus _ -> "bogus";
      case Indeterminate _ -> "indeterminate";
      case Unseen _ -> "unobservable";
    };
  }
}
