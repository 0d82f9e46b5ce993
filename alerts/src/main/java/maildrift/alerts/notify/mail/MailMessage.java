package maildrift.alerts.notify.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.GroupHash;
import maildrift.alerts.notify.Mailbox;
import maildrift.alerts.outbox.Owed;

/**
 * A draft as a mail: text and HTML, in the thread of its group, and the same on every attempt. Each
 * header that a DKIM signature covers is there once, and the bodies are ASCII in short lines, so
 * that no server on the way has a reason to touch them.
 */
final class MailMessage extends MimeMessage {
  private final String id;

  private MailMessage(Session session, String id) {
    super(session);
    this.id = id;
  }

  static MailMessage of(Session session, Draft draft, Owed owed, MailReceiver receiver)
      throws MessagingException {
    var thread = "<%s.%s@%s>".formatted(digest(owed), draft.thread(), receiver.domain());
    var isFirst = draft.thread().equals(owed.id());
    var message =
        new MailMessage(
            session, isFirst ? thread : "<%s@%s>".formatted(owed.id(), receiver.domain()));
    message.setFrom(sender(draft.from()));
    if (receiver.replyTo().isPresent()) {
      message.setReplyTo(addresses(List.of(receiver.replyTo().get())));
    }
    // All of them, also where only some have yet to get it: it is one mail.
    message.setRecipients(RecipientType.TO, addresses(draft.to()));
    message.setSubject(Visible.line(draft.subject()), "UTF-8");
    message.setSentDate(Date.from(owed.createdAt()));
    if (!isFirst && !draft.thread().isEmpty()) {
      message.setHeader("In-Reply-To", thread);
      message.setHeader("References", thread);
    }
    // Without Precedence: it is no list's mail, and some filters hold "bulk" against a message.
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setHeader("X-Auto-Response-Suppress", "OOF, AutoReply");
    message.setContent(
        new MimeMultipart("alternative", part(draft.text(), "plain"), part(draft.html(), "html")));
    message.saveChanges();
    return message;
  }

  private static BodyPart part(String text, String kind) throws MessagingException {
    var part = new MimeBodyPart();
    part.setText(text, "UTF-8", kind);
    part.setHeader("Content-Transfer-Encoding", "quoted-printable");
    return part;
  }

  static InternetAddress[] addresses(Collection<String> addresses) throws MessagingException {
    var parsed = new InternetAddress[addresses.size()];
    var at = 0;
    for (var written : addresses) {
      parsed[at++] = address(written);
    }
    return parsed;
  }

  private static InternetAddress sender(String written) throws MessagingException {
    var mailbox = Mailbox.parse(written);
    var address = address(mailbox.address());
    if (!mailbox.name().isEmpty()) {
      try {
        address.setPersonal(mailbox.name(), "UTF-8");
      } catch (UnsupportedEncodingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return address;
  }

  private static InternetAddress address(String written) throws MessagingException {
    // The strict parser knows no RFC 6532; such addresses are checked where they are configured.
    return new InternetAddress(written, MailReceiver.isAscii(written));
  }

  @Override
  protected void updateMessageID() throws MessagingException {
    setHeader("Message-ID", id);
  }

  /** Of the group: the first message and those that follow name it alike. */
  private static String digest(Owed owed) {
    return GroupHash.of(owed.receiver(), owed.groupKey()).substring(0, 16);
  }
}
