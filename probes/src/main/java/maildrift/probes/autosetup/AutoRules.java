package maildrift.probes.autosetup;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of a domain that publishes how mail programs are set up; nothing of others. */
final class AutoRules {

  private AutoRules() {}

  static final Rule SRV =
      Rule.info("auto.srv", "an SRV record for mail programs leads nowhere")
          .why("Mail programs that set themselves up by it fail, or ask people for server names.")
          .reference("RFC 6186 §3; RFC 8314 §5.1; RFC 2782")
          .remedy(
              "Let the target be a host name with an address and not an alias, on the service's"
                  + " port; a single record with the target \".\" says that there is no such service.")
          .example("_imaps._tcp.contoso.tld. IN SRV 0 1 993 imap.contoso.tld.");

  static final Rule AUTODISCOVER =
      Rule.info("auto.autodiscover", "autodiscover leads nowhere")
          .why("Outlook finds no mailbox by itself, and asks or fails.")
          .reference("Microsoft, [MS-OXDISCO]; RFC 2782")
          .remedy("Take the record away, or let it lead to a host that exists.")
          .example("autodiscover.contoso.tld. IN CNAME autodiscover.outlook.com.");

  static final Rule AUTOCONFIG =
      Rule.info("auto.autoconfig", "autoconfig is published and serves no configuration")
          .why("Thunderbird and others guess the servers instead, or ask people for them.")
          .reference("draft-ietf-mailmaint-autoconfig")
          .remedy(
              "Serve the configuration over https with a certificate for that very name, at"
                  + " /mail/config-v1.1.xml; or take the record away.")
          .example("https://autoconfig.contoso.tld/mail/config-v1.1.xml");

  static final Rule CLEARTEXT =
      Rule.warning("auto.cleartext", "the configuration offers servers without TLS")
          .why("Mail programs that follow it send passwords and mail in the clear.")
          .reference("RFC 8314 §3; draft-ietf-mailmaint-autoconfig")
          .remedy("Write <socketType>SSL</socketType> (implicit TLS: 993, 995, 465).")
          .example("wrong: <socketType>plain</socketType>; right: <socketType>SSL</socketType>");

  static final Rule TAKEOVER =
      Rule.critical(
              "auto.takeover",
              "what sets up mail programs is under a name that anybody may register")
          .why(
              "Whoever registers that domain tells mail programs where to log in, and collects the"
                  + " passwords.")
          .reference("RFC 6186 §6")
          .remedy("Take the record away at once.")
          .example(
              "autodiscover.contoso.tld. IN CNAME mail.old-provider.test. where old-provider.test is not registered");

  static final Rule MUA_TLS =
      Rule.warning("mua.tls", "a server for mail programs does not speak sound TLS")
          .why(
              "Mail programs warn people or refuse to log in; whoever clicks the warning away may be"
                  + " talking to somebody else.")
          .reference("RFC 8314 §3, §5; RFC 7817; RFC 8997")
          .remedy(
              "Offer TLS 1.2 and 1.3 from the first octet (993, 995, 465), with a certificate of a"
                  + " public authority that names the host.")
          .example("imap.contoso.tld:993 with a certificate for www.contoso.tld");

  static final List<Rule> ALL =
      List.of(SRV, AUTODISCOVER, AUTOCONFIG, CLEARTEXT, TAKEOVER, MUA_TLS);
}
