package maildrift.monitor.service;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A service manager with a watchdog, as tests of other packages see it. */
public final class Told {
  private final List<String> messages = new CopyOnWriteArrayList<>();

  public ServiceManager manager() {
    return new ServiceManager(
        Optional.of(
            new ServiceManager.Way() {
              @Override
              public void send(String message) {
                messages.add(message);
              }

              @Override
              public long monotonicMicros() {
                return 1;
              }
            }),
        Optional.of(Duration.ofMinutes(2)));
  }

  /** How often the watchdog was fed. */
  public long watchdogs() {
    return messages.stream().filter(message -> message.startsWith("WATCHDOG=1\n")).count();
  }

  public String last() {
    return messages.isEmpty() ? "" : messages.getLast();
  }
}
