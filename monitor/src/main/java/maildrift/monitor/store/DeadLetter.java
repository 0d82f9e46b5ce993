package maildrift.monitor.store;

import java.time.Instant;
import maildrift.alerts.outbox.Owed;

/** A notification that will not be tried again, kept for a person to see. */
public record DeadLetter(Owed owed, Instant at) {}
