package maildrift.alerts.notify.mail;

import java.util.List;
import maildrift.alerts.Notification;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.outbox.Owed;

/**
 * What is to be said to whom.
 *
 * @param thread the id of the first message of its thread, which may be this one; empty: alone
 */
record Draft(
    List<String> to, String from, String subject, String text, String html, String thread) {

  /**
   * A notification in words, or what was made ready for mail.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static Draft of(Owed owed, MailReceiver receiver) {
    return ReadyMail.parse(owed.body())
        .map(mail -> ready(mail, receiver))
        .orElseGet(() -> said(Notification.parse(owed.body()), receiver));
  }

  private static Draft ready(ReadyMail mail, MailReceiver receiver) {
    return new Draft(
        mail.to().isEmpty() ? receiver.to() : mail.to(),
        mail.from().orElse(receiver.from()),
        mail.subject(),
        mail.text(),
        mail.html(),
        "");
  }

  private static Draft said(Notification notification, MailReceiver receiver) {
    var wording = Wording.of(notification);
    return new Draft(
        receiver.to(),
        sender(notification, receiver),
        wording.subject(),
        wording.text(),
        wording.html(),
        notification.thread());
  }

  /** The tenant's own, if all of it is of one tenant. */
  private static String sender(Notification notification, MailReceiver receiver) {
    var tenants =
        notification.items().stream().map(item -> item.labels().get("tenant")).distinct().toList();
    return tenants.size() == 1
        ? receiver.senders().getOrDefault(tenants.getFirst(), receiver.from())
        : receiver.from();
  }
}
