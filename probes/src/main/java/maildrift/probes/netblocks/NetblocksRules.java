package maildrift.probes.netblocks;

import java.util.List;
import maildrift.probes.Rule;

/** The rules on netblocks and the allowlists that follow them. */
final class NetblocksRules {

  static final Rule MISSING =
      Rule.critical("netblocks.missing", "a published network is not in the allowlist")
          .why(
              "The provider sends from networks that the gateway does not accept: mail from there"
                  + " will be refused, usually from the day on which the provider starts to use"
                  + " them.")
          .reference("the provider's SPF record; SEPPmail: Allowed sending servers for this domain")
          .remedy("Enter the published list in the gateway.")
          .example("published 62.140.10.21/32, allowlist without it");

  static final Rule STALE =
      Rule.warning("netblocks.stale", "an allowlist entry covers nothing that is published")
          .why(
              "The addresses no longer belong to the provider, or never did: whoever has them may"
                  + " relay through the gateway, past the provider's filter. A range that was"
                  + " withdrawn may stay for the time in which the provider uses both.")
          .reference("the provider's SPF record; SEPPmail: Allowed sending servers for this domain")
          .remedy(
              "Remove the entry from the gateway. If it is a server of your own that may send,"
                  + " declare it in outbound_addresses, or waive the rule with that as the reason.")
          .example("allowlist 198.51.100.0/24, published only 192.0.2.0/24");

  static final Rule WIDER =
      Rule.info("netblocks.wider", "an allowlist entry covers more than is published")
          .why("The addresses beside the published ones may relay too, whoever has them.")
          .reference("the provider's SPF record; SEPPmail: Allowed sending servers for this domain")
          .remedy("Replace the entry with the published networks.")
          .example("allowlist 192.0.2.0/24, published 192.0.2.0/25");

  static final Rule CHANGED =
      Rule.warning("netblocks.changed", "the provider's networks are others than the accepted ones")
          .why(
              "Providers change their networks without notice. Allowlists, firewalls and connectors"
                  + " that were filled in by hand have to follow.")
          .reference("the provider's SPF record")
          .remedy(
              "Follow the change in every gateway and firewall, then accept the new state as the"
                  + " baseline.")
          .example("192.0.2.0/24 yesterday, 192.0.2.0/24 and 198.51.100.0/24 today");

  static final Rule SOURCE =
      Rule.warning("netblocks.source", "the name behind which the networks are has no SPF record")
          .why(
              "The profile takes the provider's networks from this name. Without a record there the"
                  + " allowlist cannot be compared, and the next change goes unnoticed.")
          .reference("RFC 7208 §4.5; maildrift profiles NAME")
          .remedy(
              "Compare region and profile with what the provider says; if the provider has moved its"
                  + " record, declare a profile of your own with the new name.")
          .example("_spf.mimecast.com does not exist, de._netblocks.mimecast.com does");

  static final Rule ALLOWLIST_EMPTY =
      Rule.warning("declared.allowlist-empty", "an empty allowlist accepts all")
          .why(
              "A gateway takes an empty list of allowed sending servers to mean every relaying"
                  + " network: another tenant's servers may then send in this domain's name.")
          .reference("SEPPmail, multi-tenant operation: Allowed sending servers for this domain")
          .remedy(
              "Enter the networks that may send. If nobody may, enter one private address that is"
                  + " never routed to the gateway, e.g. 10.255.255.254.")
          .example("Wrong: networks: []. Right: networks: [10.255.255.254]");

  static final List<Rule> ALL = List.of(MISSING, STALE, WIDER, CHANGED, SOURCE, ALLOWLIST_EMPTY);

  private NetblocksRules() {}
}
