package maildrift.monitor.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a test measured, for RELIABILITY.md. Written to {@code target/reliability/ID.json}; {@code
 * ./verify --reliability} prints the document from there. Each class that records is tagged {@code
 * reliability}, and asks {@link #size} how much it shall do.
 */
public final class Figures {
  private static final Path FOLDER = Path.of("target", "reliability");

  /** In an ordinary run the same tests do less, and the document is left alone. */
  private static final boolean FULL = "full".equals(System.getProperty("maildrift.reliability"));

  private Figures() {}

  /** What is done, and what must hold. */
  public record Case(String id, String what, String promise, String command) {
    public Case {
      if (!id.matches("[A-Z][0-9]+(-[a-z0-9-]+)?")) {
        throw new IllegalArgumentException(id + " is no case of the catalogue, like C1 or D2-smtp");
      }
    }

    /** Repeated by the tests of one class. */
    public static Case of(String id, String what, String promise, Class<?> test) {
      return new Case(id, what, promise, "./verify --reliability -Dtest=" + test.getSimpleName());
    }
  }

  /** Whether this run is the long one that the document is printed from. */
  public static boolean isFull() {
    return FULL;
  }

  /**
   * How often.
   *
   * @param property that says it for this run; else it is {@code full} in a run for the document
   *     and {@code usual} in any other
   */
  public static int size(String property, int usual, int full) {
    return Integer.getInteger(property, FULL ? full : usual);
  }

  /**
   * Does it and keeps what came of it, a failure too.
   *
   * @param work throws when the promise does not hold; gives the figures, in words
   */
  public static void measure(Case of, Callable<String> work) throws Exception {
    var start = System.nanoTime();
    try {
      write(of, work.call(), true, Duration.ofNanos(System.nanoTime() - start));
    } catch (AssertionError | Exception failed) {
      var why = String.valueOf(failed.getMessage()).strip().lines().findFirst().orElse("");
      write(
          of,
          failed.getClass().getSimpleName() + ": " + why,
          false,
          Duration.ofNanos(System.nanoTime() - start));
      throw failed;
    }
  }

  /**
   * Keeps one measurement; the last one of an id counts.
   *
   * @param id of the case, {@code C1} or {@code D2}, with a hyphen and letters where there are
   *     several
   * @param what was done, in a sentence
   * @param promise what must hold
   * @param measured the figures, in words
   * @param held whether the promise held
   * @param command that repeats it
   */
  public static void record(
      String id, String what, String promise, String measured, boolean held, String command) {
    write(new Case(id, what, promise, command), measured, held, Duration.ZERO);
  }

  private static void write(Case of, String measured, boolean held, Duration took) {
    var json = JsonMapper.builder().build().createObjectNode();
    json.put("id", of.id());
    json.put("what", of.what());
    json.put("promise", of.promise());
    json.put("measured", measured);
    json.put("held", held);
    json.put("command", of.command());
    json.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("seconds", took.toSeconds());
    json.put("commit", Machine.commit());
    json.put("machine", Machine.text());
    json.put("full", FULL);
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(FOLDER.resolve(of.id() + ".json"), json + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
