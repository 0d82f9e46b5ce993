package maildrift.probes.smtp;

import java.util.List;
import java.util.Optional;

/**
 * What a mail server is asked to do beyond a look, only where the operator wants it. None of them
 * ever sends DATA: no mail is made.
 */
public enum Trial {
  /**
   * Whether {@code postmaster} of the domain is accepted (RFC 5321 §4.5.1): after STARTTLS, where
   * it is offered, {@code MAIL FROM:<>}, {@code RCPT TO:<postmaster@DOMAIN>}, {@code RSET}, {@code
   * QUIT}.
   */
  POSTMASTER,
  /**
   * Whether a command that is sent in one segment with STARTTLS is executed once TLS is on (RFC
   * 3207 §4.2, CVE-2011-0411): {@code STARTTLS} and {@code NOOP} together, the handshake, {@code
   * EHLO}, {@code QUIT}.
   */
  INJECTION,
  /**
   * Whether mail is begun without TLS (RFC 3207 §4): {@code MAIL FROM:<>} in the clear, where TLS
   * is to be required {@code RCPT TO:<postmaster@DOMAIN>}, {@code RSET}, {@code QUIT}.
   */
  PLAINTEXT,
  /**
   * Whether the port answers at all: a connection that is closed at once, and not a word. Only at
   * gateways of which the operator declares who alone may reach them, whatever he chooses else.
   */
  PORT;

  /** Those that the operator chooses, for all servers. */
  public static final List<Trial> CHOSEN = List.of(POSTMASTER, INJECTION, PLAINTEXT);

  /** As it is written in the configuration. */
  public String word() {
    return switch (this) {
      case POSTMASTER -> "postmaster";
      case INJECTION -> "injection";
      case PLAINTEXT -> "plaintext";
      case PORT -> "port";
    };
  }

  public static Optional<Trial> of(String word) {
    return CHOSEN.stream().filter(trial -> trial.word().equals(word)).findFirst();
  }
}
