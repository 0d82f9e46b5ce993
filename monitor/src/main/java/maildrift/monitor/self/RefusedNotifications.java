package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import maildrift.alerts.state.Problem;
import maildrift.monitor.watch.WatchRules;

/** A receiver refused notifications until they were given up: somebody else hears that it was. */
public final class RefusedNotifications implements Symptom {
  private final ReceiverWatch receivers;

  public RefusedNotifications(ReceiverWatch receivers) {
    this.receivers = receivers;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.RECEIVER_REFUSED.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    var all = receivers.states();
    return all.stream()
        .filter(receiver -> receiver.givenUp() > 0)
        .map(
            receiver ->
                AboutReceivers.problem(
                    WatchRules.RECEIVER_REFUSED,
                    receiver,
                    "The receiver %s was not told of something: it refused it for days"
                        .formatted(receiver.name()),
                    "%s given up. They are kept.%s"
                        .formatted(
                            receiver.givenUp() == 1
                                ? "One notification was"
                                : "Several notifications were",
                            AboutReceivers.alone(all)),
                    (receiver.condition() == ReceiverState.Condition.REMOVED
                            ? "Read them with maildrift alert dead list. The receiver is not configured any more: if it has another name now, maildrift alert move %1$s NEW; if nobody needs them, maildrift alert drop %1$s; or configure it again."
                            : "Read them with maildrift alert dead list, mend the receiver, and send them again with maildrift alert dead retry --receiver %s, or drop one with maildrift alert dead drop ID.")
                        .formatted(receiver.name())))
        .toList();
  }
}
