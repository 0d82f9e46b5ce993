package maildrift.probes.mx;

import java.util.List;
import maildrift.probes.Rule;

/** The rules of the {@code mx} area. */
final class MxRules {

  static final Rule PRESENT =
      Rule.critical("mx.present", "no MX record is published")
          .why(
              "Without MX, senders fall back to the domain's own address, which seldom is a mail"
                  + " server; without an address they give up, and mail to the domain bounces.")
          .reference("RFC 5321 §5.1")
          .remedy("Publish the MX records that your inbound provider or gateway prescribes.")
          .example("contoso.tld. IN MX 10 mx.contoso.tld.");

  static final Rule NULL =
      Rule.critical("mx.null", "the domain says that it accepts no mail")
          .why(
              "A null MX (\"0 .\") tells every sender that the domain takes no mail: what is sent to"
                  + " it bounces at once. Beside other MX records it must not stand.")
          .reference("RFC 7505 §3")
          .remedy("Remove the null MX from a domain that receives mail.")
          .example("Wrong: contoso.tld. IN MX 0 . beside contoso.tld. IN MX 10 mx.contoso.tld.");

  static final Rule CNAME =
      Rule.critical("mx.cname", "an MX host is an alias")
          .why(
              "The name in an MX record must have addresses itself. Some senders refuse an alias,"
                  + " others look up the certificate of the wrong name.")
          .reference("RFC 2181 §10.3, RFC 5321 §5.1")
          .remedy("Put the name that the alias leads to into the MX record.")
          .example("Wrong: mail.contoso.tld. IN CNAME mx.provider.test. as the MX host.");

  static final Rule IP_LITERAL =
      Rule.critical("mx.ip-literal", "an MX host is not a full host name")
          .why(
              "An MX record takes a host name with at least two labels. Senders look an address up"
                  + " as if it were a name, find nothing, and mail waits until it bounces.")
          .reference("RFC 1035 §3.3.9, RFC 5321 §2.3.5")
          .remedy(
              "Give the server a name with an A or AAAA record, and put that into the MX record.")
          .example("Wrong: IN MX 10 192.0.2.25. Right: IN MX 10 mx.contoso.tld.");

  static final Rule RESOLVES =
      Rule.warning("mx.resolves", "an MX host has no address")
          .why(
              "Senders cannot reach it. While another host answers, mail arrives late; when none"
                  + " does, all mail to the domain bounces after some days.")
          .reference("RFC 5321 §5.1")
          .remedy("Publish an A or AAAA record for the host, or take it out of the MX set.")
          .example("IN MX 10 mx.contoso.tld. where mx.contoso.tld. does not exist");

  static final Rule PRIVATE =
      Rule.critical("mx.private", "an MX host has an address that the Internet does not reach")
          .why(
              "Senders outside connect to a machine of their own network, or to none: mail is"
                  + " late or lost, and may end at a stranger.")
          .reference("RFC 6890, RFC 1918, RFC 4193")
          .remedy(
              "Publish the public address in the zone that the Internet sees (split DNS: look at"
                  + " which view answers).")
          .example("mx.contoso.tld. IN A 192.168.1.25");

  static final Rule IPV6 =
      Rule.info("mx.ipv6", "no MX host has an IPv6 address")
          .why("Senders without IPv4 cannot reach the domain; some compliance schemes count it.")
          .reference("RFC 3974, Internet.nl mail test")
          .remedy("Publish an AAAA record for at least one MX host once it listens there.")
          .example("mx.contoso.tld. IN AAAA 2001:db8::25");

  static final Rule SINGLE =
      Rule.info("mx.single", "there is one MX host with one address")
          .why("While that machine is down, mail waits at its senders; some give up after hours.")
          .reference("RFC 5321 §5.1")
          .remedy("Publish a second MX host or a second address in another network.")
          .example("contoso.tld. IN MX 10 mx1.contoso.tld. and IN MX 20 mx2.contoso.tld.");

  static final Rule DUP_SUBNET =
      Rule.info("mx.dup-subnet", "all MX hosts are in one network")
          .why(
              "Several hosts protect against the loss of one; in one network they share its router, its"
                  + " line and its room, so that one fault takes all of them.")
          .reference("RFC 5321 §5.1, RFC 2182 §3.1 (the same reasoning for name servers)")
          .remedy("Put one of the hosts into another network, or let a second provider take mail.")
          .example("mx1.contoso.tld. IN A 62.140.7.1 and mx2.contoso.tld. IN A 62.140.7.2");

  static final Rule TAKEOVER =
      Rule.critical("dns.takeover", "an MX host is under a name that anybody may register")
          .why(
              "Whoever registers that domain receives the mail: password resets and certificates"
                  + " included. That the host does not answer today is no protection.")
          .reference("RFC 5321 §5.1")
          .remedy("Take the host out of the MX set at once.")
          .example(
              "contoso.tld. IN MX 20 mx.old-provider.test. where old-provider.test is not registered");

  static final Rule TRAILING_DOT =
      Rule.critical("mx.trailing-dot", "an MX host ends in the domain's own name after another's")
          .why(
              "The dot at the end of the host was forgotten in the zone file, so that the domain was"
                  + " put after it: the host does not exist, and mail bounces.")
          .reference("RFC 1035 §5.1")
          .remedy("Write the host with a dot at its end.")
          .example(
              "Wrong: @ IN MX 10 mx.mail-connect.net (no dot). Right: @ IN MX 10 mx.mail-connect.net.");

  static final Rule MISSING =
      Rule.critical("mx.missing", "an MX host that the inbound profile prescribes is not published")
          .why(
              "Mail does not reach the provider over this host; if none is left, it goes past the"
                  + " provider altogether or bounces.")
          .reference("the provider's set-up instructions; maildrift profiles NAME")
          .remedy("Publish exactly the MX set of the profile.")
          .example("contoso.tld. IN MX 10 de-smtp-inbound-1.mimecast.com. without …-inbound-2");

  static final Rule EXTRA =
      Rule.critical("mx.extra", "an MX host that the inbound profile does not know is published")
          .why(
              "Mail that arrives there is not filtered by the provider, and spammers look for"
                  + " exactly such hosts; a foreign one reads along.")
          .reference("the provider's set-up instructions; maildrift profiles NAME")
          .remedy("Remove the host from the MX set, or declare the profile that it belongs to.")
          .example("contoso.tld. IN MX 20 mail.old-provider.test. beside the provider's hosts");

  static final Rule PREFERENCE =
      Rule.info("mx.preference", "an MX host has another preference than the profile prescribes")
          .why("Senders try the hosts in another order than the provider wants.")
          .reference("the provider's set-up instructions; RFC 5321 §5.1")
          .remedy("Publish the host with the prescribed preference.")
          .example("IN MX 20 mx.mail-connect.net. where 10 is prescribed");

  static final Rule NXDOMAIN =
      Rule.critical("mx.nxdomain", "the domain does not exist")
          .why(
              "DNS denies the name itself: the registration has ended or is on hold, or the delegation is gone. Mail to the domain bounces at once, and nothing that is published for it counts.")
          .reference("RFC 8020; RFC 5321 §5.1")
          .remedy(
              "See at the registrar whether the domain is registered, paid for and delegated; whois or RDAP shows its status (clientHold, redemptionPeriod).")
          .example("violates: contoso.tld MX: NXDOMAIN");

  static final List<Rule> ALL =
      List.of(
          NXDOMAIN,
          PRESENT,
          NULL,
          CNAME,
          IP_LITERAL,
          RESOLVES,
          PRIVATE,
          IPV6,
          SINGLE,
          DUP_SUBNET,
          TAKEOVER,
          TRAILING_DOT,
          MISSING,
          EXTRA,
          PREFERENCE);

  private MxRules() {}
}
