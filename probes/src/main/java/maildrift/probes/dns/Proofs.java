package maildrift.probes.dns;

import static java.util.Objects.requireNonNull;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What was proved once need not be proved again while every message that it rests on says the same
 * and no signature among them has begun or ended since: a fleet that nobody touched costs questions
 * and no arithmetic. Bounded by bytes.
 */
final class Proofs {
  private static final long MAX_WEIGHT = 32L << 20;

  private final Cache<List<Question>, Proof> kept =
      CacheBuilder.newBuilder()
          .maximumWeight(MAX_WEIGHT)
          .weigher((List<Question> questions, Proof proof) -> weight(questions, proof))
          .build();

  /**
   * What came of validating some questions.
   *
   * @param mark of all messages that it rests on
   * @param from the last date of a signature before it was proved
   * @param until the next one after that
   */
  record Proof(
      Set<Question> rests,
      long mark,
      Instant from,
      Instant until,
      Map<Question, Security> securities) {
    Proof {
      rests = Set.copyOf(rests);
      securities = Map.copyOf(securities);
    }

    /** Of one of the questions that it is kept for. */
    Security security(Question question) {
      return requireNonNull(securities.get(question));
    }

    boolean isOf(Instant now) {
      return !now.isBefore(from) && now.isBefore(until);
    }

    /** Whether it holds for these messages; empty for one that cannot be had. */
    boolean restsOn(Function<Question, Optional<Content>> messages) {
      var now = 0L;
      for (var question : rests) {
        var content = messages.apply(question);
        if (content.isEmpty()) {
          return false;
        }
        now += content.get().mark(question);
      }
      return now == mark;
    }
  }

  private static int weight(List<Question> questions, Proof proof) {
    return 400 + 80 * questions.size() + 80 * proof.rests.size() + 60 * proof.securities.size();
  }

  Optional<Proof> of(List<Question> questions) {
    return Optional.ofNullable(kept.getIfPresent(questions));
  }

  /**
   * Keeps what was proved at this time from these messages.
   *
   * @param securities of the questions; nothing is kept where one of them is not a proof
   */
  void keep(
      List<Question> questions,
      Map<Question, Content> messages,
      Instant now,
      Map<Question, Security> securities) {
    if (securities.values().stream().allMatch(Proofs::isProof)
        && messages.values().stream().noneMatch(Content::isCut)) {
      kept.put(List.copyOf(questions), proof(messages, now, securities));
    }
  }

  private static boolean isProof(Security security) {
    return switch (security) {
      case Security.Secure _, Security.Insecure _, Security.Bogus _ -> true;
      case Security.Indeterminate _, Security.Unseen _ -> false;
    };
  }

  private static Proof proof(
      Map<Question, Content> messages, Instant now, Map<Question, Security> securities) {
    var from = Instant.MIN;
    var until = Instant.MAX;
    var mark = 0L;
    for (var message : messages.entrySet()) {
      mark += message.getValue().mark(message.getKey());
      for (var signature : message.getValue().signatures()) {
        // It counts to the last second of its expiration (RFC 4034 §3.1.5).
        for (var date :
            List.of(
                signature.inception(),
                signature.expiration(),
                signature.expiration().plusSeconds(1))) {
          if (date.isAfter(now)) {
            until = date.isBefore(until) ? date : until;
          } else {
            from = date.isAfter(from) ? date : from;
          }
        }
      }
    }
    return new Proof(messages.keySet(), mark, from, until, securities);
  }
}
