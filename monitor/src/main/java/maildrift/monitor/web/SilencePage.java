package maildrift.monitor.web;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.config.Durations;
import maildrift.monitor.html.Html;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/**
 * Silences for people: what is silenced and until when, and a plain form for another one that shows
 * first what it would hide.
 */
final class SilencePage {
  private static final int MOST_ROWS = 200;
  private static final int MOST_HIDDEN = 50;
  private static final int LONGEST_MATCHERS = 2_000;
  private static final int LONGEST_TIME = 20;

  private final Backend backend;
  private final SilenceApi api;
  private final Page page;

  SilencePage(Backend backend, SilenceApi api, Page page) {
    this.backend = backend;
    this.api = api;
    this.page = page;
  }

  Answer all(Request request) {
    var isOperator = request.caller().operator();
    return Answer.html(
        Page.still(
            "silences – maildrift",
            html -> {
              Page.header(html, "Silences");
              if (isOperator) {
                form(html, request);
              }
              for (var state :
                  List.of(Silence.State.ACTIVE, Silence.State.PENDING, Silence.State.EXPIRED)) {
                list(html, state, isOperator);
              }
              page.footer(html);
            }));
  }

  /** Asks what it would hide, and when that is shown, makes it so. */
  private void form(Html html, Request request) {
    var matchers = request.query("matchers").orElse("");
    var length = request.query("for").orElse("4h");
    html.text("h2", "Another one");
    html.search(
        "/silences",
        form ->
            form.filled("matchers", "Alerts with", LONGEST_MATCHERS, matchers)
                .filled("for", "for", LONGEST_TIME, length)
                .button("Show what it would hide"));
    html.text(
        "p",
        "dim",
        "matchers as amtool writes them, separated by commas: domain=contoso.tld, alertname=~\"tls.*\"");
    if (!matchers.isEmpty()) {
      preview(html, request, matchers, length);
    }
  }

  private void preview(Html html, Request request, String matchers, String length) {
    List<Alert> hidden;
    try {
      hidden = api.firing(SilenceApi.matchers(matchers));
      ends(length);
    } catch (Refusal wrong) {
      html.text("p", "gap", String.valueOf(wrong.getMessage()));
      return;
    }
    html.text(
        "p",
        "It would hide %s that fire%s now:"
            .formatted(count(hidden.size()), hidden.size() == 1 ? "s" : ""));
    html.in(
        "ul",
        list -> {
          hidden.stream().limit(MOST_HIDDEN).forEach(alert -> list.text("li", name(alert)));
          if (hidden.size() > MOST_HIDDEN) {
            list.text("li", "and %d more".formatted(hidden.size() - MOST_HIDDEN));
          }
        });
    html.form(
        "/silences",
        form -> {
          form.hidden("matchers", matchers).hidden("for", length);
          if (request.caller().equals(Caller.LOCAL)) {
            form.field("by", "Your name", SilenceApi.LONGEST_NAME, true);
          }
          form.field("comment", "Why", SilenceApi.LONGEST_COMMENT, true);
          form.button("Silence for " + length);
        });
  }

  private static String name(Alert alert) {
    var labels = alert.labels();
    return "%s (%s) of %s: %s"
        .formatted(
            labels.get("alertname"),
            labels.get("severity"),
            labels.get("domain").isEmpty() ? labels.get("subject") : labels.get("domain"),
            alert.annotations().getOrDefault("summary", ""));
  }

  private static String count(int alerts) {
    return alerts == 1 ? "1 alert" : alerts + " alerts";
  }

  private void list(Html html, Silence.State state, boolean isOperator) {
    var now = backend.now();
    var silences =
        backend.silences().stream()
            .filter(silence -> silence.state(now) == state)
            .sorted(order(state))
            .toList();
    html.text("h2", Character.toUpperCase(state.word().charAt(0)) + state.word().substring(1));
    if (silences.isEmpty()) {
      html.text("p", "dim", "none");
      return;
    }
    html.records(
        List.of("alerts with", "from", "to", "by", "why", "fire now", ""),
        table -> {
          silences.stream()
              .limit(MOST_ROWS)
              .forEach(silence -> row(table, silence, state, isOperator));
        });
    if (silences.size() > MOST_ROWS) {
      html.text("p", "dim", "and %d more".formatted(silences.size() - MOST_ROWS));
    }
  }

  private static Comparator<Silence> order(Silence.State state) {
    return switch (state) {
      case ACTIVE, PENDING -> Comparator.comparing(Silence::endsAt);
      case EXPIRED -> Comparator.comparing(Silence::endsAt).reversed();
    };
  }

  private void row(Html table, Silence silence, Silence.State state, boolean isOperator) {
    table.in(
        "tr",
        row -> {
          row.text(
              "td",
              "name",
              silence.matchers().stream().map(Matcher::toString).collect(Collectors.joining(", ")));
          row.text("td", "when", CheckJson.instant(silence.startsAt()));
          row.text("td", "when", CheckJson.instant(silence.endsAt()));
          row.text("td", silence.createdBy());
          row.text("td", "name", silence.comment());
          row.text(
              "td",
              state == Silence.State.EXPIRED ? "" : "" + api.firing(silence.matchers()).size());
          row.in(
              "td",
              cell -> {
                if (isOperator && state != Silence.State.EXPIRED) {
                  cell.form(
                      "/silences/" + silence.id() + "/expire", form -> form.button("End it now"));
                }
              });
        });
  }

  /** A form was sent: back to the page. */
  Answer add(Request request) {
    var by =
        ByHand.name(
            request.caller(),
            ByHand.bounded("by", AlertPage.field(request, "by"), SilenceApi.LONGEST_NAME));
    api.put(
        new SilenceApi.Draft(
            Optional.empty(),
            SilenceApi.matchers(AlertPage.field(request, "matchers")),
            Optional.empty(),
            ends(AlertPage.field(request, "for")),
            by,
            ByHand.bounded(
                "comment", AlertPage.field(request, "comment"), SilenceApi.LONGEST_COMMENT)));
    return back();
  }

  private Instant ends(String length) {
    try {
      return backend.now().plus(Durations.parse(length.strip()));
    } catch (IllegalArgumentException wrong) {
      throw Refusal.badRequest("for: " + wrong.getMessage());
    }
  }

  Answer expire(Request request) {
    api.end(request);
    return back();
  }

  private static Answer back() {
    return new Answer(303, "text/plain", new byte[0], Map.of("Location", "/silences"));
  }
}
