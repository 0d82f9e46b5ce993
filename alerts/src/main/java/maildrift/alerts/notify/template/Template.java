package maildrift.alerts.notify.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Text with places to fill in, the smallest part of Mustache that is enough: {@code {{name}}} is a
 * value, {@code {{#name}}…{{/name}}} is said for each of a list or if something is so, {@code
 * {{^name}}…{{/name}}} if it is not. There is no way to put in a value unescaped. Names that do not
 * exist are errors here, where the template is read, and not when something fires.
 */
final class Template {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";
  private static final int DEEPEST = 5;

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  private sealed interface Part {
    record Text(String text) implements Part {}

    record Value(String name) implements Part {}

    /**
     * A part that is there or not, or several times.
     *
     * @param isAbsence said where there is nothing
     */
    record Block(String name, boolean isAbsence, List<Part> parts) implements Part {}
  }

  /** A block whose end has not been read yet. */
  private record OpenBlock(String name, boolean isAbsence, Scope inside, List<Part> parts) {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with the line and what would have been right
   */
  static Template parse(String text) {
    Deque<OpenBlock> open = new ArrayDeque<>();
    open.push(new OpenBlock("", false, Scope.NOTIFICATION, new ArrayList<>()));
    var at = 0;
    while (at < text.length()) {
      var tag = text.indexOf(OPEN, at);
      if (tag < 0) {
        tag = text.length();
      }
      if (tag > at) {
        open.element().parts().add(new Part.Text(text.substring(at, tag)));
      }
      at = tag;
      if (tag < text.length()) {
        var end = text.indexOf(CLOSE, tag);
        if (end < 0) {
          throw wrong(text, tag, "'{{' has no '}}'");
        }
        read(text, tag, text.substring(tag + OPEN.length(), end).strip(), open);
        at = end + CLOSE.length();
      }
    }
    if (open.size() > 1) {
      throw wrong(
          text,
          text.length(),
          "{{#%s}} has no {{/%s}}".formatted(open.element().name(), open.element().name()));
    }
    return new Template(open.element().parts());
  }

  private static void read(String text, int at, String tag, Deque<OpenBlock> open) {
    var inner = open.element();
    if (tag.startsWith("#") || tag.startsWith("^")) {
      var name = tag.substring(1).strip();
      if (open.size() > DEEPEST) {
        throw wrong(text, at, "blocks are at most %d deep".formatted(DEEPEST));
      }
      var inside =
          inner
              .inside()
              .block(name)
              .orElseThrow(() -> wrong(text, at, inner.inside().unknown(name)));
      open.push(new OpenBlock(name, tag.startsWith("^"), inside, new ArrayList<>()));
    } else if (tag.startsWith("/")) {
      var name = tag.substring(1).strip();
      if (open.size() == 1 || !inner.name().equals(name)) {
        throw wrong(
            text,
            at,
            open.size() == 1
                ? "{{/%s}} ends what did not begin".formatted(name)
                : "{{/%s}} stands where {{/%s}} must".formatted(name, inner.name()));
      }
      open.pop();
      open.element()
          .parts()
          .add(new Part.Block(inner.name(), inner.isAbsence(), List.copyOf(inner.parts())));
    } else if (inner.inside().hasValue(tag)) {
      inner.parts().add(new Part.Value(tag));
    } else {
      throw wrong(text, at, inner.inside().unknown(tag));
    }
  }

  private static IllegalArgumentException wrong(String text, int at, String what) {
    var line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    return new IllegalArgumentException("line %d of the template: %s".formatted(line, what));
  }

  /** Filled in, each value escaped. */
  String fill(Values values, Escape escape) {
    var filled = new StringBuilder();
    fill(parts, values, escape, filled);
    return filled.toString();
  }

  private static void fill(List<Part> parts, Values values, Escape escape, StringBuilder filled) {
    for (var part : parts) {
      switch (part) {
        case Part.Text(var text) -> filled.append(text);
        case Part.Value(var name) -> filled.append(escape.apply(values.value(name)));
        case Part.Block(var name, var isAbsence, var inside) -> {
          var each = values.block(name);
          if (!isAbsence) {
            each.forEach(inner -> fill(inside, inner, escape, filled));
          } else if (each.isEmpty()) {
            fill(inside, values, escape, filled);
          }
        }
      }
    }
  }
}
