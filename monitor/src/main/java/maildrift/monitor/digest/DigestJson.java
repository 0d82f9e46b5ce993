package maildrift.monitor.digest;

import maildrift.monitor.json.CheckJson;
import tools.jackson.core.JsonGenerator;

/** A digest for programs, with the mail that it would be. */
public final class DigestJson {
  private DigestJson() {}

  /** One object. */
  public static byte[] of(Written written) {
    var digest = written.digest();
    return CheckJson.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("tenant", written.tenant());
          json.writeStringProperty("from", CheckJson.instant(digest.from()));
          json.writeStringProperty("to", CheckJson.instant(digest.to()));
          json.writeStringProperty("subject", written.subject());
          json.writeArrayPropertyStart("lead");
          digest.lead().forEach(json::writeString);
          json.writeEndArray();
          json.writeArrayPropertyStart("chapters");
          digest.chapters().forEach(chapter -> chapter(json, chapter));
          json.writeEndArray();
          json.writeStringProperty("text", written.text());
          json.writeStringProperty("html", written.html());
          json.writeEndObject();
        });
  }

  private static void chapter(JsonGenerator json, Digest.Chapter chapter) {
    json.writeStartObject();
    json.writeStringProperty("title", chapter.title());
    json.writeNumberProperty("total", chapter.total());
    json.writeArrayPropertyStart("entries");
    for (var entry : chapter.entries()) {
      json.writeStartObject();
      entry.badge().ifPresent(badge -> json.writeStringProperty("badge", badge));
      json.writeStringProperty("title", entry.title());
      json.writeStringProperty("aside", entry.aside());
      json.writeArrayPropertyStart("details");
      for (var detail : entry.details()) {
        json.writeStartObject();
        json.writeStringProperty("label", detail.label());
        json.writeStringProperty("text", detail.text());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
