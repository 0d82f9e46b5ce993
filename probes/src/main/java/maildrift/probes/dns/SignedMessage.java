package maildrift.probes.dns;

/** What came of asking for a message with its signatures. */
sealed interface SignedMessage {

  /**
   * A message.
   *
   * @param answer what it says, believed or not
   * @param wire all of it
   * @param vouched the server's AD bit counts
   */
  record Heard(Answer answer, Octets wire, boolean vouched) implements SignedMessage {
    private static final int AD = 0x20;

    /** The server says that it has validated all of it, and is believed. */
    boolean isAuthenticated() {
      return vouched && (wire.array()[3] & AD) != 0;
    }
  }

  record Unheard(Answer.Unanswered answer) implements SignedMessage {}
}
