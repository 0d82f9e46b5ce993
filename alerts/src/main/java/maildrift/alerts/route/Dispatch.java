package maildrift.alerts.route;

import java.util.List;
import maildrift.alerts.Alert;
import maildrift.alerts.outbox.Owed;

/**
 * What a dispatcher decided; all of it is committed together, and with the transitions that led to
 * it.
 *
 * @param owed notifications to put in the outbox
 * @param states to store, under their keys
 * @param removedStates keys of states to remove
 * @param forgotten resolved alerts that everybody knows of, to remove
 */
public record Dispatch(
    List<Owed> owed, List<GroupState> states, List<String> removedStates, List<Alert> forgotten) {
  public static final Dispatch NOTHING = new Dispatch(List.of(), List.of(), List.of(), List.of());

  public Dispatch {
    owed = List.copyOf(owed);
    states = List.copyOf(states);
    removedStates = List.copyOf(removedStates);
    forgotten = List.copyOf(forgotten);
  }

  public boolean isEmpty() {
    return owed.isEmpty() && states.isEmpty() && removedStates.isEmpty() && forgotten.isEmpty();
  }
}
