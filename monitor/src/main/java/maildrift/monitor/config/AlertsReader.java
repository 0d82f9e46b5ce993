package maildrift.monitor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maildrift.alerts.Matcher;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverCatalog;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Route;
import maildrift.probes.Severity;

/** Reads the alerts section. */
final class AlertsReader {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Reading reading;
  private final Vocabulary vocabulary;
  private final Declarations declarations;

  AlertsReader(Reading reading, Vocabulary vocabulary, Declarations declarations) {
    this.reading = reading;
    this.vocabulary = vocabulary;
    this.declarations = declarations;
  }

  AlertsConfig read(Section section) {
    var grouping = grouping(section, Grouping.DEFAULT);
    var receivers = new LinkedHashMap<String, Receiver>();
    var names = new LinkedHashSet<String>();
    for (var named : section.named("receivers")) {
      names.add(named.name());
      receiver(named).ifPresent(receiver -> receivers.put(named.name(), receiver));
    }
    var routes = routes(section, names, grouping);
    section.end();
    return new AlertsConfig(grouping, receivers, reading.hasProblems() ? List.of() : routes);
  }

  private Grouping grouping(Section section, Grouping byDefault) {
    var by = section.has("group_by") ? labels(section) : byDefault.by();
    return new Grouping(
        by,
        section.duration("group_wait", Duration.ZERO, byDefault.groupWait()),
        section.duration("group_interval", SECOND, byDefault.groupInterval()),
        section.duration("repeat_interval", SECOND, byDefault.repeatInterval()));
  }

  private List<String> labels(Section section) {
    var labels = new ArrayList<String>();
    for (var text : section.texts("group_by")) {
      if (!text.value().equals(Grouping.ALL)) {
        checkLabel("group_by", text.value(), text.place());
      }
      labels.add(text.value());
    }
    if (labels.contains(Grouping.ALL) && labels.size() > 1) {
      section.problem("group_by", "group_by: '...' stands for all labels and stands alone");
      return List.of(Grouping.ALL);
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

  private List<Route> routes(Section section, Set<String> receivers, Grouping general) {
    var routes = new ArrayList<Route>();
    Optional<Place> matchesAll = Optional.empty();
    for (var item : section.sections("routes")) {
      if (matchesAll.isPresent()) {
        reading.warning(
            item.place(),
            "this route is never reached: the one at line %d matches all and does not continue"
                .formatted(matchesAll.get().line()));
      }
      var problemsBefore = reading.hasProblems();
      var matchers = matchers(item);
      var named = receivers(item, receivers);
      var goesOn = item.flag("continue", false);
      var grouping = grouping(item, general);
      item.end();
      if (matchers.isEmpty() && !goesOn && (problemsBefore || !reading.hasProblems())) {
        matchesAll = matchesAll.or(() -> Optional.of(item.place()));
      }
      routes.add(new Route(matchers, named, goesOn, grouping));
    }
    return routes;
  }

  private List<String> receivers(Section route, Set<String> known) {
    var receivers = new ArrayList<String>();
    for (var text : route.texts("receivers")) {
      if (!known.contains(text.value())) {
        reading.problem(
            text.place(),
            "undefined receiver %s%s".formatted(text.shown(), Words.hint(text.value(), known)));
      } else if (receivers.contains(text.value())) {
        reading.problem(text.place(), "receivers: %s is listed twice".formatted(text.shown()));
      } else {
        receivers.add(text.value());
      }
    }
    var written = route.node("receivers");
    if (written.isEmpty()
        || (written.get() instanceof Node.Sequence list && list.items().isEmpty())) {
      reading.problem(
          route.placeOf("receivers"), "this route has no receivers; nobody would be told");
    }
    return receivers;
  }

  private List<Matcher> matchers(Section route) {
    var matchers = new ArrayList<Matcher>();
    var equal = route.section("match");
    for (var entry : equal.entries()) {
      equal
          .anyText(entry.key())
          .ifPresent(
              text -> {
                try {
                  var matcher = Matcher.equal(entry.key(), text.value());
                  check("match", matcher, entry.place(), text.place());
                  matchers.add(matcher);
                } catch (IllegalArgumentException wrong) {
                  reading.problem(entry.place(), "match: " + wrong.getMessage());
                }
              });
    }
    for (var text : route.texts("matchers")) {
      route
          .parse("matchers", text, Matcher::parse)
          .ifPresent(
              matcher -> {
                check("matchers", matcher, text.place(), text.place());
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
      case "alertname" -> checkWord(key, "rule", matcher.value(), vocabulary.rules(), value);
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

  private Optional<Receiver> receiver(Section.Named named) {
    var section = named.section();
    var written = new ArrayList<String>();
    Optional<Receiver> read = Optional.empty();
    for (var kind : ReceiverCatalog.ALL) {
      var isWritten = section.has(kind.key());
      var receiver = receiver(kind, section.section(kind.key()), isWritten);
      if (isWritten) {
        written.add(kind.key());
        read = receiver;
      }
    }
    section.end();
    if (written.size() == 1) {
      return read;
    }
    reading.problem(
        named.place(),
        written.isEmpty()
            ? "the receiver '%s' is empty; it needs one of %s"
                .formatted(
                    named.name(),
                    String.join(", ", ReceiverCatalog.ALL.stream().map(ReceiverKind::key).toList()))
            : "the receiver '%s' has %s; make a receiver of each"
                .formatted(named.name(), String.join(" and ", written)));
    return Optional.empty();
  }

  /** Read also where it is not written, so that its keys are known. */
  private Optional<Receiver> receiver(ReceiverKind kind, Section section, boolean isWritten) {
    Optional<Receiver> receiver = Optional.empty();
    try {
      receiver =
          kind.read()
              .apply(new ReceiverSettings(reading, section, isWritten))
              .map(Function.identity());
    } catch (IllegalArgumentException wrong) {
      reading.problem(section.place(), "%s: %s".formatted(section.shown(), wrong.getMessage()));
    }
    section.end();
    return receiver;
  }
}
