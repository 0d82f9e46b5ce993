package maildrift.probes.zone;

import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.AnswerContent;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Said;
import maildrift.probes.dns.ServerLook;

/** What was seen of a zone's servers. */
sealed interface ZoneSeen {

  /** Nobody was asked, and nothing is wrong with that. */
  record Nobody(String why) implements ZoneSeen {}

  /** Whom to ask could not be learned. */
  record Unknown(String unseen, String why) implements ZoneSeen {}

  /**
   * The servers' own words.
   *
   * @param zone whose servers they are
   * @param isNamed the operator named the servers, and the DNS was not asked for them
   * @param isWhole the servers were named for this very zone, or found by its delegation: whoever
   *     does not serve it is wrong
   * @param hosts the zone's NS records; none where the operator named the servers
   * @param more names that only the parent's delegation has
   * @param parent whom the parent delegates the zone to, where it was asked and said so
   * @param servers who was asked, each address once
   * @param leftOut addresses that were not asked: private ones, and those beyond our bounds
   * @param questions the zone's SOA and NS first
   * @param behind those of them that the resolvers answer otherwise than all of the servers
   */
  record Asked(
      DnsName zone,
      boolean isNamed,
      boolean isWhole,
      List<Host> hosts,
      List<Host> more,
      Optional<List<DnsName>> parent,
      List<Server> servers,
      List<String> leftOut,
      List<Question> questions,
      List<Question> behind)
      implements ZoneSeen {
    static final int SOA = 0;
    static final int NS = 1;

    public Asked {
      hosts = List.copyOf(hosts);
      more = List.copyOf(more);
      parent = parent.map(List::copyOf);
      servers = List.copyOf(servers);
      leftOut = List.copyOf(leftOut);
      questions = List.copyOf(questions);
      behind = List.copyOf(behind);
    }

    Asked behind(List<Question> value) {
      return new Asked(
          zone, isNamed, isWhole, hosts, more, parent, servers, leftOut, questions, value);
    }
  }

  /** What all servers that answer say alike; empty: they differ, or none does. */
  static Optional<Answer> agreed(Asked seen, int question) {
    var answers =
        seen.servers().stream().flatMap(server -> server.answers(question).stream()).toList();
    return answers.stream()
        .findFirst()
        .filter(
            first ->
                answers.stream()
                    .allMatch(other -> AnswerContent.of(other).equals(AnswerContent.of(first))));
  }

  /** A name of an NS record and its addresses, as the resolvers know them. */
  record Host(DnsName name, Answer four, Answer six) {}

  /**
   * One address.
   *
   * @param subject of what is found about it: the first name of NS records that leads there, and
   *     the address itself where the operator named it. It stays the same when another name's
   *     address is not known for once
   * @param name for people: all names of NS records that lead there; else the address
   * @param isMissed its family of addresses has answered here before: when all of it is out of
   *     reach now, something is not seen that was seen
   */
  record Server(String subject, String name, boolean isMissed, ServerLook look) {

    DnsServer at() {
      return look.server();
    }

    boolean isSix() {
      return at().isSix();
    }

    /** For people. */
    String shown() {
      var address = at().toString();
      return name.equals(address) ? address : name + " (" + address + ")";
    }

    Said overUdp(int question) {
      return look.overUdp().get(question);
    }

    Said overTcp(int question) {
      return look.overTcp().get(question);
    }

    List<Said> said(int question) {
      return List.of(overUdp(question), overTcp(question));
    }

    /** Its answers to a question, over UDP, TCP or both. */
    List<Answer> answers(int question) {
      return said(question).stream()
          .filter(Said.Answered.class::isInstance)
          .map(said -> ((Said.Answered) said).answer())
          .toList();
    }
  }
}
