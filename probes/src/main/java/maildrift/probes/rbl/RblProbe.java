package maildrift.probes.rbl;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.rbl.RblSeen.Consulted;
import maildrift.probes.rbl.RblSeen.Demand;
import maildrift.probes.rbl.RblSeen.Entry;
import maildrift.probes.rbl.RblSeen.Test;

/**
 * Do the domain, its MX addresses or its gateways' stand on a blocklist? (RFC 5782) Only lists that
 * the operator names are asked, and through his own resolvers alone: lists answer those they know.
 */
public final class RblProbe implements Probe<RblSeen> {
  static final String NAME = "rbl";

  private static final int MOST_HOSTS = 20;

  /** Times lists, these are the questions of a look. */
  static final int MOST_ADDRESSES = 32;

  private static final InetAddress LISTED = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress NOT_LISTED = InetAddress.ofLiteral("127.0.0.1");

  /** Of the mapped address ::ffff:127.0.0.1, last nibble first (RFC 5782 §5). */
  private static final String NOT_LISTED_IPV6 = "1.0.0.0.0.0.f.7.f.f.f.f" + ".0".repeat(20);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return RblRules.ALL;
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public RblSeen observe(ManagedDomain domain, Network network) {
    if (domain.blocklists().isEmpty()) {
      return RblSeen.NOTHING;
    }
    var unseen = new LinkedHashMap<Question, Answer.Unanswered>();
    var all =
        domain.blocklists().stream().anyMatch(list -> list.kind() == Blocklist.Kind.IP)
            ? addresses(domain, network, unseen)
            : Map.<InetAddress, String>of();
    var addresses = new LinkedHashMap<InetAddress, String>();
    all.entrySet().stream()
        .limit(MOST_ADDRESSES)
        .forEach(address -> addresses.put(address.getKey(), address.getValue()));
    return new RblSeen(
        unseen, addresses, all.size() - addresses.size(), consult(domain, addresses, network));
  }

  /** Of the MX hosts first, as declared for gateways else. */
  private static Map<InetAddress, String> addresses(
      ManagedDomain domain, Network network, Map<Question, Answer.Unanswered> unseen) {
    var mx = network.dns().ask(domain.name(), RecordType.MX);
    note(new Question(domain.name(), RecordType.MX), mx, unseen);
    var names = new LinkedHashMap<DnsName, String>();
    mx.records(Rdata.Mx.class).stream()
        .sorted()
        .map(Rdata.Mx::host)
        .filter(host -> !host.isRoot())
        .limit(MOST_HOSTS)
        .forEach(host -> names.put(host, "MX host " + host));
    if (mx instanceof Answer.NoData) {
      // Senders fall back to the domain's own address (RFC 5321 §5.1).
      names.put(domain.name(), domain.name().toString());
    }
    domain.gateways().stream()
        .filter(gateway -> gateway.addresses().isEmpty())
        .forEach(gateway -> names.putIfAbsent(gateway.host(), gateway(gateway)));
    var questions = new ArrayList<Question>();
    names
        .keySet()
        .forEach(
            name -> {
              questions.add(new Question(name, RecordType.A));
              questions.add(new Question(name, RecordType.AAAA));
            });
    var answers = questions.isEmpty() ? List.<Answer>of() : network.dns().ask(questions);
    var addresses = new LinkedHashMap<InetAddress, String>();
    for (var i = 0; i < questions.size(); i++) {
      note(questions.get(i), answers.get(i), unseen);
      var whose = names.getOrDefault(questions.get(i).name(), "");
      answers
          .get(i)
          .records(Rdata.Address.class)
          .forEach(found -> addresses.putIfAbsent(found.address(), whose));
    }
    domain
        .gateways()
        .forEach(
            gateway ->
                gateway
                    .addresses()
                    .forEach(address -> addresses.putIfAbsent(address, gateway(gateway))));
    // What stands inside is no third party's business; only a laboratory's own host is nobody's.
    addresses
        .keySet()
        .removeIf(
            address ->
                SpecialNetworks.isPrivate(address)
                    && !(network.allowsPrivate() && address.isLoopbackAddress()));
    // They are on every list, and on none.
    addresses.keySet().removeAll(List.of(LISTED, NOT_LISTED));
    return addresses;
  }

  private static String gateway(Gateway gateway) {
    return "gateway " + gateway.host();
  }

  private static void note(
      Question question, Answer answer, Map<Question, Answer.Unanswered> unseen) {
    if (answer instanceof Answer.Unanswered unanswered) {
      unseen.put(question, unanswered);
    }
  }

  /** A question that waits for its answer, and what it was asked for. */
  private record Asked(String what, String of, Optional<Demand> demand, Question question) {}

  /** All lists at once, then the reasons of all that is listed. */
  private static List<Consulted> consult(
      ManagedDomain domain, Map<InetAddress, String> addresses, Network network) {
    var perList = new ArrayList<List<Asked>>();
    var questions = new LinkedHashSet<Question>();
    for (var list : domain.blocklists()) {
      var asked = asked(list, domain, addresses);
      perList.add(asked);
      asked.forEach(one -> questions.add(one.question()));
    }
    var answers = ask(List.copyOf(questions), network);
    var reasons = new LinkedHashSet<Question>();
    perList.forEach(
        asked ->
            asked.stream()
                .filter(one -> one.demand().isEmpty())
                .map(Asked::question)
                .filter(question -> answers.get(question) instanceof Answer.Found)
                .forEach(question -> reasons.add(reason(question))));
    var given = ask(List.copyOf(reasons), network);
    var lists = new ArrayList<Consulted>();
    for (var i = 0; i < perList.size(); i++) {
      var tests = new ArrayList<Test>();
      var entries = new ArrayList<Entry>();
      for (var one : perList.get(i)) {
        var answer = answers.getOrDefault(one.question(), UNASKED);
        if (one.demand().isPresent()) {
          tests.add(new Test(one.what(), one.demand().get(), answer));
        } else {
          entries.add(
              new Entry(
                  one.what(),
                  one.of(),
                  one.question(),
                  answer,
                  Optional.ofNullable(given.get(reason(one.question())))));
        }
      }
      lists.add(new Consulted(domain.blocklists().get(i), tests, entries));
    }
    return lists;
  }

  private static final Answer UNASKED =
      new Answer.Unanswered(Answer.Failure.UNASKABLE, "it was not asked", "");

  private static Question reason(Question question) {
    return new Question(question.name(), RecordType.TXT);
  }

  private static Map<Question, Answer> ask(List<Question> questions, Network network) {
    var map = new LinkedHashMap<Question, Answer>();
    if (!questions.isEmpty()) {
      var answers = network.resolvers().ask(questions);
      for (var i = 0; i < questions.size(); i++) {
        map.put(questions.get(i), answers.get(i));
      }
    }
    return map;
  }

  /** What is not askable, because the name would be too long, cannot be listed either. */
  private static List<Asked> asked(
      Blocklist list, ManagedDomain domain, Map<InetAddress, String> addresses) {
    var asked = new ArrayList<Asked>();
    switch (list.kind()) {
      case IP -> {
        if (addresses.isEmpty()) {
          return asked;
        }
        add(asked, list, "127.0.0.2", "", Optional.of(Demand.LISTED), reversed(LISTED));
        add(asked, list, "127.0.0.1", "", Optional.of(Demand.NOT_LISTED), reversed(NOT_LISTED));
        if (addresses.keySet().stream().anyMatch(address -> address.getAddress().length == 16)) {
          add(asked, list, "::ffff:127.0.0.1", "", Optional.of(Demand.NOT_LISTED), NOT_LISTED_IPV6);
        }
        addresses.forEach(
            (address, whose) ->
                add(asked, list, Cidr.text(address), whose, Optional.empty(), reversed(address)));
      }
      case DOMAIN -> {
        add(asked, list, "INVALID", "", Optional.of(Demand.NOT_LISTED), "invalid");
        add(asked, list, domain.name().toString(), "", Optional.empty(), domain.name().toString());
      }
    }
    return asked;
  }

  private static void add(
      List<Asked> asked,
      Blocklist list,
      String what,
      String of,
      Optional<Demand> demand,
      String prefix) {
    DnsName.parse(prefix + "." + list.zone())
        .ifPresent(
            name -> asked.add(new Asked(what, of, demand, new Question(name, RecordType.A))));
  }

  /** Octets or nibbles, the last first (RFC 5782 §2.1, §2.4). */
  private static String reversed(InetAddress address) {
    var labels = ReverseName.of(address).labels();
    return String.join(".", labels.subList(0, labels.size() - 2));
  }

  @Override
  public Judgement judge(ManagedDomain domain, RblSeen seen, Context context) {
    return new RblJudge(domain, seen).judge();
  }
}
