package maildrift.monitor.wiring;

import maildrift.alerts.outbox.Deliveries;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.self.ReceiverWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What deliveries tell. */
record Undelivered(ReceiverWatch receivers) implements Deliveries.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Undelivered.class);

  @Override
  public void disabled(String receiver, String why) {
    receivers.gone(receiver, why);
    LOG.error(
        "receiver {} is told nothing more until it is configured otherwise or enabled: {}",
        receiver,
        why);
  }

  @Override
  public void dead(Owed owed, String why) {
    LOG.error("notification {} to {} is given up: {}", owed.id(), owed.receiver(), why);
  }
}
