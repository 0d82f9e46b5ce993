package maildrift.monitor.self;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Rule;

/** How a symptom speaks of a receiver. */
final class AboutReceivers {
  private AboutReceivers() {}

  /** Told to others: the label says whom not to trust with it. */
  static Problem problem(
      Rule rule, ReceiverState receiver, String summary, String description, String remedy) {
    var problem = OwnProblem.of(rule, receiver.name(), summary, description, remedy);
    var labels = new TreeMap<>(problem.labels().map());
    labels.put(Detours.ABOUT, receiver.name());
    return new Problem(new Labels(labels), problem.annotations());
  }

  /** A number that does not change with every notification: 1, 2, 5, 10, 20, 50 and so on. */
  static String waiting(ReceiverState receiver) {
    var round =
        LongStream.iterate(1, n -> n * 10)
            .limit(18)
            .flatMap(n -> LongStream.of(n, 2 * n, 5 * n))
            .takeWhile(n -> n <= receiver.pending())
            .max()
            .orElse(0);
    return round == 1 && receiver.pending() == 1
        ? "One notification waits"
        : "%d notifications or more wait".formatted(round);
  }

  static String oldest(ReceiverState receiver) {
    return receiver
        .oldest()
        .map(at -> ", the oldest since %s".formatted(CheckJson.instant(at)))
        .orElse("");
  }

  /** What to do about it when nobody else can be told. */
  static String alone(List<ReceiverState> all) {
    return all.stream()
                .filter(state -> state.condition() != ReceiverState.Condition.REMOVED)
                .count()
            <= 1
        ? " There is no other receiver that could be told of it; configure a second one."
        : "";
  }
}
