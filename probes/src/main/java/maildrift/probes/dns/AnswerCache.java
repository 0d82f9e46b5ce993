package maildrift.probes.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers for as long as their TTL allows and no longer than the schedule's interval, negative ones
 * by their SOA (RFC 2308 §5), failures for seconds (RFC 9520 §3.2). A question under way is shared:
 * a thousand domains that include one provider's record ask for it once.
 *
 * <p>Bounded by estimated bytes. What has not been used since it came by last goes first (a clock).
 */
final class AnswerCache {
  /**
   * RFC 9520 §3.2: at least a second, at most five minutes; a monitor wants the truth back soon.
   */
  static final Duration FAILURES = Duration.ofSeconds(2);

  /** Whoever asks later asks anew: what has not ended by then never will. */
  private static final long LONGEST_ASKING = Duration.ofMinutes(1).toNanos();

  private final long maxWeight;
  private final long maxAge;
  private final LongSupplier clock;
  private final DnsStats stats;
  private final ConcurrentMap<Question, Held> held = new ConcurrentHashMap<>();

  /** In order of arrival; what was replaced meanwhile stays and counts until it comes by. */
  private final Queue<Kept> arrivals = new ConcurrentLinkedQueue<>();

  private final AtomicLong weight = new AtomicLong();

  private sealed interface Held permits Kept, Asking {}

  /**
   * @param maxWeight in bytes, roughly
   * @param clock as {@link System#nanoTime()}
   */
  AnswerCache(long maxWeight, Duration maxAge, LongSupplier clock, DnsStats stats) {
    this.maxWeight = maxWeight;
    this.maxAge = maxAge.toNanos();
    this.clock = clock;
    this.stats = stats;
  }

  /** Something is kept that still counts; for the end of a chain, never waits. */
  Optional<Answer> peek(Question question) {
    return held.get(question) instanceof Kept kept && kept.counts(clock.getAsLong())
        ? Optional.of(kept.answer(clock.getAsLong()))
        : Optional.empty();
  }

  /** What is kept; null without a detour when it has to be asked for. */
  @Nullable Answer get(Question question) {
    var now = clock.getAsLong();
    if (held.get(question) instanceof Kept kept && kept.counts(now)) {
      stats.hit();
      return kept.answer(now);
    }
    return null;
  }

  /**
   * Answers from what is kept or under way, else asks the source, which must call back once. {@code
   * heard} may be called at once or later on another thread, and must not block.
   */
  void ask(
      Question question, Consumer<Answer> heard, BiConsumer<Question, Consumer<Answer>> source) {
    while (true) {
      var now = clock.getAsLong();
      var found = held.get(question);
      switch (found) {
        case Kept kept when kept.counts(now) -> {
          stats.hit();
          heard.accept(kept.answer(now));
          return;
        }
        case Asking asking when now - asking.since < LONGEST_ASKING -> {
          if (asking.join(heard)) {
            stats.hit();
            return;
          }
          // It has just ended; look again.
          Thread.onSpinWait();
        }
        case null, default -> {
          var asking = new Asking(heard, now);
          var mine =
              found == null
                  ? held.putIfAbsent(question, asking) == null
                  : held.replace(question, found, asking);
          if (mine) {
            source.accept(question, answer -> end(question, asking, answer));
            return;
          }
        }
      }
    }
  }

  private void end(Question question, Asking asking, Answer answer) {
    var now = clock.getAsLong();
    var lifetime = Math.min(maxAge, lifetime(answer).toNanos());
    if (lifetime > 0) {
      var kept = new Kept(question, answer, now, lifetime);
      held.replace(question, asking, kept);
      arrivals.add(kept);
      if (weight.addAndGet(kept.weight) > maxWeight) {
        evict(now);
      }
    } else {
      held.remove(question, asking);
    }
    asking.end(answer);
  }

  private static Duration lifetime(Answer answer) {
    return switch (answer) {
      case Answer.Found found -> found.ttl();
      case Answer.NoData none -> none.ttl();
      case Answer.NoSuchName none -> none.ttl();
      case Answer.Unanswered _ -> FAILURES;
    };
  }

  /** What is under way goes on. */
  void forget() {
    for (var oldest = arrivals.poll(); oldest != null; oldest = arrivals.poll()) {
      held.remove(oldest.question, oldest);
      weight.addAndGet(-oldest.weight);
    }
  }

  private void evict(long now) {
    while (weight.get() > maxWeight) {
      var oldest = arrivals.poll();
      if (oldest == null) {
        return;
      }
      if (oldest.used && oldest.counts(now) && held.get(oldest.question) == oldest) {
        oldest.used = false;
        arrivals.add(oldest);
      } else {
        held.remove(oldest.question, oldest);
        weight.addAndGet(-oldest.weight);
      }
    }
  }

  /** Estimated bytes. */
  long weight() {
    return weight.get();
  }

  int size() {
    return held.size();
  }

  /** An answer with its time. */
  private static final class Kept implements Held {
    final Question question;
    final int weight;
    private final Answer fresh;
    private final long since;
    private final long lifetime;
    volatile boolean used;

    /** The answer as of the last second that was asked for; racy, and right in any case. */
    private Aged aged;

    private record Aged(long seconds, Answer answer) {}

    Kept(Question question, Answer answer, long since, long lifetime) {
      this.question = question;
      this.fresh = answer;
      this.since = since;
      this.lifetime = lifetime;
      this.weight = weigh(question, answer);
      this.aged = new Aged(0, answer);
    }

    boolean counts(long now) {
      return now - since < lifetime;
    }

    Answer answer(long now) {
      if (!used) {
        used = true;
      }
      var seconds = (now - since) / 1_000_000_000L;
      var last = aged;
      if (last.seconds != seconds) {
        last = new Aged(seconds, older(fresh, Duration.ofSeconds(seconds)));
        aged = last;
      }
      return last.answer;
    }

    private static Answer older(Answer answer, Duration by) {
      return switch (answer) {
        case Answer.Found(var records, var aliases, var ttl, var server, var validated) ->
            new Answer.Found(records, aliases, ttl.minus(by), server, validated);
        case Answer.NoData(var aliases, var ttl, var server, var validated) ->
            new Answer.NoData(aliases, ttl.minus(by), server, validated);
        case Answer.NoSuchName(var aliases, var ttl, var server, var validated) ->
            new Answer.NoSuchName(aliases, ttl.minus(by), server, validated);
        case Answer.Unanswered unanswered -> unanswered;
      };
    }

    private static int weigh(Question question, Answer answer) {
      var bytes = 250 + question.name().toString().length();
      if (answer instanceof Answer.Found found) {
        for (var data : found.records()) {
          bytes += 100;
          if (data instanceof Rdata.Txt txt) {
            for (var string : txt.strings()) {
              bytes += 50 + string.length();
            }
          } else if (data instanceof Rdata.Other other) {
            bytes += other.data().length();
          }
        }
      }
      return bytes;
    }
  }

  /** A question under way, and who waits for it. */
  private static final class Asking implements Held {
    private final long since;
    private final Consumer<Answer> first;
    private @Nullable List<Consumer<Answer>> others;
    private boolean ended;

    Asking(Consumer<Answer> first, long since) {
      this.since = since;
      this.first = first;
    }

    synchronized boolean join(Consumer<Answer> heard) {
      if (ended) {
        return false;
      }
      var known = others;
      if (known == null) {
        known = new ArrayList<>(2);
        others = known;
      }
      known.add(heard);
      return true;
    }

    void end(Answer answer) {
      List<Consumer<Answer>> waiting;
      synchronized (this) {
        ended = true;
        waiting = others == null ? List.of() : others;
      }
      first.accept(answer);
      waiting.forEach(heard -> heard.accept(answer));
    }
  }
}
