package maildrift.monitor.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Matcher;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.monitor.html.Html;
import maildrift.monitor.self.Watchdog;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/**
 * Alerts for people, those of one cause together as they are told, the worst cause first. Operators
 * take alerts here by a plain form; for them the page says that something has happened, and does
 * not move under their hands.
 */
final class AlertPage {
  private static final int MOST_ROWS = 500;
  private static final int MOST_TENANTS = 50;
  private static final List<String> FILTERS =
      Stream.concat(Stream.of("state"), AlertQuery.LABELS.stream()).toList();

  private final Backend backend;
  private final AlertApi api;
  private final Page page;

  AlertPage(Backend backend, AlertApi api, Page page) {
    this.backend = backend;
    this.api = api;
    this.page = page;
  }

  Answer all(Request request) {
    Parameters.only(request, FILTERS);
    var after = backend.latestEvent();
    var alerts =
        api.chosen(request).stream().filter(alert -> !Watchdog.isIt(alert.labels())).toList();
    var causes = byCause(alerts);
    var mayTake = request.caller().operator();
    return Answer.html(
        mayTake
            ? Page.told("alerts – maildrift", after, html -> show(html, request, alerts, causes))
            : Page.page("alerts – maildrift", after, html -> show(html, request, alerts, causes)));
  }

  private static Map<String, List<Alert>> byCause(List<Alert> alerts) {
    var causes = new LinkedHashMap<String, List<Alert>>();
    alerts.stream()
        .sorted(Page.WORST_FIRST)
        .forEach(
            alert ->
                causes
                    .computeIfAbsent(alert.labels().get("cause"), _ -> new ArrayList<>())
                    .add(alert));
    return causes;
  }

  private void show(
      Html html, Request request, List<Alert> alerts, Map<String, List<Alert>> causes) {
    Page.header(html, "Alerts");
    html.in("p", "summary", line -> states(line, request));
    html.in("p", "dim", line -> tenants(line, request));
    if (alerts.isEmpty()) {
      html.text("p", "dim", "none");
    }
    var left = MOST_ROWS;
    for (var cause : causes.entrySet()) {
      if (left > 0) {
        cause(html, request, cause.getKey(), cause.getValue(), left);
        left -= cause.getValue().size();
      }
    }
    if (left < 0) {
      html.text("p", "and %d more; filter by tenant, cause or domain".formatted(-left));
    }
    page.footer(html);
  }

  private static void states(Html line, Request request) {
    line.link(path(request, "state", ""), "pending and firing");
    for (var state : List.of("firing", "suppressed", "acknowledged", "pending", "resolved")) {
      line.plain(" · ").link(path(request, "state", state), state);
    }
    for (var label : AlertQuery.LABELS) {
      request
          .query(label)
          .filter(_ -> !label.equals("tenant"))
          .ifPresent(
              value ->
                  line.plain(" · " + label + " " + value + " ")
                      .link(path(request, label, ""), "show all"));
    }
  }

  private void tenants(Html line, Request request) {
    var tenants = new TreeSet<String>();
    backend.domains().forEach(state -> tenants.add(state.domain().tenant().id()));
    tenants.remove("");
    if (tenants.isEmpty()) {
      return;
    }
    line.plain("tenant: ").link(path(request, "tenant", ""), "all");
    tenants.stream()
        .limit(MOST_TENANTS)
        .forEach(tenant -> line.plain(" · ").link(path(request, "tenant", tenant), tenant));
    if (tenants.size() > MOST_TENANTS) {
      line.plain(" and %d more, with ?tenant=".formatted(tenants.size() - MOST_TENANTS));
    }
  }

  /** This page with one filter set, or taken out. */
  private static String path(Request request, String label, String value) {
    var filters = new LinkedHashMap<String, String>();
    for (var name : FILTERS) {
      request.query(name).ifPresent(set -> filters.put(name, set));
    }
    filters.put(label, value);
    return path(filters);
  }

  private static String path(Map<String, String> filters) {
    var query = new StringBuilder();
    filters.forEach(
        (name, set) -> {
          if (!set.isEmpty()) {
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(set, StandardCharsets.UTF_8));
          }
        });
    return "/alerts" + query;
  }

  private void cause(Html html, Request request, String cause, List<Alert> alerts, int most) {
    html.in(
        "h2",
        head -> {
          head.link(path(request, "cause", cause), cause.isEmpty() ? "no cause" : cause);
          if (alerts.size() > 1) {
            head.text("span", "dim", " %d alerts".formatted(alerts.size()));
          }
          if (mayMute(request, alerts)) {
            head.plain(" ").link(silence(shown(request, cause)), "silence");
          }
        });
    if (alerts.size() > 1 && mayMute(request, alerts)) {
      html.in(
          "details",
          more -> {
            more.text("summary", "take all of them");
            more.form(
                "/alerts/ack",
                form -> {
                  form.hidden("matchers", text(shown(request, cause)));
                  take(form, request);
                });
          });
    }
    html.in(
        "table",
        "rows",
        table -> {
          table.columns("severity", "state", "rule", "domain", "what", "since", "taken");
          alerts.stream().limit(most).forEach(alert -> row(table, request, alert));
        });
  }

  private static boolean mayMute(Request request, List<Alert> alerts) {
    return request.caller().operator()
        && alerts.stream().anyMatch(alert -> alert.phase() == Alert.Phase.FIRING);
  }

  /** What makes out the alerts of a cause that this page shows. */
  private static List<Matcher> shown(Request request, String cause) {
    var matchers = new ArrayList<>(List.of(Matcher.equal("cause", cause)));
    for (var label : AlertQuery.LABELS) {
      request
          .query(label)
          .filter(_ -> !label.equals("cause"))
          .ifPresent(value -> matchers.add(Matcher.equal(label, value)));
    }
    return matchers;
  }

  private static List<Matcher> alone(Alert alert) {
    return Stream.of("alertname", "domain", "subject")
        .filter(label -> !alert.labels().get(label).isEmpty())
        .map(label -> Matcher.equal(label, alert.labels().get(label)))
        .toList();
  }

  private static String text(List<Matcher> matchers) {
    return matchers.stream().map(Matcher::toString).collect(Collectors.joining(", "));
  }

  /** The form for a silence, with what it would hide. */
  private static String silence(List<Matcher> matchers) {
    return "/silences?matchers=" + URLEncoder.encode(text(matchers), StandardCharsets.UTF_8);
  }

  private static void take(Html form, Request request) {
    // Who logged in takes it under that name.
    if (request.caller().equals(Caller.LOCAL)) {
      form.field("by", "Your name", Acknowledgement.LONGEST_NAME, true);
    }
    form.field("comment", "Comment", Acknowledgement.LONGEST_COMMENT, false);
    filters(form, request);
    form.button("Acknowledge");
  }

  /** So that the answer to a form is the page that it was on. */
  private static void filters(Html form, Request request) {
    for (var name : FILTERS) {
      request.query(name).ifPresent(value -> form.hidden(name, value));
    }
  }

  private void row(Html table, Request request, Alert alert) {
    var labels = alert.labels();
    var muted = backend.muted(alert);
    var rule = labels.get("alertname");
    var domain = labels.get("domain");
    table.in(
        "tr",
        row -> {
          Page.severity(row, labels.get("severity"));
          row.text("td", "when", muted.isEmpty() ? alert.phase().word() : "suppressed");
          row.in("td", "tag", cell -> cell.link("/rules/" + rule, rule));
          row.in(
              "td",
              "name",
              cell -> {
                if (backend.domain(domain).isPresent()) {
                  cell.link("/domains/" + domain, domain);
                } else {
                  cell.plain(domain.isEmpty() ? labels.get("subject") : domain);
                }
              });
          row.in(
              "td",
              "name",
              cell -> {
                cell.plain(alert.annotations().getOrDefault("summary", ""));
                AlertProgress.text(alert, backend.policy(alert))
                    .ifPresent(text -> cell.raw(" ").text("span", "dim", text));
                Page.muted(cell, muted);
              });
          row.text("td", "when", Page.ago(alert.startsAt()));
          row.in("td", cell -> taken(cell, request, alert));
        });
  }

  private void taken(Html cell, Request request, Alert alert) {
    var taken = backend.acknowledgement(alert);
    taken.ifPresent(one -> cell.text("span", one.holds() ? "" : "dim", one.text()));
    if (alert.phase() != Alert.Phase.FIRING || !request.caller().operator()) {
      return;
    }
    cell.plain(" ").link(silence(alone(alert)), "silence");
    var own = "/alerts/" + alert.fingerprint();
    if (taken.filter(Acknowledgement::holds).isPresent()) {
      cell.form(
          own + "/unack",
          form -> {
            filters(form, request);
            form.button("Give back");
          });
      return;
    }
    cell.in(
        "details",
        more -> {
          more.text("summary", "take it");
          more.form(own + "/ack", form -> take(form, request));
        });
  }

  /** A form was sent: back to the page. */
  Answer acknowledge(Request request) {
    api.acknowledge(request, field(request, "by"), field(request, "comment"));
    return back(request);
  }

  /** All of one cause. */
  Answer acknowledgeAll(Request request) {
    var matchers = SilenceApi.matchers(field(request, "matchers"));
    if (matchers.isEmpty()) {
      throw Refusal.badRequest("matchers are missing: say which alerts");
    }
    api.acknowledge(request, matchers, field(request, "by"), field(request, "comment"));
    return back(request);
  }

  Answer unacknowledge(Request request) {
    api.takeBack(request);
    return back(request);
  }

  static String field(Request request, String name) {
    return Optional.ofNullable(request.form().get(name)).orElse("");
  }

  private static Answer back(Request request) {
    var filters = new LinkedHashMap<String, String>();
    FILTERS.forEach(name -> filters.put(name, field(request, name)));
    return new Answer(303, "text/plain", new byte[0], Map.of("Location", path(filters)));
  }
}
