package maildrift.alerts.ack;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;

/** All acknowledgements, by alert. May be asked from any thread. */
public final class Acknowledgements {
  private final Map<String, Acknowledgement> all = new HashMap<>();

  public synchronized void put(Acknowledgement acknowledgement) {
    all.put(acknowledgement.fingerprint(), acknowledgement);
  }

  /** Also one that has ended, for as long as the alert fires. */
  public synchronized Optional<Acknowledgement> of(String fingerprint) {
    return Optional.ofNullable(all.get(fingerprint));
  }

  public boolean holds(String fingerprint) {
    return of(fingerprint).filter(Acknowledgement::holds).isPresent();
  }

  public synchronized List<Acknowledgement> all() {
    return List.copyOf(all.values());
  }

  public synchronized void remove(String fingerprint) {
    all.remove(fingerprint);
  }

  /**
   * Holds it against the alert as it is now.
   *
   * @return whether that changed anything
   */
  public synchronized boolean review(Alert alert, Instant now) {
    if (all.isEmpty()) {
      return false;
    }
    var fingerprint = alert.fingerprint();
    var known = all.get(fingerprint);
    if (known == null) {
      return false;
    }
    if (alert.phase() == Phase.RESOLVED) {
      all.remove(fingerprint);
      return true;
    }
    var why = known.holds() ? known.outgrownBy(alert) : Optional.<String>empty();
    why.ifPresent(reason -> all.put(fingerprint, known.end(now, reason)));
    return why.isPresent();
  }
}
