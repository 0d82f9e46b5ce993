package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.self.Heartbeats;
import maildrift.monitor.self.Pulse;
import maildrift.monitor.self.Watchdog;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.watch.AlertDesk;

/**
 * Shows to the outside that everything moves: dead-man's switches are told as long as it does, and
 * the watchdog's alert is held back when it does not. Called by the calendar, one beat at a time.
 */
final class LifeSign {
  /** A part that does not show within this that it moves does not. */
  private static final Duration PROOF = Duration.ofSeconds(20);

  private final StateStore store;
  private final Scheduler scheduler;
  private final AlertDesk desk;
  private final Clock clock;
  private final Pulse pulse;
  private final Heartbeats heartbeats;

  LifeSign(
      StateStore store,
      Scheduler scheduler,
      AlertDesk desk,
      Supplier<Map<String, String>> standsStill,
      Heartbeats heartbeats,
      Clock clock) {
    this.store = store;
    this.scheduler = scheduler;
    this.desk = desk;
    this.clock = clock;
    this.heartbeats = heartbeats;
    pulse =
        new Pulse(
            standsStill,
            Map.of("store", this::showThatTheStoreMoves, "loop", this::showThatTheLoopMoves),
            System::nanoTime);
  }

  /** Tells dead-man's switches, if everything moves. */
  void beat() {
    if (pulse.beat()) {
      heartbeats.beat();
      if (pulse.endedSilence()) {
        desk.lookAgain();
      }
    }
  }

  /** Nobody is told from now on: the daemon ends on purpose. */
  void end() {
    pulse.end();
  }

  /** Whether an alert with these labels would say that maildrift lives when it may not. */
  boolean isUntrue(Labels labels) {
    return Watchdog.isIt(labels) && pulse.isSilent();
  }

  private void showThatTheStoreMoves() throws Exception {
    store
        .submit(Batch.builder().alive(clock.instant()).build())
        .get(PROOF.toSeconds(), TimeUnit.SECONDS);
  }

  private void showThatTheLoopMoves() throws Exception {
    scheduler.next("").get(PROOF.toSeconds(), TimeUnit.SECONDS);
  }

  /** What a receiver that forgets is told again; not that maildrift lives, when it does not. */
  List<Notification.Item> refreshed(String receiver) {
    return desk.toldFiring(receiver).stream().filter(item -> !isUntrue(item.labels())).toList();
  }
}
