package maildrift.monitor.wiring;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.monitor.self.SelfWatch;
import maildrift.monitor.watch.Watch;

/** The alerts of all domains and those of maildrift itself. Waits for no turn. */
final class AllAlerts {
  private final SelfWatch selfWatch;
  private final Watch watch;

  AllAlerts(SelfWatch selfWatch, Watch watch) {
    this.selfWatch = selfWatch;
    this.watch = watch;
  }

  List<Alert> all() {
    var all = new ArrayList<>(selfWatch.alerts());
    all.addAll(watch.alerts());
    return all;
  }

  Optional<Alert> of(String fingerprint) {
    return all().stream().filter(alert -> alert.fingerprint().equals(fingerprint)).findFirst();
  }

  /** The fingerprints of those that fire. */
  Set<String> firing() {
    return all().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(Alert::fingerprint)
        .collect(Collectors.toSet());
  }

  /** Takes one out that has ended and that nobody needs to hear of any more. */
  void forget(Alert alert) {
    if (alert.labels().get("domain").isEmpty()) {
      selfWatch.forget(alert);
    } else {
      watch.forget(alert);
    }
  }
}
