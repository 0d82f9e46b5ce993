package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import maildrift.alerts.state.Problem;
import maildrift.monitor.watch.WatchRules;

/**
 * A receiver was renamed or taken out of the configuration while something was owed to it: nobody
 * sends that any more, and the others hear of it.
 */
public final class RemovedReceivers implements Symptom {
  private final ReceiverWatch receivers;

  public RemovedReceivers(ReceiverWatch receivers) {
    this.receivers = receivers;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.RECEIVER_REMOVED.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    return receivers.states().stream()
        .filter(receiver -> receiver.condition() == ReceiverState.Condition.REMOVED)
        .filter(receiver -> receiver.pending() > 0)
        .map(
            receiver ->
                AboutReceivers.problem(
                    WatchRules.RECEIVER_REMOVED,
                    receiver,
                    "The receiver %s is not configured any more, and was not told everything%s"
                        .formatted(receiver.name(), AboutReceivers.oldest(receiver)),
                    "%s for it. They are kept, and nobody sends them."
                        .formatted(AboutReceivers.waiting(receiver)),
                    "Read them with maildrift alert owed %1$s. If it has another name now: maildrift alert move %1$s NEW; if nobody needs them: maildrift alert drop %1$s; or configure it again."
                        .formatted(receiver.name())))
        .toList();
  }
}
