package maildrift.monitor.config;

import java.util.Comparator;

/**
 * Something wrong with a configuration, and where.
 *
 * @param file as the operator named it, or as an {@code include:} or {@code _file:} leads to it
 * @param line from 1
 * @param column from 1, in characters
 * @param message repeats the offending word and says what would have been right
 */
public record Problem(String file, int line, int column, String message)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::message);

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** {@code FILE:LINE:COLUMN: message}. */
  @Override
  public String toString() {
    return "%s:%d:%d: %s".formatted(file, line, column, message);
  }
}
