package maildrift.monitor.check;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import maildrift.probes.Judgement;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.ManagedDomain;
import org.jspecify.annotations.Nullable;

/**
 * What the looks before at one domain came to, and what they asked. A probe whose answers are the
 * very same again would ask and judge the same again: so a look begins with all those questions in
 * one round, and a sweep over domains in which nothing happens runs no probe at all. Immutable.
 */
public final class Recall {
  public static final Recall NOTHING = new Recall(null, Map.of(), Map.of());

  /** More questions than this are not kept: the memory would cost more than the judging. */
  private static final int MOST = 64;

  private final @Nullable ManagedDomain domain;
  private final Map<String, Judged> judged;

  /** All questions of all probes, each once. */
  private final List<Question> questions;

  /** Where in {@link #questions} a probe's are, each as often as it was asked. */
  private final Map<String, int[]> places = new HashMap<>();

  /** Per probe that cannot be recalled what it last asked, each once. */
  private final Map<String, Set<Question>> others;

  /**
   * Without the facts, which are large and which whoever recalls has kept in another form.
   *
   * @param asked every question as often as it was asked; empty: too many to keep
   */
  private record Judged(long mark, Judgement judgement, Optional<List<Question>> asked) {}

  private Recall(
      @Nullable ManagedDomain domain,
      Map<String, Judged> judged,
      Map<String, Set<Question>> others) {
    this.domain = domain;
    this.judged = judged;
    this.others = others;
    var distinct = new LinkedHashMap<Question, Integer>();
    judged.forEach(
        (probe, before) ->
            before.asked.ifPresent(
                asked ->
                    places.put(
                        probe,
                        asked.stream()
                            .mapToInt(
                                question ->
                                    distinct.computeIfAbsent(question, _ -> distinct.size()))
                            .toArray())));
    this.questions = List.copyOf(distinct.keySet());
  }

  private boolean isOf(ManagedDomain now) {
    return now.equals(domain);
  }

  /** The judgement of what has this mark; another declaration of the domain is judged anew. */
  Optional<Judgement> of(String probe, ManagedDomain now, long mark) {
    var before = judged.get(probe);
    return before != null && before.mark == mark && isOf(now)
        ? Optional.of(before.judgement)
        : Optional.empty();
  }

  /** What holds for this declaration of the domain: all of it, or nothing. */
  Recall of(ManagedDomain now) {
    return isOf(now) ? this : NOTHING;
  }

  /** What to ask in one round before any probe runs; empty when nothing could be recalled. */
  List<Question> questions() {
    return questions;
  }

  /**
   * The mark that a probe would come to, were it run now.
   *
   * @param start of every mark
   * @param hashes of the answers to {@link #questions}, in their order
   * @return empty when it is not known what the probe would ask
   */
  OptionalLong mark(String probe, long start, long[] hashes) {
    var own = places.get(probe);
    if (own == null) {
      return OptionalLong.empty();
    }
    var mark = start;
    for (var place : own) {
      mark += hashes[place];
    }
    return OptionalLong.of(mark);
  }

  /** Whether the last looks asked for anything at one of these names. */
  public boolean hasAskedFor(Predicate<DnsName> names) {
    for (var question : questions) {
      if (names.test(question.name())) {
        return true;
      }
    }
    for (var asked : others.values()) {
      for (var question : asked) {
        if (names.test(question.name())) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * With what these results can be recalled by. What cannot be, or was judged of another
   * declaration, is forgotten.
   */
  public Recall with(ManagedDomain now, List<ProbeResult> results) {
    var next = isOf(now) ? new HashMap<>(judged) : new HashMap<String, Judged>();
    var asked = isOf(now) ? new HashMap<>(others) : new HashMap<String, Set<Question>>();
    var isNew = next.size() != judged.size() || asked.size() != others.size();
    for (var result : results) {
      if (isKept(result)) {
        if (!result.isRecalled()) {
          next.put(result.probe(), judged(result));
          isNew = true;
        }
        isNew |= asked.remove(result.probe()) != null;
      } else {
        var distinct = Set.copyOf(result.asked().subList(0, Math.min(MOST, result.asked().size())));
        isNew |= next.remove(result.probe()) != null;
        isNew |= !distinct.equals(asked.put(result.probe(), distinct));
      }
    }
    return isNew ? new Recall(now, next, asked) : this;
  }

  private static Judged judged(ProbeResult result) {
    var judgement = result.alone();
    return new Judged(
        result.mark().orElseThrow(),
        new Judgement(
            judgement.outcome(),
            Map.of(),
            judgement.records(),
            judgement.findings(),
            judgement.gaps(),
            judgement.asides()),
        Optional.of(result.asked()).filter(asked -> asked.size() <= MOST));
  }

  private static boolean isKept(ProbeResult result) {
    return result.mark().isPresent() && result.alone().gaps().isEmpty();
  }
}
