package maildrift.monitor.watch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.probes.Finding;
import maildrift.probes.domain.ManagedDomain;

/** From a finding to a problem: the only place that knows both vocabularies. */
final class Translation {
  private Translation() {}

  static Problem problem(ManagedDomain domain, Finding finding) {
    var labels = new TreeMap<>(domain.tenant().labels());
    labels.put("alertname", finding.rule().id());
    labels.put("domain", domain.name().toString());
    labels.put("tenant", domain.tenant().id());
    labels.put("severity", finding.severity().word());
    labels.put("subject", finding.subject());
    labels.put("cause", finding.cause());
    var annotations = new TreeMap<String, String>();
    annotations.put("summary", finding.message());
    annotations.put("description", finding.rule().title() + ". " + finding.rule().why());
    annotations.put("remedy", finding.remedy());
    var diff = diff(finding.evidence());
    if (!diff.isEmpty()) {
      annotations.put("diff", diff);
    }
    return Problem.of(labels, annotations);
  }

  /** Old and new side by side, or what is too much and too little, one a line. */
  private static String diff(Map<String, Object> evidence) {
    var lines = new StringBuilder();
    each(evidence, "old", "- ", lines);
    each(evidence, "expected", "- ", lines);
    each(evidence, "new", "+ ", lines);
    each(evidence, "published", "+ ", lines);
    each(evidence, "missing", "+ ", lines);
    each(evidence, "stale", "- ", lines);
    each(evidence, "wider", "~ ", lines);
    return lines.toString().stripTrailing();
  }

  private static void each(
      Map<String, Object> evidence, String name, String sign, StringBuilder lines) {
    switch (evidence.get(name)) {
      case null -> {}
      case List<?> values -> values.forEach(value -> lines.append(sign).append(value).append('\n'));
      case Object value -> lines.append(sign).append(value).append('\n');
    }
  }

  /** Which finding an alert is of. */
  static Finding.Key key(Alert alert) {
    return key(alert.labels());
  }

  static Finding.Key key(Labels labels) {
    return new Finding.Key(labels.get("alertname"), labels.get("subject"));
  }
}
