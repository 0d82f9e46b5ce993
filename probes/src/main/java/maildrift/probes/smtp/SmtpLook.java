package maildrift.probes.smtp;

import java.util.List;

/** What one address of a mail host showed. */
public sealed interface SmtpLook {

  Smtp.Target target();

  /** Nothing is known: no connection, no banner, 421, closed or silent half-way. */
  record Unobservable(Smtp.Target target, String why) implements SmtpLook {}

  /** The operator did not allow private addresses, and this is one; it was not contacted. */
  record Refused(Smtp.Target target, String why) implements SmtpLook {}

  /** A mail server answered EHLO (or only HELO: then without extensions). */
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

  /** Offered, but a modern client cannot negotiate with it (old protocol, cipher or key). */
  record NoHandshake(String why) implements Tls {}

  /** Offered, and then silence, a reset or 4xx: nothing is known about TLS. */
  record Interrupted(String why) implements Tls {}

  /**
   * A handshake succeeded; the certificates were accepted unchecked and are judged later.
   *
   * @param chain as sent, leaf first, DER
   */
  record Handshake(String protocol, String cipher, List<byte[]> chain) implements Tls {
    public Handshake {
      chain = List.copyOf(chain);
    }
  }
}
