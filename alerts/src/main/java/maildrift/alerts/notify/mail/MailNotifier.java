package maildrift.alerts.notify.mail;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.Visible;
import maildrift.alerts.notify.Mailbox;
import maildrift.alerts.notify.Tools;
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
 * Sends over SMTP. It connects to a checked address, and closes the connection at the deadline
 * whatever the server does.
 *
 * <p>A recipient that the server puts off must not hold up the others, nor be forgotten for them:
 * who has the mail is remembered while the others are tried again, a few times. Then the mail for
 * those is given up, which an operator sees and may undo.
 */
final class MailNotifier implements Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(MailNotifier.class);

  /** So often a mail that some have is tried for the others: over about half an hour. */
  private static final int MOST_ATTEMPTS = 4;

  /** Mails of which some recipients have yet to get one. */
  private static final int MOST_PARTIAL = 1_000;

  private final MailReceiver receiver;
  private final Tools tools;

  /** Who has a mail already, by its id. Lost at a restart: then they get it twice. */
  private final Map<String, Having> having =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Having> eldest) {
              return size() > MOST_PARTIAL;
            }
          });

  /**
   * How far a mail has come.
   *
   * @param to who has it
   * @param tries how often somebody was put off since the first of them had it
   */
  private record Having(Set<String> to, int tries) {
    private static final Having NOBODY = new Having(Set.of(), 0);
  }

  MailNotifier(MailReceiver receiver, Tools tools) {
    this.receiver = receiver;
    this.tools = tools;
  }

  @Override
  public Outcome send(Owed owed) {
    Draft draft;
    try {
      draft = Draft.of(owed, receiver);
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(Failure.OTHER, "internal error: " + e.getMessage());
    }
    SSLSocketFactory tls;
    try {
      tls = tools.trusting(receiver.authorities()).tls();
    } catch (IOException e) {
      return new Outcome.TryLater(Failure.TLS, String.valueOf(e.getMessage()));
    }
    return switch (new AddressGuard(tools.resolver())
        .lookup(receiver.smtp().host(), receiver.allowPrivate(), receiver.timeout())) {
      case AddressGuard.Lookup.Refused(var failure, var why) -> new Outcome.TryLater(failure, why);
      case AddressGuard.Lookup.Found(var addresses) -> {
        Outcome outcome = new Outcome.TryLater(Failure.CONNECTION, "no address");
        for (var address : addresses) {
          var attempt = new Attempt(owed, draft, address, tls);
          outcome = attempt.run();
          if (attempt.connected) {
            yield outcome;
          }
        }
        yield outcome;
      }
    };
  }

  /** The memory does not count: two that tell the same to the same are interchangeable. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MailNotifier that
        && receiver.equals(that.receiver)
        && tools.equals(that.tools);
  }

  @Override
  public int hashCode() {
    return Objects.hash(receiver, tools);
  }

  /** One connection. */
  private final class Attempt {
    private final Owed owed;
    private final Draft draft;
    private final InetAddress address;
    private final SSLSocketFactory tls;
    private final AtomicBoolean expired = new AtomicBoolean();
    private boolean connected;

    Attempt(Owed owed, Draft draft, InetAddress address, SSLSocketFactory tls) {
      this.owed = owed;
      this.draft = draft;
      this.address = address;
      this.tls = tls;
    }

    Outcome run() {
      try (var socket = new Socket(Proxy.NO_PROXY)) {
        var watch = Thread.ofVirtual().name("mail-deadline").start(() -> expire(socket));
        try {
          return talk(socket);
        } finally {
          watch.interrupt();
        }
      } catch (SSLException e) {
        return expired.get() ? timeout() : new Outcome.TryLater(Failure.TLS, said(e));
      } catch (IOException e) {
        return connected
            ? expired.get() ? timeout() : new Outcome.TryLater(Failure.CONNECTION, said(e))
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
      Authenticator authenticator;
      try {
        authenticator = authenticator();
      } catch (IOException e) {
        return new Outcome.TryLater(Failure.SECRET, String.valueOf(e.getMessage()));
      }
      var timeout = Math.clamp(receiver.timeout().toMillis(), 1, Integer.MAX_VALUE);
      socket.connect(new InetSocketAddress(address, receiver.smtp().port()), timeout);
      connected = true;
      socket.setSoTimeout(timeout);
      var session = Session.getInstance(properties(), authenticator);
      var message = MailMessage.of(session, draft, owed, receiver);
      var missing = missing();
      try (var transport = (SMTPTransport) session.getTransport("smtp")) {
        // The socket is to the checked address, which carries the name that the certificate is for.
        transport.connect(
            receiver.startTls() == MailReceiver.StartTls.IMPLICIT ? secured(socket) : socket);
        if (needsUtf8() && !transport.supportsExtension("SMTPUTF8")) {
          return new Outcome.TryLater(
              Failure.REJECTED, "the server does not take addresses that are not ASCII (SMTPUTF8)");
        }
        try {
          transport.sendMessage(message, MailMessage.addresses(missing));
        } finally {
          tools
              .answers()
              .accept(Visible.line(String.valueOf(transport.getLastServerResponse()).strip(), 300));
        }
      }
      having.remove(owed.id());
      return new Outcome.Delivered();
    }

    private Socket secured(Socket plain) throws IOException {
      var socket =
          (SSLSocket) tls.createSocket(plain, receiver.smtp().host(), receiver.smtp().port(), true);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    }

    /** The recipients who have not got it yet. */
    private List<String> missing() {
      var got = having.getOrDefault(owed.id(), Having.NOBODY).to();
      return draft.to().stream().filter(to -> !got.contains(to)).toList();
    }

    private boolean needsUtf8() {
      return Stream.concat(Stream.of(Mailbox.parse(draft.from()).address()), draft.to().stream())
          .anyMatch(address -> !MailReceiver.isAscii(address));
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
      if (e instanceof SendFailedException failed) {
        var sent = names(failed.getValidSentAddresses());
        if (!sent.isEmpty()) {
          return partial(sent, e);
        }
      }
      if (expired.get()) {
        return timeout();
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
      var codes = codes(e);
      if (codes.isEmpty()) {
        return new Outcome.TryLater(Failure.CONNECTION, said(e));
      }
      if (having.containsKey(owed.id())) {
        return partial(List.of(), e);
      }
      // Put off is not refused: as long as one may take it later, it is tried later.
      return codes.stream()
          .filter(code -> code < 500)
          .findFirst()
          .<Outcome>map(code -> new Outcome.TryLater(failure(code), said(e)))
          .orElseGet(() -> new Outcome.Refused(Failure.REJECTED, said(e)));
    }

    /** Some have it now. Those who were put off are tried again; those who were refused are not. */
    private Outcome partial(List<String> sent, MessagingException e) {
      var later = codes(e).stream().filter(code -> code < 500).findFirst();
      LOG.warn("mail {} did not reach all: {}", owed.id(), said(e));
      var before = having.getOrDefault(owed.id(), Having.NOBODY);
      var got = new HashSet<>(before.to());
      got.addAll(sent);
      having.put(owed.id(), new Having(Set.copyOf(got), before.tries() + 1));
      if (later.isPresent() && before.tries() + 1 < MOST_ATTEMPTS) {
        return new Outcome.TryLater(failure(later.get()), "not all have it: " + said(e));
      }
      var missing = missing();
      having.remove(owed.id());
      return missing.isEmpty() ? new Outcome.Delivered() : givenUp(missing, e);
    }

    private Outcome givenUp(List<String> missing, MessagingException e) {
      var mail =
          new ReadyMail(
              missing, Optional.of(draft.from()), draft.subject(), draft.text(), draft.html());
      var why = "the others have it, not %s: %s".formatted(String.join(", ", missing), said(e));
      return new Outcome.Delivered(
          Optional.of(new Outcome.Rest(mail.toJson(), Visible.line(why, 400))));
    }

    private Outcome timeout() {
      return new Outcome.TryLater(
          Failure.TIMEOUT, "no answer within " + receiver.timeout().toMillis() + " ms");
    }

    private Properties properties() {
      var properties = new Properties();
      properties.setProperty("mail.smtp.localhost", receiver.domain());
      if (needsUtf8()) {
        properties.setProperty("mail.mime.allowutf8", "true");
      }
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
          properties.put("mail.smtp.ssl.socketFactory", tls);
        }
        case OPTIONAL -> {
          properties.setProperty("mail.smtp.starttls.enable", "true");
          properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
          properties.setProperty("mail.smtp.ssl.trust", "*");
        }
        case NONE, IMPLICIT -> properties.setProperty("mail.smtp.starttls.enable", "false");
      }
      return properties;
    }
  }

  private static List<String> names(Address @Nullable [] addresses) {
    return addresses == null ? List.of() : Arrays.stream(addresses).map(Address::toString).toList();
  }

  private static Failure failure(int code) {
    return switch (code) {
      case 421, 450, 451, 452 -> Failure.THROTTLED;
      default -> Failure.SERVER_ERROR;
    };
  }

  /** What the server answered, to each recipient and to the whole, wherever Angus keeps it. */
  private static List<Integer> codes(MessagingException e) {
    var codes = new ArrayList<Integer>();
    for (Exception at = e; at instanceof MessagingException one; at = one.getNextException()) {
      if (one instanceof SMTPSendFailedException failed) {
        codes.add(failed.getReturnCode());
      }
      if (one instanceof SMTPAddressFailedException failed) {
        codes.add(failed.getReturnCode());
      }
    }
    return codes.stream().filter(code -> code >= 400).toList();
  }

  private static String said(Throwable e) {
    var message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return Visible.line(message.strip(), 200);
  }
}
