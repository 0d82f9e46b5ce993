package maildrift.probes.declared;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.spf.Netblocks;
import maildrift.probes.spf.SpfTree;

/**
 * Does what the operator declares agree with DNS, with what answers, and with itself? (SEPPmail's,
 * Mimecast's and all-connect's set-up instructions)
 *
 * <p>Nothing is said of what nobody declared. The looks at mail servers are those of the tls probe
 * where it looks at the same hosts; lists are compared with the netblocks that the netblocks probe
 * saw.
 */
public final class DeclaredProbe implements Probe<DeclaredSeen> {
  static final String NAME = "declared";

  private static final String NETBLOCKS = "netblocks";

  /** Of one host. */
  static final int MOST_ADDRESSES = 8;

  /** Of one MX, and of one address. */
  static final int MOST_NAMES = 16;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return DeclaredRules.ALL;
  }

  @Override
  public Set<String> siblings() {
    return Set.of(NETBLOCKS);
  }

  /** As long as there is a host somebody is looked at, which the look itself says. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public boolean looksAt(Rule rule, Judgement own) {
    return own.facts().get("judged") instanceof List<?> judged && judged.contains(rule.id());
  }

  /** Whether what is declared of a domain gives a rule anything to be held against. */
  public static boolean isAsked(String rule, ManagedDomain domain) {
    return judged(domain).stream().anyMatch(own -> own.id().equals(rule));
  }

  // ---- Looking

  @Override
  public DeclaredSeen observe(ManagedDomain domain, Network network) {
    var asked = new Asking(network);
    var hops = Hop.of(domain, network.smtp().port());
    for (var hop : hops) {
      if (hop.next().host().isPresent()) {
        asked.addresses(hop.target());
        if (hop.isMx()) {
          asked.add(hop.target(), RecordType.MX);
        }
      }
    }
    domain.declared().clientHosts().forEach(asked::addresses);
    if (!domain.declared().clientHosts().isEmpty()
        || domain.prescriptions().stream().anyMatch(ProviderHosts::lists)) {
      ProviderHosts.of(domain).forEach(asked::addresses);
    }
    var own = SenderJudge.single(domain);
    own.forEach(address -> asked.add(ReverseName.of(address), RecordType.PTR));
    asked.ask();
    // What the first answers lead to.
    for (var hop : hops) {
      if (hop.isMx()) {
        HopJudge.hosts(asked.answer(hop.target(), RecordType.MX)).stream()
            .limit(MOST_NAMES)
            .forEach(asked::addresses);
      } else if (hop.use().hasBrackets()
          && hop.next().host().isPresent()
          && asked.answer(hop.target(), RecordType.A).isAbsent()
          && asked.answer(hop.target(), RecordType.AAAA).isAbsent()) {
        asked.add(hop.target(), RecordType.MX);
      }
    }
    own.stream()
        .map(address -> asked.answer(ReverseName.of(address), RecordType.PTR))
        .flatMap(pointer -> SenderJudge.names(pointer).stream())
        .forEach(asked::addresses);
    asked.ask();
    var targets = domain.skip().contains("tls") ? List.<Smtp.Target>of() : targets(hops, asked);
    // A look that sees nothing but DNS can be recalled.
    var looks = targets.isEmpty() ? List.<SmtpLook>of() : network.smtp().look(targets);
    var networks = new LinkedHashMap<DnsName, Netblocks>();
    var included = networks(domain, network, networks);
    return new DeclaredSeen(
        asked.answers,
        looks,
        network.smtp().port(),
        networks,
        included,
        RelayJudge.theirs(domain, network));
  }

  /** Questions in rounds, each asked once. */
  private static final class Asking {
    private final Network network;
    private final Set<Question> next = new LinkedHashSet<>();
    private final Map<Question, Answer> answers = new LinkedHashMap<>();

    Asking(Network network) {
      this.network = network;
    }

    void add(DnsName name, RecordType type) {
      var question = new Question(name, type);
      if (!answers.containsKey(question)) {
        next.add(question);
      }
    }

    void addresses(DnsName name) {
      add(name, RecordType.A);
      add(name, RecordType.AAAA);
    }

    void ask() {
      if (next.isEmpty()) {
        return;
      }
      var questions = List.copyOf(next);
      next.clear();
      var given = network.dns().ask(questions);
      for (var i = 0; i < questions.size(); i++) {
        answers.put(questions.get(i), given.get(i));
      }
    }

    Answer answer(DnsName name, RecordType type) {
      return Optional.ofNullable(answers.get(new Question(name, type))).orElseThrow();
    }
  }

  /** The very targets of the tls probe, so that one look serves both. */
  private static List<Smtp.Target> targets(List<Hop> hops, Asking asked) {
    var targets = new LinkedHashSet<Smtp.Target>();
    for (var hop : hops) {
      if (!hop.use().isLookedAt()) {
        continue;
      }
      var port = hop.port();
      hop.next()
          .literal()
          .flatMap(Cidr::octets)
          .map(octets -> Cidr.of(octets, octets.length * 8).host())
          .ifPresent(address -> targets.add(new Smtp.Target(hop.target(), address, port, true)));
      if (hop.next().host().isPresent()) {
        var mx =
            hop.isMx()
                ? HopJudge.hosts(asked.answer(hop.target(), RecordType.MX))
                : List.<DnsName>of();
        (mx.isEmpty() ? Stream.of(hop.target()) : mx.stream().limit(MOST_NAMES))
            .forEach(
                host ->
                    new DeclaredSeen(asked.answers, List.of(), port, Map.of(), List.of(), Map.of())
                        .addresses(host).found().stream()
                            .limit(MOST_ADDRESSES)
                            .map(address -> new Smtp.Target(host, address, port))
                            .forEach(targets::add));
      }
    }
    return List.copyOf(targets);
  }

  /**
   * Networks behind the names that matter, and the names that the domain's SPF leads to. Other
   * regions are asked for only where the allowlist has nothing of the own one.
   */
  private static List<DnsName> networks(
      ManagedDomain domain, Network network, Map<DnsName, Netblocks> networks) {
    var included = new ArrayList<DnsName>();
    var regional =
        domain.prescriptions().stream()
            .filter(by -> RegionJudge.region(by).isPresent())
            .filter(by -> !RegionJudge.region(by).orElseThrow().networks().isEmpty())
            .toList();
    if (!regional.isEmpty() || !domain.declared().outboundAddresses().isEmpty()) {
      var tree = SpfTree.of(domain.name(), network.dns(), network.deadline());
      networks.put(domain.name(), Netblocks.of(tree));
      tree.policies().stream()
          .map(SpfTree.Policy::name)
          .flatMap(name -> DnsName.parse(name).stream())
          .distinct()
          .forEach(included::add);
    }
    domain.prescriptions().stream()
        .filter(ProviderHosts::lists)
        .flatMap(by -> by.netblocks().stream())
        .forEach(name -> follow(name, network, networks));
    var list = RegionJudge.comparable(domain);
    for (var by : regional) {
      if (list.isEmpty()) {
        break;
      }
      var own = RegionJudge.region(by).orElseThrow();
      own.networks().forEach(name -> follow(name, network, networks));
      var known =
          NetworkSet.of(
              own.networks().stream()
                  .map(networks::get)
                  .flatMap(
                      seen ->
                          seen instanceof Netblocks.Known(_, var entries, _, _)
                              ? entries.stream()
                              : Stream.<Cidr>of())
                  .toList());
      if (!known.isEmpty() && list.get().entries().stream().noneMatch(known::overlaps)) {
        by.regions().stream()
            .map(Prescription.Region::networks)
            .flatMap(Collection::stream)
            .forEach(name -> follow(name, network, networks));
      }
    }
    return included;
  }

  private static void follow(DnsName name, Network network, Map<DnsName, Netblocks> networks) {
    networks.computeIfAbsent(
        name, _ -> Netblocks.of(SpfTree.of(name, network.dns(), network.deadline())));
  }

  // ---- Judging

  @Override
  public Judgement judge(ManagedDomain domain, DeclaredSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    var hops = new HopJudge(domain, seen, judgement).judge();
    new LoopJudge(domain, seen, judgement).judge();
    new RegionJudge(domain, seen, judgement).judge();
    new SettingsJudge(domain, judgement).judge();
    new ConnectorJudge(domain, judgement).judge();
    new SenderJudge(domain, seen, judgement).judge();
    new ProviderHosts(domain, seen, judgement).judge();
    var judged = judged(domain);
    if (!seen.theirs().isEmpty()) {
      judgement.fact(RelayJudge.THEIRS, RelayJudge.facts(seen.theirs()));
    }
    var further = SenderJudge.notAskedFor(domain);
    if (!further.isEmpty()) {
      judgement.fact("reverseNotLookedAt", further.stream().map(Cidr::text).toList());
    }
    return judgement
        .fact("judged", judged.stream().map(Rule::id).toList())
        .fact("hops", hops)
        .fact("tenantsBeside", domain.neighbours().tenants())
        .build(outcome(judged, seen));
  }

  /** Rules that something is held against. */
  private static List<Rule> judged(ManagedDomain domain) {
    var hops = Hop.of(domain);
    var rules = new LinkedHashSet<Rule>();
    rules.addAll(
        new Asked()
            .rule(DeclaredRules.BRACKETS, hops.stream().anyMatch(hop -> hop.use().hasBrackets()))
            .rule(DeclaredRules.LOOP, LoopJudge.isAsked(domain))
            .rule(DeclaredRules.UNRESOLVED, !hops.isEmpty())
            .rule(DeclaredRules.ROUTE, hops.stream().anyMatch(hop -> hop.use().isLookedAt()))
            .rule(
                DeclaredRules.REGION,
                domain.prescriptions().stream().anyMatch(by -> RegionJudge.region(by).isPresent()))
            .rule(
                DeclaredRules.CONNECTOR,
                domain.declared().connectors().stream()
                    .map(Connector::direction)
                    .findAny()
                    .isPresent())
            .rule(DeclaredRules.OUTBOUND, !domain.declared().outboundAddresses().isEmpty())
            .rule(DeclaredRules.CLIENT_HOST, !domain.declared().clientHosts().isEmpty())
            .rule(
                DeclaredRules.OUTSIDE,
                domain.prescriptions().stream().anyMatch(ProviderHosts::lists))
            .rules());
    rules.addAll(SettingsJudge.rules(domain));
    rules.addAll(RelayJudge.rules(domain));
    return List.copyOf(rules);
  }

  private static Outcome outcome(List<Rule> judged, DeclaredSeen seen) {
    if (judged.isEmpty()) {
      return Outcome.ABSENT;
    }
    return !seen.answers().isEmpty()
            && seen.answers().values().stream().allMatch(Answer.Unanswered.class::isInstance)
        ? Outcome.UNOBSERVABLE
        : Outcome.OBSERVED;
  }

  @Override
  public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    return RelayJudge.judge(domain, own, Optional.ofNullable(siblings.get(NETBLOCKS)));
  }
}
