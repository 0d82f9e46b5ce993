package maildrift.alerts.state;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.alerts.Labels;

/**
 * What a look found wrong, in the words of alerts.
 *
 * @param labels alertname (the rule id), domain, subject identify it; severity, tenant, cause and
 *     others route it
 * @param annotations summary, description, remedy, diff
 */
public record Problem(Labels labels, SortedMap<String, String> annotations) {
  public Problem {
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    if (labels.get("alertname").isEmpty()) {
      throw new IllegalArgumentException("a problem has the label alertname, was " + labels);
    }
  }

  public static Problem of(Map<String, String> labels, Map<String, String> annotations) {
    return new Problem(Labels.of(labels), new TreeMap<>(annotations));
  }
}
