package maildrift.monitor.config;

import java.time.Duration;
import java.util.ArrayList;
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

/** Reads the alerts section. */
final class AlertsReader {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Reading reading;
  private final MatcherReader matchers;
  private final Vocabulary vocabulary;
  private final TimeIntervalReader intervals;
  private final Set<String> tenants;

  AlertsReader(Reading reading, Vocabulary vocabulary, Declarations declarations) {
    this.reading = reading;
    this.vocabulary = vocabulary;
    this.tenants = declarations.tenants().keySet();
    this.matchers = new MatcherReader(reading, vocabulary, declarations);
    this.intervals = new TimeIntervalReader(reading);
  }

  AlertsConfig read(Section section) {
    var grouping = grouping(section, Grouping.DEFAULT);
    var receivers = new LinkedHashMap<String, Receiver>();
    var names = new LinkedHashSet<String>();
    for (var named : section.named("receivers")) {
      names.add(named.name());
      receiver(named).ifPresent(receiver -> receivers.put(named.name(), receiver));
    }
    intervals.read(section);
    var routes = routes(section, names, grouping);
    var inhibitRules = new InhibitReader(reading, matchers).read(section);
    var digests = new DigestReader(reading, tenants, names, receivers).read(section);
    var policies = new PolicyReader(reading, vocabulary).read(section.section("policy"));
    var own = new OwnAlertsReader(reading).read(section);
    section.end();
    return new AlertsConfig(
        grouping,
        receivers,
        reading.hasProblems() ? List.of() : routes,
        inhibitRules,
        policies,
        own,
        digests);
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
    var labels = matchers.labels(section, "group_by", Set.of(Grouping.ALL));
    if (labels.contains(Grouping.ALL) && labels.size() > 1) {
      section.problem("group_by", "group_by: '...' stands for all labels and stands alone");
      return List.of(Grouping.ALL);
    }
    return labels;
  }

  private List<Route> routes(Section section, Set<String> receivers, Grouping general) {
    var routes = new ArrayList<Route>();
    Optional<Place> matchesAll = Optional.empty();
    Optional<Place> last = Optional.empty();
    var isCaught = false;
    for (var item : section.sections("routes")) {
      if (matchesAll.isPresent()) {
        reading.warning(
            item.place(),
            "this route is never reached: the one at line %d matches all and does not continue"
                .formatted(matchesAll.get().line()));
      }
      var problemsBefore = reading.hasProblems();
      var matchers = matchers(item);
      isCaught |= matchers.isEmpty();
      last = Optional.of(item.place());
      var named = receivers(item, receivers);
      var goesOn = item.flag("continue", false);
      var grouping = grouping(item, general);
      var hours = intervals.hours(item);
      var escalations = escalations(item, receivers, named);
      item.end();
      if (matchers.isEmpty() && !goesOn && (problemsBefore || !reading.hasProblems())) {
        matchesAll = matchesAll.or(() -> Optional.of(item.place()));
      }
      routes.add(new Route(matchers, named, goesOn, grouping, hours, escalations));
    }
    if (!isCaught) {
      last.ifPresent(
          place ->
              reading.warning(
                  place,
                  "alerts that match none of these routes are told to nobody, and maildrift's own have neither domain nor tenant; add {match: {}, receivers: [...]} as the last"));
    }
    return routes;
  }

  private List<Route.Escalation> escalations(
      Section route, Set<String> known, List<String> before) {
    var told = new LinkedHashSet<>(before);
    var escalations = new ArrayList<Route.Escalation>();
    for (var item : route.sections("escalate")) {
      var after = item.duration("after", SECOND);
      if (!item.has("after")) {
        item.lacks("after");
      }
      var named = receivers(item, known);
      item.end();
      for (var receiver : named) {
        if (!told.add(receiver)) {
          item.problem(
              "receivers",
              "escalate: '%s' hears of it before already".formatted(Words.shortened(receiver)));
        }
      }
      after.ifPresent(wait -> escalations.add(new Route.Escalation(wait, named)));
    }
    return reading.hasProblems() ? List.of() : escalations;
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
    var all = new ArrayList<>(matchers.equal(route, "match"));
    all.addAll(matchers.matchers(route, "matchers"));
    return all;
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
              .apply(new ReceiverSettings(reading, section, isWritten, tenants))
              .map(Function.identity());
    } catch (IllegalArgumentException wrong) {
      reading.problem(section.place(), "%s: %s".formatted(section.shown(), wrong.getMessage()));
    }
    section.end();
    return receiver;
  }
}
