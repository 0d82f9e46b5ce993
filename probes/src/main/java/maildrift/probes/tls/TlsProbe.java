package maildrift.probes.tls;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
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
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.Leg;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Concessions;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;

/**
 * How well is mail to the domain's hosts protected? Looks at every address of its MX hosts, its
 * gateways and, where a TLS level is asked for, its forwarding servers, smarthosts and delivery
 * routes. (RFC 3207, RFC 9525, RFC 5280)
 */
public final class TlsProbe implements Probe<TlsSeen> {
  private static final int SMTP = 25;
  private static final int MAX_HOSTS = 20;
  private static final int MAX_ADDRESSES = 8;

  private final TrustAnchors anchors;

  public TlsProbe(TrustAnchors anchors) {
    this.anchors = anchors;
  }

  @Override
  public String name() {
    return "tls";
  }

  /** A host that lost its certificate is watched on; where there is no host at all, none is. */
  @Override
  public Set<String> completeKinds(Judgement seen) {
    return seen.outcome() == Outcome.ABSENT ? TlsDrift.KINDS : Set.of();
  }

  @Override
  public List<Rule> rules() {
    return TlsRules.ALL;
  }

  @Override
  public TlsSeen observe(ManagedDomain domain, Network network) {
    var mx = network.dns().ask(domain.name(), RecordType.MX);
    var names = hosts(mx);
    var port = network.smtp().port();
    var wanted = new LinkedHashMap<String, Wanted>();
    names.stream()
        .limit(MAX_HOSTS)
        .map(name -> Wanted.named(name, port, HostJudge.isDeclared(domain, name), Leg.MX))
        .forEach(host -> wanted.put(host.key(), host));
    for (var gateway : domain.gateways()) {
      // Whom only others may reach is not spoken to, unless senders are told to.
      if (gateway.settings().onlyFrom().isEmpty() || names.contains(gateway.host())) {
        wanted.merge(
            gateway.host() + ":" + gateway.port(),
            Wanted.of(gateway),
            (host, _) -> host.at(gateway));
      }
    }
    var hops = Hop.of(domain, port);
    var forwarding = forwarding(hops, network);
    for (var hop : hops) {
      behind(hop, forwarding).forEach(host -> add(host, wanted));
    }
    return new TlsSeen(
        Optional.of(mx),
        forwarding,
        look(List.copyOf(wanted.values()), network, false),
        Math.max(0, names.size() - MAX_HOSTS));
  }

  /** A host that is known by its name already is looked at where it is known. */
  private static void add(Wanted host, Map<String, Wanted> wanted) {
    var known =
        wanted.values().stream()
            .filter(other -> other.name.equals(host.name) && other.port == host.port)
            .findFirst();
    known.ifPresentOrElse(
        other -> wanted.put(other.key(), other.also(host.legs)),
        () -> wanted.put(host.key(), host));
  }

  /** One host by name, as the command line asks for it; no MX is asked. */
  public TlsSeen observe(DnsName host, int port, Network network) {
    return observe(Wanted.named(host, port, true, Leg.MX), network);
  }

  /**
   * One host at an address that the operator wrote; DNS is asked for nothing.
   *
   * @param host what it is called: a name, or the address itself ({@code 192.0.2.1}, {@code
   *     [2001:db8::1]}), which no certificate is held against
   */
  public TlsSeen observe(DnsName host, InetAddress address, int port, Network network) {
    return observe(Wanted.at(host, address, port, Leg.MX), network);
  }

  private static TlsSeen observe(Wanted host, Network network) {
    return new TlsSeen(Optional.empty(), List.of(), look(List.of(host), network, true), 0);
  }

  /** A host to be looked at; its addresses are asked for unless they are declared. */
  private record Wanted(
      DnsName name,
      int port,
      boolean declared,
      boolean asked,
      List<InetAddress> own,
      Optional<Gateway> gateway,
      Set<Leg> legs) {

    static Wanted named(DnsName name, int port, boolean declared, Leg leg) {
      return new Wanted(name, port, declared, true, List.of(), Optional.empty(), Set.of(leg));
    }

    static Wanted at(DnsName name, InetAddress address, int port, Leg leg) {
      return new Wanted(name, port, true, false, List.of(address), Optional.empty(), Set.of(leg));
    }

    static Wanted of(Gateway gateway) {
      return new Wanted(
          gateway.host(),
          gateway.port(),
          true,
          gateway.addresses().isEmpty(),
          gateway.addresses(),
          Optional.of(gateway),
          Set.of(Leg.GATEWAY));
    }

    /** An MX host that is a gateway too: at the addresses of DNS and at the declared ones. */
    Wanted at(Gateway gateway) {
      return new Wanted(name, port, true, true, gateway.addresses(), Optional.of(gateway), legs)
          .also(Set.of(Leg.GATEWAY));
    }

    /** Where other mail goes, too; whoever is named by the operator is no longer DNS' word. */
    Wanted also(Set<Leg> more) {
      var all = new HashSet<>(legs);
      all.addAll(more);
      return new Wanted(name, port, true, asked, own, gateway, all);
    }

    String key() {
      return name + ":" + port;
    }

    List<Smtp.Target> targets(List<Answer> answers) {
      return Stream.concat(
              own.stream(),
              answers.stream()
                  .flatMap(answer -> answer.records(Rdata.Address.class).stream())
                  .map(Rdata.Address::address))
          .distinct()
          .limit(MAX_ADDRESSES)
          .map(address -> new Smtp.Target(name, address, port, own.contains(address)))
          .toList();
    }
  }

  /** By preference; a null MX (RFC 7505) has none. */
  private static List<DnsName> hosts(Answer mx) {
    return mx.records(Rdata.Mx.class).stream()
        .map(Rdata.Mx::host)
        .filter(host -> !host.isRoot())
        .distinct()
        .toList();
  }

  /** A declared host, and the leg that ends there; only those of which a level is asked. */
  private record Hop(NextHop next, Leg leg, boolean isMx, int port) {

    static List<Hop> of(ManagedDomain domain, int smtp) {
      return Stream.of(
              domain.forwardingServers().stream()
                  .map(next -> new Hop(next, Leg.FORWARDING, !next.bracketed(), port(next, smtp))),
              domain.smarthosts().stream()
                  .map(next -> new Hop(next, Leg.SMARTHOST, !next.bracketed(), port(next, smtp))),
              // The provider hands the mail on where the gateway would.
              domain.declared().deliveryRoutes().stream()
                  .map(next -> new Hop(next, Leg.FORWARDING, false, port(next, smtp))))
          .flatMap(hops -> hops)
          .filter(hop -> Ladder.of(domain, hop.leg, hop.next.target()).isPresent())
          .toList();
    }

    /** Where none is written, that of mail hosts, which laboratories change. */
    private static int port(NextHop next, int smtp) {
      return next.port() == SMTP ? smtp : next.port();
    }
  }

  private static List<TlsSeen.Forwarding> forwarding(List<Hop> hops, Network network) {
    var names =
        hops.stream()
            .filter(Hop::isMx)
            .flatMap(hop -> hop.next().host().stream())
            .distinct()
            .toList();
    var answers =
        names.isEmpty()
            ? List.<Answer>of()
            : network
                .dns()
                .ask(names.stream().map(name -> new Question(name, RecordType.MX)).toList());
    var forwarding = new ArrayList<TlsSeen.Forwarding>();
    for (var i = 0; i < names.size(); i++) {
      forwarding.add(new TlsSeen.Forwarding(names.get(i), answers.get(i)));
    }
    return forwarding;
  }

  /** {@code [host]} is an address lookup; a bare host has MX, or is a host itself. */
  private static List<Wanted> behind(Hop hop, List<TlsSeen.Forwarding> forwarding) {
    var next = hop.next();
    if (next.literal().isPresent()) {
      return Cidr.octets(next.literal().get()).stream()
          .map(octets -> Cidr.of(octets, octets.length * 8).host())
          .map(address -> Wanted.at(next.target(), address, hop.port(), hop.leg()))
          .toList();
    }
    var mx =
        forwarding.stream()
            .filter(known -> hop.isMx() && known.name().equals(next.target()))
            .findFirst();
    return mx
        .map(known -> behind(known.name(), known.mx()))
        .orElseGet(() -> List.of(next.target()))
        .stream()
        .limit(MAX_HOSTS)
        .map(host -> Wanted.named(host, hop.port(), true, hop.leg()))
        .toList();
  }

  /** An unanswered question is not "no MX": then mail may go to other hosts than this one. */
  private static List<DnsName> behind(DnsName name, Answer mx) {
    if (mx instanceof Answer.Unanswered) {
      return List.of();
    }
    var hosts = hosts(mx);
    return hosts.isEmpty() ? List.of(name) : hosts;
  }

  /**
   * @param byName somebody asked for this very host
   */
  private static List<TlsSeen.Host> look(List<Wanted> wanted, Network network, boolean byName) {
    var asked = wanted.stream().filter(Wanted::asked).toList();
    var answers =
        network
            .dns()
            .ask(
                asked.stream()
                    .flatMap(
                        host ->
                            Stream.of(
                                new Question(host.name, RecordType.A),
                                new Question(host.name, RecordType.AAAA)))
                    .toList());
    var lookups = new ArrayList<List<Answer>>();
    var targets = new ArrayList<List<Smtp.Target>>();
    for (var host : wanted) {
      var at = asked.indexOf(host);
      lookups.add(at < 0 ? List.of() : answers.subList(2 * at, 2 * at + 2));
      targets.add(host.targets(lookups.getLast()));
    }
    var looks = network.smtp().look(targets.stream().flatMap(List::stream).toList()).iterator();
    var seen = new ArrayList<List<SmtpLook>>();
    targets.forEach(of -> seen.add(of.stream().map(_ -> looks.next()).toList()));
    var doubted = new ArrayList<Smtp.Target>();
    for (var i = 0; i < wanted.size(); i++) {
      var own = byName || wanted.get(i).gateway.isPresent();
      seen.get(i).stream()
          .filter(look -> ServerName.isSent(look.target().host()))
          .filter(look -> ServerName.mayMatter(look, own))
          .map(look -> look.target().unnamed())
          .forEach(doubted::add);
    }
    var unnamed = doubted.isEmpty() ? List.<SmtpLook>of() : network.smtp().look(doubted);
    var concessions = concessions(seen, network);
    var hosts = new ArrayList<TlsSeen.Host>();
    for (var i = 0; i < wanted.size(); i++) {
      var host = wanted.get(i);
      hosts.add(
          new TlsSeen.Host(
              host.name,
              host.port,
              host.declared,
              host.gateway,
              lookups.get(i),
              seen.get(i),
              unnamed.stream().filter(look -> isOf(look.target(), host)).toList(),
              concessions.entrySet().stream()
                  .filter(one -> isOf(one.getKey(), host))
                  .collect(toMap(one -> one.getKey().address(), Map.Entry::getValue)),
              host.legs));
    }
    return hosts;
  }

  /** Of those that negotiated something, or could have. */
  private static Map<Smtp.Target, Concessions> concessions(
      List<List<SmtpLook>> seen, Network network) {
    var targets =
        seen.stream()
            .flatMap(List::stream)
            .filter(look -> look instanceof SmtpLook.Spoke spoke && negotiates(spoke.tls()))
            .map(SmtpLook::target)
            .distinct()
            .toList();
    var made = targets.isEmpty() ? List.<Concessions>of() : network.smtp().concessions(targets);
    var byTarget = new LinkedHashMap<Smtp.Target, Concessions>();
    for (var i = 0; i < made.size(); i++) {
      byTarget.put(targets.get(i), made.get(i));
    }
    return byTarget;
  }

  private static boolean negotiates(SmtpLook.Tls tls) {
    return switch (tls) {
      case SmtpLook.Handshake _, SmtpLook.NoHandshake _ -> true;
      case SmtpLook.NotOffered _, SmtpLook.Declined _, SmtpLook.Interrupted _ -> false;
    };
  }

  private static boolean isOf(Smtp.Target target, Wanted host) {
    return target.host().equals(host.name) && target.port() == host.port;
  }

  @Override
  public Judgement judge(ManagedDomain domain, TlsSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    seen.mx().ifPresent(mx -> hostsUnseen(domain.name(), mx).ifPresent(judgement::add));
    for (var forwarding : seen.forwarding()) {
      hostsUnseen(forwarding.name(), forwarding.mx()).ifPresent(judgement::add);
    }
    var facts = new ArrayList<Map<String, Object>>();
    for (var host : seen.hosts()) {
      facts.addAll(judge(domain, host, context, judgement));
    }
    unspoken(domain, seen).forEach(judgement::aside);
    judgement.fact("hosts", facts);
    judgement.fact("declared", declared(domain, seen));
    judgement.fact("legs", legs(domain, seen, facts));
    if (seen.omitted() > 0) {
      judgement.fact("hostsOmitted", seen.omitted());
    }
    return judgement.build(outcome(seen));
  }

  /** Nothing is known of gateways that are not spoken to. */
  private Stream<Gap> unspoken(ManagedDomain domain, TlsSeen seen) {
    return seen.mx().isEmpty()
        ? Stream.empty()
        : domain.gateways().stream()
            .filter(gateway -> gateway.settings().onlyFrom().isPresent())
            .map(gateway -> gateway.host() + ":" + gateway.port())
            .filter(
                subject -> seen.hosts().stream().noneMatch(host -> host.subject().equals(subject)))
            .map(subject -> Gap.of(name(), subject, Gateway.UNSPOKEN, "tls.").subject(subject));
  }

  /** Rules for which something must be declared of a host, and is. */
  private static List<String> declared(ManagedDomain domain, TlsSeen seen) {
    var declared = new ArrayList<String>();
    if (seen.hosts().stream().anyMatch(host -> !HostJudge.pins(domain, host).isEmpty())) {
      declared.add(TlsRules.FINGERPRINT.id());
    }
    if (seen.hosts().stream().anyMatch(host -> HostJudge.connectorName(domain, host).isPresent())) {
      declared.add(TlsRules.CONNECTOR_NAME.id());
    }
    return declared;
  }

  @Override
  public boolean looksAt(Rule rule, Judgement own) {
    return !(rule.equals(TlsRules.FINGERPRINT) || rule.equals(TlsRules.CONNECTOR_NAME))
        || (own.facts().get("declared") instanceof List<?> declared
            && declared.contains(rule.id()));
  }

  /** Which hosts are behind a name is not known, so that any subject may be hidden. */
  private Optional<Gap> hostsUnseen(DnsName name, Answer mx) {
    return mx instanceof Answer.Unanswered unanswered
        ? Optional.of(Gap.of(name(), name + " MX", unanswered.why(), "tls."))
        : Optional.empty();
  }

  private static Outcome outcome(TlsSeen seen) {
    var looks = seen.hosts().stream().flatMap(host -> host.looks().stream()).toList();
    if (looks.stream().anyMatch(SmtpLook.Spoke.class::isInstance)) {
      return Outcome.OBSERVED;
    }
    var unanswered =
        Stream.of(
                seen.mx().stream(),
                seen.forwarding().stream().map(TlsSeen.Forwarding::mx),
                seen.hosts().stream().flatMap(host -> host.lookups().stream()))
            .flatMap(answers -> answers)
            .anyMatch(Answer.Unanswered.class::isInstance);
    return looks.isEmpty() && !unanswered ? Outcome.ABSENT : Outcome.UNOBSERVABLE;
  }

  private List<Map<String, Object>> judge(
      ManagedDomain domain, TlsSeen.Host host, Context context, Judgement.Builder judgement) {
    var facts = new ArrayList<Map<String, Object>>();
    var findings = new ArrayList<Found>();
    var hidden = new LinkedHashSet<String>();
    for (var lookup : host.lookups()) {
      if (lookup instanceof Answer.Unanswered unanswered) {
        hidden.add("its addresses could not be asked for: " + unanswered.why());
      }
    }
    var known = 0;
    for (var look : host.looks()) {
      var fact = start(host, Optional.of(look.target().address()));
      facts.add(fact);
      switch (look) {
        case SmtpLook.Unobservable(var _, var why) -> {
          unobservable(fact, why);
          hidden.add(at(look) + why);
        }
        case SmtpLook.Refused(var _, var why) -> {
          unobservable(fact, why);
          if (host.looks().stream().allMatch(SmtpLook.Refused.class::isInstance)) {
            hidden.add(why);
          }
        }
        case SmtpLook.Spoke spoke -> {
          if (spoke.tls() instanceof SmtpLook.Interrupted(var why)) {
            unobservable(fact, why);
            fact.put("starttls", true);
            fact.put("banner", spoke.banner());
            hidden.add(at(look) + "STARTTLS was interrupted: " + why);
          } else {
            known++;
            var presented = presented(spoke, context);
            var judged = HostJudge.judge(domain, host, spoke, presented, context.now());
            describe(fact, host, spoke, judged, presented);
            host.concessions(look.target().address())
                .ifPresent(made -> conceded(host, spoke, made, judgement, fact));
            host.unnamed(look.target().address())
                .ifPresent(unnamed -> serverName(host, spoke, unnamed, judgement, fact, findings));
            judged
                .findings()
                .forEach(finding -> findings.add(new Found(finding, look.target().address())));
          }
        }
      }
    }
    if (host.looks().isEmpty()) {
      var fact = start(host, Optional.empty());
      fact.put("outcome", (hidden.isEmpty() ? Outcome.ABSENT : Outcome.UNOBSERVABLE).word());
      facts.add(fact);
    }
    if (!hidden.isEmpty()) {
      var gap =
          Gap.of(name(), host.subject(), String.join("; ", hidden), "tls.").subject(host.subject());
      if (isAsked(domain, host)) {
        judgement.add(gap);
      } else {
        judgement.aside(gap);
      }
    }
    merged(findings, known).forEach(judgement::add);
    watch(domain, host, context, judgement);
    return facts;
  }

  /**
   * Whether the operator asks for a level there, or senders have to reach it. A provider's profile
   * and the floor of shared gateways ask of hosts many of which answer nobody but the gateway.
   */
  private static boolean isAsked(ManagedDomain domain, TlsSeen.Host host) {
    return host.legs().stream()
        .anyMatch(
            leg ->
                leg == Leg.MX
                    || leg == Leg.GATEWAY
                    || domain.tlsLevel().isPresent()
                    || domain.declared().tlsLevels().containsKey(leg));
  }

  /** Required against achievable, per leg. */
  private static List<Map<String, Object>> legs(
      ManagedDomain domain, TlsSeen seen, List<Map<String, Object>> hosts) {
    var legs = new ArrayList<Map<String, Object>>();
    for (var leg : Leg.values()) {
      for (var host : seen.hosts()) {
        if (host.legs().contains(leg)) {
          var required = Ladder.of(domain, leg, host.name());
          var fact = new LinkedHashMap<String, Object>();
          fact.put("leg", leg.word());
          fact.put("host", host.name().toString());
          fact.put("port", host.port());
          required.ifPresent(asked -> fact.put("required", asked.level().word()));
          required.ifPresent(asked -> fact.put("requiredBy", asked.by()));
          reached(host, hosts).ifPresent(level -> fact.put("reached", level.word()));
          legs.add(fact);
        }
      }
    }
    return legs;
  }

  /** What the worst of its addresses reaches, as far as they were seen. */
  private static Optional<TlsLevel> reached(TlsSeen.Host host, List<Map<String, Object>> hosts) {
    return hosts.stream()
        .filter(fact -> host.name().toString().equals(fact.get("host")))
        .filter(fact -> Integer.valueOf(host.port()).equals(fact.get("port")))
        .flatMap(fact -> fact.get("level") instanceof String word ? Stream.of(word) : Stream.of())
        .flatMap(word -> TlsLevel.parse(word).stream())
        .min(Comparator.naturalOrder());
  }

  /** Facts, and what hides a rule; the findings are in the host's judgement. */
  private void conceded(
      TlsSeen.Host host,
      SmtpLook.Spoke spoke,
      Concessions made,
      Judgement.Builder judgement,
      Map<String, Object> fact) {
    var offers = Offers.of(made, spoke.tls());
    offers.versions().ifPresent(versions -> fact.put("offers", versions));
    offers.weak().ifPresent(suites -> fact.put("weakCiphers", suites));
    offers
        .unseen()
        .forEach(
            (rule, why) ->
                judgement.aside(
                    new Gap(
                        name(),
                        host.subject() + " offered what is forbidden",
                        at(spoke) + why,
                        Set.of(rule.id()),
                        Optional.of(host.subject()))));
  }

  /** RFC 6066 §3: whether the name that is sent decides what is shown. */
  private void serverName(
      TlsSeen.Host host,
      SmtpLook.Spoke spoke,
      SmtpLook unnamed,
      Judgement.Builder judgement,
      Map<String, Object> fact,
      List<Found> findings) {
    switch (ServerName.compare(host, spoke, unnamed)) {
      case ServerName.Same _ -> fact.put("sniDependent", false);
      case ServerName.Differs(var finding) -> {
        fact.put("sniDependent", true);
        findings.add(new Found(finding, spoke.target().address()));
      }
      case ServerName.Unseen(var why) ->
          judgement.add(
              new Gap(
                  name(),
                  host.subject() + " without SNI",
                  at(spoke) + why,
                  Set.of(TlsRules.SNI.id()),
                  Optional.of(host.subject())));
    }
  }

  /** Only a host that was wholly seen has records: half of its certificates would look changed. */
  private void watch(
      ManagedDomain domain, TlsSeen.Host host, Context context, Judgement.Builder judgement) {
    var looks = host.looks().stream().filter(look -> !(look instanceof SmtpLook.Refused)).toList();
    var spoke =
        looks.stream()
            .flatMap(look -> look instanceof SmtpLook.Spoke one ? Stream.of(one) : Stream.empty())
            .filter(one -> !(one.tls() instanceof SmtpLook.Interrupted))
            .toList();
    if (looks.isEmpty()
        || spoke.size() < looks.size()
        || host.lookups().stream().anyMatch(Answer.Unanswered.class::isInstance)) {
      return;
    }
    judgement.record(TlsDrift.extensionsRecord(host.subject()), TlsDrift.extensions(spoke));
    var certificates =
        spoke.stream()
            .flatMap(one -> presented(one, context).stream())
            .map(Presented::watched)
            .toList();
    if (certificates.size() == spoke.size()) {
      judgement.record(
          TlsDrift.certificateRecord(host.subject()),
          TlsDrift.certificates(
              certificates,
              Ladder.of(domain, host)
                  .map(Ladder.Required::level)
                  .filter(TlsLevel.FINGERPRINT::equals)
                  .isPresent()));
    }
  }

  private static String at(SmtpLook look) {
    return look.target().address().getHostAddress() + ": ";
  }

  private Optional<Presented> presented(SmtpLook.Spoke spoke, Context context) {
    return spoke.tls() instanceof SmtpLook.Handshake handshake
        ? anchors.validate(handshake.chain(), context.now())
        : Optional.empty();
  }

  /** A finding with the address that showed it. */
  private record Found(Finding finding, InetAddress address) {}

  /** One finding a rule and host: the worst, naming the addresses when they are not all of them. */
  private static List<Finding> merged(List<Found> found, int looks) {
    var merged = new ArrayList<Finding>();
    var byRule =
        found.stream()
            .collect(groupingBy(one -> one.finding().rule().id(), LinkedHashMap::new, toList()));
    for (var ofOneRule : byRule.values()) {
      var worst =
          ofOneRule.stream()
              .map(Found::finding)
              .reduce((a, b) -> b.severity().compareTo(a.severity()) > 0 ? b : a)
              .orElseThrow();
      var message =
          ofOneRule.stream().anyMatch(one -> !one.finding().message().equals(worst.message()))
                  || ofOneRule.size() < looks
              ? sayWhere(ofOneRule, worst)
              : worst.message();
      merged.add(
          new Finding(
                  worst.rule(),
                  worst.severity(),
                  worst.subject(),
                  worst.subject(),
                  message,
                  worst.evidence(),
                  worst.remedy(),
                  worst.waived())
              .with(
                  "addresses",
                  ofOneRule.stream().map(one -> one.address().getHostAddress()).toList()));
    }
    return merged;
  }

  private static String sayWhere(List<Found> ofOneRule, Finding worst) {
    var addresses =
        ofOneRule.stream()
            .filter(one -> one.finding().message().equals(worst.message()))
            .map(one -> one.address().getHostAddress())
            .toList();
    var others = ofOneRule.size() - addresses.size();
    return "%s (at %s%s)"
        .formatted(
            worst.message(),
            String.join(", ", addresses),
            others == 0 ? "" : "; %d more of its addresses differ".formatted(others));
  }

  private static Map<String, Object> start(TlsSeen.Host host, Optional<InetAddress> address) {
    var fact = new LinkedHashMap<String, Object>();
    fact.put("host", host.name().toString());
    fact.put("port", host.port());
    address.ifPresent(known -> fact.put("address", known.getHostAddress()));
    host.gateway().ifPresent(gateway -> fact.put("gateway", gateway.id()));
    return fact;
  }

  private static void unobservable(Map<String, Object> fact, String why) {
    fact.put("outcome", Outcome.UNOBSERVABLE.word());
    fact.put("why", why);
  }

  /** What is not known is left out. */
  private static void describe(
      Map<String, Object> fact,
      TlsSeen.Host host,
      SmtpLook.Spoke spoke,
      HostJudge.Judged judged,
      Optional<Presented> presented) {
    fact.put("outcome", Outcome.OBSERVED.word());
    fact.put("starttls", !(spoke.tls() instanceof SmtpLook.NotOffered));
    judged.level().ifPresent(reached -> fact.put("level", reached.word()));
    switch (spoke.tls()) {
      case SmtpLook.Handshake handshake -> {
        fact.put("protocol", handshake.protocol());
        fact.put("cipher", handshake.cipher());
        fact.put("forwardSecrecy", HostJudge.isForwardSecret(handshake));
      }
      case SmtpLook.NoHandshake(var _, var why) -> fact.put("why", why);
      case SmtpLook.Declined(var reply) -> fact.put("why", reply);
      case SmtpLook.Interrupted _, SmtpLook.NotOffered _ -> {}
    }
    presented.ifPresent(chain -> describe(fact, host, chain));
    judged.consumers().ifPresent(consumers -> describe(fact, consumers));
    fact.put("banner", spoke.banner());
    fact.put("extensions", spoke.extensions());
  }

  private static void describe(Map<String, Object> fact, TlsSeen.Host host, Presented presented) {
    var leaf = presented.leaf();
    leaf.commonName().ifPresent(name -> fact.put("subjectCn", name));
    fact.put("subjectAltNames", leaf.dnsNames());
    fact.put("sanMatch", leaf.sanMatches(host.name()));
    fact.put("cnPresent", leaf.commonName().isPresent());
    fact.put("cnMatch", leaf.cnMatches(host.name()));
    fact.put("cnInSan", leaf.isCnInSan());
    fact.put("chainTrusted", presented.isTrusted());
    if (presented.trust() instanceof Trust.Untrusted untrusted) {
      fact.put("chainProblem", untrusted.why());
    }
    presented.missing().ifPresent(name -> fact.put("chainMissing", name));
    fact.put("chain", presented.sent());
    fact.put("notBefore", leaf.notBefore().toString());
    fact.put("notAfter", leaf.notAfter().toString());
    fact.put("issuer", leaf.issuer());
    fact.put("sha256", leaf.sha256());
    fact.put("spkiSha256", leaf.spkiSha256());
  }

  private static void describe(Map<String, Object> fact, Consumers consumers) {
    fact.put("consumers", consumers.verdicts());
    if (!consumers.refusals().isEmpty()) {
      fact.put("refusals", consumers.refusals());
    }
  }
}
