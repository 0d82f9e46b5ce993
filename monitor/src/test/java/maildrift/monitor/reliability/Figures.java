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

  /** The figures in words, and whether a promise held that a test does not assert, as of time. */
  public record Result(String measured, boolean held) {}

  /**
   * Does it and keeps what came of it, a failure too.
   *
   * @param work throws when the promise does not hold; gives the figures, in words
   */
  public static void measure(Case of, Callable<String> work) throws Exception {
    judge(of, () -> new Result(work.call(), true));
  }

  /** As {@link #measure}, where not all of the promise is asserted. */
  public static void judge(Case of, Callable<Result> work) throws Exception {
    var start = System.nanoTime();
    try {
      var result = work.call();
      write(of, result.measured(), result.held(), Duration.ofNanos(System.nanoTime() - start));
    } catch (AssertionError | Exception failed) {
      write(of, inOneLine(failed), false, Duration.ofNanos(System.nanoTime() - start));
      throw failed;
    }
  }

  /** Without paths, which are the machine's. */
  private static String inOneLine(Throwable failed) {
    var text =
        (failed.getClass().getSimpleName() + ": " + failed.getMessage())
            .replaceAll("(?<=\\s|^|\")/\\S+", "…")
            .replaceAll("\\s+", " ");
    return text.length() <= 300 ? text : text.substring(0, 299) + "…";
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
