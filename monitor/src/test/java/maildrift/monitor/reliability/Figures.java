package maildrift.monitor.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a test measured, for RELIABILITY.md. Written to {@code target/reliability/ID.json}; the
 * document is generated from there.
 */
public final class Figures {
  private static final Path FOLDER = Path.of("target", "reliability");

  private Figures() {}

  /**
   * Keeps one measurement; the last one of an id counts.
   *
   * @param id of the case, {@code C1} or {@code D2}; letters, digits and hyphens
   * @param what was done, in a sentence
   * @param promise what must hold
   * @param measured the figures, in words
   * @param held whether the promise held
   * @param command that repeats it
   */
  public static void record(
      String id, String what, String promise, String measured, boolean held, String command) {
    var json = JsonMapper.builder().build().createObjectNode();
    json.put("id", id);
    json.put("what", what);
    json.put("promise", promise);
    json.put("measured", measured);
    json.put("held", held);
    json.put("command", command);
    json.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(FOLDER.resolve(id + ".json"), json.toString() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
