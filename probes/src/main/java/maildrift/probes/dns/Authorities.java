package maildrift.probes.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import maildrift.probes.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Asks a zone's own servers over TCP, past every resolver: what is published, not what the world
 * still remembers. Which servers those are, the resolvers say (NS records and their addresses) or
 * the configuration. Made for one look; remembers the delegations it has met, and which servers
 * were dead.
 */
final class Authorities implements Authoritative {
  private static final int MAX_SERVERS = 8;
  private static final int MAX_LABELS = 12;
  private static final int MAX_SAID = 160;

  private final DnsSettings settings;
  private final int port;
  private final Dns resolvers;

  /** Each by itself: the servers that one of them knows are a zone's servers. */
  private final List<Dns> each;

  /** Each of those who confirm. */
  private final List<Dns> jury;

  private final TcpClient tcp;
  private final DnsStats stats;
  private final Function<DnsServer, RateLimit> rates;
  private final Deadline deadline;
  private final RandomBits random = new RandomBits();
  private final Map<DnsName, Zone> zones = new ConcurrentHashMap<>();
  private final Map<DnsName, List<At>> addresses = new ConcurrentHashMap<>();

  /**
   * Not asked again in this look: where TCP is blocked, one wait after the other would use up its
   * time before the resolvers were asked. No more than the servers of the zones above.
   */
  private final Set<DnsServer> dead = ConcurrentHashMap.newKeySet();

  /** What the resolvers had to be asked, since no server of a zone was found that answers. */
  private final Set<Question> secondHand = ConcurrentHashMap.newKeySet();

  /** One of a zone's servers. */
  private record At(String name, DnsServer server) {}

  /** A zone and who serves it; no servers: nobody was found. */
  private record Zone(DnsName apex, List<At> servers) {}

  /** What one server replied. */
  private record Replied(At at, Reply reply) {}

  Authorities(
      DnsSettings settings,
      int port,
      Dns resolvers,
      List<Dns> each,
      List<Dns> jury,
      TcpClient tcp,
      DnsStats stats,
      Function<DnsServer, RateLimit> rates,
      Deadline deadline) {
    this.settings = settings;
    this.port = port;
    this.resolvers = resolvers;
    this.each = List.copyOf(each);
    this.jury = List.copyOf(jury);
    this.tcp = tcp;
    this.stats = stats;
    this.rates = rates;
    this.deadline = deadline;
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    return Parallel.all(questions, this::answer);
  }

  @Override
  public Set<Question> secondHand() {
    return Set.copyOf(secondHand);
  }

  private static Answer alone(Replied replied) {
    var server = replied.at.server.toString();
    return switch (replied.reply) {
      case Reply.Said said -> said.answer();
      case Reply.Continues chain -> new Answer.NoData(chain.aliases(), chain.ttl(), server, false);
      case Reply.Failed failed -> new Answer.Unanswered(failed.failure(), failed.why(), server);
      case Reply.Truncated _, Reply.NoEdns _, Reply.Whole _ ->
          new Answer.Unanswered(Answer.Failure.RCODE, "FORMERR", server);
    };
  }

  private Answer answer(Question question) {
    Reply.@Nullable Continues chain = null;
    var current = question;
    while (true) {
      var reply = agreed(current);
      if (reply.isEmpty()) {
        secondHand.add(question);
        return joined(question, chain, fromResolvers(current));
      }
      switch (reply.get().reply) {
        case Reply.Continues more -> {
          var longer = chain == null ? more : Chain.extend(question.name(), chain, more);
          if (!(longer instanceof Reply.Continues next)) {
            return alone(new Replied(reply.get().at, longer));
          }
          chain = next;
          current = new Question(next.aliases().getLast(), question.type());
        }
        case Reply.Said _, Reply.Failed _, Reply.Truncated _, Reply.NoEdns _, Reply.Whole _ -> {
          return joined(question, chain, alone(reply.get()));
        }
      }
    }
  }

  /** What more than half of the resolvers that answer say: one alone may lie, or be old. */
  private Answer fromResolvers(Question question) {
    if (jury.size() < 2) {
      return resolvers.ask(question);
    }
    var answers = Parallel.all(jury, one -> one.ask(question));
    var answered =
        answers.stream().filter(answer -> !(answer instanceof Answer.Unanswered)).toList();
    if (answered.isEmpty()) {
      return answers.getFirst();
    }
    for (var answer : answered) {
      var content = AnswerContent.of(answer);
      var alike =
          answered.stream().filter(other -> AnswerContent.of(other).equals(content)).count();
      if (2 * alike > answered.size()) {
        return answer;
      }
    }
    return new Answer.Unanswered(
        Answer.Failure.DISPUTED,
        "the resolvers contradict each other, and no name server of its zone could be asked",
        "");
  }

  private static Answer joined(Question question, Reply.@Nullable Continues chain, Answer rest) {
    return chain == null ? rest : Chain.join(question.name(), chain, rest);
  }

  /** What all that answer say; empty when none does. */
  private Optional<Replied> agreed(Question question) {
    var answering = replies(question).stream().filter(Authorities::hasAnswered).toList();
    if (answering.isEmpty()) {
      return Optional.empty();
    }
    var first = answering.getFirst();
    if (answering.stream().allMatch(other -> content(other).equals(content(first)))) {
      return Optional.of(first);
    }
    stats.failed(Answer.Failure.INCONSISTENT);
    return Optional.of(
        new Replied(
            first.at,
            new Reply.Failed(Answer.Failure.INCONSISTENT, contradiction(question, answering))));
  }

  private static boolean hasAnswered(Replied replied) {
    return switch (replied.reply) {
      case Reply.Said _, Reply.Continues _ -> true;
      case Reply.Failed failed -> failed.failure() == Answer.Failure.CHAIN;
      case Reply.Truncated _, Reply.NoEdns _, Reply.Whole _ -> false;
    };
  }

  private static List<Object> content(Replied replied) {
    return AnswerContent.of(alone(replied));
  }

  private static String contradiction(Question question, List<Replied> answering) {
    var who = new HashMap<List<Object>, List<String>>();
    var text = new StringBuilder("the name servers contradict each other on ").append(question);
    for (var replied : answering) {
      who.computeIfAbsent(content(replied), _ -> new ArrayList<>())
          .add(replied.at.name + " (" + replied.at.server + ")");
    }
    var told = new ArrayList<List<Object>>();
    for (var replied : answering) {
      var content = content(replied);
      if (!told.contains(content)) {
        told.add(content);
        text.append(told.size() == 1 ? ": " : "; ")
            .append(String.join(", ", who.getOrDefault(content, List.of())))
            .append(who.getOrDefault(content, List.of()).size() == 1 ? " says " : " say ")
            .append(AnswerContent.text(alone(replied), MAX_SAID));
      }
    }
    return text.toString();
  }

  private List<Replied> replies(Question question) {
    var zone = zoneOf(question);
    var alive = zone.servers.stream().filter(at -> !dead.contains(at.server)).toList();
    return Parallel.all(alive, at -> new Replied(at, ask(at.server, question, zone.apex)));
  }

  private Reply ask(DnsServer server, Question question, DnsName apex) {
    var now = System.nanoTime();
    var at = rates.apply(server).take(now, deadline.nanoTime());
    if (at == Long.MIN_VALUE) {
      return new Reply.Failed(
          Answer.Failure.TIMEOUT,
          "held back by our own limit of queries a second until the deadline");
    }
    try {
      if (at > now) {
        Thread.sleep(java.time.Duration.ofNanos(at - now));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Reply.Failed(Answer.Failure.TIMEOUT, "interrupted");
    }
    var source = new Response.Source(server.toString(), false, apex, false);
    var reply =
        tcp.ask(
            server,
            question,
            query(question),
            source,
            deadline.atMost(settings.timeout()).nanoTime());
    if (reply instanceof Reply.Failed failed) {
      stats.failed(failed.failure());
      if (failed.dead()) {
        dead.add(server);
      }
    }
    return reply;
  }

  private Query query(Question question) {
    synchronized (random) {
      return Query.of(question, random, false, false, true);
    }
  }

  private Zone zoneOf(Question question) {
    var configured = configured(question.name());
    if (configured.isPresent()) {
      return configured.get();
    }
    if (!settings.delegation()) {
      return new Zone(question.name(), List.of());
    }
    // A DS record lives above the cut (RFC 4035 §2.4).
    var name =
        question.type() == RecordType.DS && !question.name().isRoot()
            ? question.name().parent()
            : question.name();
    var known = zones.get(name);
    if (known == null) {
      known = delegated(name);
      zones.put(name, known);
    }
    return known;
  }

  private Optional<Zone> configured(DnsName name) {
    return settings
        .named(name)
        .map(
            named ->
                new Zone(
                    named.zone(),
                    named.servers().stream()
                        .limit(MAX_SERVERS)
                        .map(server -> new At(server.toString(), server))
                        .toList()));
  }

  /** The deepest name at or above this one that has NS records is the zone. */
  private Zone delegated(DnsName name) {
    var candidates = new ArrayList<Question>();
    for (var zone = name; !zone.isRoot(); zone = zone.parent()) {
      candidates.add(new Question(zone, RecordType.NS));
    }
    // What lies deeper than this is a zone of its own only in attacks.
    var tried = candidates.subList(Math.max(0, candidates.size() - MAX_LABELS), candidates.size());
    var answers = found(tried);
    for (var i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof Answer.Found found && found.aliases().isEmpty()) {
        var names = found.records(Rdata.Ns.class).stream().map(Rdata.Ns::name).toList();
        return new Zone(tried.get(i).name(), servers(names));
      }
    }
    return new Zone(name, List.of());
  }

  /**
   * What any of the resolvers finds: a resolver that denies everything must not be the last word.
   */
  private List<Answer> found(List<Question> questions) {
    if (each.size() < 2) {
      return resolvers.ask(questions);
    }
    var all = Parallel.all(each, one -> one.ask(questions));
    var best = new ArrayList<>(all.getFirst());
    for (var answers : all) {
      for (var i = 0; i < best.size(); i++) {
        if (!(best.get(i) instanceof Answer.Found) && answers.get(i) instanceof Answer.Found) {
          best.set(i, answers.get(i));
        }
      }
    }
    return best;
  }

  private List<At> servers(List<DnsName> names) {
    var first = names.stream().limit(MAX_SERVERS).toList();
    var unknown = first.stream().filter(name -> !addresses.containsKey(name)).toList();
    var questions = new ArrayList<Question>();
    unknown.forEach(name -> questions.add(new Question(name, RecordType.A)));
    unknown.forEach(name -> questions.add(new Question(name, RecordType.AAAA)));
    var answers = questions.isEmpty() ? List.<Answer>of() : found(questions);
    for (var i = 0; i < unknown.size(); i++) {
      var name = unknown.get(i);
      var found = new ArrayList<>(answers.get(i).records(Rdata.Address.class));
      found.addAll(answers.get(i + unknown.size()).records(Rdata.Address.class));
      // One address a server, IPv4 first: a monitor without IPv6 must not call the server dead.
      addresses.put(
          name,
          found.stream()
              .limit(1)
              .map(address -> new At(name.toString(), new DnsServer(address.address(), port)))
              .toList());
    }
    return first.stream()
        .flatMap(name -> addresses.getOrDefault(name, List.of()).stream())
        .toList();
  }
}
