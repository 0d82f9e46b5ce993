package maildrift.alerts.notify.http;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.outbox.Failure;

/** What became of a request. */
public sealed interface Reply {

  /**
   * The server answered.
   *
   * @param headers names in lower case; the values of a repeated one are joined by commas
   * @param body as UTF-8, at most as long as the request allowed
   * @param complete whether that is all of the body
   */
  record Answered(int status, Map<String, String> headers, String body, boolean complete)
      implements Reply {
    public Answered {
      headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }

    public boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /** There was no answer that we could read. */
  record Unanswered(Failure failure, String why) implements Reply {}
}
