package maildrift.probes.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CNAME chains: their bounds, and how pieces from several answers are joined. */
final class Chain {
  private Chain() {}

  /** Why the chain cannot go on to this target; empty: it can. */
  static Optional<String> trouble(DnsName start, List<DnsName> aliases, DnsName target) {
    if (target.equals(start) || aliases.contains(target)) {
      return Optional.of("the CNAME chain of " + start + " comes back to " + target);
    }
    if (aliases.size() >= Response.MAX_CHAIN) {
      return Optional.of("the CNAME chain of " + start + " is longer than " + Response.MAX_CHAIN);
    }
    return Optional.empty();
  }

  /** A chain and its continuation as one chain, or why it cannot be. */
  static Reply extend(DnsName start, Reply.Continues chain, Reply.Continues more) {
    var aliases = new ArrayList<>(chain.aliases());
    for (var alias : more.aliases()) {
      var trouble = trouble(start, aliases, alias);
      if (trouble.isPresent()) {
        return new Reply.Failed(Answer.Failure.CHAIN, trouble.get());
      }
      aliases.add(alias);
    }
    return new Reply.Continues(
        aliases, shorter(chain.ttl(), more.ttl()), chain.validated() && more.validated());
  }

  /** The answer for {@code start}, when the chain led to a name that was asked for separately. */
  static Answer join(DnsName start, Reply.Continues chain, Answer rest) {
    var aliases = new ArrayList<>(chain.aliases());
    for (var alias : rest.aliases()) {
      var trouble = trouble(start, aliases, alias);
      if (trouble.isPresent()) {
        return new Answer.Unanswered(Answer.Failure.CHAIN, trouble.get(), rest.server());
      }
      aliases.add(alias);
    }
    return switch (rest) {
      case Answer.Found found ->
          new Answer.Found(
              found.records(),
              aliases,
              shorter(chain.ttl(), found.ttl()),
              found.server(),
              chain.validated() && found.validated());
      case Answer.NoData none ->
          new Answer.NoData(
              aliases,
              shorter(chain.ttl(), none.ttl()),
              none.server(),
              chain.validated() && none.validated());
      case Answer.NoSuchName none ->
          new Answer.NoSuchName(
              aliases,
              shorter(chain.ttl(), none.ttl()),
              none.server(),
              chain.validated() && none.validated());
      case Answer.Unanswered unanswered ->
          new Answer.Unanswered(
              unanswered.failure(),
              unanswered.why()
                  + ", asked for "
                  + chain.aliases().getLast()
                  + ", an alias of "
                  + start,
              unanswered.server());
    };
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
