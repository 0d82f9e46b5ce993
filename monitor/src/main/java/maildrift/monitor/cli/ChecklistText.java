package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import maildrift.probes.Verdict;
import tools.jackson.databind.JsonNode;

/**
 * Prints checklists, and how far domains are with them, from the JSON that the API has too.
 *
 * @param form for whom
 */
record ChecklistText(Form form) {
  private static final String INDENT = " ".repeat(6);

  /** For whom it is printed. */
  sealed interface Form {}

  /** People at a terminal. */
  record Plain(Terminal out) implements Form {}

  /** Programs; one compact object a line. */
  record Json() implements Form {}

  /** A ticket or a wiki. */
  record Markdown() implements Form {}

  /** One of several checklists. */
  void line(JsonNode checklist) {
    switch (form) {
      case Json _ -> System.out.println(checklist);
      case Plain(var out) ->
          out.line("%-26s %s".formatted(safe(checklist, "checklist"), safe(checklist, "title")));
      case Markdown _ ->
          System.out.println(
              "- `%s` %s"
                  .formatted(safe(checklist, "checklist"), escaped(text(checklist, "title"))));
    }
  }

  /** A checklist explained. */
  void page(JsonNode checklist) {
    switch (form) {
      case Json _ -> System.out.println(checklist);
      case Plain(var out) -> plainPage(out, checklist);
      case Markdown _ -> markdownPage(checklist);
    }
  }

  private static void plainPage(Terminal out, JsonNode checklist) {
    out.line(out.bold(safe(checklist, "checklist")) + "  " + safe(checklist, "title"));
    prose(out, "  ", text(checklist, "about"));
    var profiles = words(checklist.path("profiles"));
    if (!profiles.isEmpty()) {
      out.line("  For domains with the profile " + String.join(" and ", profiles) + ".");
    }
    var number = 0;
    for (var step : checklist.path("steps")) {
      out.line();
      out.line(
          "%3d. %s  %s"
              .formatted(++number, out.bold(safe(step, "title")), out.dim(safe(step, "step"))));
      var condition = condition(step.path("when"));
      if (!condition.isEmpty()) {
        prose(out, INDENT, "Only " + condition + ".");
      }
      prose(out, INDENT, text(step, "why"));
      block(out, text(step, "how"));
      prose(out, INDENT, shownBy(step));
    }
  }

  private static void markdownPage(JsonNode checklist) {
    System.out.println("# " + escaped(text(checklist, "title")));
    System.out.println();
    System.out.println(escaped(text(checklist, "about")));
    for (var step : checklist.path("steps")) {
      System.out.println();
      System.out.println("## " + escaped(text(step, "title")));
      System.out.println();
      System.out.println(escaped(text(step, "why")));
      fenced(text(step, "how"), "");
      System.out.println();
      System.out.println(escaped(shownBy(step)));
    }
  }

  private static String condition(JsonNode when) {
    var parts = new ArrayList<String>();
    condition(parts, "with the profile ", words(when.path("profile")));
    condition(parts, "without the profile ", words(when.path("withoutProfile")));
    condition(parts, "for the variant ", words(when.path("variant")));
    condition(parts, "in mode ", words(when.path("mode")));
    condition(parts, "while the migration is in phase ", words(when.path("phase")));
    return String.join(", ", parts);
  }

  private static void condition(List<String> parts, String before, List<String> words) {
    if (!words.isEmpty()) {
      parts.add(before + String.join(" or ", words));
    }
  }

  private static void list(List<String> parts, String before, List<String> words) {
    if (!words.isEmpty()) {
      parts.add(before + String.join(", ", words));
    }
  }

  private static String shownBy(JsonNode step) {
    var parts = new ArrayList<String>();
    list(parts, "rules ", words(step.path("rules")));
    list(parts, "facts ", words(step.path("facts")));
    list(parts, "what is declared as ", words(step.path("declared")));
    if (step.path("person").asBoolean(false)) {
      parts.add("a person's tick");
    }
    return "Shown by " + String.join("; ", parts) + ".";
  }

  /** How far a domain is. */
  void progress(JsonNode progress) {
    switch (form) {
      case Json _ -> System.out.println(progress);
      case Plain(var out) -> plain(out, progress);
      case Markdown _ -> markdown(progress);
    }
  }

  private static void plain(Terminal out, JsonNode progress) {
    out.line(out.bold(domain(progress)) + "  " + safe(progress, "title"));
    out.line("  " + summary(progress));
    if (progress.has("migration")) {
      var migration = progress.path("migration");
      out.line(
          "  migration: %s, from %s to %s"
              .formatted(
                  safe(migration, "phase"), safe(migration, "start"), safe(migration, "end")));
    }
    for (var step : progress.path("steps")) {
      out.line();
      var state = text(step, "state");
      out.line(
          "%3d. %s %s  %s"
              .formatted(
                  step.path("number").asInt(0),
                  mark(out, state),
                  safe(step, "title"),
                  out.dim(safe(step, "step"))));
      words(step.path("reasons")).forEach(reason -> prose(out, INDENT, reason));
      if (isLeft(state)) {
        if (!text(step, "why").isEmpty()) {
          prose(out, INDENT, "Why: " + text(step, "why"));
        }
        block(out, text(step, "how"));
        for (var remedy : step.path("remedies")) {
          out.line(INDENT + heading(remedy));
          pasted(out, text(remedy, "text"));
        }
      }
    }
    out.line();
  }

  private static void markdown(JsonNode progress) {
    System.out.println("# %s: %s".formatted(domain(progress), escaped(text(progress, "title"))));
    System.out.println();
    System.out.println(escaped(summary(progress)));
    System.out.println();
    for (var step : progress.path("steps")) {
      var state = text(step, "state");
      System.out.println(
          "- [%s] %d. %s (%s)"
              .formatted(
                  state.equals("done") ? "x" : " ",
                  step.path("number").asInt(0),
                  escaped(text(step, "title")),
                  state));
      words(step.path("reasons")).forEach(reason -> System.out.println("  - " + code(reason)));
      if (isLeft(state)) {
        fenced(text(step, "how"), "  ");
        for (var remedy : step.path("remedies")) {
          System.out.println();
          System.out.println("  " + escaped(heading(remedy)));
          fenced(text(remedy, "text"), "  ");
        }
      }
    }
    System.out.println();
  }

  private static String domain(JsonNode progress) {
    return safe(progress, "domain")
        + (progress.has("unicode") ? " (" + safe(progress, "unicode") + ")" : "");
  }

  private static String summary(JsonNode progress) {
    var count = progress.path("count");
    var rest = new ArrayList<String>();
    rest(rest, count.path("open").asInt(0), "open");
    rest(rest, count.path("unseen").asInt(0), "unseen");
    rest(rest, count.path("person").asInt(0), "for a person to tick");
    rest(rest, count.path("not-yet").asInt(0), "not due yet");
    rest(rest, count.path("not-applicable").asInt(0), "not applicable");
    return "%d of %d done%s%s"
        .formatted(
            count.path("done").asInt(0),
            progress.path("applicable").asInt(0),
            rest.isEmpty() ? "" : "; " + String.join(", ", rest),
            progress.path("ticksKnown").asBoolean(true)
                ? ""
                : " (ticks are kept by a running daemon, which was not asked: --url)");
  }

  private static void rest(List<String> rest, int count, String what) {
    if (count > 0) {
      rest.add(count + " " + what);
    }
  }

  private static boolean isLeft(String state) {
    return state.equals("open") || state.equals("unseen") || state.equals("person");
  }

  /** A word, of one width; colour only adds to it. */
  private static String mark(Terminal out, String state) {
    var word = "%-8s".formatted("[" + (state.equals("not-applicable") ? "n/a" : safe(state)) + "]");
    return switch (state) {
      case "done" -> out.of(Verdict.PASS, word);
      case "open" -> out.of(Verdict.FAIL, word);
      case "unseen" -> out.of(Verdict.UNKNOWN, word);
      case "person" -> out.of(Verdict.WARN, word);
      default -> out.dim(word);
    };
  }

  private static String heading(JsonNode remedy) {
    var rule = text(remedy, "rule");
    return safe(
        rule.isEmpty()
            ? "Declare %s:".formatted(text(remedy, "subject"))
            : "Fix %s of %s:".formatted(rule, text(remedy, "subject")));
  }

  private static void prose(Terminal out, String indent, String text) {
    if (!text.isEmpty()) {
      out.hanging(indent, indent.length(), safe(text));
    }
  }

  private static void block(Terminal out, String text) {
    text.strip().lines().forEach(line -> out.line(INDENT + safe(line)));
  }

  private static void pasted(Terminal out, String text) {
    text.strip().lines().forEach(line -> out.line(INDENT + "  " + out.paste(safe(line))));
  }

  private static void fenced(String text, String indent) {
    if (text.isBlank()) {
      return;
    }
    System.out.println();
    System.out.println(indent + "~~~~");
    text.strip()
        .lines()
        .forEach(line -> System.out.println(indent + safe(line).replace("~~~", "~ ~ ~")));
    System.out.println(indent + "~~~~");
  }

  private static String code(String text) {
    return "`" + safe(text).replace('`', '\'') + "`";
  }

  /** Markdown in which text can only be text. */
  private static String escaped(String text) {
    var out = new StringBuilder();
    safe(text)
        .codePoints()
        .forEach(
            c -> {
              if ("\\`*_[]<>|#~".indexOf(c) >= 0) {
                out.append('\\');
              }
              out.appendCodePoint(c);
            });
    return out.toString();
  }

  private static List<String> words(JsonNode list) {
    var words = new ArrayList<String>();
    list.forEach(word -> words.add(word.asString("")));
    return words;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private static String safe(JsonNode node, String name) {
    return safe(text(node, name));
  }

  private static String safe(String text) {
    return text.lines().map(Terminal::safe).collect(Collectors.joining(" "));
  }
}
