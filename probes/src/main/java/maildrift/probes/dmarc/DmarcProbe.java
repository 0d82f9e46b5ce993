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
   * @param authorisations TXT at {@code foundAt._report._dmarc.destination}, by destination
   */
  public record Seen(
      Map<DnsName, Answer> policies,
      Optional<Answer> existence,
      Map<DnsName, Answer> authorisations) {
    public Seen {
      policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
      authorisations = Collections.unmodifiableMap(new LinkedHashMap<>(authorisations));
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
    if (!(TreeWalk.rfc9989(domain, policies) instanceof TreeWalk.Found.At at)) {
      return new Seen(policies, Optional.empty(), Map.of());
    }
    var existence =
        dependsOnExistence(at, domain, policies)
            ? Optional.of(dns.ask(domain, RecordType.A))
            : Optional.<Answer>empty();
    return new Seen(policies, existence, authorisations(dns, at));
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

  private static Map<DnsName, Answer> authorisations(Dns dns, TreeWalk.Found.At at) {
    var destinations = new ArrayList<DnsName>();
    var questions = new ArrayList<Question>();
    for (var destination : ReportPaths.outside(at)) {
      ReportPaths.authorisation(at.foundAt(), destination)
          .ifPresent(
              owner -> {
                destinations.add(destination);
                questions.add(new Question(owner, RecordType.TXT));
              });
    }
    var answers = questions.isEmpty() ? List.<Answer>of() : dns.ask(questions);
    var authorisations = new LinkedHashMap<DnsName, Answer>();
    for (var i = 0; i < destinations.size(); i++) {
      authorisations.put(destinations.get(i), answers.get(i));
    }
    return authorisations;
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
