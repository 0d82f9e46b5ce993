package maildrift.monitor.web;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import maildrift.alerts.Notification;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;

/** Receivers, what they are owed, and what was given up. */
final class OutboxApi {
  private static final int USUAL = 100;
  private static final int MOST_LISTED = 1_000;
  private static final int MOST_READ = 10_000;

  private final Backend backend;

  OutboxApi(Backend backend) {
    this.backend = backend;
  }

  /** {@code GET /api/v1/receivers}. */
  Answer receivers(Request request) {
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              backend.receivers().forEach(state -> receiver(json, state));
              json.writeEndArray();
            }));
  }

  private static void receiver(JsonGenerator json, ReceiverState state) {
    json.writeStartObject();
    json.writeStringProperty("receiver", state.name());
    json.writeStringProperty("state", state.condition().word());
    state.since().ifPresent(at -> json.writeStringProperty("since", CheckJson.instant(at)));
    json.writeNumberProperty("pending", state.pending());
    state.oldest().ifPresent(at -> json.writeStringProperty("oldest", CheckJson.instant(at)));
    state
        .lastSuccess()
        .ifPresent(at -> json.writeStringProperty("lastSuccess", CheckJson.instant(at)));
    state.lastError().ifPresent(why -> json.writeStringProperty("lastError", why));
    json.writeNumberProperty("givenUp", state.givenUp());
    json.writeEndObject();
  }

  /** {@code GET /api/v1/receivers/NAME/owed}: the oldest first. */
  Answer owed(Request request) {
    var name = known(request);
    return OutboxApi.<Owed>page(
        request,
        (most, reader) -> backend.eachOwed(name, most, reader),
        (json, owed) -> notification(json, owed, Optional.empty()));
  }

  /** {@code GET /api/v1/dead-letters}: the newest first. */
  Answer dead(Request request) {
    return OutboxApi.<DeadLetter>page(
        request,
        backend::eachDead,
        (json, letter) -> notification(json, letter.owed(), Optional.of(letter)));
  }

  /** Bodies may be megabytes: each is written and let go, and those before the page only read. */
  private static <T> Answer page(
      Request request, BiConsumer<Integer, Consumer<T>> each, BiConsumer<JsonGenerator, T> writer) {
    var paging = Paging.of(request, USUAL, MOST_LISTED);
    if (paging.offset() >= MOST_READ) {
      throw Refusal.badRequest(
          "page: at most the first %d are listed; send or drop some of them".formatted(MOST_READ));
    }
    var count = new AtomicInteger();
    var body =
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              each.accept(
                  paging.offset() + paging.size() + 1,
                  one -> {
                    var at = count.getAndIncrement();
                    if (at >= paging.offset() && at < paging.offset() + paging.size()) {
                      writer.accept(json, one);
                    }
                  });
              json.writeEndArray();
            });
    return Answer.json(body).with(paging.headers(count.get() > paging.offset() + paging.size()));
  }

  private static void notification(JsonGenerator json, Owed owed, Optional<DeadLetter> dead) {
    json.writeStartObject();
    json.writeStringProperty("id", owed.id());
    json.writeStringProperty("receiver", owed.receiver());
    json.writeStringProperty("createdAt", CheckJson.instant(owed.createdAt()));
    json.writeNumberProperty("attempts", owed.attempts());
    owed.lastError().ifPresent(why -> json.writeStringProperty("lastError", why));
    dead.ifPresentOrElse(
        letter -> json.writeStringProperty("givenUpAt", CheckJson.instant(letter.at())),
        () -> json.writeStringProperty("nextAttempt", CheckJson.instant(owed.nextAttempt())));
    content(json, owed);
    json.writeEndObject();
  }

  private static void content(JsonGenerator json, Owed owed) {
    var mail = ReadyMail.parse(owed.body());
    if (mail.isPresent()) {
      json.writeStringProperty("status", "mail");
      json.writeStringProperty("summary", mail.get().subject());
      return;
    }
    try {
      var notification = Notification.parse(owed.body());
      json.writeStringProperty("status", notification.isFiring() ? "firing" : "resolved");
      json.writeNumberProperty("alerts", notification.items().size());
      json.writeStringProperty(
          "summary",
          notification.items().stream()
              .findFirst()
              .map(item -> item.annotation("summary"))
              .orElse(""));
    } catch (IllegalArgumentException _) {
      json.writeStringProperty("status", "unreadable");
    }
  }

  /** {@code POST /api/v1/receivers/NAME/enable}. */
  Answer enable(Request request) {
    var name = known(request);
    var wasGone = backend.enable(name);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("receiver", name);
              json.writeBooleanProperty("wasDisabled", wasGone);
              json.writeEndObject();
            }));
  }

  /** {@code POST /api/v1/receivers/NAME/move} with {@code to}: another receiver is owed it. */
  Answer move(Request request) {
    var from = removed(request);
    var body = Api.body(request);
    ByHand.onlyWith(body, "a move", List.of("to"));
    var to = ByHand.text(body, "to");
    if (!isConfigured(to)) {
      throw Refusal.badRequest(
          to.isEmpty() ? "to is missing: say which receiver" : "there is no receiver " + to);
    }
    var done = backend.moveOwed(from, to);
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeNumberProperty("moved", done.moved());
              json.writeNumberProperty("dropped", done.dropped());
              json.writeNumberProperty("left", done.left());
              json.writeEndObject();
            }));
  }

  /** {@code DELETE /api/v1/receivers/NAME/owed}. */
  Answer dropOwed(Request request) {
    var dropped = backend.dropOwed(removed(request));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeNumberProperty("dropped", dropped);
              json.writeEndObject();
            }));
  }

  /** What a receiver is owed that is configured is sent to it, and to nobody else. */
  private String removed(Request request) {
    var name = known(request);
    if (isConfigured(name)) {
      throw Refusal.conflict(
          "%s is configured, and is sent what it is owed; take it out of the configuration first"
              .formatted(name));
    }
    return name;
  }

  private boolean isConfigured(String receiver) {
    return backend.routing().sendResolved().containsKey(receiver);
  }

  /** {@code POST /api/v1/receivers/NAME/retry}: what it had refused is owed again. */
  Answer retryAll(Request request) {
    var name = known(request);
    refuseRemoved(name);
    return retried(backend.retryDead(letter -> letter.owed().receiver().equals(name)));
  }

  /** {@code POST /api/v1/dead-letters/ID/retry}. */
  Answer retry(Request request) {
    var id = request.param("id");
    backend.eachDead(
        Integer.MAX_VALUE,
        letter -> {
          if (letter.owed().id().equals(id)) {
            refuseRemoved(letter.owed().receiver());
          }
        });
    var again = backend.retryDead(letter -> letter.owed().id().equals(id));
    if (again.isEmpty()) {
      throw Refusal.notFound(
          "no notification of that id was given up, or nothing that it says is so any more");
    }
    return retried(again);
  }

  /** Owed again to one that is not configured, it would wait for nobody. */
  private void refuseRemoved(String receiver) {
    if (!isConfigured(receiver)) {
      throw Refusal.conflict(
          "%1$s is not configured any more, and nobody would send it: maildrift alert move %1$s NEW owes it to another receiver, maildrift alert drop %1$s forgets it"
              .formatted(receiver));
    }
  }

  private static Answer retried(List<String> ids) {
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeArrayPropertyStart("owed");
              ids.forEach(json::writeString);
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  /** {@code DELETE /api/v1/dead-letters/ID}. */
  Answer drop(Request request) {
    var id = request.param("id");
    if (!backend.dropDead(id)) {
      throw Refusal.notFound("no notification of that id was given up");
    }
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("dropped", id);
              json.writeEndObject();
            }));
  }

  private String known(Request request) {
    var name = request.param("name");
    if (backend.receivers().stream().noneMatch(state -> state.name().equals(name))) {
      throw Refusal.notFound("there is no receiver " + name);
    }
    return name;
  }
}
