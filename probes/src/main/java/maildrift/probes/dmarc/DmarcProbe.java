package maildrift.probes.dmarc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;

/**
 * Which DMARC policy do receivers find for the domain, what does it come down to, and do the
 * reports arrive? (RFC 9989, RFC 9990; RFC 7489 beside them)
 */
public final class DmarcProbe implements Probe<DmarcProbe.Seen> {
  static final String NAME = "dmarc";

  private static final String DKIM = "dkim";

  /** A record that lists more destinations than this is not worth the questions. */
  static final int MAX_DESTINATIONS = 10;

  private final Walk walk;

  /** How far up the tree to look. */
  public enum Walk {
    /** Only as far as the domain's policy needs: one question where it has a record of its own. */
    AS_NEEDED,
    /** To the top, so that the organisational domain is known too. */
    WHOLE
  }

  public DmarcProbe() {
    this(Walk.AS_NEEDED);
  }

  public DmarcProbe(Walk walk) {
    this.walk = walk;
  }

  /**
   * What DNS said.
   *
   * @param policies TXT at {@code _dmarc.} of the domain and names above it
   * @param existence of the domain itself, where an inherited policy depends on it
   * @param apex TXT of the domain itself, where its {@code _dmarc} name has no record
   * @param authorisations TXT at {@code foundAt._report._dmarc.destination}, by destination
   * @param mailboxes MX, and where there is none A and AAAA, of the hosts in {@code mailto:}
   */
  public record Seen(
      Map<DnsName, Answer> policies,
      Optional<Answer> existence,
      Optional<Answer> apex,
      Map<DnsName, Answer> authorisations,
      Map<DnsName, List<Answer>> mailboxes) {
    public Seen {
      policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
      authorisations = Collections.unmodifiableMap(new LinkedHashMap<>(authorisations));
      mailboxes = Collections.unmodifiableMap(new LinkedHashMap<>(mailboxes));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return DmarcRules.ALL;
  }

  @Override
  public Seen observe(ManagedDomain managed, Network network) {
    var domain = managed.name();
    var dns = network.dns();
    var policies = new LinkedHashMap<DnsName, Answer>();
    ask(dns, Set.of(domain), policies);
    var own = TreeWalk.rfc9989(domain, policies);
    if (walk == Walk.WHOLE || needsMore(own, domain)) {
      var above = new LinkedHashSet<>(TreeWalk.targets(domain));
      above.add(PublicSuffixes.organizational(domain));
      above.remove(domain);
      ask(dns, above, policies);
    }
    var apex = apex(domain, policies, dns);
    if (!(TreeWalk.rfc9989(domain, policies) instanceof TreeWalk.Found.At at)) {
      return new Seen(policies, Optional.empty(), apex, Map.of(), Map.of());
    }
    var existence =
        dependsOnExistence(at, domain, policies)
            ? Optional.of(dns.ask(domain, RecordType.A))
            : Optional.<Answer>empty();
    var authorisations = new LinkedHashMap<DnsName, Answer>();
    var mailboxes = new LinkedHashMap<DnsName, List<Answer>>();
    destinations(dns, at, authorisations, mailboxes);
    return new Seen(policies, existence, apex, authorisations, mailboxes);
  }

  /** Somebody may have published the record at the domain instead of below it. */
  private static Optional<Answer> apex(DnsName domain, Map<DnsName, Answer> policies, Dns dns) {
    var own = policies.get(domain);
    return own == null || own instanceof Answer.Unanswered || !TreeWalk.records(own).isEmpty()
        ? Optional.empty()
        : Optional.of(dns.ask(domain, RecordType.TXT));
  }

  /** Its own name answered, and what it said does not settle the matter. */
  private static boolean needsMore(TreeWalk.Found own, DnsName domain) {
    return own instanceof TreeWalk.Found.Hidden(var unseen, var _) && !unseen.equals(domain);
  }

  private static void ask(Dns dns, Set<DnsName> names, Map<DnsName, Answer> policies) {
    var asked = new ArrayList<DnsName>();
    var questions = new ArrayList<Question>();
    for (var name : names) {
      name(name, "_dmarc")
          .ifPresentOrElse(
              owner -> {
                asked.add(name);
                questions.add(new Question(owner, RecordType.TXT));
              },
              () -> policies.put(name, impossible(name)));
    }
    var answers = dns.ask(questions);
    for (var i = 0; i < asked.size(); i++) {
      policies.put(asked.get(i), answers.get(i));
    }
  }

  /** A name too long to exist: DNS would say the same. */
  private static Answer impossible(DnsName name) {
    return new Answer.NoSuchName(List.of(), Duration.ZERO, "_dmarc." + name, false);
  }

  static Optional<DnsName> name(DnsName domain, String prefix) {
    try {
      return Optional.of(domain.child(prefix));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * An inherited {@code np=} makes a difference, and nothing has shown yet that the name exists.
   */
  static boolean dependsOnExistence(
      TreeWalk.Found.At at, DnsName domain, Map<DnsName, Answer> policies) {
    var matters =
        !at.foundAt().equals(domain)
            && at.record()
                .policies()
                .filter(policy -> policy.nonexistent() != policy.subdomains())
                .isPresent();
    return matters
        && policies.get(domain) instanceof Answer.NoSuchName gone
        && gone.aliases().isEmpty();
  }

  /** Whether reports may be sent where the record wants them, and whether somebody takes them. */
  private static void destinations(
      Dns dns,
      TreeWalk.Found.At at,
      Map<DnsName, Answer> authorisations,
      Map<DnsName, List<Answer>> mailboxes) {
    var outside = new ArrayList<DnsName>();
    var questions = new ArrayList<Question>();
    for (var destination : ReportPaths.outside(at)) {
      ReportPaths.authorisation(at.foundAt(), destination)
          .ifPresent(
              owner -> {
                outside.add(destination);
                questions.add(new Question(owner, RecordType.TXT));
              });
    }
    var mail = ReportPaths.mailto(at);
    mail.forEach(destination -> questions.add(new Question(destination, RecordType.MX)));
    if (questions.isEmpty()) {
      return;
    }
    var answers = dns.ask(questions);
    for (var i = 0; i < outside.size(); i++) {
      authorisations.put(outside.get(i), answers.get(i));
    }
    var without = new ArrayList<DnsName>();
    var addresses = new ArrayList<Question>();
    for (var i = 0; i < mail.size(); i++) {
      var destination = mail.get(i);
      var exchanges = answers.get(outside.size() + i);
      mailboxes.put(destination, List.of(exchanges));
      if (exchanges instanceof Answer.NoData && !destination.equals(at.foundAt())) {
        without.add(destination);
        addresses.add(new Question(destination, RecordType.A));
        addresses.add(new Question(destination, RecordType.AAAA));
      }
    }
    // RFC 5321 §5.1: without MX the host itself takes the mail.
    var hosts = addresses.isEmpty() ? List.<Answer>of() : dns.ask(addresses);
    for (var i = 0; i < without.size(); i++) {
      mailboxes.merge(
          without.get(i),
          hosts.subList(2 * i, 2 * i + 2),
          (one, two) -> Stream.concat(one.stream(), two.stream()).toList());
    }
  }

  @Override
  public Set<String> siblings() {
    return Set.of(DKIM);
  }

  @Override
  public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    var dkim = siblings.get(DKIM);
    return dkim == null ? own : RejectWithoutDkim.judge(domain, own, dkim);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, Seen seen, Context context) {
    return new DmarcReview(domain, seen).judgement();
  }
}
