package maildrift.probes.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import maildrift.probes.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Asks a zone's own servers over TCP, past every resolver: what is published, not what the world
 * still remembers. Which servers those are, the resolvers say (NS records and their addresses) or
 * the configuration. Made for one look; remembers the delegations it has met, and which servers
 * were dead.
 */
final class Authorities implements Dns {
  private static final int MAX_SERVERS = 8;
  private static final int MAX_LABELS = 12;
  private static final int MAX_SAID = 160;

  private final DnsSettings settings;
  private final int port;
  private final Dns resolvers;
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
      TcpClient tcp,
      DnsStats stats,
      Function<DnsServer, RateLimit> rates,
      Deadline deadline) {
    this.settings = settings;
    this.port = port;
    this.resolvers = resolvers;
    this.tcp = tcp;
    this.stats = stats;
    this.rates = rates;
    this.deadline = deadline;
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    return inParallel(questions, this::answer);
  }

  /** Every server's own answer; empty when the zone's servers cannot be found. */
  List<NameServerAnswer> each(Question question) {
    return replies(question).stream()
        .map(replied -> new NameServerAnswer(replied.at.name, replied.at.server, alone(replied)))
        .toList();
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
        return joined(question, chain, resolvers.ask(current));
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

  /** What is compared: neither the TTL, which counts down on some, nor how they say "none". */
  private static List<Object> content(Replied replied) {
    return switch (alone(replied)) {
      case Answer.Found found -> List.of(found.records(), found.aliases());
      case Answer.NoData none -> List.of(none.aliases());
      case Answer.NoSuchName none -> List.of(none.aliases());
      case Answer.Unanswered unanswered -> List.of(unanswered.failure());
    };
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
            .append(said(alone(replied)));
      }
    }
    return text.toString();
  }

  private static String said(Answer answer) {
    var text =
        switch (answer) {
          case Answer.Found found ->
              String.join(" | ", found.records().stream().map(Rdata::text).toList())
                  + via(found.aliases());
          case Answer.NoData none -> "there is none" + via(none.aliases());
          case Answer.NoSuchName none -> "there is none" + via(none.aliases());
          case Answer.Unanswered unanswered -> unanswered.why();
        };
    return text.length() <= MAX_SAID ? text : text.substring(0, MAX_SAID) + "…";
  }

  private static String via(List<DnsName> aliases) {
    return aliases.isEmpty() ? "" : " by CNAME " + aliases.getLast();
  }

  private List<Replied> replies(Question question) {
    var zone = zoneOf(question);
    var alive = zone.servers.stream().filter(at -> !dead.contains(at.server)).toList();
    return inParallel(alive, at -> new Replied(at, ask(at.server, question, zone.apex)));
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
    for (var zone = name; ; zone = zone.parent()) {
      var servers = settings.authoritative().get(zone);
      if (servers != null) {
        return Optional.of(
            new Zone(
                zone,
                servers.stream()
                    .limit(MAX_SERVERS)
                    .map(server -> new At(server.toString(), server))
                    .toList()));
      }
      if (zone.isRoot()) {
        return Optional.empty();
      }
    }
  }

  /** The deepest name at or above this one that has NS records is the zone. */
  private Zone delegated(DnsName name) {
    var candidates = new ArrayList<Question>();
    for (var zone = name; !zone.isRoot(); zone = zone.parent()) {
      candidates.add(new Question(zone, RecordType.NS));
    }
    // What lies deeper than this is a zone of its own only in attacks.
    var tried = candidates.subList(Math.max(0, candidates.size() - MAX_LABELS), candidates.size());
    var answers = resolvers.ask(tried);
    for (var i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof Answer.Found found && found.aliases().isEmpty()) {
        var names = found.records(Rdata.Ns.class).stream().map(Rdata.Ns::name).toList();
        return new Zone(tried.get(i).name(), servers(names));
      }
    }
    return new Zone(name, List.of());
  }

  private List<At> servers(List<DnsName> names) {
    var first = names.stream().limit(MAX_SERVERS).toList();
    var unknown = first.stream().filter(name -> !addresses.containsKey(name)).toList();
    var questions = new ArrayList<Question>();
    unknown.forEach(name -> questions.add(new Question(name, RecordType.A)));
    unknown.forEach(name -> questions.add(new Question(name, RecordType.AAAA)));
    var answers = questions.isEmpty() ? List.<Answer>of() : resolvers.ask(questions);
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

  /** On virtual threads; each ends by the deadline. */
  private static <T, R> List<R> inParallel(List<T> inputs, Function<T, R> work) {
    if (inputs.size() == 1) {
      return List.of(work.apply(inputs.getFirst()));
    }
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<R>>();
      for (var input : inputs) {
        futures.add(executor.submit(() -> work.apply(input)));
      }
      var results = new ArrayList<R>();
      for (var future : futures) {
        results.add(result(future));
      }
      return results;
    }
  }

  private static <R> R result(Future<R> future) {
    var interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException _) {
          // The work ends by its own deadline.
          interrupted = true;
        } catch (ExecutionException bug) {
          throw new IllegalStateException(bug.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
