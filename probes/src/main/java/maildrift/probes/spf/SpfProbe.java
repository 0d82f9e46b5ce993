package maildrift.probes.spf;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
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

  /** How many networks are tried with single addresses where macros decide. */
  private static final int MOST_SAMPLED_NETWORKS = 64;

  private final RememberingParser parser = new RememberingParser();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return SpfRules.ALL;
  }

  @Override
  public SpfObservation observe(ManagedDomain domain, Network network) {
    var dns = new Remembering(network.dns());
    var tree = SpfTree.of(domain.name(), dns, network.deadline(), parser);
    var names = new LinkedHashSet<DnsName>();
    domain.prescriptions().forEach(prescription -> names.addAll(prescription.spfAuthorise()));
    var expected = new ArrayList<Expected>();
    for (var name : names) {
      var provider = SpfTree.of(name, dns, network.deadline(), parser);
      expected.add(expected(tree, provider, dns));
    }
    return new SpfObservation(tree, expected);
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
  public boolean judgesWhatIsSeenAlone() {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, SpfObservation seen, Context context) {
    return new SpfJudge(domain, seen).judge();
  }

  /** Asks each question once in one look, also where no cache may answer. */
  private static final class Remembering implements Dns {
    private final Dns dns;
    private final Map<Question, Answer> known = new HashMap<>();

    Remembering(Dns dns) {
      this.dns = dns;
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
