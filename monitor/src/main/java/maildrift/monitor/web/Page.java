package maildrift.monitor.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.mute.Mutes;
import maildrift.monitor.html.Html;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.self.Watchdog;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.store.Change;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;
import maildrift.probes.dns.DnsName;
import tools.jackson.databind.JsonNode;

/**
 * The page for people: the fleet, and a domain with its findings. It only shows. A script of ours
 * brings it up to date while it is looked at; without script the browser does.
 */
final class Page {
  private static final int MOST_ROWS = 500;
  private static final int MOST_CHANGES = 20;

  /** Of those that are as bad, the newest first: that is what somebody looks for. */
  static final Comparator<Alert> WORST_FIRST =
      Comparator.comparing(Alert::severity)
          .thenComparing(Alert::startsAt)
          .reversed()
          .thenComparing(Alert::fingerprint);

  /** Labels of alerts that the fleet can be filtered by. */
  private static final List<String> ALERT_FILTERS = List.of("cause", "alertname", "domain");

  private final Backend backend;

  Page(Backend backend) {
    this.backend = backend;
  }

  Answer fleet(Request request) {
    var after = backend.latestEvent();
    // One copy: what the tiles count is what the table shows.
    var all = List.copyOf(backend.domains());
    var everything =
        backend.alerts().stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING && !Watchdog.isIt(alert.labels()))
            .sorted(WORST_FIRST)
            .toList();
    var firing = everything.stream().filter(alert -> isAskedFor(alert, request)).toList();
    var isFiltered = ALERT_FILTERS.stream().anyMatch(label -> request.query(label).isPresent());
    var hit =
        firing.stream().map(alert -> alert.labels().get("domain")).collect(Collectors.toSet());
    var states =
        all.stream()
            .filter(
                state ->
                    request.query("tenant").map(state.domain().tenant().id()::equals).orElse(true))
            .filter(
                state -> request.query("verdict").map(state.verdict().word()::equals).orElse(true))
            .filter(state -> !isFiltered || hit.contains(state.domain().name().toString()))
            .sorted(
                Comparator.comparingInt((DomainState state) -> badness(state.verdict()))
                    .thenComparing(state -> state.domain().name()))
            .toList();
    return Answer.html(
        page(
            "maildrift",
            after,
            html -> {
              header(html, "Fleet");
              warnings(html);
              html.in(
                  "section",
                  "tiles",
                  tiles -> {
                    for (var verdict :
                        List.of(Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.PASS)) {
                      var count = all.stream().filter(state -> state.verdict() == verdict).count();
                      tiles.in(
                          "div",
                          "tile " + verdict.word(),
                          tile -> tile.text("b", "" + count).text("span", verdict.word()));
                    }
                    tiles.in(
                        "div",
                        "tile",
                        tile ->
                            tile.text("b", "" + everything.size()).text("span", "alerts firing"));
                  });
              if (isFiltered) {
                html.in("p", "summary", line -> filters(line, request));
              }
              if (!firing.isEmpty()) {
                html.text("h2", "Alerts");
                html.in(
                    "table",
                    "rows",
                    table -> {
                      table.columns("severity", "rule", "domain", "what", "since", "taken");
                      firing.stream().limit(MOST_ROWS).forEach(alert -> alert(table, alert));
                    });
                if (firing.size() > MOST_ROWS) {
                  html.in(
                      "p",
                      line ->
                          line.plain("and %d more, ".formatted(firing.size() - MOST_ROWS))
                              .link("/alerts", "by cause"));
                }
              }
              pending(html);
              ReceiversView.all(html, backend.receivers());
              WindowsView.all(html, backend.config(), backend.now());
              html.text("h2", "Domains");
              html.in(
                  "table",
                  "rows",
                  table -> {
                    table.columns("verdict", "domain", "tenant", "findings", "looked at");
                    states.stream().limit(MOST_ROWS).forEach(state -> row(table, state));
                  });
              if (states.size() > MOST_ROWS) {
                html.text(
                    "p",
                    "and %d more; filter with ?tenant= or ?verdict="
                        .formatted(states.size() - MOST_ROWS));
              }
              footer(html);
            }));
  }

  /** What is wrong with the daemon itself; receivers have a place of their own. */
  private void warnings(Html html) {
    backend
        .warnings()
        .forEach(
            (part, what) -> {
              if (!part.equals("receivers")) {
                html.in("p", "finding warning", line -> line.text("b", part).plain(": " + what));
              }
            });
  }

  /** The link in a message leads to what it is about, and only that. */
  private static boolean isAskedFor(Alert alert, Request request) {
    return Stream.concat(Stream.of("tenant"), ALERT_FILTERS.stream())
        .allMatch(
            label -> request.query(label).map(alert.labels().get(label)::equals).orElse(true));
  }

  private static void filters(Html line, Request request) {
    line.plain("Only what fires with ");
    for (var label : ALERT_FILTERS) {
      request.query(label).ifPresent(value -> line.plain(label + " " + value + " "));
    }
    line.plain("· ").link("/", "show all");
  }

  /**
   * A page that follows what happens; without script the browser reads it again.
   *
   * @param after the latest event from before its facts were read
   */
  static String page(String title, String after, Consumer<Html> body) {
    return document(
        title,
        "<noscript><meta http-equiv=\"refresh\" content=\"15\"></noscript>" + script(after, ""),
        body);
  }

  /** One that says that something has happened, and stays as it is: somebody aims at a button. */
  static String told(String title, String after, Consumer<Html> body) {
    return document(title, script(after, " data-follows=\"no\""), body);
  }

  private static String script(String after, String more) {
    return "<script src=\"/live.js\" defer data-after=\"%s\"%s></script>".formatted(after, more);
  }

  /** A page that does not refresh itself: somebody may be writing. */
  static String still(String title, Consumer<Html> body) {
    return document(title, "", body);
  }

  private static String document(String title, String refresh, Consumer<Html> body) {
    return Html.document(
        title,
        refresh
            + "<link rel=\"stylesheet\" href=\"/style.css\">"
            + "<link rel=\"icon\" href=\"data:,\">",
        body);
  }

  /** Why there is nothing to look at. */
  static Answer refused(Refusal refusal) {
    return Answer.html(
        still(
            refusal.title() + " – maildrift",
            html -> {
              header(html, refusal.title());
              html.text("p", String.valueOf(refusal.getMessage()));
            }));
  }

  private static int badness(Verdict verdict) {
    return switch (verdict) {
      case FAIL -> 0;
      case WARN -> 1;
      case UNKNOWN -> 2;
      case PASS -> 3;
    };
  }

  static void header(Html html, String where) {
    html.in(
        "header",
        head ->
            head.in("a", "brand", brand -> brand.plain("maildrift"))
                .raw("<nav>")
                .link("/", "Fleet")
                .raw(" ")
                .link("/alerts", "Alerts")
                .raw(" ")
                .link("/silences", "Silences")
                .raw(" ")
                .link("/drift", "Netblocks")
                .raw("</nav>")
                .text("h1", where));
  }

  void footer(Html html) {
    html.in(
        "footer",
        foot ->
            foot.plain("maildrift " + backend.version() + " · ")
                .link("/metrics", "metrics")
                .plain(" · ")
                .link("/api/v1/domains", "domains as JSON")
                .plain(" · ")
                .link("/api/v1/drift", "netblock drift as JSON")
                .plain(" · ")
                .link("/api/v1/alerts", "alerts as JSON"));
  }

  /** What is doubted: nobody was told yet. */
  private void pending(Html html) {
    var pending =
        backend.alerts().stream()
            .filter(alert -> alert.phase() == Alert.Phase.PENDING)
            .sorted(WORST_FIRST)
            .toList();
    if (!pending.isEmpty()) {
      html.text("h2", "Being confirmed");
      html.in(
          "table",
          "rows",
          table -> {
            table.columns("severity", "rule", "domain", "what", "since");
            pending.stream().limit(MOST_ROWS).forEach(alert -> alert(table, alert));
          });
    }
  }

  private void alert(Html table, Alert alert) {
    var labels = alert.labels();
    table.in(
        "tr",
        row -> {
          severity(row, labels.get("severity"));
          row.in(
              "td",
              "tag",
              cell -> cell.link("/rules/" + labels.get("alertname"), labels.get("alertname")));
          row.in(
              "td",
              "name",
              cell -> {
                if (backend.domain(labels.get("domain")).isPresent()) {
                  cell.link("/domains/" + labels.get("domain"), labels.get("domain"));
                } else {
                  cell.plain(labels.get("domain"));
                }
              });
          row.in(
              "td",
              "name",
              cell -> {
                cell.plain(alert.annotations().getOrDefault("summary", ""));
                if (alert.isFlapping()) {
                  cell.raw(" ").text("span", "badge muted", "flapping");
                }
                AlertProgress.text(alert, backend.policy(alert))
                    .ifPresent(text -> cell.raw(" ").text("span", "dim", text));
                muted(cell, backend.muted(alert));
              });
          row.text("td", "when", ago(alert.startsAt()));
          if (alert.phase() == Alert.Phase.FIRING) {
            row.in(
                "td",
                cell ->
                    backend
                        .acknowledgement(alert)
                        .ifPresent(one -> cell.text("span", one.holds() ? "" : "dim", one.text())));
          }
        });
  }

  /** Why an alert is not told, and until when. */
  static void muted(Html cell, List<Mutes.Why> whys) {
    for (var why : whys) {
      cell.raw(" ")
          .text("span", "badge muted", "muted")
          .raw(" ")
          .text(
              "span",
              "dim",
              why.text()
                  + why.ends().map(until -> " until " + CheckJson.instant(until)).orElse(""));
    }
  }

  private static void row(Html table, DomainState state) {
    table.in(
        "tr",
        row -> {
          row.in("td", cell -> badge(cell, state.verdict()));
          row.in(
              "td",
              "name",
              cell ->
                  name(
                      cell.link(
                          "/domains/" + state.domain().name(), state.domain().name().unicode()),
                      state));
          row.text("td", state.domain().tenant().id());
          row.in(
              "td",
              cell -> {
                var worst = state.findings().stream().filter(Page::isTelling).limit(3).toList();
                worst.forEach(
                    finding ->
                        cell.text("span", "badge " + finding.severity().word(), finding.rule())
                            .raw(" "));
                var more = state.findings().stream().filter(Page::isTelling).count() - worst.size();
                if (more > 0) {
                  cell.text("span", "dim", "+" + more);
                }
              });
          row.text("td", "when", state.isUnseen() ? "not yet" : ago(state.checkedAt()));
        });
  }

  /** Infos are for the domain's own page. */
  private static boolean isTelling(FindingState finding) {
    return !finding.waived() && finding.severity() != Severity.INFO;
  }

  private static void name(Html cell, DomainState state) {
    if (!state.domain().name().unicode().equals(state.domain().name().toString())) {
      cell.text("span", "dim", " " + state.domain().name());
    }
  }

  private static void badge(Html cell, Verdict verdict) {
    cell.text("span", "badge " + verdict.word(), verdict.word());
  }

  static void severity(Html row, String severity) {
    row.in("td", cell -> cell.text("span", "badge " + severityClass(severity), severity));
  }

  private static String severityClass(String severity) {
    return switch (severity) {
      case "critical", "warning", "info" -> severity;
      default -> "muted";
    };
  }

  Answer domain(Request request) {
    var after = backend.latestEvent();
    var name = DnsName.parse(request.param("name")).map(DnsName::toString).orElse("");
    var state =
        backend
            .domain(name)
            .orElseThrow(
                () -> Refusal.notFound(request.param("name") + " is not a managed domain"));
    var changes = backend.history(name, 0, MOST_CHANGES);
    return Answer.html(
        page(
            name + " – maildrift",
            after,
            html -> {
              header(html, state.domain().name().unicode());
              html.in(
                  "p",
                  "summary",
                  line -> {
                    badge(line, state.verdict());
                    name(line, state);
                    line.plain(
                        " "
                            + (state.isUnseen()
                                ? "not looked at yet"
                                : "looked at " + ago(state.checkedAt())));
                    if (!state.domain().tenant().id().isEmpty()) {
                      line.plain(" · tenant ")
                          .link(
                              "/?tenant=" + state.domain().tenant().id(),
                              state.domain().tenant().name());
                    }
                    state
                        .domain()
                        .asOf(backend.now())
                        .prescriptions()
                        .forEach(profile -> line.plain(" · " + profile.label()));
                  });
              WindowsView.of(html, state.domain(), backend.config(), backend.now());
              ChecklistPage.summary(html, state, backend);
              html.text("h2", "Findings");
              if (state.findings().isEmpty()) {
                html.text("p", "dim", state.isUnseen() ? "not looked at yet" : "none");
              }
              state.findings().forEach(finding -> finding(html, finding));
              html.text("h2", "Probes");
              html.records(
                  List.of("probe", "outcome", "facts", "seen without a gap"),
                  table -> {
                    state.probes().values().forEach(probe -> probe(table, probe));
                  });
              if (!changes.isEmpty()) {
                html.text("h2", "Changes");
                html.records(
                    List.of("when", "record", "old", "new"),
                    table -> {
                      changes.forEach(
                          change ->
                              table.in(
                                  "tr",
                                  row -> {
                                    row.text("td", "when", ago(change.at()));
                                    row.text(
                                        "td",
                                        "name",
                                        change.record()
                                            + (change.domain().equals(Change.SHARED)
                                                ? " (shared)"
                                                : "")
                                            + switch (change.kind()) {
                                              case "ticked" -> " (checklist)";
                                              case String kind when kind.startsWith("accepted") ->
                                                  " (" + kind + ")";
                                              default -> "";
                                            });
                                    row.in(
                                        "td",
                                        cell ->
                                            cell.text(
                                                "code", "old", change.before().orElse("none")));
                                    row.in(
                                        "td",
                                        cell ->
                                            cell.text(
                                                "code", "new", change.after().orElse("none")));
                                  }));
                    });
              }
              footer(html);
            }));
  }

  private static void finding(Html html, FindingState finding) {
    var node = CheckJson.mapper().readTree(finding.json());
    html.in(
        "article",
        finding.waived() ? "finding muted" : "finding " + finding.severity().word(),
        card -> {
          card.in(
              "h3",
              title -> {
                title.text(
                    "span",
                    "badge " + (finding.waived() ? "muted" : finding.severity().word()),
                    finding.waived() ? "waived" : finding.severity().word());
                title
                    .raw(" ")
                    .link("/rules/" + finding.rule(), finding.rule())
                    .plain(" " + finding.subject());
              });
          card.text("p", text(node, "message"));
          if (finding.waived()) {
            card.text("p", "dim", "waived: " + text(node, "waived"));
          }
          var evidence = node.path("evidence");
          if (!evidence.isEmpty()) {
            card.in(
                "dl",
                list ->
                    evidence
                        .properties()
                        .forEach(
                            fact -> {
                              list.text("dt", fact.getKey());
                              list.in(
                                  "dd",
                                  value ->
                                      value.text(
                                          "code",
                                          factClass(fact.getKey()),
                                          shown(fact.getValue())));
                            }));
          }
          if (!text(node, "remedy").isEmpty()) {
            card.in("p", fix -> fix.text("b", "Fix: ")).text("pre", text(node, "remedy"));
          }
          if (!text(node, "reference").isEmpty()) {
            card.text("p", "dim", text(node, "reference"));
          }
        });
  }

  private static String factClass(String name) {
    return switch (name) {
      case "old", "stale", "expected" -> "old";
      case "new", "missing", "published" -> "new";
      default -> "fact";
    };
  }

  private static String shown(JsonNode value) {
    if (value.isArray()) {
      var lines = new StringBuilder();
      value.forEach(
          entry ->
              lines.append(entry.isString() ? entry.asString() : entry.toString()).append('\n'));
      return lines.toString().stripTrailing();
    }
    return value.isString() ? value.asString() : value.toString();
  }

  private static void probe(Html table, ProbeState probe) {
    table.in(
        "tr",
        row -> {
          row.text("td", "tag", probe.probe());
          row.in(
              "td",
              cell -> {
                cell.plain(probe.outcome().word());
                if (probe.hasGaps()) {
                  cell.raw("<br>");
                  CheckJson.mapper()
                      .readTree(probe.gaps())
                      .forEach(
                          gap ->
                              cell.text(
                                  "div", "gap", text(gap, "unseen") + ": " + text(gap, "why")));
                }
              });
          row.in(
              "td",
              cell -> {
                var facts = CheckJson.mapper().readTree(probe.facts());
                cell.in(
                    "dl",
                    list ->
                        facts.properties().stream()
                            .filter(fact -> !fact.getKey().equals("tree"))
                            .forEach(
                                fact -> {
                                  list.text("dt", fact.getKey());
                                  list.in(
                                      "dd", value -> value.text("code", shown(fact.getValue())));
                                }));
              });
          row.text(
              "td",
              "when",
              probe.observedAt().equals(Instant.EPOCH) ? "never" : ago(probe.observedAt()));
        });
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  Answer rule(Request request) {
    var rule =
        backend
            .rule(request.param("id"))
            .orElseThrow(() -> Refusal.notFound("there is no rule " + request.param("id")));
    return Answer.html(
        still(
            rule.id() + " – maildrift",
            html -> {
              header(html, rule.id());
              html.in(
                  "p",
                  line ->
                      line.text("span", "badge " + rule.severity().word(), rule.severity().word())
                          .plain(" " + rule.title()));
              section(html, "Why it matters", rule.why());
              section(html, "What to do", rule.remedy());
              section(html, "Example", rule.example());
              section(html, "Reference", rule.reference());
              footer(html);
            }));
  }

  private static void section(Html html, String title, String text) {
    if (!text.isEmpty()) {
      html.text("h2", title).text("pre", text);
    }
  }

  static String ago(Instant then) {
    var gone = Duration.between(then, Instant.now());
    if (gone.compareTo(Duration.ofSeconds(90)) < 0) {
      return Math.max(0, gone.toSeconds()) + " s ago";
    }
    if (gone.compareTo(Duration.ofMinutes(90)) < 0) {
      return gone.toMinutes() + " min ago";
    }
    return gone.compareTo(Duration.ofHours(36)) < 0
        ? gone.toHours() + " h ago"
        : gone.toDays() + " days ago";
  }
}
