package maildrift.monitor.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.StepState;
import maildrift.monitor.checklist.StepStatus;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.html.Html;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/**
 * Checklists for people. The one part of the page that takes something: a step is ticked by a plain
 * form, without script; so this page does not refresh itself under somebody's hands.
 */
final class ChecklistPage {
  private static final int MOST_BLOCKING = 4;

  private final Backend backend;
  private final ChecklistApi api;
  private final Page page;

  ChecklistPage(Backend backend, ChecklistApi api, Page page) {
    this.backend = backend;
    this.api = api;
    this.page = page;
  }

  /** On a domain's page: what concerns it, in a line each; nothing where nothing does. */
  static void summary(Html html, DomainState state, Backend backend) {
    var all = backend.progress(state);
    if (all.isEmpty()) {
      return;
    }
    html.text("h2", "Checklists");
    html.records(
        List.of("checklist", "progress", "what is left"),
        table -> {
          all.forEach(progress -> line(table, progress));
        });
  }

  private static void line(Html table, Progress progress) {
    var blocking = progress.blocking();
    table.in(
        "tr",
        row -> {
          row.in("td", "name", cell -> cell.link(path(progress), progress.checklist().title()));
          row.in(
              "td",
              "when",
              cell -> {
                cell.progress(progress.count(StepState.DONE), progress.applicable());
                cell.plain(
                    " %d of %d done"
                        .formatted(progress.count(StepState.DONE), progress.applicable()));
              });
          row.in(
              "td",
              cell -> {
                for (var status : blocking.stream().limit(MOST_BLOCKING).toList()) {
                  cell.text("span", badge(status.state()), status.step().id()).raw(" ");
                }
                if (blocking.size() > MOST_BLOCKING) {
                  cell.text("span", "dim", "+" + (blocking.size() - MOST_BLOCKING));
                }
              });
        });
  }

  private static String path(Progress progress) {
    return "/domains/%s/checklists/%s"
        .formatted(progress.domain().name(), progress.checklist().name());
  }

  /** The colours of verdicts; the word stands in the badge as well. */
  private static String badge(StepState state) {
    return switch (state) {
      case DONE -> "badge pass";
      case OPEN -> "badge fail";
      case UNSEEN -> "badge unknown";
      case PERSON -> "badge warn";
      case NOT_YET, NOT_APPLICABLE -> "badge muted";
    };
  }

  /** One checklist of one domain. */
  Answer one(Request request) {
    var progress = api.progress(request);
    var mayTick = request.caller().operator();
    return Answer.html(
        Page.still(
            "%s, %s – maildrift".formatted(progress.domain().name(), progress.checklist().name()),
            html -> {
              Page.header(html, progress.checklist().title());
              html.in(
                  "p",
                  "summary",
                  line -> {
                    line.link(
                        "/domains/" + progress.domain().name(), progress.domain().name().unicode());
                    line.plain(" · ");
                    line.progress(progress.count(StepState.DONE), progress.applicable());
                    line.plain(" " + progress.summary());
                    line.plain(
                        progress
                            .looked()
                            .map(at -> " · looked at " + Page.ago(at))
                            .orElse(" · not looked at yet"));
                    line.plain(" · ").link(path(progress), "look again");
                  });
              migration(html, progress);
              if (!progress.checklist().about().isEmpty()) {
                html.text("p", "dim", progress.checklist().about());
              }
              var number = 0;
              for (var status : progress.steps()) {
                step(html, ++number, status, progress, request.caller(), mayTick);
              }
              others(html, progress);
              page.footer(html);
            }));
  }

  private static void migration(Html html, Progress progress) {
    progress
        .domain()
        .migration()
        .ifPresent(
            migration ->
                html.text(
                    "p",
                    "dim",
                    "Migration: %s, from %s to %s."
                        .formatted(
                            migration.phase(progress.at()).word(),
                            CheckJson.instant(migration.start()),
                            CheckJson.instant(migration.end()))));
  }

  private static void step(
      Html html, int number, StepStatus status, Progress progress, Caller caller, boolean mayTick) {
    var isLeft =
        switch (status.state()) {
          case OPEN, UNSEEN, PERSON -> true;
          case DONE, NOT_YET, NOT_APPLICABLE -> false;
        };
    html.named(
        "article",
        "step " + tone(status.state()),
        "step-" + status.step().id(),
        card -> {
          card.in(
              "h3",
              title ->
                  title
                      .text("span", "number", number + ".")
                      .raw(" ")
                      .text("span", badge(status.state()), word(status.state()))
                      .plain(" " + status.step().title()));
          card.in("ul", list -> status.reasons().forEach(reason -> list.text("li", reason)));
          if (isLeft) {
            todo(card, status);
          } else {
            card.in(
                "details",
                more -> {
                  more.text("summary", "what it is about");
                  todo(more, status);
                });
          }
          if (mayTick && status.tickable()) {
            form(card, status, progress, caller);
          }
        });
  }

  private static String tone(StepState state) {
    return switch (state) {
      case DONE -> "done";
      case OPEN -> "open";
      case UNSEEN -> "hidden";
      case PERSON -> "person";
      case NOT_YET, NOT_APPLICABLE -> "elsewhere";
    };
  }

  private static String word(StepState state) {
    return switch (state) {
      case NOT_APPLICABLE -> "not applicable";
      case NOT_YET -> "not yet";
      case DONE, OPEN, UNSEEN, PERSON -> state.word();
    };
  }

  private static void todo(Html card, StepStatus status) {
    if (!status.why().isEmpty()) {
      card.text("p", "dim", status.why());
    }
    if (!status.how().isBlank()) {
      card.text("pre", status.how().strip());
    }
    for (var remedy : status.remedies()) {
      card.in(
          "p",
          line -> {
            if (remedy.rule().isEmpty()) {
              line.text("b", "Declare: ").plain(remedy.subject());
            } else {
              line.text("b", "Fix: ")
                  .link("/rules/" + remedy.rule(), remedy.rule())
                  .plain(" " + remedy.subject());
            }
          });
      card.text("pre", "copy", remedy.text().strip());
    }
  }

  private static void form(Html card, StepStatus status, Progress progress, Caller caller) {
    var step = path(progress) + "/steps/" + status.step().id();
    if (status.tick().isPresent()) {
      card.form(step + "/untick", form -> form.button("Take the tick back"));
      return;
    }
    card.form(
        step + "/tick",
        form -> {
          // Who logged in ticks under that name.
          if (caller.equals(Caller.LOCAL)) {
            form.field("by", "Your name", Tick.LONGEST_NAME, true);
          }
          form.field("note", "Note", Tick.LONGEST_NOTE, false);
          form.button("Done");
        });
  }

  private void others(Html html, Progress progress) {
    html.in(
        "p",
        "dim",
        line -> {
          line.plain("Other checklists: ");
          var first = true;
          for (var other : backend.config().checklists().all()) {
            if (!other.name().equals(progress.checklist().name())) {
              line.plain(first ? "" : " · ")
                  .link(
                      "/domains/%s/checklists/%s".formatted(progress.domain().name(), other.name()),
                      other.title());
              first = false;
            }
          }
        });
  }

  /** A form was sent in vain: what is wrong, and the way back. */
  static Answer refused(Refusal refusal, String path) {
    var end = path.indexOf(path.startsWith("/domains/") ? "/steps/" : "/", 1);
    return Answer.html(
        Page.still(
            refusal.title() + " – maildrift",
            html -> {
              Page.header(html, refusal.title());
              html.text("p", String.valueOf(refusal.getMessage()));
              html.in(
                  "p",
                  line ->
                      line.link(
                          end < 0 ? "/" : path.substring(0, end), "Back; nothing was changed"));
            }));
  }

  /** A form was sent: back to the page, at the step. */
  Answer tick(Request request) {
    api.tick(
        request,
        Optional.ofNullable(request.form().get("by")).orElse(""),
        Optional.ofNullable(request.form().get("note")).orElse(""));
    return back(request);
  }

  Answer untick(Request request) {
    api.takeBack(request);
    return back(request);
  }

  private Answer back(Request request) {
    var progress = api.progress(request);
    return new Answer(
        303,
        "text/plain",
        new byte[0],
        Map.of("Location", path(progress) + "#step-" + request.param("step")));
  }
}
