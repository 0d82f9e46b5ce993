package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import maildrift.alerts.state.Problem;
import maildrift.monitor.watch.WatchRules;

/** A receiver said 410 and is told nothing more: the others hear of it. */
public final class GoneReceivers implements Symptom {
  private final ReceiverWatch receivers;

  public GoneReceivers(ReceiverWatch receivers) {
    this.receivers = receivers;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.RECEIVER_GONE.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    var all = receivers.states();
    return all.stream()
        .filter(receiver -> receiver.condition() == ReceiverState.Condition.DISABLED)
        .map(
            receiver ->
                AboutReceivers.problem(
                    WatchRules.RECEIVER_GONE,
                    receiver,
                    "The receiver %s wants no more notifications and is told nothing"
                        .formatted(receiver.name()),
                    "It answered 410 (%s). What it is owed stays owed.%s"
                        .formatted(
                            receiver.lastError().orElse("without a word"),
                            AboutReceivers.alone(all)),
                    "Give the receiver %s another address, or take it out of the configuration; if the answer was a mistake: maildrift alert enable %s"
                        .formatted(receiver.name(), receiver.name())))
        .toList();
  }
}
