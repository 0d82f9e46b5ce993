package maildrift.probes.zone;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.AnswerContent;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.NameServers;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;

/**
 * Do all servers of the domain's zone serve it, over UDP and TCP, and the same one? (RFC 1034
 * §4.3.5)
 *
 * <p>Every server is asked for every mail record. That is much, so the network remembers for an
 * hour what they all said alike; and it is nobody's fault when they cannot be asked, so nothing
 * here makes a domain unknown.
 */
public final class ZoneProbe implements Probe<ZoneSeen> {
  static final String NAME = "zone";

  /** Of the zone: the primary server's name and the serial that all servers agreed on. */
  private static final String SERIAL_RECORD = " SOA-serial";

  static final String COMPARED = "compared";
  static final String NOT_COMPARED = "notCompared";

  /** The fact that names what the resolvers answer otherwise than the servers. */
  static final String BEHIND = "resolversDiffer";

  private static final int MAX_SELECTORS = 10;
  private static final int MAX_NAMED = 16;

  /**
   * Whether a watched record is a serial: it is meant to change, and is remembered all the same.
   */
  public static boolean isSerial(String record) {
    return record.endsWith(SERIAL_RECORD);
  }

  /**
   * The primary server of the zone that a name is in.
   *
   * @param records as they were seen last, with the zones' serials among them
   */
  public static Optional<String> primary(DnsName name, Map<String, String> records) {
    for (var zone = name; !zone.isRoot(); zone = zone.parent()) {
      var serial = Optional.ofNullable(records.get(serialRecord(zone)));
      if (serial.isPresent()) {
        return serial.map(text -> text.substring(0, Math.max(0, text.lastIndexOf(' '))));
      }
    }
    return Optional.empty();
  }

  static String serialRecord(DnsName zone) {
    return zone + SERIAL_RECORD;
  }

  /**
   * Whether a judgement of this probe compared what all of a zone's servers say about a question,
   * as {@code contoso.tld MX}. False: one of them could not be heard. Empty: they were not asked
   * that.
   */
  public static Optional<Boolean> compared(Judgement judgement, String question) {
    return isListed(judgement, COMPARED, question)
        ? Optional.of(true)
        : isListed(judgement, NOT_COMPARED, question) ? Optional.of(false) : Optional.empty();
  }

  private static boolean isListed(Judgement judgement, String fact, String question) {
    return judgement.facts().get(fact) instanceof List<?> questions && questions.contains(question);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return ZoneRules.ALL;
  }

  @Override
  public ZoneSeen observe(ManagedDomain domain, Network network) {
    var seen = look(domain.name(), network, network.nameServers(), zone -> questions(domain, zone));
    return seen instanceof ZoneSeen.Asked asked
        ? asked.behind(behind(asked, network.nameServers().resolvers()))
        : seen;
  }

  /** What the resolvers answer otherwise than all of the servers, serial and NS records apart. */
  private static List<Question> behind(ZoneSeen.Asked asked, Dns resolvers) {
    var answers = resolvers.ask(asked.questions());
    var behind = new ArrayList<Question>();
    for (var i = ZoneSeen.Asked.NS + 1; i < answers.size(); i++) {
      var own = ZoneSeen.agreed(asked, i);
      var other = answers.get(i);
      // Where an alias leads is for other zones' servers to say.
      if (own.filter(answer -> answer.aliases().isEmpty()).isPresent()
          && !(other instanceof Answer.Unanswered)
          && !AnswerContent.of(own.get()).equals(AnswerContent.of(other))) {
        behind.add(asked.questions().get(i));
      }
    }
    return behind;
  }

  /** Whether the resolvers say something else than all of the zone's own servers. */
  public static boolean isBehind(Judgement judgement) {
    return judgement.facts().containsKey(BEHIND);
  }

  /**
   * What the servers of the zone that a name is in say.
   *
   * @param servers by whom they are asked
   * @param questions by the zone
   */
  static ZoneSeen look(
      DnsName name,
      Network network,
      NameServers servers,
      Function<DnsName, List<Question>> questions) {
    var named = servers.named(name);
    if (named.isEmpty() && !servers.followsDelegations()) {
      return new ZoneSeen.Nobody("no name server is named for it, and no other may be asked");
    }
    var delegation = new Delegation(network);
    var cut = delegation.cut(name, named.map(NameServers.Named::zone));
    if (named.isPresent()) {
      return named(named.get(), cut, questions, servers);
    }
    if (cut.trouble().isPresent()) {
      return cut.trouble().get();
    }
    var found = delegation.servers(cut);
    if (found.at().isEmpty()) {
      return new ZoneSeen.Unknown(
          cut.zone() + " NS",
          found.leftOut().isEmpty()
              ? "none of the name servers has an address that is known here"
              : "the name servers have private addresses alone, which are not asked");
    }
    return asked(cut.zone(), false, true, found, questions.apply(cut.zone()), servers);
  }

  /** The operator knows better than the NS records. */
  private static ZoneSeen named(
      NameServers.Named named,
      Delegation.Cut cut,
      Function<DnsName, List<Question>> questions,
      NameServers servers) {
    var zone = cut.trouble().isPresent() ? named.zone() : cut.zone();
    var at =
        named.servers().stream()
            .distinct()
            .limit(MAX_NAMED)
            .map(server -> new Delegation.At(List.of(server.toString()), server))
            .toList();
    return asked(
        zone,
        true,
        zone.equals(named.zone()),
        new Delegation.Servers(List.of(), List.of(), Optional.empty(), at, List.of()),
        questions.apply(zone),
        servers);
  }

  private static ZoneSeen asked(
      DnsName zone,
      boolean isNamed,
      boolean isWhole,
      Delegation.Servers found,
      List<Question> questions,
      NameServers servers) {
    List<DnsServer> addresses = found.at().stream().map(Delegation.At::server).toList();
    var looks = servers.ask(zone, addresses, questions);
    var seen = new ArrayList<ZoneSeen.Server>();
    for (var i = 0; i < looks.size(); i++) {
      var names = found.at().get(i).names();
      var look = looks.get(i);
      seen.add(
          new ZoneSeen.Server(
              names.getFirst(),
              String.join(", ", names),
              servers.hasHeard(look.server().isSix()),
              look));
    }
    return new ZoneSeen.Asked(
        zone,
        isNamed,
        isWhole,
        found.hosts(),
        found.more(),
        found.parent(),
        seen,
        found.leftOut(),
        questions,
        List.of());
  }

  private static List<Question> questions(ManagedDomain domain, DnsName zone) {
    var name = domain.name();
    return Stream.of(
            Stream.of(
                new Question(zone, RecordType.SOA),
                new Question(zone, RecordType.NS),
                new Question(name, RecordType.MX),
                new Question(name, RecordType.TXT)),
            DnsName.parse("_dmarc." + name).stream()
                .map(owner -> new Question(owner, RecordType.TXT)),
            DkimProbe.owners(domain).stream()
                .limit(MAX_SELECTORS)
                .map(owner -> new Question(owner, RecordType.TXT)))
        .flatMap(part -> part)
        .distinct()
        .toList();
  }

  @Override
  public Judgement judge(ManagedDomain domain, ZoneSeen seen, Context context) {
    return new ZoneJudge(domain, context).judge(seen);
  }
}
