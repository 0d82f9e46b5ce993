package maildrift.probes.smtp;

import java.util.List;
import java.util.Optional;

/** What one address of a mail host showed. */
public sealed interface SmtpLook {

  Smtp.Target target();

  /** Why it is not known which certificate a server shows; empty where it is, or nobody asked. */
  default Optional<String> unseen() {
    var address = target().address().getHostAddress();
    return switch (this) {
      case Unobservable(var _, var why) -> Optional.of(address + ": " + why);
      case Spoke(var _, var _, var _, Interrupted(var why)) ->
          Optional.of(address + ": STARTTLS was interrupted: " + why);
      case Spoke _, Refused _ -> Optional.empty();
    };
  }

  /** Whether somebody listens there. */
  enum Reach {
    /** A mail server answered, if only to turn us away. */
    ANSWERED,
    /** The host itself refused the connection. */
    CLOSED,
    /** Nothing was heard, which says nothing of who else is heard. */
    SILENT,
    /** It was not tried, because of us. */
    NOT_TRIED
  }

  /** How far the look got. */
  default Reach reach() {
    return switch (this) {
      case Spoke _ -> Reach.ANSWERED;
      case Refused _ -> Reach.NOT_TRIED;
      case Unobservable(var _, var why) ->
          why.startsWith(Unobservable.SAID)
              ? Reach.ANSWERED
              : why.equals(Unobservable.CLOSED) ? Reach.CLOSED : Reach.SILENT;
    };
  }

  /** Nothing is known: no connection, no banner, 421, closed or silent half-way. */
  record Unobservable(Smtp.Target target, String why) implements SmtpLook {
    /** How it begins where a server said that it does not want to talk. */
    static final String SAID = "its ";

    /** What the host says whose port is closed (TCP RST, in the words of Java). */
    static final String CLOSED = "no connection: Connection refused";
  }

  /**
   * It was not contacted, because of us and not of the server: a private address that the operator
   * did not allow, or IPv6 where this machine has none.
   */
  record Refused(Smtp.Target target, String why) implements SmtpLook {}

  /**
   * A mail server answered EHLO (or only HELO: then without extensions). All text is clean: no
   * control or direction characters.
   *
   * @param banner the first line of the greeting, without the code 220
   * @param extensions as EHLO listed them, e.g. {@code SIZE 35882577}
   */
  record Spoke(Smtp.Target target, String banner, List<String> extensions, Tls tls)
      implements SmtpLook {
    public Spoke {
      extensions = List.copyOf(extensions);
    }
  }

  /** What became of STARTTLS. */
  sealed interface Tls {}

  /** STARTTLS is not among the extensions. */
  record NotOffered() implements Tls {}

  /** Offered, but the server refused the command (4xx is a gap of its own, this is 5xx). */
  record Declined(String reply) implements Tls {}

  /**
   * Offered, but a modern client cannot negotiate with it (old protocol, cipher or key, or no TLS
   * at all in what it says).
   *
   * @param tooOld neither TLS 1.2 nor 1.3 is spoken; false: something else, or not known
   */
  record NoHandshake(boolean tooOld, String why) implements Tls {
    public NoHandshake(String why) {
      this(false, why);
    }
  }

  /** Offered, and then silence, a reset or 4xx: nothing is known about TLS. */
  record Interrupted(String why) implements Tls {}

  /**
   * A handshake succeeded; the certificates were accepted unchecked and are judged later.
   *
   * @param chain as sent, leaf first, DER
   * @param extensions what EHLO lists inside TLS; empty: not asked, or not answered
   */
  record Handshake(
      String protocol, String cipher, List<byte[]> chain, Optional<List<String>> extensions)
      implements Tls {
    public Handshake {
      chain = List.copyOf(chain);
      extensions = extensions.map(List::copyOf);
    }

    public Handshake(String protocol, String cipher, List<byte[]> chain) {
      this(protocol, cipher, chain, Optional.empty());
    }

    public Handshake extensions(List<String> value) {
      return new Handshake(protocol, cipher, chain, Optional.of(value));
    }
  }
}
