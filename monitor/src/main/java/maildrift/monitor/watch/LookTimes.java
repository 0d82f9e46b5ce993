package maildrift.monitor.watch;

import java.time.Instant;
import java.util.HashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import maildrift.monitor.store.StateStore;

/**
 * When domains were last looked at that showed nothing new. That alone is no reason to write each
 * time: it is written now and then for all. Thread-safe.
 */
final class LookTimes {
  private final StateStore store;
  private final ConcurrentHashMap<String, Instant> checked = new ConcurrentHashMap<>();

  LookTimes(StateStore store) {
    this.store = store;
  }

  void looked(String domain, Instant at) {
    checked.put(domain, at);
  }

  /** It is stored otherwise, or not watched any more. */
  void forget(String domain) {
    checked.remove(domain);
  }

  /** Stores them; waits for it, but not for long. */
  void flush() {
    var now = new HashMap<>(checked);
    if (!now.isEmpty()) {
      store.markChecked(now).orTimeout(3, TimeUnit.SECONDS).join();
      now.forEach(checked::remove);
    }
  }
}
