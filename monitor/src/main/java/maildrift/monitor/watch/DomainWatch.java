package maildrift.monitor.watch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.alerts.Alert;
import maildrift.monitor.state.DomainState;

/**
 * What the watch remembers of one domain between its turns. Guarded by {@link #lock}: a turn, an
 * accept and a removal of one domain never run at the same time.
 */
final class DomainWatch {
  final ReentrantLock lock = new ReentrantLock();

  /** Alerts in every phase, resolved ones too until receivers were told. */
  List<Alert> alerts = new ArrayList<>();

  /** Accepted values by record name. */
  Map<String, String> baseline = new HashMap<>();

  /** Values as last seen, by record name. */
  Map<String, String> records = new HashMap<>();

  /** When a record was last seen to change. */
  Map<String, Instant> recordsChanged = new HashMap<>();

  DomainState state;

  DomainWatch(DomainState state) {
    this.state = state;
  }
}
