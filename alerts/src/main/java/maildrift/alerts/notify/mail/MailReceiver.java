package maildrift.alerts.notify.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.ReceiverKind.Form;
import maildrift.alerts.notify.ReceiverKind.Option;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.Tools;
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

  public static final ReceiverKind KIND =
      new ReceiverKind(
          "mail",
          "mail as text and HTML, threaded by group",
          List.of(
              new Option("to", Form.TEXTS, true, "addresses"),
              new Option("from", Form.TEXT, true, "address"),
              new Option("smtp", Form.TEXT, true, "host:port of the server that relays for us"),
              new Option("starttls", Form.TEXT, false, "required (default), optional or none"),
              new Option("user", Form.TEXT, false, "to log in with"),
              new Option("password", Form.SECRET, false, "of that user"),
              new Option("allow_private", Form.FLAG, false, "the name may lead to inner addresses"),
              new Option("timeout", Form.DURATION, false, "for the whole attempt (30s)"),
              ReceiverKind.SEND_RESOLVED),
          MailReceiver::read);

  /** How the connection is protected. */
  public enum StartTls {
    /** Without a verified certificate no mail is sent. */
    REQUIRED,
    /** Encrypted if the server offers it, whoever it is. */
    OPTIONAL,
    NONE
  }

  /** A host and its port. */
  public record Server(String host, int port) {
    private static final int SUBMISSION = 587;

    public Server {
      if (host.isEmpty()
          || !host.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != '@')) {
        throw new IllegalArgumentException("smtp must look like smtp.example.net:587");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("smtp has a port that does not exist");
      }
    }

    /** {@code host:port}, {@code [2001:db8::1]:25}, or a host alone (587). */
    public static Server parse(String text) {
      var colon = text.lastIndexOf(':');
      var isHostAlone = colon < 0 || text.endsWith("]");
      var host = isHostAlone ? text : text.substring(0, colon);
      var port = isHostAlone ? String.valueOf(SUBMISSION) : text.substring(colon + 1);
      if (port.isEmpty()
          || port.length() > 5
          || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new IllegalArgumentException("smtp must look like smtp.example.net:587");
      }
      var bare =
          host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
      return new Server(bare, Integer.parseInt(port));
    }

    boolean isHere() {
      return host.equalsIgnoreCase("localhost") || host.equals("127.0.0.1") || host.equals("::1");
    }
  }

  /** A user and the password. */
  public record Login(String user, Secret password) {}

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

  private static Receiver read(Settings settings) {
    var user = settings.text("user");
    var password = settings.secret("password");
    if (user.isPresent() != password.isPresent()) {
      throw new IllegalArgumentException("user and password belong together");
    }
    return new MailReceiver(
        settings.texts("to"),
        settings.text("from").orElse(""),
        Server.parse(settings.text("smtp").orElse("")),
        startTls(settings.text("starttls").orElse("required")),
        user.flatMap(name -> password.map(secret -> new Login(name, secret))),
        settings.flag("allow_private", false),
        settings.duration("timeout", Duration.ofSeconds(30)),
        settings.flag("send_resolved", true));
  }

  private static StartTls startTls(String word) {
    return switch (word) {
      case "required" -> StartTls.REQUIRED;
      case "optional" -> StartTls.OPTIONAL;
      case "none" -> StartTls.NONE;
      default -> throw new IllegalArgumentException("starttls must be required, optional or none");
    };
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
