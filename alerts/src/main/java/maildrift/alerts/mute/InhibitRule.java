package maildrift.alerts.mute;

import java.util.List;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;

/**
 * While a source fires, its targets are not told; the words and meanings are Alertmanager's.
 *
 * @param name why, in a few words
 * @param source source_matchers: all must match
 * @param target target_matchers: all must match
 * @param equal labels that source and target must have the same value of; none is the same as empty
 */
public record InhibitRule(
    String name, List<Matcher> source, List<Matcher> target, List<String> equal) {

  public InhibitRule {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
    if (source.isEmpty() || target.isEmpty()) {
      throw new IllegalArgumentException(
          "an inhibition needs source_matchers and target_matchers; one of them would match all");
    }
    if (Set.copyOf(equal).size() != equal.size()) {
      throw new IllegalArgumentException("equal: names a label twice");
    }
  }

  boolean isSource(Labels labels) {
    return source.stream().allMatch(matcher -> matcher.matches(labels));
  }

  boolean isTarget(Labels labels) {
    return target.stream().allMatch(matcher -> matcher.matches(labels));
  }

  /** What source and target must agree on. */
  List<String> shared(Labels labels) {
    return equal.stream().map(labels::get).toList();
  }
}
