package maildrift.monitor.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.schedule.CronTimes;

/**
 * To whom and when a digest of one tenant goes.
 *
 * @param receiver one that sends mail, by name
 * @param to in place of the receiver's addresses; empty: those
 * @param from in place of the receiver's sender
 */
public record DigestConfig(
    String receiver, List<String> to, Optional<String> from, CronTimes times) {
  public DigestConfig {
    to = List.copyOf(to);
  }

  /** The same from another sender. */
  DigestConfig from(Optional<String> value) {
    return new DigestConfig(receiver, to, value, times);
  }

  /**
   * Those of all tenants.
   *
   * @param others of tenants that have none of their own; empty: they get none
   * @param own by tenant
   * @param none tenants that get none
   */
  public record All(
      Optional<DigestConfig> others, Map<String, DigestConfig> own, Set<String> none) {
    public static final All NONE = new All(Optional.empty(), Map.of(), Set.of());

    public All {
      own = Map.copyOf(own);
      none = Set.copyOf(none);
    }

    public Optional<DigestConfig> of(String tenant) {
      return none.contains(tenant)
          ? Optional.empty()
          : Optional.ofNullable(own.get(tenant)).or(() -> others);
    }
  }
}
