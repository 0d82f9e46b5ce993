package maildrift.probes.domain;

import java.util.List;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * A DNS blocklist (RFC 5782) that the operator wants to be asked.
 *
 * @param zone below which it is asked
 * @param name how it is shown: where the zone's name holds a key of the operator's, another
 * @param listed the answers that count as a listing; empty: all that lists answer with
 * @param severity of a listing
 */
public record Blocklist(
    DnsName zone, String name, Kind kind, List<Answers> listed, Severity severity) {

  public Blocklist {
    listed = List.copyOf(listed);
  }

  /** As it is where only its zone is known. */
  public static Blocklist of(DnsName zone, Kind kind) {
    return new Blocklist(zone, zone.toString(), kind, List.of(), Severity.WARNING);
  }

  /** What it is a list of. */
  public enum Kind {
    /** Addresses, asked for in reverse (RFC 5782 §2.1, §2.4). */
    IP,
    /** Domain names (RFC 5782 §3). */
    DOMAIN;

    public String word() {
      return switch (this) {
        case IP -> "ip";
        case DOMAIN -> "domain";
      };
    }
  }

  /** Whether the operator counts this answer; not whether it is one at all. */
  public boolean counts(byte[] answer) {
    return listed.isEmpty() || names(answer);
  }

  /** Whether the operator named this very answer. */
  public boolean names(byte[] answer) {
    return listed.stream().anyMatch(answers -> answers.contain(answer));
  }

  /**
   * Answers, as the list documents what they mean.
   *
   * @param first as a number
   * @param last as a number, not before the first
   */
  public record Answers(int first, int last) {
    private static final Cidr LOOPBACK = Cidr.parse("127.0.0.0/8");
    private static final int ERRORS = 0x7fffff00;

    public Answers {
      if (first > last) {
        throw new IllegalArgumentException("the first answer comes after the last");
      }
    }

    /**
     * Reads {@code 127.0.0.2} or {@code 127.0.0.2-127.0.0.11}.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    public static Answers parse(String written) {
      var hyphen = written.indexOf('-');
      var first = address(hyphen < 0 ? written : written.substring(0, hyphen), written);
      var last = hyphen < 0 ? first : address(written.substring(hyphen + 1), written);
      if (first > last) {
        throw new IllegalArgumentException("'%s' ends before it begins".formatted(written));
      }
      if (last >= ERRORS) {
        throw new IllegalArgumentException(
            "'%s': 127.255.255.0/24 are errors of the list, never a listing".formatted(written));
      }
      return new Answers(first, last);
    }

    private static int address(String text, String written) {
      var octets =
          Cidr.octets(text.strip())
              .filter(bytes -> bytes.length == 4)
              .filter(bytes -> LOOPBACK.contains(Cidr.of(bytes, 32)));
      return number(
          octets.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "'%s' is no answer of a list; write for example 127.0.0.2 or 127.0.0.2-127.0.0.11"
                          .formatted(written))));
    }

    boolean contain(byte[] answer) {
      return answer.length == 4 && number(answer) >= first && number(answer) <= last;
    }

    /** Of 127.0.0.0/8, so that it is never negative. */
    private static int number(byte[] octets) {
      return (octets[0] & 0xff) << 24
          | (octets[1] & 0xff) << 16
          | (octets[2] & 0xff) << 8
          | (octets[3] & 0xff);
    }
  }
}
