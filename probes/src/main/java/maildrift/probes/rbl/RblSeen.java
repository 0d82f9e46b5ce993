package maildrift.probes.rbl;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.Blocklist;

/**
 * What DNS said of the domain's addresses, and the lists of them.
 *
 * @param unseen questions for addresses that had no answer, and why
 * @param addresses that were asked for, with whose they are
 * @param omitted how many addresses were too many
 */
public record RblSeen(
    Map<Question, Answer.Unanswered> unseen,
    Map<InetAddress, String> addresses,
    int omitted,
    List<Consulted> lists) {

  static final RblSeen NOTHING = new RblSeen(Map.of(), Map.of(), 0, List.of());

  public RblSeen {
    unseen = Collections.unmodifiableMap(new LinkedHashMap<>(unseen));
    addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
    lists = List.copyOf(lists);
  }

  /**
   * One list.
   *
   * @param tests what it said of what every list must contain, and of what none may (RFC 5782 §5)
   * @param entries what it said of ours
   */
  public record Consulted(Blocklist list, List<Test> tests, List<Entry> entries) {
    public Consulted {
      tests = List.copyOf(tests);
      entries = List.copyOf(entries);
    }
  }

  /**
   * A question whose answer the standard prescribes.
   *
   * @param what is asked for, e.g. {@code 127.0.0.1}
   * @param demand what the answer must be
   */
  public record Test(String what, Demand demand, Answer answer) {}

  /** Of a test. */
  public enum Demand {
    LISTED,
    NOT_LISTED
  }

  /**
   * A question about us.
   *
   * @param what is asked for: an address or the domain
   * @param of whose it is, for people; empty for the domain itself
   * @param reason the TXT records beside a listing
   */
  public record Entry(
      String what, String of, Question question, Answer answer, Optional<Answer> reason) {}
}
