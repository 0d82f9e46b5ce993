package maildrift.probes.gateway;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.MailHosts;

/**
 * Do the names of each gateway's address agree: its reverse name, where that leads, its greeting,
 * its HELO and the MX that points to it? (RFC 1912 §2.1, RFC 5321 §4.1.4)
 *
 * <p>The addresses of MX hosts that nobody declared are looked at too, for information. The looks
 * at mail servers are those of the tls probe.
 */
public final class GatewayProbe implements Probe<GatewaySeen> {
  static final String NAME = "gateway";

  private static final int MAX_ADDRESSES = 8;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return GatewayRules.ALL;
  }

  /** As long as there is an address somebody is looked at, which the look itself says. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  /**
   * No HELO that is not declared, no greeting that was not asked for, no MX that leads elsewhere.
   */
  @Override
  public boolean looksAt(Rule rule, Judgement own) {
    return own.facts().get("addresses") instanceof List<?> places
        && places.stream()
            .anyMatch(place -> place instanceof Map<?, ?> names && looksAt(rule, names));
  }

  private static boolean looksAt(Rule rule, Map<?, ?> names) {
    if (rule.equals(GatewayRules.HELO)) {
      return names.containsKey("helo");
    }
    if (rule.equals(GatewayRules.BANNER)) {
      return names.containsKey("banner") || !names.containsKey("gateway");
    }
    return rule.equals(GatewayRules.MX_NAME)
        ? names.containsKey("mx")
        : names.containsKey("outcome");
  }

  /** An address on its way to a place. */
  private static final class Found {
    private final InetAddress address;
    private final DnsName host;
    private final int port;
    private final Optional<Gateway> gateway;
    private final SequencedSet<DnsName> targets = new LinkedHashSet<>();

    Found(InetAddress address, DnsName host, int port, Optional<Gateway> gateway) {
      this.address = address;
      this.host = host;
      this.port = port;
      this.gateway = gateway;
    }

    /** The very target of the tls probe, so that one look serves both. */
    Smtp.Target target() {
      return new Smtp.Target(
          host,
          address,
          port,
          gateway.filter(known -> known.addresses().contains(address)).isPresent());
    }

    /** Whom only others may reach is not spoken to, unless senders are told to. */
    boolean isSpokenTo() {
      return !targets.isEmpty()
          || gateway.filter(known -> known.settings().onlyFrom().isPresent()).isEmpty();
    }

    boolean isPrivate() {
      return SpecialNetworks.isPrivate(address);
    }
  }

  @Override
  public GatewaySeen observe(ManagedDomain domain, Network network) {
    var mx = network.dns().ask(domain.name(), RecordType.MX);
    var targets = MailHosts.of(mx).stream().limit(MailHosts.MAX_HOSTS).toList();
    var hosts = hosts(domain, targets, network);
    var found = found(domain, targets, hosts, network);
    var asked = found.stream().filter(one -> asksFor(one, network)).toList();
    var pointers =
        network
            .dns()
            .ask(
                asked.stream()
                    .map(one -> new Question(ReverseName.of(one.address), RecordType.PTR))
                    .toList());
    var spoken =
        domain.skip().contains("tls")
            ? List.<Found>of()
            : found.stream().filter(Found::isSpokenTo).toList();
    var looks =
        spoken.isEmpty()
            ? List.<SmtpLook>of()
            : network.smtp().look(spoken.stream().map(Found::target).toList());
    var places = new ArrayList<GatewaySeen.Place>();
    for (var i = 0; i < found.size(); i++) {
      var one = found.get(i);
      var at = asked.indexOf(one);
      places.add(
          new GatewaySeen.Place(
              one.address,
              one.host,
              one.port,
              one.gateway,
              List.copyOf(one.targets),
              at < 0 ? Optional.empty() : Optional.of(pointers.get(at)),
              one.isPrivate(),
              spoken.contains(one)
                  ? Optional.of(looks.get(spoken.indexOf(one)))
                  : Optional.empty()));
    }
    return new GatewaySeen(mx, hosts, places, names(places, network));
  }

  /** Addresses of the MX hosts, and of the gateways that are written without. */
  private static Map<DnsName, List<Answer>> hosts(
      ManagedDomain domain, List<DnsName> targets, Network network) {
    var names = new LinkedHashSet<>(targets);
    domain.gateways().stream()
        .filter(gateway -> gateway.addresses().isEmpty())
        .map(Gateway::host)
        .forEach(names::add);
    var questions = new ArrayList<Question>();
    for (var name : names) {
      questions.add(new Question(name, RecordType.A));
      questions.add(new Question(name, RecordType.AAAA));
    }
    var answers = network.dns().ask(questions).iterator();
    var hosts = new LinkedHashMap<DnsName, List<Answer>>();
    names.forEach(name -> hosts.put(name, List.of(answers.next(), answers.next())));
    return hosts;
  }

  /** The addresses of gateways, then those of the MX hosts that lead elsewhere. */
  private static List<Found> found(
      ManagedDomain domain,
      List<DnsName> targets,
      Map<DnsName, List<Answer>> hosts,
      Network network) {
    var found = new ArrayList<Found>();
    for (var gateway : domain.gateways()) {
      Stream.concat(gateway.addresses().stream(), addresses(hosts, gateway.host()))
          .distinct()
          .limit(MAX_ADDRESSES)
          .map(address -> new Found(address, gateway.host(), gateway.port(), Optional.of(gateway)))
          .forEach(found::add);
    }
    var gateways = found.size();
    for (var target : targets) {
      addresses(hosts, target)
          .distinct()
          .limit(MAX_ADDRESSES)
          .forEach(
              address -> {
                var there =
                    found.stream()
                        .filter(one -> one.address.equals(address))
                        .filter(one -> one.gateway.isPresent() || one.host.equals(target))
                        .toList();
                there.forEach(one -> one.targets.add(target));
                if (there.isEmpty()) {
                  var one = new Found(address, target, network.smtp().port(), Optional.empty());
                  one.targets.add(target);
                  found.add(one);
                }
              });
    }
    // Of strangers' addresses that are nobody's on the Internet the mx probe speaks.
    found.subList(gateways, found.size()).removeIf(one -> !asksFor(one, network));
    return found;
  }

  private static Stream<InetAddress> addresses(Map<DnsName, List<Answer>> hosts, DnsName host) {
    return hosts.getOrDefault(host, List.of()).stream()
        .flatMap(answer -> answer.records(Rdata.Address.class).stream())
        .map(Rdata.Address::address);
  }

  private static boolean asksFor(Found one, Network network) {
    return network.allowsPrivate() || !one.isPrivate();
  }

  /** Where the names lead that were found, and those that are declared. */
  private static Map<Question, Answer> names(List<GatewaySeen.Place> places, Network network) {
    var questions = new LinkedHashSet<Question>();
    for (var place : places) {
      place.pointer().stream()
          .flatMap(pointer -> Reverse.named(pointer).stream())
          .limit(Reverse.MOST)
          .forEach(name -> questions.add(new Question(name, place.type())));
      if (place.gateway().isPresent() && place.pointer().isPresent()) {
        Stream.concat(
                place.look().flatMap(Greeting::of).flatMap(Greeting::name).stream(),
                place.gateway().get().heloName().stream())
            .forEach(
                name -> {
                  questions.add(new Question(name, RecordType.A));
                  questions.add(new Question(name, RecordType.AAAA));
                });
      }
    }
    var answers = network.dns().ask(List.copyOf(questions)).iterator();
    var names = new LinkedHashMap<Question, Answer>();
    questions.forEach(question -> names.put(question, answers.next()));
    return names;
  }

  @Override
  public Judgement judge(ManagedDomain domain, GatewaySeen seen, Context context) {
    var judgement = new Judgement.Builder();
    if (seen.mx() instanceof Answer.Unanswered(_, var why, _)) {
      // Which hosts there are is not known, so that any subject may be hidden; the mx probe's gap.
      judgement.aside(Gap.of(NAME, domain.name() + " MX", why, "gateway.", "ptr."));
    }
    hostsUnseen(domain, seen, judgement);
    var facts = new ArrayList<Map<String, Object>>();
    for (var place : seen.places()) {
      facts.add(new PlaceJudge(domain, seen, place, judgement).judge());
    }
    return judgement
        .fact("gateways", domain.gateways().stream().map(own -> own.host().toString()).toList())
        .fact("addresses", facts)
        .build(outcome(seen));
  }

  /**
   * An MX host's addresses are the mx probe's business, and a gateway's the tls probe's unless it
   * is skipped.
   */
  private static void hostsUnseen(
      ManagedDomain domain, GatewaySeen seen, Judgement.Builder judgement) {
    seen.hosts()
        .forEach(
            (host, answers) -> {
              var isOwn =
                  domain.skip().contains("tls")
                      && domain.gateways().stream()
                          .anyMatch(
                              gateway ->
                                  gateway.addresses().isEmpty() && gateway.host().equals(host));
              for (var i = 0; i < answers.size(); i++) {
                if (answers.get(i) instanceof Answer.Unanswered(_, var why, _)) {
                  var gap = Gap.of(NAME, host + (i == 0 ? " A" : " AAAA"), why, "gateway.", "ptr.");
                  if (isOwn) {
                    judgement.add(gap);
                  } else {
                    judgement.aside(gap);
                  }
                }
              }
            });
  }

  /** Any of its names. */
  private static boolean isSeen(GatewaySeen.Place place) {
    return place.look().filter(SmtpLook.Spoke.class::isInstance).isPresent()
        || place.pointer().filter(answer -> !(answer instanceof Answer.Unanswered)).isPresent();
  }

  private static Outcome outcome(GatewaySeen seen) {
    if (seen.places().stream().anyMatch(GatewayProbe::isSeen)) {
      return Outcome.OBSERVED;
    }
    return seen.mx() instanceof Answer.Unanswered
            || seen.places().stream().anyMatch(place -> place.gateway().isPresent())
        ? Outcome.UNOBSERVABLE
        : Outcome.ABSENT;
  }
}
