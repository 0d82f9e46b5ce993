package maildrift.probes.spf;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.spf.SpfObservation.Expected;
import maildrift.probes.spf.SpfResult.Result;

/**
 * Does the domain publish one SPF policy that receivers can evaluate, that refuses strangers, and
 * that lets its providers' networks pass? (RFC 7208)
 */
public final class SpfProbe implements Probe<SpfObservation> {
  static final String NAME = "spf";

  /** Judged by whoever knows the baseline. */
  public static final Rule LOOKUPS_TREND = SpfRules.LOOKUPS_TREND;

  /** How the watched record is called that begins with the number of lookups. */
  public static final String LOOKUPS_RECORD = " SPF-lookups";

  private static final String MX = "mx";

  /** How many networks are tried with single addresses where macros decide. */
  private static final int MOST_SAMPLED_NETWORKS = 64;

  private final RememberingParser parser = new RememberingParser();

  /** Names and texts of records that thousands of domains include. */
  private final Interner<String> shared = Interners.newWeakInterner();

  @Override
  public String name() {
    return NAME;
  }

  /** Where there is no policy there is nothing to count. */
  @Override
  public Set<String> completeKinds(Judgement seen) {
    return switch (seen.outcome()) {
      case ABSENT -> Set.of(LOOKUPS_RECORD.strip(), IncludedRecords.RECORD.strip());
      case OBSERVED -> sharedKinds();
      case UNOBSERVABLE -> Set.of();
    };
  }

  /** The netblocks probe sees such records, too. */
  @Override
  public Set<String> sharedKinds() {
    return Set.of(IncludedRecords.RECORD.strip());
  }

  @Override
  public List<Rule> rules() {
    return SpfRules.ALL;
  }

  @Override
  public SpfObservation observe(ManagedDomain domain, Network network) {
    var dns = new Remembering(network.dns());
    var tree = SpfTree.of(domain.name(), dns, network.deadline(), parser);
    var own = new Rest(dns, SpfTreeBuilder.MAX_QUESTIONS - dns.sent);
    var further = Further.of(tree, own);
    var names = new LinkedHashSet<DnsName>();
    domain.prescriptions().forEach(prescription -> names.addAll(prescription.spfAuthorise()));
    var expected = new ArrayList<Expected>();
    for (var name : names) {
      var provider = SpfTree.of(name, dns, network.deadline(), parser);
      expected.add(expected(tree, provider, own));
    }
    return new SpfObservation(
        tree,
        expected,
        Probing.of(domain, own),
        further.strangers(),
        further.unregistered(),
        Further.helos(domain, network.dns()));
  }

  private static Expected expected(SpfTree tree, SpfTree provider, Dns dns) {
    var networks = Netblocks.of(provider);
    var missing = tree.missing(NetworkSet.of(provider.published()));
    var passing = new ArrayList<Cidr>();
    Optional<String> undecided = Optional.empty();
    if (tree.isOpaque()) {
      for (var network : missing.networks().stream().limit(MOST_SAMPLED_NETWORKS).toList()) {
        var results = sampled(network, tree.domain(), dns);
        if (results.stream().allMatch(result -> result.result() == Result.PASS)) {
          passing.add(network);
        } else if (undecided.isEmpty()) {
          undecided =
              results.stream()
                  .filter(result -> result.result() == Result.TEMPERROR)
                  .map(SpfResult::why)
                  .findFirst();
        }
      }
      if (missing.networks().size() > MOST_SAMPLED_NETWORKS) {
        undecided = Optional.of("too many networks to try one by one");
      }
    }
    return new Expected(
        provider.domain(), networks, provider.lookups() + 1, NetworkSet.of(passing), undecided);
  }

  /** What the first and the last address of a network get. */
  private static List<SpfResult> sampled(Cidr network, DnsName domain, Dns dns) {
    var first = network.address();
    var last = first.clone();
    for (var bit = network.prefix(); bit < last.length * 8; bit++) {
      last[bit / 8] |= (byte) (0x80 >> (bit % 8));
    }
    var results = new ArrayList<SpfResult>();
    for (var octets :
        network.prefix() == first.length * 8 ? List.of(first) : List.of(first, last)) {
      results.add(SpfCheck.check(address(octets), domain.toString(), "postmaster@" + domain, dns));
    }
    return results;
  }

  private static InetAddress address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  /** The number that a value of {@link #LOOKUPS_RECORD} begins with; -1 for none. */
  public static int lookups(String value) {
    var end = 0;
    while (end < value.length()
        && end < 9
        && value.charAt(end) >= '0'
        && value.charAt(end) <= '9') {
      end++;
    }
    return end == 0 ? -1 : Integer.parseInt(value.substring(0, end));
  }

  @Override
  public Set<String> siblings() {
    return Set.of(MX);
  }

  /** A domain with a null MX (RFC 7505) that does not say that it sends no mail. */
  @Override
  public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    var mx = siblings.get(MX);
    var name = domain.name().toString();
    var record = own.records().get(name + " SPF");
    if (mx == null || record == null || record.isEmpty()) {
      return own;
    }
    var hosts = mx.records().get(name + " MX");
    if (hosts != null && !(hosts.endsWith(" .") && hosts.indexOf(',') < 0)) {
      return own; // mail is taken, or nothing is said about it
    }
    if (SpfRecord.isRefusal(record)) {
      return own;
    }
    return hosts == null
        ? own.plus(
            Gap.of(NAME, name + " MX", "the mx probe did not see it", SpfRules.NULL_SENDER.id())
                .subject(name))
        : own.plus(
            Finding.of(
                    SpfRules.NULL_SENDER,
                    name,
                    "%s has a null MX, but its SPF record is not v=spf1 -all".formatted(name))
                .cause(name + " SPF")
                .with("record", record)
                .remedy(SpfFindings.publish(name, "v=spf1 -all")));
  }

  @Override
  public Judgement judge(ManagedDomain domain, SpfObservation seen, Context context) {
    return new SpfJudge(domain, seen, shared::intern).judge();
  }

  /** What may still be asked for the domain's own record. */
  private static final class Rest implements Dns {
    private final Remembering dns;
    private int left;

    Rest(Remembering dns, int left) {
      this.dns = dns;
      this.left = left;
    }

    @Override
    public List<Answer> ask(List<Question> questions) {
      if (left < questions.size() * Sent.AT_MOST && !dns.knows(questions)) {
        Answer none =
            new Answer.Unanswered(
                Answer.Failure.TIMEOUT,
                "more than %d questions for one record".formatted(SpfTreeBuilder.MAX_QUESTIONS),
                "");
        return Collections.nCopies(questions.size(), none);
      }
      var before = dns.sent;
      var answers = dns.ask(questions);
      left -= dns.sent - before;
      return answers;
    }
  }

  /** Asks each question once in one look, also where no cache may answer. */
  private static final class Remembering implements Dns {
    private final Dns dns;
    private final Map<Question, Answer> known = new HashMap<>();
    private int sent;

    Remembering(Dns dns) {
      this.dns = dns;
    }

    boolean knows(List<Question> questions) {
      return known.keySet().containsAll(questions);
    }

    @Override
    public List<Answer> ask(List<Question> questions) {
      var wanted = new LinkedHashSet<Question>();
      for (var question : questions) {
        if (!known.containsKey(question)) {
          wanted.add(question);
        }
      }
      var fresh = List.copyOf(wanted);
      if (!fresh.isEmpty()) {
        var answers = dns.ask(fresh);
        for (var i = 0; i < fresh.size(); i++) {
          known.put(fresh.get(i), answers.get(i));
          sent += Sent.by(answers.get(i));
        }
      }
      var out = new ArrayList<Answer>(questions.size());
      for (var question : questions) {
        var answer = known.get(question);
        if (answer == null) {
          throw new IllegalStateException("no answer to " + question);
        }
        out.add(answer);
      }
      return out;
    }
  }
}
