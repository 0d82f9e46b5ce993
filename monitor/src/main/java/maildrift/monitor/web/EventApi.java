package maildrift.monitor.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.web.WebServer.Live;
import maildrift.monitor.web.WebServer.Request;

/** {@code /api/v1/events}: server-sent events, as the HTML standard has them. */
final class EventApi {
  /** Intermediaries close what is silent, and a listener that is gone is noticed. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private static final Duration RECONNECT = Duration.ofSeconds(3);

  private final Backend backend;

  EventApi(Backend backend) {
    this.backend = backend;
  }

  /**
   * With {@code ?tenant=}, and {@code Last-Event-ID} or {@code ?after=} to go on after an event; a
   * browser says the former only once it has heard one.
   */
  Live events(Request request) {
    var by = by(request);
    var listener =
        backend
            .listen(
                Optional.ofNullable(request.headers().get("Last-Event-ID"))
                    .or(() -> request.query("after")),
                new Event.Interest(
                    by,
                    Optional.of(request.caller())
                        .filter(caller -> !caller.equals(Caller.LOCAL))
                        .map(Caller::name),
                    request.query("tenant").map(Set::of),
                    false))
            .orElseThrow(() -> Refusal.tooMany(isFull(by)));
    return new Live((out, goesOn) -> write(listener, by, out, goesOn), listener::close);
  }

  private static Event.By by(Request request) {
    var by = request.query("for");
    if (by.isEmpty()) {
      return Event.By.PROGRAM;
    }
    if (by.get().equals("page")) {
      return Event.By.PAGE;
    }
    throw Refusal.badRequest("for is page, or left out, not '%s'".formatted(by.get()));
  }

  private static String isFull(Event.By by) {
    return switch (by) {
      case PROGRAM ->
          "%d programs of one login may listen, and %d in all: end others, or use a token of its own"
              .formatted(by.mostOfOne(), by.most());
      case PAGE ->
          "%d open pages of one login may follow what happens, and %d in all: close others"
              .formatted(by.mostOfOne(), by.most());
    };
  }

  private static void write(
      Events.Listener listener, Event.By by, Live.Out out, BooleanSupplier goesOn)
      throws IOException, InterruptedException {
    out.write("retry: %d\n\n".formatted(RECONNECT.toMillis()));
    if (listener.hasMissed()) {
      out.write("event: missed\ndata: {\"read\":\"/api/v1/domains\"}\n\n");
    }
    while (goesOn.getAsBoolean()) {
      if (listener.isTooSlow()) {
        out.write("event: dropped\ndata: {\"reason\":\"not read fast enough\"}\n\n");
        return;
      }
      out.write(listener.next(HEARTBEAT).map(EventApi::text).orElse(heartbeat(by)));
    }
  }

  /** A comment; of those a script hears nothing. */
  private static String heartbeat(Event.By by) {
    return switch (by) {
      case PROGRAM -> ":\n\n";
      case PAGE -> "event: alive\ndata: {}\n\n";
    };
  }

  private static String text(Event event) {
    return "id: %s\nevent: %s\ndata: %s\n\n"
        .formatted(event.id(), event.kind().word(), event.json());
  }
}
