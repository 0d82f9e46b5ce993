package maildrift.monitor.watch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.Transition;
import maildrift.probes.Finding;

/**
 * Doubts that regular looks raise again and again, and that looks past the resolvers' caches and at
 * the authoritative servers deny each time. Once that is a change that came and went; a resolver
 * that goes on with it serves lies or very old answers, and whoever relies on it gets them too. A
 * look that could not see denies nothing.
 */
public final class Denials {
  /** So often in a row is no accident any more. */
  public static final int OFTEN = 3;

  private final ConcurrentHashMap<String, Map<Finding.Key, Integer>> denied =
      new ConcurrentHashMap<>();
  private final LongAdder count = new LongAdder();

  /**
   * A turn is over.
   *
   * @param regular whether the resolvers alone were asked; otherwise they were checked
   * @param hidden what the turn could not see
   */
  void note(String domain, boolean regular, AlertBook.Step step, Predicate<Finding.Key> hidden) {
    var before = denied.getOrDefault(domain, Map.of());
    if (before.isEmpty() && (regular || step.transitions().isEmpty())) {
      return;
    }
    var now = new HashMap<>(before);
    if (regular) {
      var raised = raised(step);
      now.keySet().removeIf(key -> !raised.contains(key) && !hidden.test(key));
    } else if (!serversDiffer(step)) {
      step.transitions().forEach(transition -> confirmed(transition, now));
    }
    if (now.isEmpty()) {
      denied.remove(domain);
    } else {
      denied.put(domain, Map.copyOf(now));
    }
  }

  private void confirmed(Transition transition, Map<Finding.Key, Integer> now) {
    var key = Translation.key(transition.alert());
    switch (transition) {
      case Transition.Dropped _ -> {
        if (isOfResolvers(key)) {
          count.increment();
          now.merge(key, 1, Integer::sum);
        }
      }
      case Transition.Firing _, Transition.Resolved _ -> now.remove(key);
      case Transition.Pending _, Transition.Changed _ -> {}
    }
  }

  /** Then a resolver says what one of them says, and lies as little as another that does not. */
  private static boolean serversDiffer(AlertBook.Step step) {
    return step.alerts().stream()
        .anyMatch(
            alert ->
                alert.phase() != Alert.Phase.RESOLVED
                    && Translation.key(alert).rule().equals(WatchRules.INCONSISTENT.id()));
  }

  private static Set<Finding.Key> raised(AlertBook.Step step) {
    return step.alerts().stream()
        .map(Translation::key)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** That servers contradict each other, and that nothing was seen, no resolver has said. */
  private static boolean isOfResolvers(Finding.Key key) {
    return !key.rule().equals(WatchRules.INCONSISTENT.id())
        && !key.rule().equals(WatchRules.UNOBSERVABLE.id());
  }

  /** A regular look doubted nothing, or nobody looks any more. */
  void forget(String domain) {
    denied.remove(domain);
  }

  /** How many doubts were denied since the start. */
  public long total() {
    return count.sum();
  }

  /** What was denied often, in a row: {@code contoso.tld: record.changed contoso.tld MX}. */
  public List<String> often() {
    return denied.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().entrySet().stream()
                    .filter(doubt -> doubt.getValue() >= OFTEN)
                    .map(
                        doubt ->
                            "%s: %s %s"
                                .formatted(
                                    entry.getKey(),
                                    doubt.getKey().rule(),
                                    doubt.getKey().subject())))
        .sorted()
        .toList();
  }
}
