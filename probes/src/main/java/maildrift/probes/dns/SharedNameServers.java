package maildrift.probes.dns;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import maildrift.probes.Deadline;

/**
 * A zone's servers are strangers' and are asked many questions at once, so no more often than
 * needed: what all of them said alike within the hour will do for a regular look, as long as one of
 * them says the same once an interval. Where they differ every look asks anew, and so does every
 * confirmation.
 */
final class SharedNameServers {
  private static final Duration ALIKE = Duration.ofHours(1);

  /** One that did not answer may be back. */
  private static final Duration SILENT = Duration.ofMinutes(5);

  /** For how long a server that was silent for several zones is left in peace. */
  private static final Duration DEAD = Duration.ofMinutes(3);

  private static final long MAX_WEIGHT = 32L * 1024 * 1024;
  private static final int MAX_PARENTS_ASKED = 2;

  private final DnsSettings settings;
  private final int port;
  private final ServerClient client;
  private final LongSupplier clock;
  private final Cache<Asked, Known> looks;
  private final Cache<DnsName, Delegated> delegations;

  /** Which zone's questions a server last left without any answer. */
  private final Cache<Way, Silence> silences;

  private record Way(DnsServer server, boolean overUdp) {}

  /**
   * A server that said nothing at all.
   *
   * @param zone of the first questions
   * @param isDead other zones' questions fared no better; a server that only ignores what it does
   *     not serve is not dead
   */
  private record Silence(DnsName zone, boolean isDead) {}

  private volatile boolean hasHeardFour;
  private volatile boolean hasHeardSix;

  private record Asked(DnsName zone, List<DnsServer> servers, List<Question> questions) {
    Asked {
      servers = List.copyOf(servers);
      questions = List.copyOf(questions);
    }
  }

  /**
   * What was heard.
   *
   * @param until on our clock
   * @param checked when one of the servers last said the same, on our clock
   */
  private record Known(List<ServerLook> looks, long until, long checked) {}

  /**
   * Whom the parent delegates a zone to.
   *
   * @param names none: it does not say
   */
  private record Delegated(List<DnsName> names, long until) {
    Optional<List<DnsName>> told() {
      return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }
  }

  /**
   * @param clock as {@link System#nanoTime()}
   */
  SharedNameServers(DnsSettings settings, int port, ServerClient client, LongSupplier clock) {
    this.settings = settings;
    this.port = port;
    this.client = client;
    this.clock = clock;
    var ticker =
        new Ticker() {
          @Override
          public long read() {
            return clock.getAsLong();
          }
        };
    this.looks =
        CacheBuilder.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((Asked asked, Known known) -> weight(asked, known.looks))
            .expireAfterWrite(ALIKE)
            .ticker(ticker)
            .build();
    this.delegations =
        CacheBuilder.newBuilder()
            .maximumSize(50_000)
            .expireAfterWrite(ALIKE)
            .ticker(ticker)
            .build();
    this.silences =
        CacheBuilder.newBuilder().maximumSize(10_000).expireAfterWrite(DEAD).ticker(ticker).build();
  }

  private boolean isOver(long until) {
    return until - clock.getAsLong() <= 0;
  }

  private long after(Duration age) {
    return clock.getAsLong() + age.toNanos();
  }

  void forget() {
    looks.invalidateAll();
    delegations.invalidateAll();
    silences.invalidateAll();
  }

  private static boolean isHeard(ServerLook look) {
    return Stream.concat(look.overUdp().stream(), look.overTcp().stream())
        .anyMatch(said -> !(said instanceof Said.Unheard));
  }

  private static boolean hasAnsweredOverUdp(ServerLook look) {
    return look.overUdp().stream().anyMatch(Said.Answered.class::isInstance);
  }

  private void heard(ServerLook look) {
    if (look.server().isSix()) {
      hasHeardSix = true;
    } else {
      hasHeardFour = true;
    }
  }

  /** For a first look. */
  NameServers within(Deadline deadline, Dns resolvers) {
    return new View(deadline, resolvers, true);
  }

  /** For a confirmation. */
  NameServers fresh(Deadline deadline, Dns resolvers) {
    return new View(deadline, resolvers, false);
  }

  private final class View implements NameServers {
    private final Deadline deadline;
    private final Dns resolvers;
    private final boolean remembers;

    View(Deadline deadline, Dns resolvers, boolean remembers) {
      this.deadline = deadline;
      this.resolvers = resolvers;
      this.remembers = remembers;
    }

    @Override
    public NameServers anew() {
      return new View(deadline, resolvers, false);
    }

    @Override
    public Optional<Named> named(DnsName name) {
      return settings.named(name);
    }

    @Override
    public boolean followsDelegations() {
      return settings.delegation();
    }

    @Override
    public int port() {
      return port;
    }

    @Override
    public Dns resolvers() {
      return resolvers;
    }

    private ServerClient.Limit limit() {
      return new ServerClient.Limit(settings.timeout().toNanos(), deadline.nanoTime());
    }

    @Override
    public boolean hasHeard(boolean six) {
      return six ? hasHeardSix : hasHeardFour;
    }

    @Override
    public List<ServerLook> ask(DnsName zone, List<DnsServer> servers, List<Question> questions) {
      var asked = new Asked(zone, servers, questions);
      var known = remembers ? looks.getIfPresent(asked) : null;
      if (known != null && !isOver(known.until) && isStillSaid(asked, known)) {
        return known.looks;
      }
      var now = shared(askNow(asked));
      now.stream().filter(SharedNameServers::isHeard).forEach(SharedNameServers.this::heard);
      var age = age(now);
      if (age.isZero()) {
        looks.invalidate(asked);
      } else {
        looks.put(asked, new Known(now, after(age), clock.getAsLong()));
      }
      return now;
    }

    /**
     * Whether what was heard holds: once an interval one of the servers, another each time, is
     * asked over UDP. The resolvers may go on with old answers for as long as their TTL allows.
     */
    private boolean isStillSaid(Asked asked, Known known) {
      var now = clock.getAsLong();
      if (now - known.checked < settings.maxAge().toNanos()) {
        return true;
      }
      var heard = known.looks.stream().filter(SharedNameServers::hasAnsweredOverUdp).toList();
      if (heard.isEmpty()) {
        return true;
      }
      var one = heard.get(ThreadLocalRandom.current().nextInt(heard.size()));
      var said = client.overUdp(one.server(), asked.questions, asked.zone, limit());
      for (var i = 0; i < said.size(); i++) {
        if (said.get(i) instanceof Said.Answered(var answer)
            && one.overUdp().get(i) instanceof Said.Answered(var before)
            && !AnswerContent.of(answer).equals(AnswerContent.of(before))) {
          return false;
        }
      }
      looks.put(asked, new Known(known.looks, known.until, now));
      return true;
    }

    private List<ServerLook> askNow(Asked asked) {
      var ways = new ArrayList<Way>();
      asked.servers.forEach(server -> ways.add(new Way(server, true)));
      asked.servers.forEach(server -> ways.add(new Way(server, false)));
      if (ways.isEmpty()) {
        return List.of();
      }
      var said =
          Parallel.<Way, List<Said>>all(
              ways, way -> remembers && isDead(way) ? unasked(asked) : ask(asked, way));
      var now = new ArrayList<ServerLook>();
      for (var i = 0; i < asked.servers.size(); i++) {
        now.add(
            new ServerLook(asked.servers.get(i), said.get(i), said.get(i + asked.servers.size())));
      }
      return now;
    }

    private List<Said> ask(Asked asked, Way way) {
      var hasTime = deadline.nanoTime() - System.nanoTime() >= settings.timeout().toNanos();
      var said =
          way.overUdp
              ? client.overUdp(way.server, asked.questions, asked.zone, limit())
              : client.overTcp(way.server, asked.questions, asked.zone, limit());
      if (said.stream().anyMatch(one -> !(one instanceof Said.Unheard))) {
        silences.invalidate(way);
      } else if (hasTime
          && said.stream()
              .allMatch(one -> ((Said.Unheard) one).why().startsWith(ServerClient.SILENCE))) {
        silences
            .asMap()
            .merge(
                way,
                new Silence(asked.zone, false),
                (before, now) ->
                    new Silence(before.zone, before.isDead || !before.zone.equals(now.zone)));
      }
      return said;
    }

    @Override
    public Optional<List<DnsName>> delegation(DnsName zone, List<DnsServer> parents) {
      var known = remembers ? delegations.getIfPresent(zone) : null;
      if (known != null && !isOver(known.until)) {
        return known.told();
      }
      // The load of a whole fleet must not fall on the first of a registry's servers.
      var order = new ArrayList<>(parents);
      Collections.shuffle(order);
      var isAnswered = false;
      for (var parent : order.subList(0, Math.min(MAX_PARENTS_ASKED, order.size()))) {
        var names = client.referral(parent, zone, limit());
        if (names.isPresent() && !names.get().isEmpty()) {
          var told = new Delegated(names.get(), after(ALIKE));
          delegations.put(zone, told);
          return told.told();
        }
        isAnswered |= names.isPresent();
      }
      // Nor is a registry asked again and again that does not say.
      if (isAnswered) {
        delegations.put(zone, new Delegated(List.of(), after(ALIKE)));
      } else {
        // What is known stays known; who did not answer may do so soon.
        var silent = new Delegated(List.of(), after(SILENT));
        delegations
            .asMap()
            .merge(zone, silent, (before, now) -> isOver(before.until) ? now : before);
      }
      return Optional.empty();
    }
  }

  private boolean isDead(Way way) {
    var silence = silences.getIfPresent(way);
    return silence != null && silence.isDead;
  }

  private static List<Said> unasked(Asked asked) {
    return Collections.nCopies(
        asked.questions.size(),
        new Said.Unheard(
            Answer.Failure.TIMEOUT, "not asked: it was silent for other zones minutes ago"));
  }

  /** What two servers say alike is kept once. */
  private static List<ServerLook> shared(List<ServerLook> looks) {
    var words = new HashMap<Said, Said>();
    Function<List<Said>, List<Said>> once =
        all -> all.stream().map(said -> words.computeIfAbsent(said, same -> same)).toList();
    return looks.stream()
        .map(
            look ->
                new ServerLook(
                    look.server(), once.apply(look.overUdp()), once.apply(look.overTcp())))
        .toList();
  }

  /** For how long it may stand for what would be seen. */
  private static Duration age(List<ServerLook> looks) {
    var age = ALIKE;
    var first = new HashMap<Integer, List<Object>>();
    for (var look : looks) {
      for (var way : List.of(look.overUdp(), look.overTcp())) {
        for (var i = 0; i < way.size(); i++) {
          switch (way.get(i)) {
            case Said.Answered(var answer) -> {
              var content = AnswerContent.of(answer);
              var other = first.putIfAbsent(i, content);
              if (other != null && !other.equals(content)) {
                return Duration.ZERO;
              }
            }
            case Said.NotServed _ -> {
              return Duration.ZERO;
            }
            case Said.Unheard(var failure, _) -> {
              // A port that is closed, or a network that is not there, is so for longer.
              if (failure != Answer.Failure.NETWORK) {
                age = SILENT;
              }
            }
            case Said.Truncated _ -> {}
          }
        }
      }
    }
    return age;
  }

  private static int weight(Asked asked, List<ServerLook> looks) {
    Set<Said> words = Collections.newSetFromMap(new IdentityHashMap<>());
    var weight = 300L + 80L * asked.questions.size();
    for (var look : looks) {
      weight += 200 + 16L * asked.questions.size();
      words.addAll(look.overUdp());
      words.addAll(look.overTcp());
    }
    for (var said : words) {
      weight += 100;
      if (said instanceof Said.Answered(var answer) && answer instanceof Answer.Found found) {
        weight +=
            found.records().stream().mapToLong(data -> 100L + 2L * data.text().length()).sum();
      }
    }
    return (int) Math.min(weight, Integer.MAX_VALUE);
  }
}
