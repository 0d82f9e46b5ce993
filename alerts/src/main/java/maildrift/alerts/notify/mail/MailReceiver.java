package maildrift.alerts.notify.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.alerts.notify.Login;
import maildrift.alerts.notify.Mailbox;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.Server;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.outbox.Notifier;

/**
 * Who gets mail, over which server.
 *
 * @param from a {@link Mailbox}
 * @param senders by tenant, in place of {@code from} where a mail is of that tenant alone
 * @param smtp the server that relays for us
 * @param login when the server wants one; never sent without a verified TLS connection, except on
 *     this very machine
 * @param authorities that are trusted besides the machine's
 * @param timeout for the whole attempt
 */
public record MailReceiver(
    List<String> to,
    String from,
    SortedMap<String, String> senders,
    Optional<String> replyTo,
    Server smtp,
    StartTls startTls,
    Optional<Login> login,
    Optional<Path> authorities,
    boolean allowPrivate,
    Duration timeout,
    boolean sendResolved)
    implements Receiver {

  private static final int SUBMISSION = 587;
  private static final int SUBMISSIONS = 465;

  public static final ReceiverKind KIND =
      new ReceiverKind("mail", "mail as text and HTML, threaded by group", MailReceiver::read);

  /** How the connection is protected. */
  public enum StartTls {
    /** Without a verified certificate no mail is sent. */
    REQUIRED,
    /** Encrypted if the server offers it, whoever it is. */
    OPTIONAL,
    NONE,
    /** TLS from the first octet, verified, without the command (RFC 8314). */
    IMPLICIT;

    boolean isVerified() {
      return switch (this) {
        case REQUIRED, IMPLICIT -> true;
        case OPTIONAL, NONE -> false;
      };
    }
  }

  /** One sender for all, whom answers go to, and whom the machine trusts. */
  public MailReceiver(
      List<String> to,
      String from,
      Server smtp,
      StartTls startTls,
      Optional<Login> login,
      boolean allowPrivate,
      Duration timeout,
      boolean sendResolved) {
    this(
        to,
        from,
        new TreeMap<>(),
        Optional.empty(),
        smtp,
        startTls,
        login,
        Optional.empty(),
        allowPrivate,
        timeout,
        sendResolved);
  }

  public MailReceiver {
    to = List.copyOf(to);
    if (to.isEmpty()) {
      throw new IllegalArgumentException("to must be at least one mail address");
    }
    to.forEach(address -> check("to", address));
    check("from", bare("from", from));
    senders = Collections.unmodifiableSortedMap(new TreeMap<>(senders));
    senders.values().forEach(sender -> check("senders", bare("senders", sender)));
    replyTo.ifPresent(address -> check("reply_to", address));
    if (login.isPresent() && !startTls.isVerified() && !smtp.isHere()) {
      throw new IllegalArgumentException(
          "a password is sent over verified TLS only: starttls must be required");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  private static String bare(String name, String sender) {
    try {
      return Mailbox.parse(sender).address();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static void check(String name, String address) {
    try {
      if (address.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
        throw new AddressException("line breaks and control characters are not allowed");
      }
      if (isAscii(address)) {
        new InternetAddress(address, true);
      }
      if (address.indexOf('@') < 0) {
        throw new AddressException("there is no @ in it");
      }
    } catch (AddressException e) {
      throw new IllegalArgumentException(name + " is not a mail address: " + e.getMessage(), e);
    }
  }

  static boolean isAscii(String address) {
    return address.chars().allMatch(c -> c < 0x80);
  }

  /** Of the sender: what we call ourselves, and what our message ids end in. */
  String domain() {
    var address = Mailbox.parse(from).address();
    return address.substring(address.lastIndexOf('@') + 1);
  }

  private static Optional<MailReceiver> read(Settings settings) {
    var to = settings.required("to", key -> Optional.of(settings.addresses(key)));
    var from = settings.required("from", settings::sender);
    var senders = settings.sendersByTenant("senders");
    var replyTo = settings.address("reply_to");
    var startTls = settings.choice("starttls", StartTls.class).orElse(StartTls.REQUIRED);
    var port = startTls == StartTls.IMPLICIT ? SUBMISSIONS : SUBMISSION;
    var smtp = settings.required("smtp", key -> settings.server(key, port));
    var login = settings.login();
    var authorities = settings.authorities();
    var allowPrivate = settings.allowPrivate();
    var timeout = settings.timeout();
    var sendResolved = settings.sendResolved();
    if (login.isPresent()
        && !startTls.isVerified()
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
            senders,
            replyTo,
            smtp.get(),
            startTls,
            login,
            authorities,
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
