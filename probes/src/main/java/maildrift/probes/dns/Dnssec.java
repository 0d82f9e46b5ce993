package maildrift.probes.dns;

import java.time.Instant;
import java.util.List;

/**
 * Asks DNS and validates what it says: from a trust anchor down, or by the word of a resolver that
 * is trusted. Blocking: called on virtual threads. Never throws for what a server does.
 */
public interface Dnssec {

  /** Where nothing can be validated. */
  Dnssec NONE =
      (questions, _) ->
          questions.stream()
              .map(
                  question ->
                      new Secured(
                          question,
                          new Answer.Unanswered(
                              Answer.Failure.UNASKABLE, "DNSSEC is not looked at here", ""),
                          new Security.Unseen("DNSSEC is not looked at here"),
                          List.of(),
                          ""))
              .toList();

  /**
   * Asks all questions; what came of them is in the questions' order.
   *
   * @param now at which signatures must be valid
   */
  List<Secured> look(List<Question> questions, Instant now);

  default Secured look(DnsName name, RecordType type, Instant now) {
    return look(List.of(new Question(name, type)), now).getFirst();
  }
}
