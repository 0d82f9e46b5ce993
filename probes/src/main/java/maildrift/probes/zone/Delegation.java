package maildrift.probes.zone;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.NameServers;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.smtp.SpecialAddresses;

/**
 * Finds out who serves a name: the zone that it is in, the servers that NS records name, their
 * addresses, and whom the parent names. All of it from the resolvers but the last.
 */
final class Delegation {
  private static final int MAX_HOSTS = 13;
  private static final int MAX_ADDRESSES_A_HOST = 4;
  private static final int MAX_ADDRESSES = 2 * MAX_HOSTS;
  private static final int MAX_LABELS = 12;
  private static final int MAX_PARENT_HOSTS = 3;

  private final Dns dns;
  private final NameServers servers;
  private final boolean allowsPrivate;

  Delegation(Network network) {
    this.servers = network.nameServers();
    this.dns = servers.resolvers();
    this.allowsPrivate = network.allowsPrivate();
  }

  /**
   * A zone and whom its NS records name.
   *
   * @param trouble why it is not known; then the rest is without meaning
   */
  record Cut(DnsName zone, List<DnsName> names, Optional<ZoneSeen> trouble) {}

  /**
   * The deepest name at or above this one that has NS records, as far as {@code last}; a registry's
   * zone is not searched for a domain that does not exist.
   */
  Cut cut(DnsName name, Optional<DnsName> last) {
    var own = new Question(name, RecordType.NS);
    var first = cut(own, dns.ask(own));
    if (first.isPresent()) {
      return first.get();
    }
    var above = new ArrayList<Question>();
    for (var zone = name;
        !zone.isRoot() && !last.equals(Optional.of(zone)) && above.size() < MAX_LABELS; ) {
      zone = zone.parent();
      if (zone.isRoot() || (last.isEmpty() && PublicSuffixes.isPublicSuffix(zone))) {
        break;
      }
      above.add(new Question(zone, RecordType.NS));
    }
    var answers = above.isEmpty() ? List.<Answer>of() : dns.ask(above);
    for (var i = 0; i < answers.size(); i++) {
      var cut = cut(above.get(i), answers.get(i));
      if (cut.isPresent()) {
        return cut.get();
      }
    }
    return new Cut(
        name, List.of(), Optional.of(new ZoneSeen.Nobody("no zone with NS records was found")));
  }

  /** Empty: there is no cut here. */
  private static Optional<Cut> cut(Question question, Answer answer) {
    return switch (answer) {
      case Answer.Found found when found.aliases().isEmpty() ->
          Optional.of(new Cut(question.name(), names(found), Optional.empty()));
      case Answer.Found _, Answer.NoData _, Answer.NoSuchName _ -> Optional.empty();
      case Answer.Unanswered(_, var why, _) ->
          Optional.of(
              new Cut(
                  question.name(),
                  List.of(),
                  Optional.of(new ZoneSeen.Unknown(question.toString(), why))));
    };
  }

  private static List<DnsName> names(Answer answer) {
    return answer.records(Rdata.Ns.class).stream().map(Rdata.Ns::name).toList();
  }

  /** Who serves a zone. */
  record Servers(
      List<ZoneSeen.Host> hosts,
      List<ZoneSeen.Host> more,
      Optional<List<DnsName>> parent,
      List<At> at,
      List<String> leftOut) {}

  /** An address to ask, and the names that lead there, the zone's own first. */
  record At(List<String> names, DnsServer server) {
    At {
      names = List.copyOf(names);
    }
  }

  Servers servers(Cut cut) {
    var names = cut.names().stream().limit(MAX_HOSTS).toList();
    var parents = parents(cut.zone());
    var questions = new ArrayList<>(addressQuestions(names));
    parents.forEach(parent -> questions.add(new Question(parent, RecordType.NS)));
    var answers = dns.ask(questions);
    var hosts = new ArrayList<>(hosts(names, answers));
    var parent =
        answers.subList(2 * names.size(), answers.size()).stream()
            .filter(answer -> answer instanceof Answer.Found found && found.aliases().isEmpty())
            .findFirst()
            .flatMap(found -> delegation(cut.zone(), names(found)));
    var more =
        parent.orElse(List.of()).stream()
            .filter(name -> !cut.names().contains(name))
            .limit(MAX_HOSTS)
            .toList();
    var moreHosts =
        more.isEmpty() ? List.<ZoneSeen.Host>of() : hosts(more, dns.ask(addressQuestions(more)));
    var all = new ArrayList<>(hosts);
    all.addAll(moreHosts);
    var leftOut = new ArrayList<String>();
    var at = at(all, leftOut);
    return new Servers(hosts, moreHosts, parent, at, leftOut);
  }

  /** Above the zone, without the root. */
  private static List<DnsName> parents(DnsName zone) {
    var parents = new ArrayList<DnsName>();
    for (var name = zone; !name.isRoot() && parents.size() < MAX_LABELS; ) {
      name = name.parent();
      if (!name.isRoot()) {
        parents.add(name);
      }
    }
    return parents;
  }

  private static List<Question> addressQuestions(List<DnsName> names) {
    return Stream.concat(
            names.stream().map(name -> new Question(name, RecordType.A)),
            names.stream().map(name -> new Question(name, RecordType.AAAA)))
        .toList();
  }

  private static List<ZoneSeen.Host> hosts(List<DnsName> names, List<Answer> answers) {
    var hosts = new ArrayList<ZoneSeen.Host>();
    for (var i = 0; i < names.size(); i++) {
      hosts.add(new ZoneSeen.Host(names.get(i), answers.get(i), answers.get(i + names.size())));
    }
    return hosts;
  }

  private Optional<List<DnsName>> delegation(DnsName zone, List<DnsName> parents) {
    var names = parents.stream().limit(MAX_PARENT_HOSTS).toList();
    var answers = dns.ask(names.stream().map(name -> new Question(name, RecordType.A)).toList());
    var addresses =
        answers.stream()
            .flatMap(answer -> answer.records(Rdata.Address.class).stream())
            .map(Rdata.Address::address)
            .filter(this::mayBeAsked)
            .distinct()
            .map(address -> new DnsServer(address, servers.port()))
            .toList();
    return addresses.isEmpty() ? Optional.empty() : servers.delegation(zone, addresses);
  }

  /** Where a stranger's records must not lead us: our inside. */
  private boolean mayBeAsked(InetAddress address) {
    return allowsPrivate || !SpecialAddresses.contains(address);
  }

  /** Every host's first addresses before anybody's second. */
  private List<At> at(List<ZoneSeen.Host> hosts, List<String> leftOut) {
    var names = new LinkedHashMap<InetAddress, List<String>>();
    for (var rank = 0; rank < MAX_ADDRESSES_A_HOST / 2; rank++) {
      for (var host : hosts) {
        for (var answer : List.of(host.four(), host.six())) {
          var own = answer.records(Rdata.Address.class);
          if (rank < own.size()) {
            var known =
                names.computeIfAbsent(own.get(rank).address(), _ -> new ArrayList<String>());
            if (!known.contains(host.name().toString())) {
              known.add(host.name().toString());
            }
          }
        }
      }
    }
    var at = new ArrayList<At>();
    names.forEach(
        (address, of) -> {
          if (mayBeAsked(address) && at.size() < MAX_ADDRESSES) {
            at.add(new At(of, new DnsServer(address, servers.port())));
          } else {
            leftOut.add(String.join(", ", of) + " (" + address.getHostAddress() + ")");
          }
        });
    return at;
  }
}
