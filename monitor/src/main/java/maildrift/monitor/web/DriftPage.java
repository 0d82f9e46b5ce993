package maildrift.monitor.web;

import java.util.List;
import java.util.stream.Collectors;
import maildrift.monitor.html.Html;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Paste;

/** Netblocks for people: what each source publishes against each allowlist, and what to paste. */
final class DriftPage {
  private static final int MOST_NAMES = 50;

  private final Backend backend;

  DriftPage(Backend backend) {
    this.backend = backend;
  }

  /** What to paste into which gateway, in the format of {@code ?paste=}. */
  Answer drift(Request request) {
    var format = Api.paste(request);
    var after = backend.latestEvent();
    var view = DriftView.of(backend.domains());
    return Answer.html(
        Page.page(
            "netblocks – maildrift",
            after,
            html -> {
              Page.header(html, "Netblocks");
              html.in("p", line -> formats(line, format));
              if (view.sources().isEmpty()) {
                html.text("p", "dim", "no domain has a profile with networks");
              }
              view.allowlists().forEach(list -> allowlist(html, list, format));
              html.text("h2", "Sources");
              view.sources().forEach(source -> source(html, source, format));
              new Page(backend).footer(html);
            }));
  }

  private static void formats(Html line, Paste chosen) {
    line.plain("Lists to paste, a click selects one: ");
    for (var format : Paste.values()) {
      if (format == chosen) {
        line.text("b", format.word());
      } else {
        line.link("/drift?paste=" + format.word(), format.word());
      }
      line.raw(" ");
    }
  }

  private static void allowlist(Html html, DriftView.Allowlist list, Paste format) {
    html.text("h2", "Allowlist " + list.name());
    html.text(
        "p",
        "dim",
        "follows %s; used by %d domain%s"
            .formatted(
                String.join(", ", list.sources()),
                list.domains().size(),
                list.domains().size() == 1 ? "" : "s"));
    list.paste(format)
        .filter(text -> !text.isEmpty())
        .ifPresentOrElse(
            text -> html.text("pre", "copy", text),
            () ->
                html.text(
                    "p",
                    "gap",
                    "not all of its sources could be seen: a list with holes must not be pasted"));
  }

  private static void source(Html html, DriftView.Source source, Paste format) {
    html.text(
        "h3",
        source.name() + source.allowlist().map(list -> " against allowlist " + list).orElse(""));
    html.in(
        "dl",
        list -> {
          for (var kind : List.of("missing", "stale", "wider")) {
            if (source.facts().has(kind)) {
              list.text("dt", kind)
                  .text(
                      "dd",
                      source.networks(kind).isEmpty()
                          ? "none"
                          : source.networks(kind).stream()
                              .map(Cidr::toString)
                              .collect(Collectors.joining(", ")));
            }
          }
          list.text("dt", "domains")
              .in(
                  "dd",
                  names -> {
                    source.domains().stream()
                        .limit(MOST_NAMES)
                        .forEach(name -> names.link("/domains/" + name, name).raw(" "));
                    if (source.domains().size() > MOST_NAMES) {
                      names.plain("and %d more".formatted(source.domains().size() - MOST_NAMES));
                    }
                  });
        });
    if (source.isSeen()) {
      html.text("pre", "copy", source.paste(format));
    } else {
      html.text("p", "gap", source.facts().path("why").asString("not seen"));
    }
  }
}
