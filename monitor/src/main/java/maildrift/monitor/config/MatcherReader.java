package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import maildrift.alerts.Matcher;
import maildrift.probes.Severity;

/** Reads matchers, and says which label or word no alert can have. */
final class MatcherReader {
  private final Reading reading;
  private final Vocabulary vocabulary;
  private final Declarations declarations;

  MatcherReader(Reading reading, Vocabulary vocabulary, Declarations declarations) {
    this.reading = reading;
    this.vocabulary = vocabulary;
    this.declarations = declarations;
  }

  /** A list of names of labels. */
  List<String> labels(Section section, String key, Set<String> besides) {
    var labels = new ArrayList<String>();
    for (var text : section.texts(key)) {
      if (!besides.contains(text.value())) {
        checkLabel(key, text.value(), text.place());
      }
      labels.add(text.value());
    }
    return labels;
  }

  /** A label that no alert can carry is a slip, if it looks like one that alerts carry. */
  private void checkLabel(String key, String label, Place place) {
    var known = knownLabels();
    if (known.contains(label)) {
      return;
    }
    if (label.equals("rule")) {
      reading.problem(
          place, "%s: alerts carry their rule in the label 'alertname', not 'rule'".formatted(key));
      return;
    }
    var nearest = Words.nearest(label, known);
    if (nearest.isPresent() && Words.isNear(label, nearest.get())) {
      reading.problem(
          place,
          "%s: no alert carries the label '%s'; did you mean '%s'?"
              .formatted(key, Words.shortened(label), nearest.get()));
    }
  }

  private Set<String> knownLabels() {
    var known = new LinkedHashSet<>(DeclarationsReader.ALERT_LABELS);
    declarations.tenants().values().forEach(tenant -> known.addAll(tenant.labels().keySet()));
    return known;
  }

  /** {@code {severity: critical}}. */
  List<Matcher> equal(Section section, String key) {
    var matchers = new ArrayList<Matcher>();
    var equal = section.section(key);
    for (var entry : equal.entries()) {
      equal
          .anyText(entry.key())
          .ifPresent(
              text -> {
                try {
                  var matcher = Matcher.equal(entry.key(), text.value());
                  check(key, matcher, entry.place(), text.place());
                  matchers.add(matcher);
                } catch (IllegalArgumentException wrong) {
                  reading.problem(entry.place(), key + ": " + wrong.getMessage());
                }
              });
    }
    return matchers;
  }

  /** {@code ['severity=~"warning|critical"']}. */
  List<Matcher> matchers(Section section, String key) {
    var matchers = new ArrayList<Matcher>();
    for (var text : section.texts(key)) {
      section
          .parse(key, text, Matcher::parse)
          .ifPresent(
              matcher -> {
                check(key, matcher, text.place(), text.place());
                matchers.add(matcher);
              });
    }
    return matchers;
  }

  private void check(String key, Matcher matcher, Place label, Place value) {
    checkLabel(key, matcher.name(), label);
    if (matcher.operator() != Matcher.Operator.EQUAL || matcher.value().isEmpty()) {
      return;
    }
    switch (matcher.name()) {
      case "severity" ->
          checkWord(
              key,
              "severity",
              matcher.value(),
              List.of(Severity.values()).stream().map(Severity::word).toList(),
              value);
      case "tenant" ->
          checkWord(key, "tenant", matcher.value(), declarations.tenants().keySet(), value);
      case "alertname" -> {
        if (!matcher.value().equals(AlertsConfig.WATCHDOG)) {
          checkWord(key, "rule", matcher.value(), vocabulary.rules(), value);
        }
      }
      default -> {}
    }
  }

  private void checkWord(
      String key, String what, String word, Collection<String> known, Place place) {
    if (!known.contains(word)) {
      reading.problem(
          place,
          "%s: unknown %s '%s'%s"
              .formatted(key, what, Words.shortened(word), Words.hint(word, known)));
    }
  }
}
