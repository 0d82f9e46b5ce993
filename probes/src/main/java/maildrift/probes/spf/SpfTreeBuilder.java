package maildrift.probes.spf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import maildrift.probes.Deadline;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.network.Cidr;

/**
 * Builds one tree, a level of questions at a time, so that siblings are asked at once and a name is
 * asked once. Everything that a hostile zone could make large is bounded.
 */
final class SpfTreeBuilder {
  static final int MAX_QUESTIONS = 250;
  static final int MAX_DEPTH = 20;
  static final int MAX_BRANCHES = 250;
  static final int MAX_TERMS = 10_000;

  private final DnsName domain;
  private final Dns dns;
  private final Deadline deadline;
  private final Map<Question, Answer> answers = new HashMap<>();
  private final Function<String, SpfRecord> parser;
  private final LinkedHashSet<SpfTree.Unseen> unseen = new LinkedHashSet<>();
  private final LinkedHashSet<String> loops = new LinkedHashSet<>();
  private List<Wanted> next = new ArrayList<>();
  private int branches;
  private int terms;
  private boolean truncated;
  private int sent;
  private int lookups;
  private int voids;

  SpfTreeBuilder(DnsName domain, Dns dns, Deadline deadline, Function<String, SpfRecord> parser) {
    this.parser = parser;
    this.domain = domain;
    this.dns = dns;
    this.deadline = deadline;
  }

  /** A question and who waits for it; the answer is empty where a bound of ours cut it. */
  private record Wanted(Question question, Consumer<Optional<Answer>> then) {}

  /** A policy in the making. */
  private static final class Branch {
    final String name;
    final Optional<Branch> parent;
    final int depth;
    SpfTree.Seen seen = new SpfTree.Cut("not looked at");
    final List<Leaf> leaves = new ArrayList<>();

    Branch(String name, Optional<Branch> parent) {
      this.name = name;
      this.parent = parent;
      this.depth = parent.map(above -> above.depth + 1).orElse(0);
    }

    boolean isWithin(String other) {
      return name.equalsIgnoreCase(other)
          || parent.filter(above -> above.isWithin(other)).isPresent();
    }
  }

  /** A node in the making. */
  private static final class Leaf {
    final Term term;
    final boolean ignored;
    final List<Cidr> networks = new ArrayList<>();
    Outcome outcome = Outcome.OBSERVED;
    String reason = "";
    boolean isVoid;
    int exchanges;
    boolean opaque;
    Optional<Branch> target = Optional.empty();

    Leaf(Term term, boolean ignored) {
      this.term = term;
      this.ignored = ignored;
    }

    void unobservable(String why) {
      outcome = Outcome.UNOBSERVABLE;
      reason = why;
    }

    void nothing(String why) {
      outcome = Outcome.ABSENT;
      isVoid = true;
      reason = why;
    }
  }

  SpfTree build() {
    var root = new Branch(domain.toString(), Optional.empty());
    want(domain, RecordType.TXT, answer -> arrived(root, answer));
    while (!next.isEmpty()) {
      var wave = next;
      next = new ArrayList<>();
      askAll(wave);
      wave.forEach(wanted -> wanted.then.accept(Optional.ofNullable(answers.get(wanted.question))));
    }
    var policy = policy(root);
    return new SpfTree(
        domain, policy, lookups, voids, List.copyOf(unseen), truncated, List.copyOf(loops));
  }

  private void want(DnsName name, RecordType type, Consumer<Optional<Answer>> then) {
    next.add(new Wanted(new Question(name, type), then));
  }

  private void askAll(List<Wanted> wave) {
    var fresh = new LinkedHashSet<Question>();
    for (var wanted : wave) {
      if (!answers.containsKey(wanted.question)) {
        if (answers.size() + fresh.size() < MAX_QUESTIONS) {
          fresh.add(wanted.question);
        } else if (!fresh.contains(wanted.question)) {
          truncated = true;
        }
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    var questions = List.copyOf(fresh);
    if (deadline.passed()) {
      for (var question : questions) {
        answers.put(
            question, new Answer.Unanswered(Answer.Failure.TIMEOUT, "no time was left to ask", ""));
      }
      return;
    }
    for (var from = 0; from < questions.size(); ) {
      // What aliases cost shows only afterwards: no more at once than the worst of them leave room
      // for.
      var to = Math.min(questions.size(), from + (MAX_QUESTIONS - sent) / Sent.AT_MOST);
      if (to == from) {
        truncated = true;
        return;
      }
      var slice = questions.subList(from, to);
      var found = dns.ask(slice);
      for (var i = 0; i < slice.size(); i++) {
        answers.put(slice.get(i), found.get(i));
        sent += Sent.by(found.get(i));
      }
      from = to;
    }
  }

  /** The TXT records of a policy's name are there. */
  private void arrived(Branch branch, Optional<Answer> reply) {
    if (reply.isEmpty()) {
      branch.seen = new SpfTree.Cut("more than %d questions".formatted(MAX_QUESTIONS));
      return;
    }
    var answer = reply.get();
    if (answer instanceof Answer.Unanswered(_, var why, _)) {
      branch.seen = new SpfTree.Unanswered(why);
      unseen.add(new SpfTree.Unseen(branch.name + " TXT", why));
      return;
    }
    var texts = answer.records(Rdata.Txt.class);
    var policies = texts.stream().filter(text -> SpfRecord.isSpf(text.joined())).toList();
    switch (policies.size()) {
      case 0 -> branch.seen = missing(branch.name, answer, texts);
      case 1 -> {
        var text = policies.getFirst();
        var record = parse(text.joined());
        branch.seen = new SpfTree.Published(record, text.strings(), octets(branch.name, texts));
        follow(branch, record);
      }
      default -> {
        var records = policies.stream().map(text -> parse(text.joined())).toList();
        branch.seen = new SpfTree.Several(records);
        if (branch.parent.isEmpty()) {
          records.forEach(record -> follow(branch, record));
        }
      }
    }
  }

  private SpfRecord parse(String joined) {
    return parser.apply(joined);
  }

  private static SpfTree.Missing missing(String name, Answer answer, List<Rdata.Txt> texts) {
    var why =
        answer instanceof Answer.NoSuchName
            ? name + " does not exist"
            : texts.isEmpty()
                ? name + " has no TXT record"
                : name + " has TXT records, but none is an SPF record";
    var almost =
        texts.stream().filter(text -> looksLikeSpf(text.joined())).map(Rdata.Txt::strings).toList();
    return new SpfTree.Missing(why, answer.isAbsent(), almost);
  }

  private static boolean looksLikeSpf(String text) {
    var start = text.substring(0, Math.min(text.length(), 16)).toLowerCase(Locale.ROOT);
    return start.contains("spf1") || start.startsWith("spf ") || start.contains("v=spf");
  }

  /** About the size of the answer with these records (RFC 1035 §4.1). */
  private static int octets(String name, List<Rdata.Txt> texts) {
    var records =
        texts.stream()
            .flatMap(text -> text.strings().stream())
            .mapToInt(string -> string.getBytes(StandardCharsets.ISO_8859_1).length + 1)
            .sum();
    return 12 + name.length() + 6 + texts.size() * 12 + records;
  }

  private void follow(Branch branch, SpfRecord record) {
    var behindAll = false;
    for (var term : record.terms()) {
      if (++terms > MAX_TERMS) {
        truncated = true;
        return;
      }
      var ignored =
          switch (term) {
            case Term.Directive _ -> behindAll;
            case Term.Redirect _ -> record.all().isPresent();
            case Term.Explanation _, Term.Unknown _ -> false;
          };
      var leaf = new Leaf(term, ignored);
      branch.leaves.add(leaf);
      behindAll |= term.isAll();
      if (ignored) {
        leaf.reason =
            term instanceof Term.Redirect
                ? "ignored, because the record has all"
                : "never reached, it stands behind all";
      } else {
        follow(branch, leaf);
      }
    }
  }

  private void follow(Branch branch, Leaf leaf) {
    switch (leaf.term) {
      case Term.Directive directive -> {
        switch (directive.mechanism()) {
          case Term.All _ -> leaf.reason = "decides what is left";
          case Term.Ip4(var network) -> leaf.networks.add(network);
          case Term.Ip6(var network) -> leaf.networks.add(network);
          case Term.Include(var target) -> policyOf(branch, leaf, target);
          case Term.A(var target, var prefixes) ->
              name(branch, leaf, target).ifPresent(name -> addresses(leaf, name, prefixes));
          case Term.Mx(var target, var prefixes) ->
              name(branch, leaf, target).ifPresent(name -> exchanges(leaf, name, prefixes));
          case Term.Exists(var target) ->
              name(branch, leaf, Optional.of(target)).ifPresent(name -> exists(leaf, name));
          case Term.Ptr _ -> opaque(leaf, "decided by the client's reverse names");
        }
      }
      case Term.Redirect redirect -> policyOf(branch, leaf, redirect.target());
      case Term.Explanation _ -> leaf.reason = "looked up for a refusal only";
      case Term.Unknown _ -> leaf.reason = "an unknown modifier, ignored";
    }
  }

  private static void opaque(Leaf leaf, String why) {
    leaf.opaque = true;
    leaf.reason = why;
  }

  /** The expanded name; empty, with the reason in the leaf, where it depends on the message. */
  private Optional<String> expanded(Branch branch, Leaf leaf, DomainSpec spec) {
    if (spec.isOpaque()) {
      opaque(leaf, "depends on the message (macros)");
      return Optional.empty();
    }
    return Optional.of(
        DomainSpec.fitted(
            spec.macros().expand(letter -> letter == 'd' ? branch.name : domain.toString())));
  }

  private Optional<DnsName> name(Branch branch, Leaf leaf, Optional<DomainSpec> spec) {
    if (spec.isEmpty()) {
      return DomainSpec.name(branch.name);
    }
    var expanded = expanded(branch, leaf, spec.get());
    var name = expanded.flatMap(DomainSpec::name);
    if (expanded.isPresent() && name.isEmpty()) {
      leaf.outcome = Outcome.ABSENT;
      leaf.reason = "'%s' cannot exist as a name".formatted(Printable.of(expanded.get()));
    }
    return name;
  }

  private void policyOf(Branch branch, Leaf leaf, DomainSpec spec) {
    var expanded = expanded(branch, leaf, spec);
    if (expanded.isEmpty()) {
      return;
    }
    var target = new Branch(expanded.get().toLowerCase(Locale.ROOT), Optional.of(branch));
    leaf.target = Optional.of(target);
    var name = DomainSpec.name(target.name).filter(found -> found.labels().size() > 1);
    if (branch.isWithin(target.name)) {
      target.seen = new SpfTree.Loop();
      loops.add(target.name);
    } else if (name.isEmpty()) {
      target.seen =
          new SpfTree.Missing(
              "'%s' is no domain name".formatted(Printable.of(target.name)), false, List.of());
    } else if (++branches > MAX_BRANCHES || target.depth > MAX_DEPTH) {
      truncated = true;
      target.seen = new SpfTree.Cut("too many or too deep includes");
    } else {
      want(name.get(), RecordType.TXT, answer -> arrived(target, answer));
    }
  }

  private void addresses(Leaf leaf, DnsName name, Term.DualCidr prefixes) {
    var pair = new ArrayList<Answer>(2);
    Consumer<Optional<Answer>> collect =
        reply -> {
          reply.ifPresentOrElse(pair::add, () -> leaf.unobservable("not looked at"));
          if (pair.size() == 2) {
            addressesArrived(leaf, name, pair, prefixes);
          }
        };
    want(name, RecordType.A, collect);
    want(name, RecordType.AAAA, collect);
  }

  private void addressesArrived(
      Leaf leaf, DnsName name, List<Answer> pair, Term.DualCidr prefixes) {
    addNetworks(leaf, pair, prefixes);
    if (noteUnanswered(leaf, name, pair)) {
      return;
    }
    if (leaf.networks.isEmpty()) {
      leaf.nothing(name + " has no address (void lookup)");
    } else {
      leaf.reason = "addresses of " + name;
    }
  }

  private static void addNetworks(Leaf leaf, List<Answer> answers, Term.DualCidr prefixes) {
    for (var answer : answers) {
      for (var address : answer.records(Rdata.Address.class)) {
        leaf.networks.add(prefixes.around(address.address().getAddress()));
      }
    }
  }

  /** Whether A or AAAA of {@code name} got no answer; then the tree is incomplete. */
  private boolean noteUnanswered(Leaf leaf, DnsName name, List<Answer> pair) {
    for (var i = 0; i < pair.size(); i++) {
      if (pair.get(i) instanceof Answer.Unanswered(_, var why, _)) {
        var question = name + (i == 0 ? " A" : " AAAA");
        unseen.add(new SpfTree.Unseen(question, why));
        leaf.unobservable("%s: %s".formatted(question, why));
      }
    }
    return leaf.outcome == Outcome.UNOBSERVABLE;
  }

  private void exchanges(Leaf leaf, DnsName name, Term.DualCidr prefixes) {
    want(
        name,
        RecordType.MX,
        reply -> {
          if (reply.isEmpty()) {
            leaf.unobservable("not looked at");
          } else if (reply.get() instanceof Answer.Unanswered(_, var why, _)) {
            unseen.add(new SpfTree.Unseen(name + " MX", why));
            leaf.unobservable("%s MX: %s".formatted(name, why));
          } else if (reply.get().isAbsent()) {
            leaf.nothing(name + " has no MX record (void lookup)");
          } else {
            exchangesArrived(leaf, name, reply.get().records(Rdata.Mx.class), prefixes);
          }
        });
  }

  private void exchangesArrived(
      Leaf leaf, DnsName name, List<Rdata.Mx> records, Term.DualCidr prefixes) {
    leaf.exchanges = records.size();
    if (records.size() > SpfCheck.MAX_NAMES) {
      leaf.reason = tooManyExchanges(name, records.size());
      return;
    }
    var hosts =
        records.stream().map(Rdata.Mx::host).filter(host -> !host.isRoot()).distinct().toList();
    leaf.reason = "addresses of the MX hosts of " + name;
    if (hosts.isEmpty()) {
      leaf.reason = name + " has a null MX: no host";
      return;
    }
    var waiting = new ArrayList<>(hosts);
    for (var host : hosts) {
      var pair = new ArrayList<Answer>(2);
      Consumer<Optional<Answer>> collect =
          reply -> {
            reply.ifPresentOrElse(pair::add, () -> leaf.unobservable("not looked at"));
            if (pair.size() == 2) {
              addNetworks(leaf, pair, prefixes);
              noteUnanswered(leaf, host, pair);
              waiting.remove(host);
              if (waiting.isEmpty()
                  && leaf.networks.isEmpty()
                  && leaf.outcome == Outcome.OBSERVED) {
                leaf.nothing("no MX host of %s has an address (void lookup)".formatted(name));
              }
            }
          };
      want(host, RecordType.A, collect);
      want(host, RecordType.AAAA, collect);
    }
  }

  private static String tooManyExchanges(DnsName name, int count) {
    return "%s has %d MX records; beyond %d receivers answer permerror"
        .formatted(name, count, SpfCheck.MAX_NAMES);
  }

  private void exists(Leaf leaf, DnsName name) {
    want(
        name,
        RecordType.A,
        reply -> {
          switch (reply.orElse(
              new Answer.Unanswered(Answer.Failure.TIMEOUT, "not looked at", ""))) {
            case Answer.Found _ -> leaf.reason = name + " exists: every sender matches";
            case Answer.NoData _, Answer.NoSuchName _ ->
                leaf.nothing(name + " has no A record (void lookup)");
            case Answer.Unanswered(_, var why, _) -> {
              if (reply.isPresent()) {
                unseen.add(new SpfTree.Unseen(name + " A", why));
              }
              leaf.unobservable("%s A: %s".formatted(name, why));
            }
          }
        });
  }

  /** Freezes a branch, counting in the order of evaluation. */
  private SpfTree.Policy policy(Branch branch) {
    var nodes = new ArrayList<SpfTree.Node>();
    for (var leaf : branch.leaves) {
      nodes.add(node(leaf));
    }
    return new SpfTree.Policy(branch.name, branch.seen, nodes);
  }

  private SpfTree.Node node(Leaf leaf) {
    var cost = leaf.term.asks() && !leaf.ignored ? 1 : 0;
    lookups += cost;
    var soFar = lookups;
    leaf.target.ifPresent(target -> describe(leaf, target));
    var isVoid = leaf.isVoid ? 1 : 0;
    voids += isVoid;
    var target = leaf.target.map(this::policy);
    return new SpfTree.Node(
        leaf.term,
        cost,
        soFar,
        isVoid,
        leaf.outcome,
        leaf.reason,
        leaf.networks,
        leaf.exchanges,
        leaf.opaque,
        leaf.ignored,
        target);
  }

  private static void describe(Leaf leaf, Branch target) {
    switch (target.seen) {
      case SpfTree.Published _ -> leaf.reason = "record of " + target.name;
      case SpfTree.Several(var records) ->
          leaf.reason =
              "%s publishes %d SPF records: permerror".formatted(target.name, records.size());
      case SpfTree.Missing(var why, var isVoid, _) -> {
        leaf.outcome = Outcome.ABSENT;
        leaf.isVoid = isVoid;
        leaf.reason = why + ": permerror";
      }
      case SpfTree.Unanswered(var why) ->
          leaf.unobservable("%s TXT: %s".formatted(target.name, why));
      case SpfTree.Loop _ -> leaf.reason = target.name + " includes itself: permerror";
      case SpfTree.Cut(var why) -> leaf.unobservable(why);
    }
  }
}
