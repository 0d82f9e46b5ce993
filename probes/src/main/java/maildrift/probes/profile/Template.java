package maildrift.probes.profile;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Text with placeholders such as <code>{domain}</code>. The braces of an SPF macro, <code>%{i}
 * </code>, are none.
 *
 * @param text as written
 */
record Template(String text) {

  private static final String ANY = "([a-z0-9_-]+)";

  /** The names in braces, in order. */
  List<String> placeholders() {
    var names = new ArrayList<String>();
    var open = opening(0);
    while (open >= 0) {
      var close = text.indexOf('}', open);
      if (close < 0) {
        names.add(text.substring(open + 1));
        break;
      }
      names.add(text.substring(open + 1, close));
      open = opening(close);
    }
    return names;
  }

  boolean isKnown(Map<String, String> values) {
    return values.keySet().containsAll(placeholders());
  }

  /** With the values put in; a placeholder without value becomes {@code *}. */
  String fill(Map<String, String> values) {
    var out = new StringBuilder();
    var at = 0;
    while (at < text.length()) {
      var open = opening(at);
      var close = open < 0 ? -1 : text.indexOf('}', open);
      if (close < 0) {
        break;
      }
      out.append(text, at, open).append(values.getOrDefault(text.substring(open + 1, close), "*"));
      at = close + 1;
    }
    return out.append(text, at, text.length()).toString();
  }

  /**
   * What the placeholders without value stand for in a host name, if the name is of this shape; a
   * {@code *} is one or more characters of a label, {@code |} stands between alternatives. Empty
   * where it is not, and where the text is nothing but a placeholder, which any name would fit.
   */
  Optional<Map<String, String>> capture(String name, Map<String, String> known) {
    for (var alternative : text.replace(" ", "").split("\\|", -1)) {
      var captured = new Template(alternative).captureOne(name.toLowerCase(Locale.ROOT), known);
      if (captured.isPresent()) {
        return captured;
      }
    }
    return Optional.empty();
  }

  private Optional<Map<String, String>> captureOne(String name, Map<String, String> known) {
    var expression = new StringBuilder();
    var names = new ArrayList<String>();
    var literal = new StringBuilder();
    var letters = 0;
    var at = 0;
    while (at < text.length()) {
      var close = at == opening(at) ? text.indexOf('}', at) : -1;
      var key = close < 0 ? "" : text.substring(at + 1, close);
      var value = known.get(key);
      if (close < 0 && text.charAt(at) != '*') {
        literal.append(text.charAt(at));
        letters++;
      } else if (value != null) {
        literal.append(value);
        letters += value.length();
      } else {
        expression.append(Pattern.quote(literal.toString())).append(ANY);
        literal.setLength(0);
        names.add(key);
      }
      at = close < 0 ? at + 1 : close + 1;
    }
    expression.append(Pattern.quote(literal.toString()));
    if (letters == 0) {
      return Optional.empty();
    }
    var matcher = Pattern.compile(expression.toString(), Pattern.CASE_INSENSITIVE).matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var values = new LinkedHashMap<String, String>();
    for (var i = 0; i < names.size(); i++) {
      var before =
          names.get(i).isEmpty() ? null : values.putIfAbsent(names.get(i), matcher.group(i + 1));
      if (before != null && !before.equals(matcher.group(i + 1))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  private int opening(int from) {
    var open = text.indexOf('{', from);
    while (open > 0 && text.charAt(open - 1) == '%') {
      open = text.indexOf('{', open + 1);
    }
    return open;
  }
}
