package maildrift.probes.dane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.Secured;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.tls.MailHosts;

/**
 * Do the MX hosts have TLSA records, does DNSSEC secure them, and do they match what the hosts
 * present? (RFC 7672)
 *
 * <p>A host without TLSA costs one question, which all domains behind it share; it is neither
 * validated nor contacted.
 */
public final class DaneProbe implements Probe<DaneSeen> {
  static final String NAME = "dane";

  /** So many are validated and contacted; domains have a handful. */
  private static final int MAX_SECURED = 10;

  @Override
  public String name() {
    return NAME;
  }

  /** Whether a watched record says what TLSA records there are, and since when. */
  public static boolean isRecord(String name) {
    return Rollover.isRecord(name);
  }

  /** Such a value with its dates left out: two looks that see the same date it differently. */
  public static String undated(String value) {
    return Rollover.undated(value);
  }

  @Override
  public List<Rule> rules() {
    return DaneRules.ALL;
  }

  /** Without TLSA records nothing but DNS is looked at; otherwise the look itself says so. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public DaneSeen observe(ManagedDomain domain, Network network) {
    var mx = network.dns().ask(domain.name(), RecordType.MX);
    var names = MailHosts.of(mx);
    var asked = named(names.stream().limit(MailHosts.MAX_HOSTS).toList(), network);
    var matters = asked.stream().filter(DaneProbe::matters).limit(MAX_SECURED).toList();
    var omitted = Math.max(0, names.size() - MailHosts.MAX_HOSTS);
    if (matters.isEmpty()) {
      return new DaneSeen(mx, Optional.empty(), asked, omitted);
    }
    var questions = new ArrayList<Question>();
    questions.add(new Question(domain.name(), RecordType.MX));
    matters.forEach(host -> questions.addAll(questions(host)));
    var secured = network.dnssec().look(questions, network.now()).iterator();
    var securedMx = secured.next();
    var byName = new LinkedHashMap<DnsName, DaneSeen.SecuredHost>();
    for (var host : matters) {
      var tlsa = secured.next();
      var addresses = new ArrayList<Secured>();
      for (var i = 1; i < questions(host).size(); i++) {
        addresses.add(secured.next());
      }
      byName.put(host.name(), new DaneSeen.SecuredHost(tlsa, addresses));
    }
    var contacted =
        domain.skip().contains("tls")
            ? List.<DnsName>of()
            : matters.stream()
                .filter(host -> host.tlsa() instanceof Answer.Found)
                .map(DaneSeen.Host::base)
                .distinct()
                .toList();
    var looks =
        MailHosts.look(domain, contacted, network).stream()
            .collect(Collectors.toMap(MailHosts.Host::name, MailHosts.Host::looks));
    return new DaneSeen(
        mx,
        Optional.of(securedMx),
        asked.stream()
            .map(
                host ->
                    new DaneSeen.Host(
                        host.name(),
                        host.base(),
                        host.owner(),
                        host.tlsa(),
                        host.addresses(),
                        Optional.ofNullable(byName.get(host.name())),
                        looks.getOrDefault(host.base(), List.of())))
            .toList(),
        omitted);
  }

  /** Addresses and TLSA of all hosts at once; again at the end of an alias. */
  private static List<DaneSeen.Host> named(List<DnsName> names, Network network) {
    var questions = new ArrayList<Question>();
    for (var name : names) {
      questions.add(new Question(name, RecordType.A));
      questions.add(new Question(name, RecordType.AAAA));
      questions.add(new Question(owner(name, network), RecordType.TLSA));
    }
    var answers = network.dns().ask(questions);
    var hosts = new ArrayList<DaneSeen.Host>();
    for (var i = 0; i < names.size(); i++) {
      var name = names.get(i);
      var addresses = answers.subList(3 * i, 3 * i + 2);
      var base = base(name, addresses);
      var owner = owner(base, network);
      var tlsa =
          base.equals(name) ? answers.get(3 * i + 2) : network.dns().ask(owner, RecordType.TLSA);
      // RFC 7672 §2.2.2: first at the end of the alias, then at the name itself.
      hosts.add(
          base.equals(name) || tlsa instanceof Answer.Found
              ? host(name, base, owner, tlsa, addresses)
              : host(name, name, owner(name, network), answers.get(3 * i + 2), addresses));
    }
    return hosts;
  }

  private static DaneSeen.Host host(
      DnsName name, DnsName base, DnsName owner, Answer tlsa, List<Answer> addresses) {
    return new DaneSeen.Host(name, base, owner, tlsa, addresses, Optional.empty(), List.of());
  }

  private static DnsName base(DnsName name, List<Answer> addresses) {
    return addresses.stream()
        .filter(Answer.Found.class::isInstance)
        .map(answer -> ((Answer.Found) answer).aliases())
        .filter(aliases -> !aliases.isEmpty())
        .map(List::getLast)
        .findFirst()
        .orElse(name);
  }

  /** RFC 6698 §3; a name too long for that has none. */
  private static DnsName owner(DnsName base, Network network) {
    return DnsName.parse("_%d._tcp.%s".formatted(network.smtp().port(), base)).orElse(base);
  }

  /** There are records, or a refusal to say that looks like something else than an outage. */
  private static boolean matters(DaneSeen.Host host) {
    return host.tlsa() instanceof Answer.Found || isDenial(host);
  }

  /** SERVFAIL for TLSA, while the servers answer for the host's addresses. */
  static boolean isDenial(DaneSeen.Host host) {
    return host.tlsa() instanceof Answer.Unanswered unanswered
        && unanswered.failure() == Answer.Failure.SERVFAIL
        && host.addresses().stream().anyMatch(Answer.Found.class::isInstance)
        && host.addresses().stream().noneMatch(Answer.Unanswered.class::isInstance);
  }

  private static List<Question> questions(DaneSeen.Host host) {
    var questions = new ArrayList<Question>();
    questions.add(new Question(host.owner(), RecordType.TLSA));
    if (host.addresses().getFirst() instanceof Answer.Found) {
      questions.add(new Question(host.name(), RecordType.A));
    }
    if (host.addresses().getLast() instanceof Answer.Found) {
      questions.add(new Question(host.name(), RecordType.AAAA));
    }
    return questions;
  }

  @Override
  public Judgement judge(ManagedDomain domain, DaneSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    var name = domain.name().toString();
    if (seen.mx() instanceof Answer.Unanswered unanswered) {
      judgement.add(Gap.of(NAME, name + " MX", unanswered.why(), "dane."));
    }
    judgement.fact(
        "mxStatus", seen.securedMx().map(secured -> secured.security().word()).orElse(null));
    var facts = new ArrayList<Map<String, Object>>();
    for (var host : seen.hosts()) {
      facts.add(new HostJudge(domain, seen, host, context, judgement).judge());
    }
    judgement.fact("hosts", facts);
    if (seen.omitted() > 0) {
      judgement.fact("hostsOmitted", seen.omitted());
    }
    whole(domain, seen, judgement);
    return judgement.build(outcome(seen));
  }

  private static Outcome outcome(DaneSeen seen) {
    if (seen.hosts().stream().anyMatch(host -> host.tlsa() instanceof Answer.Found)) {
      return Outcome.OBSERVED;
    }
    return seen.mx() instanceof Answer.Unanswered
            || seen.hosts().stream().anyMatch(host -> host.tlsa() instanceof Answer.Unanswered)
        ? Outcome.UNOBSERVABLE
        : Outcome.ABSENT;
  }

  /** What concerns the hosts together. */
  private static void whole(ManagedDomain domain, DaneSeen seen, Judgement.Builder judgement) {
    var name = domain.name().toString();
    var with = seen.hosts().stream().filter(host -> host.tlsa() instanceof Answer.Found).toList();
    var without = seen.hosts().stream().filter(host -> host.tlsa().isAbsent()).toList();
    var unseen =
        seen.hosts().stream().filter(host -> host.tlsa() instanceof Answer.Unanswered).toList();
    if (!unseen.isEmpty() && (with.isEmpty() || without.isEmpty())) {
      judgement.add(
          Gap.of(
                  NAME,
                  unseen.getFirst().owner() + " TLSA",
                  ((Answer.Unanswered) unseen.getFirst().tlsa()).why(),
                  DaneRules.PRESENT.id(),
                  DaneRules.PARTIAL.id())
              .subject(name));
      return;
    }
    if (with.isEmpty() && !without.isEmpty()) {
      judgement.add(
          Finding.of(
                  DaneRules.PRESENT,
                  name,
                  "none of the MX hosts of %s has TLSA records".formatted(name))
              .cause(without.getFirst().owner() + " TLSA")
              .with("hosts", without.stream().map(host -> host.name().toString()).toList()));
    }
    if (!with.isEmpty() && !without.isEmpty()) {
      judgement.add(
          Finding.of(
                  DaneRules.PARTIAL,
                  name,
                  "%s has TLSA records, %s has none"
                      .formatted(with.getFirst().name(), shown(without)))
              .cause(without.getFirst().owner() + " TLSA")
              .with("hosts", without.stream().map(host -> host.name().toString()).toList())
              .remedy(
                  "Publish TLSA records at "
                      + without.stream()
                          .map(host -> host.owner().toString())
                          .collect(Collectors.joining(", "))));
    }
  }

  private static String shown(List<DaneSeen.Host> hosts) {
    return hosts.stream()
        .limit(3)
        .map(host -> host.name().toString())
        .collect(Collectors.joining(", "));
  }
}
