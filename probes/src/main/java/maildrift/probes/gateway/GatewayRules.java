package maildrift.probes.gateway;

import java.util.List;
import maildrift.probes.Rule;

/**
 * What is demanded of the names of a gateway's address. Of an MX host that nobody declared to be a
 * gateway it is not known whether it sends: there the same is worth a note and no more.
 */
final class GatewayRules {

  static final Rule PTR =
      Rule.critical("gateway.ptr", "the gateway's address has no reverse name")
          .why(
              "Google, Microsoft, Yahoo and SEPPmail.cloud refuse or delay mail from an address without a PTR record. For an MX host that only receives, and for a private address, it is information.")
          .reference("RFC 1912 §2.1; RFC 5321 §4.1.4; Google, email sender guidelines")
          .remedy(
              "Have whoever the address is from (access or hosting provider) publish a PTR record with the gateway's name.")
          .example("right: 7.113.0.203.in-addr.arpa. IN PTR gw.example.");

  static final Rule FCRDNS =
      Rule.critical(
              "gateway.fcrdns", "the reverse name does not lead back to the gateway's address")
          .why(
              "Anybody can publish any name for his own addresses, so receivers look the name up and believe it only when the address is among its own. SEPPmail.cloud wants that of every PTR record where there are several: when only some lead back it is a warning.")
          .reference("RFC 1912 §2.1; RFC 8601 §2.7.3; SEPPmail.cloud, connecting servers")
          .remedy(
              "Publish the address at the reverse name, or have the PTR record changed to a name that leads back.")
          .example(
              "violates: 7.113.0.203.in-addr.arpa. PTR gw.example. and gw.example. A 203.0.113.8");

  static final Rule GENERIC =
      Rule.warning("ptr.generic", "the reverse name is made of the address")
          .why(
              "Such names are given to dial-up lines and rented machines by the thousand; spam filters score or refuse mail from them.")
          .reference("M3AAWG, best practices for senders and dynamic address space")
          .remedy(
              "Have whoever the address is from publish a PTR record with the gateway's own name.")
          .example("violates: 203-0-113-7.dyn.provider.example; does not: gw.example");

  static final Rule BANNER =
      Rule.warning("gateway.banner", "the gateway does not greet with its own name")
          .why(
              "The greeting must begin with the server's full name. Receivers and the other side's administrators hold it against the reverse name; a SEPPmail gateway must greet with exactly that.")
          .reference(
              "RFC 5321 §4.2, §4.3.1; SEPPmail, migration from parallel to inline: SMTP server banner string")
          .remedy(
              "Greet with the reverse name of the address. SEPPmail: Mail System, SMTP server banner string; Postfix: myhostname, smtpd_banner.")
          .example("violates: 220 ESMTP ready; does not: 220 gw.example ESMTP");

  static final Rule HELO =
      Rule.warning("gateway.helo", "the name that the gateway says of itself is not its own")
          .why(
              "Receivers look the name in HELO up and compare it with the address. They must not refuse mail for a difference alone (RFC 5321 §4.1.4), but it counts against it, and many do.")
          .reference("RFC 5321 §4.1.1.1, §4.1.4, §2.3.5")
          .remedy(
              "Say the reverse name of the address. SEPPmail: Mail System, SMTP server HELO string; Postfix: smtp_helo_name.")
          .example("violates: HELO gateway.local; does not: HELO gw.example");

  static final Rule MX_NAME =
      Rule.warning(
              "gateway.mx-name", "the MX record calls the gateway by another name than its own")
          .why(
              "One machine under several names passes for senders that ask for one of them and fails for the others: its certificate and its greeting can carry one name only. SEPPmail wants the MX to be the gateway's reverse name.")
          .reference(
              "RFC 5321 §2.3.5, §5.1; SEPPmail, migration from parallel to inline: the MX points to the PTR name")
          .remedy("Put the gateway's reverse name into the MX record.")
          .example("violates: MX mail.contoso.tld where the address is called gw.example");

  static final List<Rule> ALL = List.of(PTR, FCRDNS, GENERIC, BANNER, HELO, MX_NAME);

  private GatewayRules() {}
}
