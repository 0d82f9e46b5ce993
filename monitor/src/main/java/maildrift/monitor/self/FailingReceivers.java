package maildrift.monitor.self;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.state.Problem;
import maildrift.monitor.watch.WatchRules;

/** Nothing has arrived at a receiver for too long: the others hear of it. */
public final class FailingReceivers implements Symptom {
  private final ReceiverWatch receivers;
  private final Supplier<Duration> after;

  public FailingReceivers(ReceiverWatch receivers, Supplier<Duration> after) {
    this.receivers = receivers;
    this.after = after;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.RECEIVER_FAILING.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    var all = receivers.states();
    return all.stream()
        .filter(ReceiverState::isLate)
        .map(receiver -> problem(receiver, all))
        .toList();
  }

  private Problem problem(ReceiverState receiver, List<ReceiverState> all) {
    return AboutReceivers.problem(
        WatchRules.RECEIVER_FAILING,
        receiver,
        "The receiver %s does not take what it is owed%s"
            .formatted(receiver.name(), AboutReceivers.oldest(receiver)),
        "%s for it, longer than %s.%s Nothing is lost: it is tried again and again, and what piles up is told as one message a group when the receiver is back.%s"
            .formatted(
                AboutReceivers.waiting(receiver),
                readable(after.get()),
                receiver.lastError().map(why -> " The last attempt: " + why + ".").orElse(""),
                AboutReceivers.alone(all)),
        "Try it with maildrift alert test %s, and see what it says; maildrift alert owed %s lists what waits."
            .formatted(receiver.name(), receiver.name()));
  }

  private static String readable(Duration duration) {
    return duration.toSeconds() % 60 == 0
        ? duration.toMinutes() + " minutes"
        : duration.toSeconds() + " seconds";
  }

  @Override
  public void restored(List<Alert> own) {
    receivers.restoredLate(
        own.stream()
            .filter(alert -> alert.phase() == Alert.Phase.FIRING)
            .map(alert -> alert.labels().get("subject"))
            .collect(Collectors.toSet()));
  }
}
