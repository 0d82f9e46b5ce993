package maildrift.alerts.notify.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maildrift.alerts.notify.Login;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.Server;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.outbox.Notifier;

/**
 * Who gets mail, over which server.
 *
 * @param smtp the server that relays for us
 * @param login when the server wants one; never sent without a verified TLS connection, except on
 *     this very machine
 * @param timeout for the whole attempt
 */
public record MailReceiver(
    List<String> to,
    String from,
    Server smtp,
    StartTls startTls,
    Optional<Login> login,
    boolean allowPrivate,
    Duration timeout,
    boolean sendResolved)
    implements Receiver {

  private static final int SUBMISSION = 587;

  public static final ReceiverKind KIND =
      new ReceiverKind("mail", "mail as text and HTML, threaded by group", MailReceiver::read);

  /** How the connection is protected. */
  public enum StartTls {
    /** Without a verified certificate no mail is sent. */
    REQUIRED,
    /** Encrypted if the server offers it, whoever it is. */
    OPTIONAL,
    NONE
  }

  public MailReceiver {
    to = List.copyOf(to);
    if (to.isEmpty()) {
      throw new IllegalArgumentException("to must be at least one mail address");
    }
    to.forEach(address -> check("to", address));
    check("from", from);
    if (login.isPresent() && startTls != StartTls.REQUIRED && !smtp.isHere()) {
      throw new IllegalArgumentException(
          "a password is sent over verified TLS only: starttls must be required");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static void check(String name, String address) {
    try {
      if (address.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
        throw new AddressException("line breaks and control characters are not allowed");
      }
      new InternetAddress(address, true);
      if (address.indexOf('@') < 0) {
        throw new AddressException("there is no @ in it");
      }
    } catch (AddressException e) {
      throw new IllegalArgumentException(name + " is not a mail address: " + e.getMessage(), e);
    }
  }

  /** Of the sender: what we call ourselves, and what our message ids end in. */
  String domain() {
    return from.substring(from.lastIndexOf('@') + 1).replace(">", "").strip();
  }

  private static Optional<MailReceiver> read(Settings settings) {
    var to = settings.required("to", key -> Optional.of(settings.addresses(key)));
    var from = settings.required("from", settings::address);
    var smtp = settings.required("smtp", key -> settings.server(key, SUBMISSION));
    var startTls = settings.choice("starttls", StartTls.class).orElse(StartTls.REQUIRED);
    var login = settings.login();
    var allowPrivate = settings.flag(Settings.ALLOW_PRIVATE, false);
    var timeout = settings.duration("timeout", Request.LEAST_DEADLINE, Request.DEADLINE);
    var sendResolved = settings.flag(Settings.SEND_RESOLVED, true);
    if (login.isPresent()
        && startTls != StartTls.REQUIRED
        && smtp.filter(server -> !server.isHere()).isPresent()) {
      settings.problem(
          "starttls",
          "starttls: '%s' could send the password in clear text; write required"
              .formatted(startTls.name().toLowerCase(Locale.ROOT)));
      return Optional.empty();
    }
    if (to.isEmpty() || to.get().isEmpty() || from.isEmpty() || smtp.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new MailReceiver(
            to.get(),
            from.get(),
            smtp.get(),
            startTls,
            login,
            allowPrivate,
            timeout,
            sendResolved));
  }

  @Override
  public Notifier open(Tools tools) {
    return new MailNotifier(this, tools);
  }

  @Override
  public String toString() {
    return "mail to %s over %s:%d".formatted(String.join(", ", to), smtp.host(), smtp.port());
  }
}
