package maildrift.probes.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import maildrift.probes.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * The one way to DNS: a pool of sockets, a cache above it, and three ways to ask. One for the
 * process; thread-safe. Close it last.
 */
public final class DnsDoor implements AutoCloseable {
  /** Whose rate is remembered; beyond that, the memory starts afresh. */
  private static final int MAX_RATES = 10_000;

  private static final int SOCKETS_OF_TRUSTED = 4;

  private final DnsSettings settings;
  private final int authorityPort;
  private final AtomicLong ahead = new AtomicLong();
  private final DnsStats stats = new DnsStats();
  private final TcpClient tcp = new TcpClient(stats);
  private final Transport transport = new Transport(stats, tcp);
  private final AnswerCache cache;
  private final Resolvers resolvers;
  private final Resolvers confirming;
  private final Asker.Source freshSource;
  private final Asker.Source resolversSource;
  private final SignedDoor signed;
  private final SignedDoor confirmingSigned;
  private final SharedNameServers sharedServers;
  private final Proofs proofs = new Proofs();
  private final Map<DnsServer, RateLimit> rates = new ConcurrentHashMap<>();

  public DnsDoor(DnsSettings settings) {
    this(settings, DnsServer.DEFAULT_PORT);
  }

  /** With a port of their own for the name servers that NS records name, as tests need. */
  DnsDoor(DnsSettings settings, int authorityPort) {
    this.settings = settings;
    this.authorityPort = authorityPort;
    this.cache = new AnswerCache(settings.cacheBytes(), settings.maxAge(), this::nanoTime, stats);
    var servers = settings.resolvers().size() + settings.confirmWith().size();
    var sockets = Math.max(4, settings.sockets() / servers);
    this.resolvers = resolvers(settings.resolvers(), sockets);
    this.confirming =
        settings.confirmWith().isEmpty()
            ? resolvers.reversed()
            : resolvers(settings.confirmWith(), sockets);
    this.freshSource = pastTheCache(confirming);
    this.resolversSource = pastTheCache(resolvers);
    var trusted = settings.dnssec().trustedResolver().map(this::trusted);
    this.signed = new SignedDoor(trusted.orElse(resolvers), settings.maxAge(), stats);
    this.sharedServers =
        new SharedNameServers(
            settings, authorityPort, new ServerClient(stats, this::rateOf), this::nanoTime);
    this.confirmingSigned = new SignedDoor(trusted.orElse(confirming), settings.maxAge(), stats);
  }

  /** Its AD bit counts wherever it is: the operator vouches for the way to it. */
  private Resolvers trusted(DnsServer server) {
    return new Resolvers(
        transport,
        List.of(new Upstream(server, SOCKETS_OF_TRUSTED, settings.queriesPerSecond(), true)),
        settings.timeout());
  }

  private Resolvers resolvers(List<DnsServer> servers, int sockets) {
    return new Resolvers(
        transport,
        servers.stream()
            .map(server -> new Upstream(server, sockets, settings.queriesPerSecond()))
            .toList(),
        settings.timeout());
  }

  /** First looks: through the cache, from the resolvers. */
  public Dns cached(Deadline deadline) {
    return new Asker(cachedSource, deadline);
  }

  /**
   * Confirmations: past the cache, from the confirming servers; if there are none, from the
   * resolvers, the last one first: who is asked again is not who said it.
   */
  public Dns fresh(Deadline deadline) {
    return new Asker(freshSource, deadline);
  }

  /** Past the cache, from the resolvers and no others. */
  public Dns freshFromResolvers(Deadline deadline) {
    return new Asker(resolversSource, deadline);
  }

  /** Each resolver by itself, those that confirm too. */
  public List<OneResolver> eachResolver(Deadline deadline) {
    var each = new LinkedHashMap<>(resolvers.each());
    confirming.each().forEach(each::putIfAbsent);
    return each.entrySet().stream()
        .map(
            one -> new OneResolver(one.getKey(), new Asker(pastTheCache(one.getValue()), deadline)))
        .toList();
  }

  private static List<Dns> each(Resolvers resolvers, Deadline deadline) {
    return resolvers.each().values().stream()
        .<Dns>map(one -> new Asker(pastTheCache(one), deadline))
        .toList();
  }

  /**
   * What the zones' own servers say, when they agree; {@link Answer.Failure#INCONSISTENT} when they
   * contradict each other; as {@link #fresh} when they cannot be found or none answers.
   */
  public Authoritative authoritative(Deadline deadline) {
    return authorities(deadline);
  }

  /**
   * A zone's own servers one by one, for first looks: what they all said alike within the hour will
   * do.
   */
  public NameServers nameServers(Deadline deadline) {
    return sharedServers.within(deadline, cached(deadline));
  }

  /** A zone's own servers one by one, for confirmations. */
  public NameServers freshNameServers(Deadline deadline) {
    return sharedServers.fresh(deadline, fresh(deadline));
  }

  /** Validated answers for first looks: what they rest on may come from memory. */
  public Dnssec dnssec(Deadline deadline) {
    return new Validator(signed::ask, settings.dnssec(), proofs, deadline);
  }

  /** Validated answers for confirmations: nothing is remembered from before this look. */
  public Dnssec freshDnssec(Deadline deadline) {
    return new Validator(confirmingSigned::askAnew, settings.dnssec(), new Proofs(), deadline);
  }

  private Authorities authorities(Deadline deadline) {
    return new Authorities(
        settings,
        authorityPort,
        fresh(deadline),
        eachResolver(deadline).stream().map(OneResolver::dns).toList(),
        each(confirming, deadline),
        tcp,
        stats,
        this::rateOf,
        deadline);
  }

  /** By which what was heard grows old. */
  private long nanoTime() {
    return System.nanoTime() + ahead.get();
  }

  /** What was heard so far is that much older; for who simulates time. */
  public void older(Duration by) {
    ahead.addAndGet(by.toNanos());
    signed.forget();
    resolvers.older(by);
    if (!settings.confirmWith().isEmpty()) {
      confirming.older(by);
    }
  }

  private RateLimit rateOf(DnsServer server) {
    if (rates.size() >= MAX_RATES) {
      rates.clear();
    }
    return rates.computeIfAbsent(
        server, _ -> new RateLimit(settings.queriesPerSecond(), System.nanoTime()));
  }

  /** Forgets all answers, so that everything is asked anew; what was proved of them may hold. */
  public void forget() {
    cache.forget();
    signed.forget();
    confirmingSigned.forget();
    sharedServers.forget();
  }

  public DnsStats stats() {
    return stats;
  }

  public DnsSettings settings() {
    return settings;
  }

  private final Asker.Source cachedSource =
      new Asker.Source() {
        @Override
        public @Nullable Answer get(Question question) {
          return cache.get(question);
        }

        @Override
        public void ask(Question question, Deadline deadline, Consumer<Answer> heard) {
          // Others may come to share the question, so it gets its whole time, even if this look
          // has less.
          var latest =
              Math.max(deadline.nanoTime(), System.nanoTime() + settings.timeout().toNanos());
          cache.ask(
              question,
              heard,
              (asked, answered) -> resolvers.ask(asked, latest, cache::peek, answered));
        }
      };

  private static Asker.Source pastTheCache(Resolvers asked) {
    return new Asker.Source() {
      @Override
      public @Nullable Answer get(Question question) {
        return null;
      }

      @Override
      public void ask(Question question, Deadline deadline, Consumer<Answer> heard) {
        asked.ask(question, deadline.nanoTime(), heard);
      }
    };
  }

  /** What is under way ends unanswered. */
  @Override
  public void close() {
    transport.close();
  }
}
