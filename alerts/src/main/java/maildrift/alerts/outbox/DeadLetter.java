package maildrift.alerts.outbox;

import java.time.Instant;

/** A notification that was given up, kept for a person to see and to send again. */
public record DeadLetter(Owed owed, Instant at) {}
