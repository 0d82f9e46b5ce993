package maildrift.probes.dns;

import java.time.Duration;
import java.util.List;

/** What one server's message amounts to. */
sealed interface Reply {

  /** An answer to the question. */
  record Said(Answer answer) implements Reply {}

  /**
   * A CNAME chain whose end the server does not know, since it lies in another server's zone. The
   * target, the last of the aliases, has to be asked for.
   */
  record Continues(List<DnsName> aliases, Duration ttl, boolean validated) implements Reply {
    public Continues {
      aliases = List.copyOf(aliases);
    }
  }

  /**
   * The server could not or would not answer, or its message is unusable.
   *
   * @param dead it refused the connection or said nothing in time, so that the next question would
   *     most likely fare no better
   */
  record Failed(Answer.Failure failure, String why, boolean dead) implements Reply {
    Failed(Answer.Failure failure, String why) {
      this(failure, why, false);
    }
  }

  /** An answer or a chain with the message that holds it, where signatures were asked for. */
  record Whole(Reply reply, Octets message) implements Reply {}

  /** TC: the rest is to be had over TCP. */
  record Truncated() implements Reply {}

  /** FORMERR to a query with EDNS: an ancient server, to be asked again without (RFC 6891 §7). */
  record NoEdns() implements Reply {}
}
