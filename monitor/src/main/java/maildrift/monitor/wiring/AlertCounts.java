package maildrift.monitor.wiring;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import maildrift.alerts.Alert;
import maildrift.alerts.Severity;
import maildrift.alerts.mute.Mutes;

/**
 * What a scrape says of alerts, counted in one pass: there may be several of each domain.
 *
 * @param muted by the word for why they are not told
 */
record AlertCounts(Map<Of, Long> counts, long acknowledged, Map<String, Long> muted) {
  static final AlertCounts NONE = new AlertCounts(Map.of(), 0, Map.of());

  AlertCounts {
    counts = Map.copyOf(counts);
    muted = Map.copyOf(muted);
  }

  record Of(Alert.Phase phase, Severity severity) {}

  static AlertCounts of(
      Collection<Alert> alerts,
      Function<Alert, List<Mutes.Why>> whys,
      Predicate<Alert> isAcknowledged) {
    var counts = new HashMap<Of, Long>();
    var muted = new HashMap<String, Long>();
    var acknowledged = 0L;
    for (var alert : alerts) {
      counts.merge(new Of(alert.phase(), Severity.of(alert.labels())), 1L, Long::sum);
      if (alert.phase() == Alert.Phase.FIRING) {
        if (isAcknowledged.test(alert)) {
          acknowledged++;
        }
        var words = new HashSet<String>();
        whys.apply(alert).forEach(why -> words.add(why.word()));
        words.forEach(word -> muted.merge(word, 1L, Long::sum));
      }
    }
    return new AlertCounts(counts, acknowledged, muted);
  }

  long of(Alert.Phase phase, Severity severity) {
    return counts.getOrDefault(new Of(phase, severity), 0L);
  }
}
