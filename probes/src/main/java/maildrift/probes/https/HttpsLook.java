package maildrift.probes.https;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.probes.dns.DnsName;
import maildrift.probes.tls.TrustAnchors;

/** What became of a GET. */
public sealed interface HttpsLook {

  /** Nothing is known: no connection, a time-out, closed or silent half-way. */
  record Unobservable(String why) implements HttpsLook {}

  /**
   * It was not contacted, because of us: no address is public, and the operator did not allow
   * private ones.
   */
  record Refused(String why) implements HttpsLook {}

  /** A modern client cannot negotiate TLS with it. */
  record NoHandshake(String why) implements HttpsLook {}

  /**
   * It answered over TLS. The certificates were accepted unchecked, so that what it said counts
   * only once {@link #verified} has looked at them.
   */
  final class Spoke implements HttpsLook {
    private final DnsName host;
    private final List<byte[]> chain;
    private final Said said;

    public Spoke(DnsName host, List<byte[]> chain, Said said) {
      this.host = host;
      this.chain = List.copyOf(chain);
      this.said = said;
    }

    /** As sent, the server's own first, DER; nobody has looked whether they are any good. */
    public List<byte[]> chain() {
      return chain;
    }

    /** What it said, if a client that trusts these anchors would have listened (RFC 9525). */
    public Verified verified(TrustAnchors anchors, Instant at) {
      return anchors
          .refusal(chain, host, at)
          .<Verified>map(Verified.Untrusted::new)
          .orElseGet(() -> new Verified.Trusted(said));
    }

    /** What a server that may not speak for its name would have us read; for planning only. */
    public Optional<String> body() {
      return said instanceof Said.Reply(var status, var _, var body, var _) && status == 200
          ? Optional.of(body)
          : Optional.empty();
    }

    /** As many octets as it keeps in memory, about. */
    long weight() {
      return 512
          + chain.stream().mapToLong(der -> der.length).sum()
          + (said instanceof Said.Reply reply ? reply.body().length() : 0);
    }

    boolean isWhole() {
      return said instanceof Said.Reply reply && reply.status() == 200 && !reply.isTooLong();
    }
  }

  /** Whether the server may speak for its name. */
  sealed interface Verified {
    record Trusted(Said said) implements Verified {}

    /**
     * It may not.
     *
     * @param why half a sentence
     */
    record Untrusted(String why) implements Verified {}
  }

  /** What came after the request. */
  sealed interface Said {

    /** No HTTP/1.1 within our bounds. */
    record Garbled(String why) implements Said {}

    /**
     * A response.
     *
     * @param headers names in lower case; the values of a repeated one are joined by commas. Not
     *     clean
     * @param body of a 200 only; as sent, one char an octet (ISO-8859-1)
     * @param isTooLong there is more of it than we read
     */
    record Reply(int status, Map<String, String> headers, String body, boolean isTooLong)
        implements Said {
      public Reply {
        headers = new TreeMap<>(headers);
      }

      public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
      }
    }
  }
}
