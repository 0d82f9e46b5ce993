package maildrift.monitor.web;

import java.time.Duration;
import java.util.List;
import maildrift.monitor.json.CheckJson;

/** A request that is answered with problem details (RFC 9457) instead of what was asked for. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  private final int status;
  private final String title;
  private final transient List<String> problems;
  private final Duration retryAfter;

  private Refusal(int status, String title, String detail, List<String> problems) {
    this(status, title, detail, problems, RETRY_AFTER);
  }

  private Refusal(
      int status, String title, String detail, List<String> problems, Duration retryAfter) {
    super(detail, null, false, false);
    this.retryAfter = retryAfter;
    this.status = status;
    this.title = title;
    this.problems = problems;
  }

  static Refusal badRequest(String detail) {
    return new Refusal(400, "Bad request", detail, List.of());
  }

  static Refusal invalid(String detail, List<String> problems) {
    return new Refusal(422, "Invalid", detail, problems);
  }

  static Refusal unauthorized() {
    return new Refusal(
        401,
        "Unauthorized",
        "give a user and password, or a token: as Authorization: Bearer, or as the password of a user of its name",
        List.of());
  }

  static Refusal forbidden(String detail) {
    return new Refusal(403, "Forbidden", detail, List.of());
  }

  static Refusal notFound(String detail) {
    return new Refusal(404, "Not found", detail, List.of());
  }

  static Refusal conflict(String detail) {
    return new Refusal(409, "Conflict", detail, List.of());
  }

  /** A body in another form than JSON; a page of another site may send those without asking. */
  static Refusal notJson(String contentType) {
    return new Refusal(
        415,
        "Unsupported media type",
        "a body is JSON and says so: Content-Type: application/json, not '%s'"
            .formatted(contentType),
        List.of());
  }

  static Refusal tooMany(String detail) {
    return new Refusal(429, "Too many requests", detail, List.of());
  }

  /** What would be answered if less were under way. */
  static Refusal busy(String detail, Duration retryAfter) {
    return new Refusal(503, "Busy", detail, List.of(), retryAfter);
  }

  /** When to try again, where that helps. */
  Duration retryAfter() {
    return retryAfter;
  }

  /** Problem details. */
  byte[] json() {
    return CheckJson.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("type", "about:blank");
          json.writeStringProperty("title", title);
          json.writeNumberProperty("status", status);
          json.writeStringProperty("detail", String.valueOf(getMessage()));
          if (!problems.isEmpty()) {
            json.writeArrayPropertyStart("problems");
            problems.forEach(json::writeString);
            json.writeEndArray();
          }
          json.writeEndObject();
        });
  }

  static Refusal of(int status, String title, String detail) {
    return new Refusal(status, title, detail, List.of());
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  List<String> problems() {
    return problems;
  }
}
