package maildrift.alerts.notify;

import maildrift.alerts.outbox.Notifier;

/** What the configuration says of one receiver; prints no secret. */
public interface Receiver {
  /** Ready to be told. It must equal another that is made of equal configuration. */
  Notifier open(Tools tools);

  /** Whether it hears of what has ended ({@code send_resolved}, normally true). */
  boolean sendResolved();
}
