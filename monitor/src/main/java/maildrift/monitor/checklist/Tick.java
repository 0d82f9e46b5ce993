package maildrift.monitor.checklist;

import java.time.Instant;
import java.util.Optional;

/**
 * A person says that a step is done.
 *
 * @param migration the start of the migration that it was ticked for; of another one it says
 *     nothing
 * @param note in the person's words; may be empty
 */
public record Tick(
    String domain,
    String checklist,
    String step,
    Optional<Instant> migration,
    String by,
    Instant at,
    String note) {

  /** Longer names and notes are refused. */
  public static final int LONGEST_NAME = 100;

  public static final int LONGEST_NOTE = 1_000;

  public boolean isOf(Checklist other, Step which) {
    return checklist.equals(other.name()) && step.equals(which.id());
  }
}
