package maildrift.probes.dns;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Messages with their signatures, kept for as long as their TTL allows: the keys of the root and of
 * a top-level domain serve the whole fleet. A question under way is shared. Bounded by bytes.
 */
final class SignedDoor {
  private static final long MAX_WEIGHT = 16L << 20;

  private final Resolvers resolvers;
  private final Duration maxAge;
  private final DnsStats stats;
  private final Cache<Asked, Kept> kept;
  private final ConcurrentMap<Asked, CompletableFuture<SignedMessage>> flights =
      new ConcurrentHashMap<>();

  private record Asked(Question question, Query.Mode mode) {}

  /** Counts until then, on the clock of {@link System#nanoTime()}. */
  private record Kept(SignedMessage message, long until) {}

  SignedDoor(Resolvers resolvers, Duration maxAge, DnsStats stats) {
    this.resolvers = resolvers;
    this.maxAge = maxAge;
    this.stats = stats;
    this.kept =
        CacheBuilder.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((Asked _, Kept one) -> weight(one.message))
            .build();
  }

  private static int weight(SignedMessage message) {
    return switch (message) {
      case SignedMessage.Heard heard -> 500 + 2 * heard.wire().length();
      case SignedMessage.Unheard _ -> 500;
    };
  }

  /** From what is kept or under way, else asked. */
  CompletableFuture<SignedMessage> ask(Question question, Query.Mode mode, long latest) {
    var asked = new Asked(question, mode);
    var known = kept.getIfPresent(asked);
    if (known != null && known.until - System.nanoTime() > 0) {
      stats.hit();
      return CompletableFuture.completedFuture(known.message);
    }
    var mine = new CompletableFuture<SignedMessage>();
    var flight = flights.putIfAbsent(asked, mine);
    if (flight != null) {
      stats.hit();
      return flight;
    }
    resolvers.askForAll(
        question,
        mode,
        latest,
        message -> {
          var lifetime = lifetime(message);
          if (lifetime.isPositive()) {
            kept.put(asked, new Kept(message, System.nanoTime() + lifetime.toNanos()));
          }
          flights.remove(asked, mine);
          mine.complete(message);
        });
    return mine;
  }

  /** What is under way goes on. */
  void forget() {
    kept.invalidateAll();
  }

  /** Past what is kept. */
  CompletableFuture<SignedMessage> askAnew(Question question, Query.Mode mode, long latest) {
    var answer = new CompletableFuture<SignedMessage>();
    resolvers.askForAll(question, mode, latest, answer::complete);
    return answer;
  }

  private Duration lifetime(SignedMessage message) {
    var lifetime =
        switch (message) {
          case SignedMessage.Heard(Answer.Found found, _, _) -> found.ttl();
          case SignedMessage.Heard(Answer.NoData none, _, _) -> none.ttl();
          case SignedMessage.Heard(Answer.NoSuchName none, _, _) -> none.ttl();
          case SignedMessage.Heard(Answer.Unanswered _, _, _) -> Duration.ZERO;
          case SignedMessage.Unheard _ -> AnswerCache.FAILURES;
        };
    return lifetime.compareTo(maxAge) < 0 ? lifetime : maxAge;
  }
}
