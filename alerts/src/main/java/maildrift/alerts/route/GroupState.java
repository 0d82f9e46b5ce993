package maildrift.alerts.route;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.alerts.Labels;

/**
 * What a group's receiver has been told; as Alertmanager's notification log, but durable. It is
 * stored in the same commit as the notification that it speaks of. A group that never told
 * anything, or whose receiver knows of nothing that fires, has no state.
 *
 * @param key receiver and group key as one text, see {@link #key(String, String)}
 * @param receiver the receiver's name
 * @param groupKey route and group labels as one text, as in Alertmanager
 * @param labels the group's labels
 * @param told the fingerprints that the receiver believes to be firing, with what it was told of
 *     each: the severity and, after a space each, digests of the contents
 * @param toldAt when the last notification was made owed (group_interval and repeat_interval count
 *     from it)
 * @param thread the id of the first notification since the receiver knew of nothing that fires
 */
public record GroupState(
    String key,
    String receiver,
    String groupKey,
    Labels labels,
    SortedMap<String, String> told,
    Instant toldAt,
    String thread) {

  public GroupState {
    told = Collections.unmodifiableSortedMap(new TreeMap<>(told));
    if (!key.equals(key(receiver, groupKey))) {
      throw new IllegalArgumentException("the key of a group is its receiver and group key");
    }
  }

  public static String key(String receiver, String groupKey) {
    return receiver + " " + groupKey;
  }
}
