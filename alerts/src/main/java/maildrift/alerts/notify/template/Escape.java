package maildrift.alerts.notify.template;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Shortened;
import tools.jackson.databind.json.JsonMapper;

/** How a stranger's text becomes a part of a body, and nothing else in it. */
enum Escape {
  /** Inside the quotes of a JSON string. */
  JSON {
    @Override
    String write(String visible) {
      var quoted = JsonMapper.shared().writeValueAsString(visible);
      return quoted.substring(1, quoted.length() - 1);
    }
  },
  /** In text and double-quoted attributes of XML and HTML. */
  XML {
    @Override
    String write(String visible) {
      return Visible.html(visible);
    }
  },
  /** In a query or a form. */
  FORM {
    @Override
    String write(String visible) {
      return URLEncoder.encode(visible, StandardCharsets.UTF_8);
    }
  },
  /** As it is, but for what is invisible. */
  TEXT {
    @Override
    String write(String visible) {
      return visible;
    }
  };

  private static final int LONGEST = 32_000;

  abstract String write(String visible);

  /** Without what controls terminals or hides, at most so long, escaped. */
  String apply(String text) {
    return write(Shortened.units(Visible.lines(text), LONGEST));
  }

  /** What the content type asks for. */
  static Escape of(String contentType) {
    var semicolon = contentType.indexOf(';');
    var type =
        (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
            .strip()
            .toLowerCase(Locale.ROOT);
    if (type.endsWith("/json") || type.endsWith("+json")) {
      return JSON;
    }
    if (type.endsWith("/xml") || type.endsWith("+xml") || type.equals("text/html")) {
      return XML;
    }
    return type.equals("application/x-www-form-urlencoded") ? FORM : TEXT;
  }
}
