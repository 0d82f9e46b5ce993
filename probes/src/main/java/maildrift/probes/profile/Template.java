package maildrift.probes.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Text with placeholders such as <code>{domain}</code>. The braces of an SPF macro, <code>%{i}
 * </code>, are none.
 *
 * @param text as written
 */
record Template(String text) {

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

  private int opening(int from) {
    var open = text.indexOf('{', from);
    while (open > 0 && text.charAt(open - 1) == '%') {
      open = text.indexOf('{', open + 1);
    }
    return open;
  }
}
