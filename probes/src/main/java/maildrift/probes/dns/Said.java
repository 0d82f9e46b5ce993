package maildrift.probes.dns;

/** What one of a zone's own servers said to one question. */
public sealed interface Said {

  /**
   * It answered with authority.
   *
   * @param answer with the TTL as published; a CNAME chain that leaves the zone ends as {@link
   *     Answer.NoData} with aliases. Never {@link Answer.Unanswered}
   */
  record Answered(Answer answer) implements Said {}

  /**
   * It speaks DNS, but does not serve what it was asked for: REFUSED, NOTAUTH, a referral, or an
   * answer without authority.
   *
   * @param how for people
   */
  record NotServed(String how) implements Said {}

  /** TC over UDP: the answer is to be had over TCP alone. */
  record Truncated() implements Said {}

  /** Nothing is known: time-out, SERVFAIL, no route, a message that is none. */
  record Unheard(Answer.Failure failure, String why) implements Said {
    /** Somebody answered that nobody listens there; a filter on our way may say so, too. */
    public boolean isConnectionRefused() {
      return failure == Answer.Failure.NETWORK && why.equals(TcpClient.REFUSED);
    }
  }
}
