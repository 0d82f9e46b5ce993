package maildrift.monitor.html;

import java.util.List;
import java.util.function.Consumer;

/**
 * Writes HTML in which text can only be text: every value is escaped, and what could hide or
 * reorder it is spelled out.
 */
public final class Html {
  private final StringBuilder out = new StringBuilder();

  /** The names of the columns, where each cell has its own. */
  private List<String> names = List.of();

  private int cell;

  /** An element with text in it. */
  public Html text(String tag, String text) {
    open(tag);
    escape(text);
    return close(tag);
  }

  /** An element of a class (a word of ours) with text in it. */
  public Html text(String tag, String cssClass, String text) {
    open(tag, cssClass);
    escape(text);
    return close(tag);
  }

  /** An element with other elements in it. */
  public Html in(String tag, Consumer<Html> content) {
    open(tag);
    content.accept(this);
    return close(tag);
  }

  public Html in(String tag, String cssClass, Consumer<Html> content) {
    open(tag, cssClass);
    content.accept(this);
    return close(tag);
  }

  /** The head of a table. */
  public Html columns(String... names) {
    return in(
        "thead",
        head ->
            head.in(
                "tr",
                row -> {
                  for (var name : names) {
                    row.text("th", name);
                  }
                }));
  }

  /**
   * A table of which a narrow screen shows each row as a list: the name of its column (a word of
   * ours) goes with each cell.
   */
  public Html records(List<String> columns, Consumer<Html> rows) {
    return in(
        "table",
        "records",
        table -> {
          table.columns(columns.toArray(String[]::new));
          names = List.copyOf(columns);
          rows.accept(table);
          names = List.of();
        });
  }

  /** A link within this site; the path is escaped. */
  public Html link(String path, String text) {
    out.append("<a href=\"");
    escape(path);
    out.append("\">");
    escape(text);
    out.append("</a>");
    return this;
  }

  /** An element that links may lead to. */
  public Html named(String tag, String cssClass, String id, Consumer<Html> content) {
    out.append('<').append(tag).append(" class=\"").append(cssClass).append("\" id=\"");
    escape(id);
    out.append("\">");
    content.accept(this);
    return close(tag);
  }

  /** A form that is sent to a path within this site; the path is escaped. */
  public Html form(String path, Consumer<Html> content) {
    out.append("<form method=\"post\" action=\"");
    escape(path);
    out.append("\">");
    content.accept(this);
    return close("form");
  }

  /** A form that asks a path within this site and changes nothing; the path is escaped. */
  public Html search(String path, Consumer<Html> content) {
    out.append("<form method=\"get\" action=\"");
    escape(path);
    out.append("\">");
    content.accept(this);
    return close("form");
  }

  /** What a form sends along unseen; {@code name} is a word of ours. */
  public Html hidden(String name, String value) {
    out.append("<input type=\"hidden\" name=\"").append(name).append("\" value=\"");
    escape(value);
    return raw("\">");
  }

  /**
   * A line of text that is filled in already and may be changed; {@code name} is a word of ours.
   */
  public Html filled(String name, String label, int longest, String value) {
    out.append("<label>");
    escape(label);
    out.append(" <input name=\"").append(name).append("\" maxlength=\"").append(longest);
    out.append("\" value=\"");
    escape(value);
    return raw("\" required></label>");
  }

  /** A line of text to be filled in; {@code name} is a word of ours. */
  public Html field(String name, String label, int longest, boolean required) {
    out.append("<label>");
    escape(label);
    out.append(" <input name=\"").append(name).append("\" maxlength=\"").append(longest);
    return raw(required ? "\" required></label>" : "\"></label>");
  }

  public Html button(String text) {
    return text("button", text);
  }

  /** How much of something is done. */
  public Html progress(int done, int all) {
    return raw("<progress value=\"%d\" max=\"%d\"></progress>".formatted(done, Math.max(1, all)));
  }

  public Html plain(String text) {
    escape(text);
    return this;
  }

  /** Markup of ours, never anything from outside. */
  public Html raw(String markup) {
    out.append(markup);
    return this;
  }

  private void open(String tag) {
    begin(tag);
    out.append('>');
  }

  private void open(String tag, String cssClass) {
    begin(tag);
    out.append(" class=\"").append(cssClass).append("\">");
  }

  private void begin(String tag) {
    out.append('<').append(tag);
    if (tag.equals("tr")) {
      cell = 0;
    } else if (tag.equals("td") && cell < names.size()) {
      out.append(" data-name=\"").append(names.get(cell++)).append('"');
    }
  }

  private Html close(String tag) {
    out.append("</").append(tag).append('>');
    return this;
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\n', '\t' -> out.appendCodePoint(c);
                default -> {
                  switch (Character.getType(c)) {
                    case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                        out.append("\\x%02x".formatted(c));
                    default -> out.appendCodePoint(c);
                  }
                }
              }
            });
  }

  /**
   * A whole document.
   *
   * @param head more of the head, markup of ours
   */
  public static String document(String title, String head, Consumer<Html> body) {
    var html = new Html();
    html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw(head);
    html.text("title", title);
    html.raw("</head><body>");
    body.accept(html);
    html.raw("</body></html>\n");
    return html.out.toString();
  }
}
