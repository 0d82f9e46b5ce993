package maildrift.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A mail that is owed as it is, such as a digest: what is owed is the text, not what it is made of,
 * so that it is the same on every attempt.
 *
 * @param to in place of the receiver's own addresses; empty: those
 * @param from in place of the receiver's own sender
 */
public record ReadyMail(
    List<String> to, Optional<String> from, String subject, String text, String html) {
  private static final String KIND = "mail";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public ReadyMail {
    to = List.copyOf(to);
  }

  /** As it lies in the outbox. */
  public String toJson() {
    var mail = JSON.createObjectNode();
    mail.put("kind", KIND);
    to.forEach(mail.putArray("to")::add);
    from.ifPresent(sender -> mail.put("from", sender));
    mail.put("subject", subject);
    mail.put("text", text);
    mail.put("html", html);
    return JSON.writeValueAsString(mail);
  }

  /** Reads what {@link #toJson} wrote; empty for what is something else, a notification. */
  public static Optional<ReadyMail> parse(String json) {
    try {
      var mail = JSON.readTree(json);
      if (!mail.path("kind").asString("").equals(KIND)) {
        return Optional.empty();
      }
      var to = new ArrayList<String>();
      mail.path("to").forEach(one -> to.add(one.asString("")));
      return Optional.of(
          new ReadyMail(
              to,
              mail.path("from").asStringOpt(),
              mail.path("subject").asString(""),
              mail.path("text").asString(""),
              mail.path("html").asString("")));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
