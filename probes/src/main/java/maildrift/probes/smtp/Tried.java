package maildrift.probes.smtp;

/** What became of a {@link Trial}. */
public sealed interface Tried {

  /** The server did it. Of {@link Trial#PORT} the reply is our own address on that connection. */
  record Done(String reply) implements Tried {}

  /** It does not do it, for good. */
  record Declined(String reply) implements Tried {}

  /** Nothing is known: no connection, a temporary reply, another obstacle first. */
  record Unseen(String why) implements Tried {}
}
