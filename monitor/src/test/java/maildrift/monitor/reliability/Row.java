package maildrift.monitor.reliability;

import java.time.Instant;
import java.time.ZoneOffset;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One measurement as {@link Figures} keeps it. */
record Row(
    String id,
    String what,
    String promise,
    String measured,
    boolean held,
    String command,
    Instant at,
    long seconds,
    String commit,
    String machine,
    boolean full) {

  static Row parse(String json) {
    var node = JsonMapper.shared().readTree(json);
    return new Row(
        text(node, "id"),
        text(node, "what"),
        text(node, "promise"),
        text(node, "measured"),
        node.path("held").asBoolean(false),
        text(node, "command"),
        Instant.parse(text(node, "at")),
        node.path("seconds").asLong(0),
        text(node, "commit"),
        text(node, "machine"),
        node.path("full").asBoolean(false));
  }

  private static String text(JsonNode node, String field) {
    var text = node.path(field).asString("");
    if (text.isBlank()) {
      throw new IllegalArgumentException("a figure without " + field + ": " + node);
    }
    return text;
  }

  String date() {
    return at.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }
}
