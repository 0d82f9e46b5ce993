package maildrift.alerts.route;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.Owed;

/**
 * What a dispatcher decided; all of it is committed together, and with the transitions that led to
 * it.
 *
 * @param owed notifications to put in the outbox
 * @param states to store, under their keys
 * @param removedStates keys of states to remove
 * @param acknowledged acknowledgements to store, those that have ended among them
 * @param unacknowledged fingerprints of alerts whose acknowledgement is to be removed
 * @param forgotten resolved alerts that everybody knows of, to remove
 */
public record Dispatch(
    List<Owed> owed,
    List<GroupState> states,
    List<String> removedStates,
    List<Acknowledgement> acknowledged,
    List<String> unacknowledged,
    List<Alert> forgotten) {
  public static final Dispatch NOTHING =
      new Dispatch(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public Dispatch {
    owed = List.copyOf(owed);
    states = List.copyOf(states);
    removedStates = List.copyOf(removedStates);
    acknowledged = List.copyOf(acknowledged);
    unacknowledged = List.copyOf(unacknowledged);
    forgotten = List.copyOf(forgotten);
  }

  public boolean isEmpty() {
    return owed.isEmpty()
        && states.isEmpty()
        && removedStates.isEmpty()
        && acknowledged.isEmpty()
        && unacknowledged.isEmpty()
        && forgotten.isEmpty();
  }

  /** Both in one, where this one could not be stored; of two states of a group the later counts. */
  public Dispatch then(Dispatch later) {
    var old = outdatedBy(later);
    return new Dispatch(
        joined(old.owed, later.owed),
        joined(old.states, later.states),
        joined(old.removedStates, later.removedStates),
        joined(old.acknowledged, later.acknowledged),
        joined(old.unacknowledged, later.unacknowledged),
        joined(old.forgotten, later.forgotten));
  }

  /** What remains to be stored of this when the later one is stored already. */
  public Dispatch outdatedBy(Dispatch later) {
    var groups = new HashSet<>(later.removedStates);
    later.states.forEach(state -> groups.add(state.key()));
    var alerts = new HashSet<>(later.unacknowledged);
    later.acknowledged.forEach(one -> alerts.add(one.fingerprint()));
    return new Dispatch(
        owed,
        states.stream().filter(state -> !groups.contains(state.key())).toList(),
        removedStates.stream().filter(key -> !groups.contains(key)).toList(),
        acknowledged.stream().filter(one -> !alerts.contains(one.fingerprint())).toList(),
        unacknowledged.stream().filter(alert -> !alerts.contains(alert)).toList(),
        forgotten);
  }

  /** Without forgetting anybody: an alert may have come back since. */
  public Dispatch forgettingNobody() {
    return new Dispatch(owed, states, removedStates, acknowledged, unacknowledged, List.of());
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }
}
