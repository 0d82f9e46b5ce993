package maildrift.monitor.watch;

/**
 * A record that is other than it was: accepted, or last seen.
 *
 * @param before as it was; empty: it was not there
 * @param after as it is; empty: it is gone
 */
public record RecordChange(String domain, String record, String before, String after) {}
