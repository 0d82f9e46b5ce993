package maildrift.alerts.route;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Labels;

/**
 * What a group's receiver has been told; as Alertmanager's notification log, but durable. An alert
 * stays in the alert book until no group's {@code toldFiring} holds it, so that a resolved message
 * that is owed survives everything.
 *
 * @param key receiver, route and group labels as one text
 * @param receiver the receiver's name
 * @param labels the group's labels
 * @param toldFiring fingerprints that the receiver believes to be firing
 * @param openedAt when the group's first untold alert arrived (group_wait counts from it); empty
 *     when nothing is open
 * @param lastToldAt when the last notification was made owed (group_interval and repeat_interval
 *     count from it)
 */
public record GroupState(
    String key,
    String receiver,
    Labels labels,
    Set<String> toldFiring,
    Optional<Instant> openedAt,
    Optional<Instant> lastToldAt) {

  public GroupState {
    toldFiring = Set.copyOf(toldFiring);
  }
}
