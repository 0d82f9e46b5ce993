package maildrift.monitor.store;

import java.util.List;

/**
 * Whether the store accepts writes now.
 *
 * @param writable false: batches wait and are tried again; the daemon is not ready
 * @param reasons what is wrong, for a person; also what does not stop writes, as a broken history
 * @param waiting how many batches wait for their commit
 */
public record Health(boolean writable, List<String> reasons, int waiting) {
  public Health {
    reasons = List.copyOf(reasons);
  }
}
