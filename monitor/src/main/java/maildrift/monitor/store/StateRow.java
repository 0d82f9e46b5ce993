package maildrift.monitor.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The latest of one domain.
 *
 * @param domain A-labels, lower case
 * @param content the last result in the caller's serialisation, at most {@link #MAX_CONTENT} octets
 * @param verdict its word, e.g. {@code pass}
 * @param checkedAt when the look ended; kept to the microsecond
 * @param nextCheckAt when the next look is due, where that is known
 */
@SuppressWarnings("ArrayRecordComponent") // a blob of which 20,000 pass by; equals compares content
public record StateRow(
    String domain,
    byte[] content,
    String verdict,
    Instant checkedAt,
    Optional<Instant> nextCheckAt) {
  /** What H2 keeps inside a row; a result is some kilobytes. */
  public static final int MAX_CONTENT = 1_000_000;

  public StateRow {
    if (content.length > MAX_CONTENT) {
      throw new IllegalArgumentException(
          "the state of %s has %,d octets, at most %,d are kept"
              .formatted(domain, content.length, MAX_CONTENT));
    }
    checkedAt = Micros.of(checkedAt);
    nextCheckAt = nextCheckAt.map(Micros::of);
  }

  StateRow checked(Instant at) {
    return new StateRow(domain, content, verdict, at, nextCheckAt);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateRow row
        && row.domain.equals(domain)
        && Arrays.equals(row.content, content)
        && row.verdict.equals(verdict)
        && row.checkedAt.equals(checkedAt)
        && row.nextCheckAt.equals(nextCheckAt);
  }

  @Override
  public int hashCode() {
    return domain.hashCode() * 31 + checkedAt.hashCode();
  }

  @Override
  public String toString() {
    return "StateRow[%s %s %s, %d octets]".formatted(domain, verdict, checkedAt, content.length);
  }
}
