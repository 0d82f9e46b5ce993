package maildrift.alerts.notify.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.Visible;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Outcome;

/**
 * What an HTTP answer means for a notification. As Standard Webhooks has it, only 2xx is success
 * and everything else is tried again; only an answer that speaks of the content itself is a
 * refusal.
 */
public final class Outcomes {
  private Outcomes() {}

  public static Outcome of(Reply reply, Request request, Instant now) {
    return of(reply, request, List.of(), now);
  }

  /**
   * What it means; what the answer says is told on without what the request was made with.
   *
   * @param secrets what else must not come back
   */
  public static Outcome of(Reply reply, Request request, List<String> secrets, Instant now) {
    return switch (reply) {
      case Reply.Unanswered(var failure, var why) -> new Outcome.TryLater(failure, why);
      case Reply.Answered answer ->
          of(answer, request.withoutSecrets(answer.body(), secrets).strip(), now);
    };
  }

  private static Outcome of(Reply.Answered answer, String body, Instant now) {
    if (answer.isSuccess()) {
      return new Outcome.Delivered();
    }
    var why = "HTTP " + answer.status() + (body.isEmpty() ? "" : ": " + Visible.line(body, 200));
    return switch (answer.status()) {
      case 410 -> new Outcome.Gone(why);
      case 429 -> new Outcome.TryLater(Failure.THROTTLED, why, retryAfter(answer, now));
      case 400, 413, 415, 422 -> new Outcome.Refused(Failure.CLIENT_ERROR, why);
      case 401, 403, 407 ->
          new Outcome.TryLater(Failure.AUTHENTICATION, why, retryAfter(answer, now));
      default -> {
        if (answer.status() >= 500) {
          yield new Outcome.TryLater(Failure.SERVER_ERROR, why, retryAfter(answer, now));
        }
        yield answer.status() >= 400
            ? new Outcome.TryLater(Failure.CLIENT_ERROR, why, retryAfter(answer, now))
            : new Outcome.TryLater(
                Failure.REDIRECT,
                "HTTP "
                    + answer.status()
                    + ": redirects are not followed; configure the final address");
      }
    };
  }

  /** Seconds or a date (RFC 9110 section 10.2.3); nonsense is none. */
  static Optional<Instant> retryAfter(Reply.Answered answer, Instant now) {
    return answer
        .header("retry-after")
        .flatMap(
            value -> {
              try {
                return Optional.of(
                    value.chars().allMatch(c -> c >= '0' && c <= '9') && value.length() < 10
                        ? now.plusSeconds(Long.parseLong(value))
                        : ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
              } catch (DateTimeException | NumberFormatException e) {
                return Optional.empty();
              }
            });
  }
}
