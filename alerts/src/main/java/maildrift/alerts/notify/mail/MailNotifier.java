package maildrift.alerts.notify.mail;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import maildrift.alerts.Notification;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Wording;
import maildrift.alerts.notify.http.AddressGuard;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Notifier;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only class that knows Angus Mail. It connects to a checked address, and closes the connection
 * at the deadline whatever the server does.
 */
record MailNotifier(MailReceiver receiver, Tools tools) implements Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(MailNotifier.class);

  @Override
  public Outcome send(Owed owed) {
    ReadyMail mail;
    try {
      mail = mail(owed);
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(Failure.OTHER, "internal error: " + e.getMessage());
    }
    return switch (new AddressGuard(tools.resolver())
        .lookup(receiver.smtp().host(), receiver.allowPrivate(), receiver.timeout())) {
      case AddressGuard.Lookup.Refused(var failure, var why) -> new Outcome.TryLater(failure, why);
      case AddressGuard.Lookup.Found(var addresses) -> {
        Outcome outcome = new Outcome.TryLater(Failure.CONNECTION, "no address");
        for (var address : addresses) {
          var attempt = new Attempt(owed, mail, address);
          outcome = attempt.run();
          if (attempt.connected) {
            yield outcome;
          }
        }
        yield outcome;
      }
    };
  }

  /** A notification in words, or what was made ready for mail. */
  private static ReadyMail mail(Owed owed) {
    return ReadyMail.parse(owed.body())
        .orElseGet(
            () -> {
              var wording = Wording.of(Notification.parse(owed.body()));
              return new ReadyMail(
                  List.of(), Optional.empty(), wording.subject(), wording.text(), wording.html());
            });
  }

  /** One connection. */
  private final class Attempt {
    private final Owed owed;
    private final ReadyMail mail;
    private final InetAddress address;
    private final AtomicBoolean expired = new AtomicBoolean();
    private boolean connected;

    Attempt(Owed owed, ReadyMail mail, InetAddress address) {
      this.owed = owed;
      this.mail = mail;
      this.address = address;
    }

    Outcome run() {
      try (var socket = new Socket(Proxy.NO_PROXY)) {
        var watch = Thread.ofVirtual().name("mail-deadline").start(() -> expire(socket));
        try {
          return talk(socket);
        } finally {
          watch.interrupt();
        }
      } catch (IOException e) {
        return connected
            ? new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()))
            : new Outcome.TryLater(
                e instanceof SocketTimeoutException ? Failure.TIMEOUT : Failure.CONNECTION,
                "%s port %d: %s"
                    .formatted(address.getHostAddress(), receiver.smtp().port(), said(e)));
      } catch (MessagingException e) {
        return outcome(e);
      }
    }

    private void expire(Socket socket) {
      try {
        Thread.sleep(receiver.timeout());
        expired.set(true);
        socket.close();
      } catch (InterruptedException | IOException e) {
        // It ended in time, or is closed already.
      }
    }

    private Outcome talk(Socket socket) throws IOException, MessagingException {
      var timeout = Math.clamp(receiver.timeout().toMillis(), 1, Integer.MAX_VALUE);
      socket.connect(new InetSocketAddress(address, receiver.smtp().port()), timeout);
      socket.setSoTimeout(timeout);
      connected = true;
      var session = Session.getInstance(properties(), authenticator());
      var message = message(session);
      try (var transport = (SMTPTransport) session.getTransport("smtp")) {
        // The socket is to the checked address, which carries the name that the certificate is for.
        transport.connect(socket);
        transport.sendMessage(message, message.getAllRecipients());
      }
      return new Outcome.Delivered();
    }

    private Authenticator authenticator() throws IOException {
      var login =
          receiver.login().isPresent()
              ? Optional.of(
                  new PasswordAuthentication(
                      receiver.login().get().user(), receiver.login().get().password().reveal()))
              : Optional.<PasswordAuthentication>empty();
      return new Authenticator() {
        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
          return login.orElse(null);
        }
      };
    }

    private Outcome outcome(MessagingException e) {
      if (expired.get()) {
        return new Outcome.TryLater(
            Failure.TIMEOUT, "no answer within " + receiver.timeout().toMillis() + " ms");
      }
      if (e instanceof SendFailedException failed
          && failed.getValidSentAddresses() != null
          && failed.getValidSentAddresses().length > 0) {
        LOG.warn(
            "mail {} did not reach all of {}: {}",
            owed.id(),
            String.join(", ", receiver.to()),
            said(e));
        return new Outcome.Delivered();
      }
      if (e instanceof AuthenticationFailedException) {
        return new Outcome.TryLater(Failure.AUTHENTICATION, said(e));
      }
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SSLException) {
          return new Outcome.TryLater(Failure.TLS, said(cause));
        }
        if (cause instanceof SocketTimeoutException) {
          return new Outcome.TryLater(Failure.TIMEOUT, "the server does not answer");
        }
      }
      return code(e)
          .map(code -> refusedOrLater(code, said(e)))
          .orElseGet(() -> new Outcome.TryLater(Failure.CONNECTION, said(e)));
    }

    private Properties properties() {
      var properties = new Properties();
      properties.setProperty("mail.smtp.localhost", receiver.domain());
      properties.setProperty("mail.smtp.host", receiver.smtp().host());
      properties.setProperty("mail.smtp.sendpartial", "true");
      properties.setProperty("mail.smtp.quitwait", "false");
      properties.setProperty("mail.smtp.auth", Boolean.toString(receiver.login().isPresent()));
      receiver.login().ifPresent(login -> properties.setProperty("mail.smtp.user", login.user()));
      switch (receiver.startTls()) {
        case REQUIRED -> {
          properties.setProperty("mail.smtp.starttls.enable", "true");
          properties.setProperty("mail.smtp.starttls.required", "true");
          properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
          properties.put("mail.smtp.ssl.socketFactory", tools.tls());
        }
        case OPTIONAL -> {
          properties.setProperty("mail.smtp.starttls.enable", "true");
          properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
          properties.setProperty("mail.smtp.ssl.trust", "*");
        }
        case NONE -> properties.setProperty("mail.smtp.starttls.enable", "false");
      }
      return properties;
    }

    private MimeMessage message(Session session) throws MessagingException {
      var domain = receiver.domain();
      var message =
          new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
              setHeader("Message-ID", "<" + owed.id() + "@" + domain + ">");
            }
          };
      message.setFrom(new InternetAddress(mail.from().orElse(receiver.from()), true));
      for (var to : mail.to().isEmpty() ? receiver.to() : mail.to()) {
        message.addRecipient(Message.RecipientType.TO, new InternetAddress(to, true));
      }
      message.setSubject(mail.subject(), "UTF-8");
      message.setSentDate(Date.from(owed.createdAt()));
      var thread = "<" + digest(owed.receiver() + " " + owed.groupKey()) + ".group@" + domain + ">";
      message.setHeader("References", thread);
      message.setHeader("In-Reply-To", thread);
      message.setHeader("Auto-Submitted", "auto-generated");
      var text = new MimeBodyPart();
      text.setText(mail.text(), "UTF-8");
      var html = new MimeBodyPart();
      html.setText(mail.html(), "UTF-8", "html");
      message.setContent(new MimeMultipart("alternative", text, html));
      message.saveChanges();
      return message;
    }
  }

  private static Outcome refusedOrLater(int code, String why) {
    if (code >= 500) {
      return new Outcome.Refused(Failure.REJECTED, why);
    }
    return new Outcome.TryLater(
        code == 450 || code == 451 || code == 452 || code == 421
            ? Failure.THROTTLED
            : Failure.SERVER_ERROR,
        why);
  }

  /** What the server answered, wherever Angus keeps it. */
  private static Optional<Integer> code(MessagingException e) {
    for (Exception at = e; at instanceof MessagingException one; at = one.getNextException()) {
      if (one instanceof SMTPSendFailedException failed && failed.getReturnCode() > 0) {
        return Optional.of(failed.getReturnCode());
      }
      if (one instanceof SMTPAddressFailedException failed && failed.getReturnCode() > 0) {
        return Optional.of(failed.getReturnCode());
      }
    }
    return Optional.empty();
  }

  private static String said(Throwable e) {
    var message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return Visible.line(message.strip(), 200);
  }

  private static String digest(String text) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 12)).toLowerCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
