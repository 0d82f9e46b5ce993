package maildrift.probes.conversation;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Rule;
import maildrift.probes.smtp.Trial;

/** The rules of the probe; two ids belong to the area of TLS. */
final class SmtpRules {

  static final Rule REQUIRETLS =
      Rule.info("smtp.requiretls", "some mail hosts offer REQUIRETLS and others do not")
          .why(
              "A sender can demand that a message travels with TLS on every leg, or not at all. Where only some hosts have the extension, such a message is delivered or bounces as chance picks the host. That none has it is usual, and said as a fact only.")
          .reference("RFC 8689 §2, §4.2.1")
          .remedy(
              "Turn REQUIRETLS on at all of them, or at none; it is offered inside TLS only. Nothing else breaks without.")
          .example("violates: after STARTTLS and EHLO mx1 says 250 REQUIRETLS, mx2 does not");

  static final Rule POSTMASTER =
      Rule.info("smtp.postmaster", "mail to postmaster is refused")
          .why(
              "Everybody who has trouble with the domain's mail writes there; some blocklists list domains that refuse it. Asked only with smtp.active_probes: [postmaster].")
          .reference("RFC 5321 §4.5.1; RFC 2142 §5")
          .remedy("Let postmaster lead to a mailbox that somebody reads.")
          .example("violates: RCPT TO:<postmaster@contoso.tld> 550 5.1.1 user unknown");

  static final Rule PLAINTEXT_ACCEPTED =
      Rule.warning("smtp.plaintext-accepted", "mail without TLS is accepted where TLS is required")
          .why(
              "The gateway is declared to refuse mail without TLS (requires_tls), but takes a recipient: whoever takes STARTTLS out on the way reads the mail. Asked only with smtp.active_probes: [plaintext].")
          .reference("RFC 3207 §4; SEPPmail, hardening: Require TLS for SMTP")
          .remedy(
              "Require TLS. SEPPmail: Mail System, Require TLS; Postfix: smtpd_tls_security_level = encrypt on this leg.")
          .example(
              "violates: RCPT TO:<postmaster@contoso.tld> 250 before STARTTLS; does not: 530 5.7.0");

  static final Rule PLAINTEXT_PUBLIC =
      Rule.warning("tls.plaintext-public", "a public mail host refuses mail without TLS")
          .why(
              "Senders without TLS cannot deliver at all; a public MX host must not require it. Private legs may: declare them with requires_tls at the gateway. Asked only with smtp.active_probes: [plaintext].")
          .reference("RFC 3207 §4")
          .remedy(
              "Offer STARTTLS without requiring it (Postfix: smtpd_tls_security_level = may), and publish MTA-STS or DANE so that senders insist on it. For a private leg: requires_tls: true at the gateway.")
          .example("violates: MAIL FROM:<> 530 5.7.0 Must issue a STARTTLS command first");

  static final Rule INJECTION =
      Rule.critical(
              "tls.injection",
              "a command that comes with STARTTLS in the clear is executed inside TLS")
          .why(
              "Somebody on the way can put commands before the handshake that the server takes for the client's own: mail in his name, or his password. Asked only with smtp.active_probes: [injection].")
          .reference("RFC 3207 §4.2; CVE-2011-0411")
          .remedy(
              "Update the mail server, or the proxy before it: it has to throw away what came before the handshake.")
          .example("violates: STARTTLS and NOOP in one segment bring two replies inside TLS");

  static final Rule PORT_OPEN =
      Rule.warning("smtp.port-open", "a port that only others may reach answers from here")
          .why(
              "The gateway is declared to be reachable only from its provider's addresses (only_reachable_from). Whoever else reaches it gets past the provider's filter, or tries its passwords. A connection is opened a few times a day and closed without a word; that nobody answers is as it should be.")
          .reference(
              "SEPPmail, multi-tenant operation: port 25 only from the Exchange Online addresses; Mimecast, lock down your firewall")
          .remedy(
              "Let the firewall (in Azure the filters of the virtual machine) pass only the declared networks. Where maildrift stands inside one of them behind address translation, add its own inner address to only_reachable_from.")
          .example("only_reachable_from: [microsoft365], and a connection from elsewhere succeeds");

  static final List<Rule> ALL =
      List.of(REQUIRETLS, POSTMASTER, PLAINTEXT_ACCEPTED, PLAINTEXT_PUBLIC, INJECTION, PORT_OPEN);

  private SmtpRules() {}

  /** The one that a trial is made for. */
  static Rule of(Trial trial, boolean isPrivateLeg) {
    return switch (trial) {
      case POSTMASTER -> POSTMASTER;
      case INJECTION -> INJECTION;
      case PLAINTEXT -> isPrivateLeg ? PLAINTEXT_ACCEPTED : PLAINTEXT_PUBLIC;
      case PORT -> PORT_OPEN;
    };
  }

  /** What is looked at where these trials may be made. */
  static Stream<Rule> of(Set<Trial> trials) {
    return Stream.concat(
        Stream.of(REQUIRETLS),
        trials.stream().flatMap(trial -> Stream.of(of(trial, true), of(trial, false))).distinct());
  }
}
