package maildrift.probes.declared;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of declarations, of what they name and of each other. */
final class DeclaredRules {

  private static final String MANAGED_DOMAIN = "SEPPmail, managed domain";

  static final Rule BRACKETS =
      Rule.warning("declared.brackets", "a host is declared with the wrong kind of lookup")
          .why(
              "[host] looks up the host's address, bare host its MX. A provider's host has an address and no MX of its own, so that mail for a bare one goes elsewhere or bounces; a name that has only an MX bounces in brackets.")
          .reference(MANAGED_DOMAIN + ": Forwarding Server; RFC 5321 §5.1")
          .remedy(
              "Write the host in [ ] where its address is meant, and without where its MX is, on the gateway and here.")
          .example(
              "violates: de-smtp-inbound-1.mimecast.com; does not: [de-smtp-inbound-1.mimecast.com]");

  static final Rule LOOP =
      Rule.critical("declared.loop", "the gateway is told to hand its mail to itself")
          .why(
              "Mail goes round until the gateway has counted enough hops, and then bounces: nothing of the domain arrives, or nothing leaves.")
          .reference("RFC 5321 §6.3; " + MANAGED_DOMAIN + ": Forwarding Server")
          .remedy(
              "Write the server behind the gateway, or the provider's, on the gateway and here.")
          .example("gateway gw.example, forwarding_server: \"[gw.example]\"");

  static final Rule UNRESOLVED =
      Rule.warning("declared.unresolved", "a declared host does not exist")
          .why("Mail that is sent there stays in the queue, and bounces after some days.")
          .reference("RFC 5321 §5.1; " + MANAGED_DOMAIN)
          .remedy("Correct the name, on the gateway and here.")
          .example("[de-smtp-inbound-3.mimecast.com], which DNS does not know");

  static final Rule ROUTE =
      Rule.warning("declared.route", "a declared host refuses connections on its port")
          .why(
              "Mail that is sent there stays in the queue, and bounces after some days. A host that is only silent is no finding: many answer nobody but the gateway.")
          .reference(
              "Mimecast onboarding, delivery route: port typically 25, check valid; RFC 5321 §4.5.4")
          .remedy("Start the mail server, correct host and port, or let the firewall pass mail.")
          .example("mail.contoso.tld:2525, where nothing listens");

  static final Rule REGION =
      Rule.warning("declared.region", "something declared is of another region than the profile")
          .why(
              "A provider's regions know nothing of each other's customers: the wrong one refuses mail to the domain, or sends from networks that nobody lets in.")
          .reference(
              "SEPPmail documentation, managed domain behind Mimecast: one region for all; Mimecast article 34000792642963")
          .remedy("Use the hosts, the SPF include and the networks of one region.")
          .example(
              "profile mimecast region=de with forwarding server [eu-smtp-inbound-1.mimecast.com]");

  static final Rule SMARTHOST =
      Rule.warning("declared.smarthost", "a smarthost is set although the gateway is inline")
          .why(
              "Inline, the gateway delivers itself or by its connector; with a smarthost all outgoing mail of the domain takes another way, past both. Tenant-to-tenant encryption does not work while the field is empty: a known limit, and no reason to fill it.")
          .reference("SEPPmail, migration from parallel to inline, step A")
          .remedy(
              "Empty \"Send ALL outgoing mails from this domain to the following SMTP server\" on the gateway, and take smarthost out here.")
          .example("mode: inline and smarthost: \"[smtp.contoso.tld]\"");

  static final Rule OVERLAP =
      Rule.warning("declared.allowlist-overlap", "two tenants accept mail from the same addresses")
          .why(
              "Whoever sends from there can send in the name of both tenants. Ranges that a provider publishes are shared by nature and excepted.")
          .reference("SEPPmail, multi-tenant operation: Allowed sending servers for this domain")
          .remedy("Give each tenant's list only the servers of that tenant.")
          .example("192.0.2.0/24 in the list of one tenant, 192.0.2.64/26 in that of another");

  static final Rule GLOBAL =
      Rule.warning(
              "declared.allowlist-global", "a provider's networks are in the global relay list")
          .why(
              "All customers of the provider send from them: any of these may then relay for every domain of the gateway. They belong into the list of the domain.")
          .reference(
              "SEPPmail documentation, managed domain behind Mimecast: not in Mail System, Relaying")
          .remedy(
              "Take the networks out of Mail System, Relaying; enter them in \"Allowed sending servers for this domain\" of each domain.")
          .example("relay_networks: [51.163.158.0/24], which de._netblocks.mimecast.com publishes");

  static final Rule RELAY =
      Rule.warning("declared.relay", "an allowlist entry may not relay")
          .why(
              "The list of a domain only narrows down the gateway's own, in which this server is missing: it is refused. Placeholders and a provider's networks are excepted.")
          .reference(
              "SEPPmail, multi-tenant operation: Allowed sending servers for this domain; Mail System, Relaying")
          .remedy("Enter the address in Mail System, Relaying, too.")
          .example("allowlist 192.0.2.25/32, relay_networks: [198.51.100.0/24]");

  static final Rule WELCOMELIST =
      Rule.warning(
              "declared.welcomelist", "a server that may relay counts as a spoofer of its domain")
          .why(
              "\"Reject incoming mails with spoofed sender domain\" also refuses the domain's own servers unless their addresses are accepted first; where Exchange Online relays, its addresses, too.")
          .reference(
              "SEPPmail, multi-tenant operation: Manual blocklisting / welcomelisting, action accept")
          .remedy("Enter the networks there with the action accept.")
          .example("reject_spoofed_senders: true, relay_networks: [192.0.2.0/24], welcomelist: []");

  static final Rule MANAGED_DOMAIN_MISSING =
      Rule.warning("declared.managed-domain", "the domain is not set up on its gateway")
          .why(
              "The gateway takes no mail for a domain that it does not manage, or passes it on unprotected.")
          .reference(MANAGED_DOMAIN + ": every domain that is to use the gateway")
          .remedy("Create the managed domain on the gateway, or take the gateway away here.")
          .example("profiles: [{name: seppmail, gateway: gw1}], managed_domains of gw1 without it");

  static final Rule HEADER_CHECK =
      Rule.info("declared.header-check", "the header check is off on a gateway of several tenants")
          .why(
              "Without it a tenant's server can put another tenant's address into the header of a mail; needed where that is to be kept apart.")
          .reference("SEPPmail, multi-tenant operation: Header check")
          .remedy("Turn \"Header check\" on in the managed domain's settings.")
          .example("header_check: false where two tenants share the gateway");

  static final Rule MTA =
      Rule.warning("declared.mta", "the gateway is inline without its own mail transport agent")
          .why(
              "Inline, the gateway itself delivers to the Internet. Without the built-in agent outgoing mail goes nowhere, or past it.")
          .reference("SEPPmail, migration from parallel to inline: Mail System, Outgoing Server")
          .remedy("Turn \"Use built-in mail transport agent\" on.")
          .example("mode: inline and builtin_mta: false");

  static final Rule DELIVERY =
      Rule.warning("declared.delivery", "delivery is disabled, and no migration is under way")
          .why(
              "While disable_delivery is true the gateway answers every mail of the domain with 422: senders give up after some days.")
          .reference("SEPPmail, migration from parallel to inline, end: disable_delivery")
          .remedy("Set disable_delivery to false again in the domain's extended fields, and here.")
          .example("disable_delivery: true a week after the migration");

  static final Rule CONNECTOR =
      Rule.warning("declared.connector", "a connector is not set up as the documents ask")
          .why(
              "Exchange Online hands mail past the gateway, to somebody else, or without protection; or takes mail for the domain from anybody.")
          .reference(
              "SEPPmail, integration with Exchange Online; Mimecast onboarding, Microsoft 365 connector; Microsoft, New-OutboundConnector, New-InboundConnector")
          .remedy("Correct the connector in the Exchange admin centre, and here.")
          .example("requires_tls: false, or a smart host that is not the gateway");

  static final Rule OUTBOUND =
      Rule.warning("declared.outbound", "an address that sends for the domain is not known for it")
          .why(
              "Receivers refuse or mistrust mail from an address without a reverse name that leads back, and from one that the domain's SPF does not authorise.")
          .reference(
              "Mimecast onboarding, outbound addresses; SEPPmail, multi-tenant operation; RFC 7208 §2.4; RFC 1912 §2.1")
          .remedy("Have the PTR record published, and add the address to the domain's SPF record.")
          .example("outbound_addresses: [192.0.2.25], v=spf1 include:_spf.example.net ~all");

  static final Rule CLIENT_HOST =
      Rule.warning(
              "declared.client-host", "a name for mail programs holds a copy of provider addresses")
          .why(
              "The provider changes its addresses without notice, and mail programs then reach nobody. A CNAME follows; the certificate is the provider's in both cases, so that programs warn of another name.")
          .reference("all-connect, DNS- und Firewall-Einstellungen: CNAME instead of addresses")
          .remedy("Publish a CNAME to the provider's host, or set programs up with its name.")
          .example(
              "violates: mail.firma.de. A 80.254.138.140; does not: mail.firma.de. CNAME posteingang.mail-connect.net.");

  static final Rule OUTSIDE =
      Rule.warning(
              "netblocks.outside", "a provider uses addresses outside the networks that it lists")
          .why(
              "Firewalls are opened for the listed networks, by hand: what comes from elsewhere, or has to go there, is refused.")
          .reference("the provider's page; maildrift profiles NAME")
          .remedy("Ask the provider for its networks, and open the firewall for them.")
          .example("80.254.138.128/26 is listed, postausgang.mail-connect.net leads to 192.0.2.1");

  static final List<Rule> ALL =
      List.of(
          BRACKETS,
          LOOP,
          UNRESOLVED,
          ROUTE,
          REGION,
          SMARTHOST,
          OVERLAP,
          GLOBAL,
          RELAY,
          WELCOMELIST,
          MANAGED_DOMAIN_MISSING,
          HEADER_CHECK,
          MTA,
          DELIVERY,
          CONNECTOR,
          OUTBOUND,
          CLIENT_HOST,
          OUTSIDE);

  private DeclaredRules() {}
}
