package maildrift.monitor.config;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Matcher;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Route;
import maildrift.monitor.config.ReceiverConfig.StartTls;
import maildrift.probes.Severity;

/** Reads the alerts section. */
final class AlertsReader {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int SUBMISSION = 587;

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
    var receivers = new LinkedHashMap<String, ReceiverConfig>();
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

  private Optional<ReceiverConfig> receiver(Section.Named named) {
    var section = named.section();
    var kinds = List.of("webhook", "alertmanager", "mail").stream().filter(section::has).toList();
    var webhook = webhook(named.name(), section.section("webhook"), kinds.contains("webhook"));
    var alertmanager =
        alertmanager(named.name(), section.section("alertmanager"), kinds.contains("alertmanager"));
    var mail = mail(named.name(), section.section("mail"), kinds.contains("mail"));
    section.end();
    if (kinds.size() != 1) {
      reading.problem(
          named.place(),
          kinds.isEmpty()
              ? "the receiver '%s' is empty; it needs webhook, alertmanager or mail"
                  .formatted(named.name())
              : "the receiver '%s' has %s; make a receiver of each"
                  .formatted(named.name(), String.join(" and ", kinds)));
      return Optional.empty();
    }
    return webhook.or(() -> alertmanager).or(() -> mail);
  }

  private Optional<ReceiverConfig> webhook(String name, Section section, boolean isWritten) {
    var allowPrivate = section.flag("allow_private", false);
    var url = url(section, allowPrivate, isWritten);
    var secret = section.secret("secret");
    var sendResolved = section.flag("send_resolved", true);
    section.end();
    return url.map(to -> new ReceiverConfig.Webhook(name, to, secret, sendResolved, allowPrivate));
  }

  private Optional<ReceiverConfig> alertmanager(String name, Section section, boolean isWritten) {
    var allowPrivate = section.flag("allow_private", false);
    var url = url(section, allowPrivate, isWritten);
    var username = section.text("username").map(Text::value);
    var password = section.secret("password");
    checkPair(section);
    section.end();
    return url.map(
        to -> new ReceiverConfig.Alertmanager(name, to, username, password, allowPrivate));
  }

  /** {@code url}, or {@code url_file} where the URL itself is the secret. */
  private Optional<URI> url(Section section, boolean allowPrivate, boolean isWritten) {
    if (section.has("url") && section.has("url_file")) {
      reading.problem(section.placeOf("url_file"), "url and url_file exclude each other; keep one");
      section.text("url_file");
      return Optional.empty();
    }
    if (!section.has("url") && !section.has("url_file")) {
      if (isWritten) {
        section.lacks("url");
      }
      return Optional.empty();
    }
    if (section.has("url")) {
      section.has("url_file");
      return section.parsed("url", written -> Urls.service(written, allowPrivate));
    }
    var file = section.text("url_file");
    return file.flatMap(
        from ->
            reading
                .file(
                    from.place().source().sibling(from.value()),
                    from.place(),
                    "url_file",
                    Reading.LARGEST_SECRET)
                .flatMap(
                    content ->
                        section.parse(
                            "url_file",
                            new Text(content.strip(), from.written(), from.place()),
                            written -> Urls.service(written, allowPrivate))));
  }

  private void checkPair(Section section) {
    var hasPassword = section.has("password") || section.has("password_file");
    if (section.has("username") && !hasPassword) {
      reading.problem(
          section.placeOf("username"), "username without password_file or password: ${env:NAME}");
    }
    if (hasPassword && !section.has("username")) {
      reading.problem(section.place(), "%s lacks 'username'".formatted(section.shown()));
    }
  }

  private Optional<ReceiverConfig> mail(String name, Section section, boolean isWritten) {
    var to = new ArrayList<String>();
    for (var text : section.oneOrMore("to")) {
      section.parse("to", text, AlertsReader::address).ifPresent(to::add);
    }
    if (isWritten && !section.has("to")) {
      section.lacks("to");
    } else if (isWritten
        && section.node("to").orElseThrow() instanceof Node.Sequence list
        && list.items().isEmpty()) {
      section.problem("to", "to is empty; nobody would get the mail");
    }
    var from = section.parsed("from", AlertsReader::address);
    if (isWritten && !section.has("from")) {
      section.lacks("from");
    }
    var smtp = section.parsed("smtp", written -> HostPort.parseServer(written, SUBMISSION));
    if (isWritten && !section.has("smtp")) {
      section.lacks("smtp");
    }
    var starttls = section.choice("starttls", StartTls.values(), StartTls::word);
    var username = section.text("username").map(Text::value);
    var password = section.secret("password");
    checkPair(section);
    var sendResolved = section.flag("send_resolved", true);
    var allowPrivate = section.flag("allow_private", false);
    section.end();
    if (username.isPresent() && starttls.equals(Optional.of(StartTls.NONE))) {
      section.problem(
          "starttls", "starttls: 'none' would send the password in clear text; write required");
    }
    if (to.isEmpty() || from.isEmpty() || smtp.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ReceiverConfig.Mail(
            name,
            to,
            from.get(),
            smtp.get(),
            starttls.orElse(StartTls.REQUIRED),
            username,
            password,
            sendResolved,
            allowPrivate));
  }

  /** A bare mailbox, {@code noc@example.net}; nothing that could add headers or recipients. */
  private static String address(String written) {
    var at = written.lastIndexOf('@');
    var isAddress =
        at > 0
            && written.chars().allMatch(c -> c > 0x20 && c != 0x7f && "<>,;\"()[]".indexOf(c) < 0)
            && written.indexOf('@') == at;
    if (isAddress) {
      try {
        Hosts.name(written.substring(at + 1));
        return written;
      } catch (IllegalArgumentException _) {
        // Said below.
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a mail address like noc@example.net".formatted(Words.shortened(written)));
  }
}
