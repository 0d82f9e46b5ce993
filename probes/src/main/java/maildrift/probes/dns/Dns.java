package maildrift.probes.dns;

import java.util.List;

/**
 * Asks DNS, within the deadline it was made with. Blocking: called on virtual threads. Never throws
 * for what a server does.
 */
public interface Dns {

  /** Asks all questions at once and waits for all of them; answers are in the questions' order. */
  List<Answer> ask(List<Question> questions);

  default Answer ask(Question question) {
    return ask(List.of(question)).getFirst();
  }

  default Answer ask(DnsName name, RecordType type) {
    return ask(new Question(name, type));
  }
}
