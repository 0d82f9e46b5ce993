package maildrift.probes.spf;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maildrift.probes.Deadline;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;

/**
 * Everything that an SPF record leads to, without a message in hand: the record of the domain, all
 * that it includes and redirects to, what each term costs and which networks it authorises. Terms
 * that depend on the message (macros, {@code ptr}) are opaque. {@code %{d}} and {@code %{o}} are
 * known and are followed.
 *
 * <p>A branch that DNS did not answer makes the tree incomplete: then {@link #lookups()} is a lower
 * bound, and networks may be missing.
 *
 * <p>When the domain publishes several records (which receivers refuse), the terms of all of them
 * are in the tree, so that one sees what a merged record would cost and authorise.
 *
 * @param unseen questions without an answer, and why
 * @param truncated our own bounds cut it; only records beyond every limit of RFC 7208, or with
 *     thousands of terms, get there
 * @param loops names that include themselves, at any distance
 */
public record SpfTree(
    DnsName domain,
    Policy root,
    int counted,
    int voidLookups,
    List<Unseen> unseen,
    boolean truncated,
    List<String> loops) {
  private static final NetworkSet EVERYTHING =
      NetworkSet.of(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")));

  public SpfTree {
    unseen = List.copyOf(unseen);
    loops = List.copyOf(loops);
  }

  /** A question that was not answered, e.g. {@code _spf.x.test TXT}. */
  public record Unseen(String question, String why) {}

  /** What is published at a name. */
  public sealed interface Seen {}

  /**
   * One record.
   *
   * @param strings its character-strings, one char an octet
   * @param responseOctets about how large the answer with all TXT records of the name is
   */
  public record Published(SpfRecord record, List<String> strings, int responseOctets)
      implements Seen {
    public Published {
      strings = List.copyOf(strings);
    }
  }

  /** Several records: receivers answer permerror (RFC 7208 §4.5). */
  public record Several(List<SpfRecord> records) implements Seen {
    public Several {
      records = List.copyOf(records);
    }
  }

  /**
   * DNS said that there is none.
   *
   * @param isVoid no TXT record of any kind: counts as a void lookup (§4.6.4)
   * @param almost TXT records that look as if they were meant to be SPF
   */
  public record Missing(String why, boolean isVoid, List<List<String>> almost) implements Seen {
    public Missing {
      almost = List.copyOf(almost);
    }
  }

  /** DNS did not answer: nothing is known. */
  public record Unanswered(String why) implements Seen {}

  /** The name is already being evaluated further up; receivers go round until their limit. */
  public record Loop() implements Seen {}

  /** Not looked at, because of our own bounds. */
  public record Cut(String why) implements Seen {}

  /** A name and what is published there. */
  public record Policy(String name, Seen seen, List<Node> nodes) {
    public Policy {
      nodes = List.copyOf(nodes);
    }

    /** The record, where there is exactly one. */
    public Optional<SpfRecord> record() {
      return seen instanceof Published published ? Optional.of(published.record) : Optional.empty();
    }
  }

  /**
   * A term in its place.
   *
   * @param cost of the term itself: 1 if it asks DNS and is reached
   * @param lookups so far, this term included, what it includes not
   * @param voids 1 if DNS says that there is nothing where the term points
   * @param outcome of looking there; observed for terms that ask nothing
   * @param reason why it costs what it costs, or what was found, for people
   * @param networks that it names, in order of publication; for {@code a} and {@code mx} the
   *     addresses found
   * @param exchanges how many MX records an {@code mx} found
   * @param opaque depends on the message
   * @param ignored receivers never get there, or ignore it
   * @param target of an include or redirect
   */
  public record Node(
      Term term,
      int cost,
      int lookups,
      int voids,
      Outcome outcome,
      String reason,
      List<Cidr> networks,
      int exchanges,
      boolean opaque,
      boolean ignored,
      Optional<Policy> target) {
    public Node {
      networks = List.copyOf(networks);
    }

    /** Whether it is an {@code exists} without macros whose name exists. */
    boolean matchesEveryone() {
      return term instanceof Term.Directive directive
          && directive.mechanism() instanceof Term.Exists
          && !opaque
          && outcome == Outcome.OBSERVED;
    }
  }

  /** Follows the record of {@code domain}. Asks at most 250 questions, siblings at once. */
  public static SpfTree of(DnsName domain, Dns dns) {
    return of(domain, dns, Deadline.after(Duration.ofSeconds(20)));
  }

  /** The same, asking nothing more once the deadline has passed. */
  public static SpfTree of(DnsName domain, Dns dns, Deadline deadline) {
    return of(domain, dns, deadline, SpfRecord::parse);
  }

  /** The same with a parser that remembers: most domains include the same few records. */
  static SpfTree of(
      DnsName domain, Dns dns, Deadline deadline, Function<String, SpfRecord> parser) {
    return new SpfTreeBuilder(domain, dns, deadline, parser).build();
  }

  /** Observed with one record or several, absent, or unobservable. */
  public Outcome outcome() {
    return switch (root.seen) {
      case Published _, Several _ -> Outcome.OBSERVED;
      case Missing _ -> Outcome.ABSENT;
      case Unanswered _, Loop _, Cut _ -> Outcome.UNOBSERVABLE;
    };
  }

  /** The domain's own record, made printable; several are joined with {@code " | "}. */
  public Optional<String> record() {
    return text(root.seen);
  }

  static Optional<String> text(Seen seen) {
    return switch (seen) {
      case Published(var record, _, _) -> Optional.of(record.shown());
      case Several(var records) ->
          Optional.of(String.join(" | ", records.stream().map(SpfRecord::shown).toList()));
      case Missing _, Unanswered _, Loop _, Cut _ -> Optional.empty();
    };
  }

  /**
   * Terms that ask DNS, counted over the whole tree as for a sender that nothing matches (RFC 7208
   * §4.6.4). A loop counts until receivers stop, one beyond the limit.
   */
  public int lookups() {
    return loops.isEmpty() ? counted : Math.max(counted, SpfCheck.MAX_TERMS + 1);
  }

  /** Whether everything that the record leads to was seen. */
  public boolean isComplete() {
    return unseen.isEmpty() && !truncated;
  }

  /** Whether a term depends on the message, so that the networks are not the whole truth. */
  public boolean isOpaque() {
    return policies().stream()
        .flatMap(policy -> policy.nodes.stream())
        .anyMatch(node -> node.opaque && !node.ignored);
  }

  /**
   * The qualifier of the {@code all} that a sender reaches whom nothing else matches, through
   * redirects; neutral where there is none (RFC 7208 §4.7). Empty where there is no record, or
   * where it could not be seen.
   */
  public Optional<Qualifier> all() {
    return all(root);
  }

  private static Optional<Qualifier> all(Policy policy) {
    if (!(policy.seen instanceof Published published)) {
      return Optional.empty();
    }
    var written = published.record.all();
    if (written.isPresent()) {
      return Optional.of(written.get().qualifier());
    }
    var redirect =
        policy.nodes.stream()
            .filter(node -> node.term instanceof Term.Redirect && !node.ignored)
            .findFirst();
    return redirect.isEmpty()
        ? Optional.of(Qualifier.NEUTRAL)
        : redirect.get().target.flatMap(SpfTree::all);
  }

  /** The domain's own policy and those it redirects to: where its author decides alone. */
  public List<Policy> ownPolicies() {
    var own = new ArrayList<Policy>();
    var next = Optional.of(root);
    while (next.isPresent()) {
      var policy = next.get();
      own.add(policy);
      next =
          policy.nodes.stream()
              .filter(node -> node.term instanceof Term.Redirect && !node.ignored)
              .findFirst()
              .flatMap(Node::target);
    }
    return own;
  }

  /** Every policy of the tree once, by name, in order of first sight. */
  public List<Policy> policies() {
    var found = new LinkedHashMap<String, Policy>();
    collect(root, found);
    return List.copyOf(found.values());
  }

  private static void collect(Policy policy, Map<String, Policy> found) {
    if (!(policy.seen instanceof Loop)) {
      found.putIfAbsent(policy.name, policy);
    }
    for (var node : policy.nodes) {
      node.target.ifPresent(target -> collect(target, found));
    }
  }

  /** The policy at {@code name}, if the tree leads there and it was seen. */
  public Optional<Policy> policy(DnsName name) {
    return policies().stream()
        .filter(policy -> policy.seen instanceof Published)
        .filter(policy -> DomainSpec.name(policy.name).filter(name::equals).isPresent())
        .findFirst();
  }

  /** Terms with macros, as written, each once. */
  public List<String> macros() {
    var macros = new LinkedHashSet<String>();
    for (var policy : policies()) {
      for (var node : policy.nodes) {
        if (node.term.names().filter(name -> name.macros().hasMacros()).isPresent()) {
          macros.add(Printable.of(node.term.text()));
        }
      }
    }
    return List.copyOf(macros);
  }

  /**
   * The networks of all terms that pass, as written and in order of publication, each once; those
   * of {@code a} and {@code mx} as found. {@code all} is not among them.
   */
  public List<Cidr> published() {
    var entries = new LinkedHashSet<Cidr>();
    publish(root, entries);
    return List.copyOf(entries);
  }

  static List<Cidr> published(Policy policy) {
    var entries = new LinkedHashSet<Cidr>();
    publish(policy, entries);
    return List.copyOf(entries);
  }

  private static void publish(Policy policy, LinkedHashSet<Cidr> entries) {
    for (var node : policy.nodes) {
      var passes =
          switch (node.term) {
            case Term.Directive directive -> directive.qualifier() == Qualifier.PASS;
            case Term.Redirect _ -> true;
            case Term.Explanation _, Term.Unknown _ -> false;
          };
      if (passes && !node.ignored) {
        entries.addAll(node.networks);
        node.target.ifPresent(target -> publish(target, entries));
      }
    }
  }

  /** The addresses of {@link #published()}. */
  public NetworkSet netblocks() {
    return NetworkSet.of(published());
  }

  /**
   * The addresses that pass, as receivers evaluate it: the first match decides, so that a network
   * behind {@code -ip4:} is not authorised, and everything behind {@code +all} is. Opaque terms
   * authorise nothing here.
   */
  public NetworkSet authorised() {
    return passing(root);
  }

  static NetworkSet passing(Policy policy) {
    var pass = new ArrayList<Cidr>();
    var decided = NetworkSet.EMPTY;
    for (var node : policy.nodes) {
      if (node.ignored) {
        continue;
      }
      switch (node.term) {
        case Term.Directive directive -> {
          var matched = matched(directive, node);
          if (directive.qualifier() == Qualifier.PASS) {
            pass.addAll((decided.isEmpty() ? matched : matched.minus(decided)).networks());
          } else {
            decided = decided.plus(matched);
          }
        }
        case Term.Redirect _ -> {
          var matched = node.target.map(SpfTree::passing).orElse(NetworkSet.EMPTY);
          pass.addAll(matched.minus(decided).networks());
        }
        case Term.Explanation _, Term.Unknown _ -> {}
      }
    }
    return NetworkSet.of(pass);
  }

  private static NetworkSet matched(Term.Directive directive, Node node) {
    return switch (directive.mechanism()) {
      case Term.All _ -> EVERYTHING;
      case Term.Include _ -> node.target.map(SpfTree::passing).orElse(NetworkSet.EMPTY);
      // Without macros, exists asks the same of every sender: it matches all or none.
      case Term.Exists _ -> node.matchesEveryone() ? EVERYTHING : NetworkSet.EMPTY;
      case Term.A _, Term.Mx _, Term.Ptr _, Term.Ip4 _, Term.Ip6 _ -> NetworkSet.of(node.networks);
    };
  }

  /** Which of the wanted addresses do not pass, as far as the tree shows. */
  public NetworkSet missing(NetworkSet wanted) {
    return wanted.minus(authorised());
  }

  /** Whether all of the wanted addresses pass, as far as the tree shows. */
  public boolean authorises(NetworkSet wanted) {
    return missing(wanted).isEmpty();
  }

  public boolean authorises(InetAddress address) {
    return authorised().contains(address);
  }
}
