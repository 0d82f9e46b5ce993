package maildrift.monitor.wiring;

import java.util.concurrent.locks.ReentrantLock;
import maildrift.monitor.config.MonitorConfig;

/**
 * The configuration that counts now. Anybody reads it at any time; it is one value that never
 * changes, so that who reads it once has all of one configuration.
 *
 * <p>Who puts another one in force, or decides under it who is watched and where alerts go, holds
 * the {@link #lock} for all of that and reads the configuration within it: so all parts go by the
 * same one in the end. It is the outermost of all locks but those of {@link Discovery}'s sources,
 * is held while the store is waited for, and never by the event loop.
 */
final class InForce {
  final ReentrantLock lock = new ReentrantLock();
  private volatile MonitorConfig config;

  InForce(MonitorConfig initial) {
    config = initial;
  }

  MonitorConfig config() {
    return config;
  }

  /** Called by {@link Reload} alone. */
  void replace(MonitorConfig next) {
    config = next;
  }
}
