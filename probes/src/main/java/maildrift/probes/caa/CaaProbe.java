package maildrift.probes.caa;

import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.caa.CaaSeen.Climb;
import maildrift.probes.caa.CaaSeen.Relevant;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.mtasts.MtaStsProbe;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.Leaf;
import maildrift.probes.tls.MailHosts;
import maildrift.probes.tls.NameMatch;

/**
 * Who may issue certificates for the domain, its MX hosts and the host of its MTA-STS policy, and
 * may those who did? (RFC 8659)
 *
 * <p>Hosts are contacted only where CAA records restrict who may issue for them.
 */
public final class CaaProbe implements Probe<CaaSeen> {
  private static final String NAME = "caa";

  /** A longer name is nobody's host; each label is a question. */
  private static final int MAX_LABELS = 12;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return CaaRules.ALL;
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public CaaSeen observe(ManagedDomain domain, Network network) {
    var asked =
        network
            .dns()
            .ask(
                Stream.concat(
                        Stream.of(new Question(domain.name(), RecordType.MX)),
                        MtaStsProbe.question(domain).stream())
                    .toList());
    var mx = asked.getFirst();
    var policy =
        domain.skip().contains("mtasts") || asked.size() < 2
            ? Optional.<MtaStsProbe.Announced>empty()
            : MtaStsProbe.announced(domain, asked.getLast());
    var names = MailHosts.of(mx);
    var hosts =
        names.stream()
            .limit(MailHosts.MAX_HOSTS)
            .filter(name -> name.labels().size() <= MAX_LABELS)
            .toList();
    var climbed =
        Stream.of(
                Stream.of(domain.name()),
                hosts.stream(),
                policy.stream().map(MtaStsProbe.Announced::host))
            .flatMap(all -> all)
            .toList();
    var climbs = climb(climbed, network);
    var ofHosts = climbs.subList(1, 1 + hosts.size());
    var wanted =
        domain.skip().contains("tls")
            ? List.<DnsName>of()
            : ofHosts.stream().filter(CaaProbe::restricts).map(Climb::name).toList();
    var looked = MailHosts.look(domain, wanted, network);
    return new CaaSeen(
        climbs.getFirst(),
        mx,
        ofHosts.stream().map(climb -> host(climb, looked)).toList(),
        names.size() - hosts.size(),
        policy.map(announced -> policyHost(announced, climbs.getLast(), network)),
        !domain.skip().contains("mtasts") && asked.getLast() instanceof Answer.Unanswered unseen
            ? Optional.of(unseen.why())
            : Optional.empty());
  }

  /** Asked for what the mtasts probe asks it for, which is then remembered for both. */
  private static CaaSeen.PolicyHost policyHost(
      MtaStsProbe.Announced announced, Climb climb, Network network) {
    if (!restricts(climb)) {
      return new CaaSeen.PolicyHost(climb, List.of(), Optional.empty());
    }
    var answers =
        network
            .dns()
            .ask(
                List.of(
                    new Question(announced.host(), RecordType.A),
                    new Question(announced.host(), RecordType.AAAA)));
    return new CaaSeen.PolicyHost(
        climb, answers, announced.target(answers).map(target -> network.https().get(target)));
  }

  private static CaaSeen.Host host(Climb climb, List<MailHosts.Host> looked) {
    return looked.stream()
        .filter(host -> host.name().equals(climb.name()))
        .findFirst()
        .map(host -> new CaaSeen.Host(climb.name(), climb, host.looks(), addressesUnseen(host)))
        .orElseGet(() -> new CaaSeen.Host(climb.name(), climb, List.of(), Optional.empty()));
  }

  private static boolean restricts(Climb climb) {
    return climb.relevant() instanceof Relevant.Found found && found.set().restricts();
  }

  private static Optional<String> addressesUnseen(MailHosts.Host host) {
    return host.addresses().stream()
        .filter(Answer.Unanswered.class::isInstance)
        .map(answer -> ((Answer.Unanswered) answer).why())
        .findFirst();
  }

  /** All at once: most names share their upper ends, and so does the fleet. */
  private static List<Climb> climb(List<DnsName> names, Network network) {
    var asked = new LinkedHashSet<DnsName>();
    names.forEach(name -> asked.addAll(upwards(name)));
    var order = List.copyOf(asked);
    var answers =
        network.dns().ask(order.stream().map(name -> new Question(name, RecordType.CAA)).toList());
    return names.stream()
        .map(
            name ->
                new Climb(
                    name,
                    upwards(name).stream()
                        .map(at -> new CaaSeen.Step(at, answers.get(order.indexOf(at))))
                        .toList()))
        .toList();
  }

  /** The name and its ancestors, the root excluded. */
  private static List<DnsName> upwards(DnsName name) {
    return Stream.iterate(name, at -> !at.isRoot(), DnsName::parent).limit(MAX_LABELS).toList();
  }

  @Override
  public Judgement judge(ManagedDomain domain, CaaSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    var subject = domain.name().toString();
    var outcome =
        switch (seen.domain().relevant()) {
          case Relevant.Found found -> {
            facts(judgement, Optional.of(found));
            judgement.record(
                subject + " CAA", found.set().shown().stream().collect(Collectors.joining(", ")));
            syntax(found).ifPresent(judgement::add);
            iodef(found).ifPresent(judgement::add);
            yield Outcome.OBSERVED;
          }
          case Relevant.None(var above) -> {
            facts(judgement, Optional.empty());
            if (above.isPresent()) {
              var unseen = above.get();
              judgement.aside(Gap.of(NAME, unseen.at() + " CAA", unseen.why(), ids()));
              yield Outcome.UNOBSERVABLE;
            }
            judgement.record(subject + " CAA", "");
            judgement.add(absent(domain));
            yield Outcome.ABSENT;
          }
          case Relevant.Unseen(var at, var why) -> {
            judgement.add(Gap.of(NAME, at + " CAA", why, ids()));
            yield Outcome.UNOBSERVABLE;
          }
        };
    if (seen.mx() instanceof Answer.Unanswered unanswered) {
      judgement.add(Gap.of(NAME, subject + " MX", unanswered.why(), CaaRules.PERMITS_ISSUER.id()));
    }
    judgement.fact("hosts", seen.hosts().stream().map(host -> judge(host, judgement)).toList());
    seen.policyHost().ifPresent(host -> judgement.fact("policyHost", judge(host, judgement)));
    seen.policyUnseen()
        .ifPresent(
            why ->
                judgement.aside(
                    Gap.of(NAME, "_mta-sts." + subject + " TXT", why, CaaRules.PERMITS_ISSUER.id())
                        .subject("mta-sts." + subject)));
    if (seen.omitted() > 0) {
      judgement.fact("hostsOmitted", seen.omitted());
    }
    return judgement.build(outcome);
  }

  private static String[] ids() {
    return CaaRules.ALL.stream().map(Rule::id).toArray(String[]::new);
  }

  private static void facts(Judgement.Builder judgement, Optional<Relevant.Found> found) {
    var set = found.map(Relevant.Found::set).orElse(new CaaSet(List.of()));
    judgement
        .fact("foundAt", found.map(one -> one.at().toString()).orElse(null))
        .fact("records", set.shown())
        .fact("issue", set.issuers("issue"))
        .fact("issueWild", set.issuers("issuewild"))
        .fact("issueMail", set.issuers("issuemail"))
        .fact("iodef", set.values("iodef"));
  }

  private static Finding absent(ManagedDomain domain) {
    return Finding.of(
            CaaRules.PRESENT,
            domain.name().toString(),
            "neither %s nor a name above it has a CAA record, so every public authority may issue certificates for it"
                .formatted(domain.name()))
        .cause(domain.name() + " CAA")
        .remedy(
            "Publish one for each authority whose certificates you use, e.g. %s. IN CAA 0 issue \"letsencrypt.org\""
                .formatted(domain.name()));
  }

  private static Optional<Finding> syntax(Relevant.Found found) {
    var problems = found.set().problems();
    if (problems.isEmpty()) {
      return Optional.empty();
    }
    var blocks = problems.stream().anyMatch(CaaSet.Problem::blocksIssuance);
    return Optional.of(
        Finding.of(
                CaaRules.SYNTAX,
                found.at().toString(),
                "of the CAA records at %s %s"
                    .formatted(
                        found.owner(),
                        problems.stream()
                            .map(CaaSet.Problem::text)
                            .distinct()
                            .limit(3)
                            .collect(Collectors.joining("; "))))
            .severity(blocks ? Severity.CRITICAL : Severity.WARNING)
            .cause(found.owner() + " CAA")
            .with("records", found.set().shown()));
  }

  private static Optional<Finding> iodef(Relevant.Found found) {
    var wrong =
        found.set().properties().stream()
            .filter(CaaSet.Property::isMalformedIodef)
            .map(CaaSet.Property::shown)
            .toList();
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.of(
                    CaaRules.IODEF,
                    found.at().toString(),
                    "“%s” at %s is not a mailto:, https: or http: URL"
                        .formatted(wrong.getFirst(), found.owner()))
                .cause(found.owner() + " CAA")
                .with("records", wrong));
  }

  private static Map<String, Object> judge(CaaSeen.Host host, Judgement.Builder judgement) {
    var fact = new LinkedHashMap<String, Object>();
    fact.put("host", host.name().toString());
    var subject = host.name().toString();
    switch (host.climb().relevant()) {
      case Relevant.None _ -> fact.put("foundAt", null);
      case Relevant.Unseen(var at, var why) ->
          judgement.add(
              Gap.of(NAME, at + " CAA", why, CaaRules.PERMITS_ISSUER.id()).subject(subject));
      case Relevant.Found found -> {
        fact.put("foundAt", found.at().toString());
        hidden(host)
            .ifPresent(
                why ->
                    judgement.add(
                        Gap.of(NAME, door(host), why, CaaRules.PERMITS_ISSUER.id())
                            .subject(subject)));
        issued(
            host.climb(),
            host.looks().stream().flatMap(look -> leaf(look).stream()),
            fact,
            judgement);
      }
    }
    return fact;
  }

  /** Where its certificate would be seen, as the TLS probe names it: it is one gap. */
  private static String door(CaaSeen.Host host) {
    return host.looks().stream()
        .findFirst()
        .filter(_ -> host.addressesUnseen().isEmpty())
        .map(look -> host.name() + ":" + look.target().port())
        .orElse(host.name().toString());
  }

  /** What is said of these certificates, which the host of the climb presents. */
  private static void issued(
      Climb climb,
      Stream<X509Certificate> leaves,
      Map<String, Object> fact,
      Judgement.Builder judgement) {
    var issued = leaves.flatMap(leaf -> issued(climb, leaf).stream()).toList();
    issued.stream()
        .findFirst()
        .ifPresent(
            one -> {
              fact.put("issuer", one.authority().organisation());
              fact.put("permitted", issued.stream().allMatch(Issued::isPermitted));
            });
    issued.stream()
        .filter(one -> !one.isPermitted())
        .findFirst()
        .ifPresent(one -> judgement.add(finding(climb.name(), one)));
  }

  /** Where the MTA-STS policy is: without its certificate nobody reads it. */
  private static Map<String, Object> judge(CaaSeen.PolicyHost host, Judgement.Builder judgement) {
    var fact = new LinkedHashMap<String, Object>();
    var subject = host.climb().name().toString();
    fact.put("host", subject);
    switch (host.climb().relevant()) {
      case Relevant.None _ -> fact.put("foundAt", null);
      case Relevant.Unseen(var at, var why) ->
          judgement.aside(
              Gap.of(NAME, at + " CAA", why, CaaRules.PERMITS_ISSUER.id()).subject(subject));
      case Relevant.Found found -> {
        fact.put("foundAt", found.at().toString());
        host.unseen()
            .ifPresent(
                why ->
                    judgement.aside(
                        Gap.of(NAME, subject, why, CaaRules.PERMITS_ISSUER.id()).subject(subject)));
        issued(host.climb(), host.leaf().stream(), fact, judgement);
      }
    }
    return fact;
  }

  /** Without a look nobody wanted one; with one that shows nothing, the issuer is not known. */
  private static Optional<String> hidden(CaaSeen.Host host) {
    return host.addressesUnseen()
        .map(why -> "its addresses could not be asked for: " + why)
        .or(() -> host.looks().stream().flatMap(look -> look.unseen().stream()).findFirst());
  }

  /** A certificate of a known authority, the name it was issued for, and the set for that name. */
  private record Issued(
      Authorities.Authority authority, String name, boolean wildcard, Relevant.Found found) {
    boolean isPermitted() {
      return found.set().permits(authority.names(), wildcard);
    }
  }

  /** For a wildcard certificate the set of the name without the asterisk counts (§4.3). */
  private static Optional<Issued> issued(Climb host, X509Certificate leaf) {
    return Authorities.issuerOf(leaf)
        .flatMap(
            authority -> {
              var names =
                  Leaf.of(leaf).dnsNames().stream()
                      .filter(name -> NameMatch.matches(name, host.name()))
                      .toList();
              if (names.isEmpty()) {
                return Optional.empty();
              }
              var wildcard = names.stream().allMatch(name -> name.startsWith("*."));
              var climb = wildcard ? host.from(host.name().parent()) : host;
              return climb.relevant() instanceof Relevant.Found found
                  ? Optional.of(new Issued(authority, names.getFirst(), wildcard, found))
                  : Optional.empty();
            });
  }

  private static Optional<X509Certificate> leaf(SmtpLook look) {
    return look instanceof SmtpLook.Spoke(var _, var _, var _, SmtpLook.Handshake handshake)
        ? MailHosts.certificates(handshake).stream().findFirst()
        : Optional.empty();
  }

  private static Finding finding(DnsName host, Issued issued) {
    var owner = issued.found().owner();
    var set = issued.found().set();
    return Finding.of(
            CaaRules.PERMITS_ISSUER,
            host.toString(),
            "renewal will fail: %s has a certificate of %s for %s, but the CAA records at %s let %s issue"
                .formatted(
                    host,
                    issued.authority().organisation(),
                    issued.name(),
                    owner,
                    allowed(set, issued.wildcard())))
        .cause(owner + " CAA")
        .with("issuer", issued.authority().organisation())
        .with("records", set.shown())
        .remedy(
            "Add this record, or have the next certificate issued by an authority that is named: %s. IN CAA 0 %s \"%s\""
                .formatted(
                    owner,
                    issued.wildcard() && !set.issuers("issuewild").isEmpty()
                        ? "issuewild"
                        : "issue",
                    issued.authority().name()));
  }

  private static String allowed(CaaSet set, boolean wildcard) {
    var names = set.allowed(wildcard).stream().filter(name -> !name.equals(";")).toList();
    return names.isEmpty() || set.forbidsAll()
        ? "nobody"
        : "only " + names.stream().limit(5).collect(Collectors.joining(", "));
  }
}
