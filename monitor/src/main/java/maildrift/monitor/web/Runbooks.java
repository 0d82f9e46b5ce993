package maildrift.monitor.web;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;

/** What to do about an alert of Prometheus, as text: for who has this page and no repository. */
final class Runbooks {
  private static final Pattern NAME = Pattern.compile("([A-Za-z]{1,60})([.]md)?");

  private Runbooks() {}

  /** {@code /runbooks/NAME}, with or without {@code .md}. */
  static Answer page(Request request) {
    var name = NAME.matcher(request.param("name"));
    if (!name.matches()) {
      throw unknown(request);
    }
    try (var page = Runbooks.class.getResourceAsStream("/runbooks/" + name.group(1) + ".md")) {
      if (page == null) {
        throw unknown(request);
      }
      return Answer.of("text/plain; charset=utf-8", page.readAllBytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Refusal unknown(Request request) {
    return Refusal.notFound("there is no runbook " + request.param("name"));
  }
}
