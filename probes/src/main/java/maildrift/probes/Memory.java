package maildrift.probes;

import java.time.Instant;
import java.util.Optional;

/** What is remembered of the domain's watched records ({@link Judgement#records}) from before. */
@FunctionalInterface
public interface Memory {

  /** A single round, e.g. on the command line, remembers nothing. */
  Memory NOTHING = _ -> Optional.empty();

  /** Empty for a record that was never seen. */
  Optional<Past> of(String record);

  /**
   * One record's past.
   *
   * @param accepted its value in the baseline; empty when nobody has accepted one
   * @param last its value when it was last seen
   * @param since when it was first seen to be so; empty when that is not known
   */
  record Past(Optional<String> accepted, String last, Optional<Instant> since) {}
}
