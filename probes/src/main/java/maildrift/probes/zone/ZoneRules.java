package maildrift.probes.zone;

import java.util.List;
import maildrift.probes.Rule;

/** What the servers of a zone must do. */
public final class ZoneRules {
  private ZoneRules() {}

  /** Also found by whoever asks all servers to confirm something else. */
  public static final Rule INCONSISTENT =
      Rule.warning("zone.inconsistent", "the authoritative servers of a zone contradict each other")
          .why(
              "Which answer a receiver gets is luck: some mail is judged by the old record, some by the new.")
          .reference("RFC 1034 section 4.3.5")
          .remedy(
              "Make the servers serve the same zone: compare their SOA serials and zone transfers.")
          .example("ns1 says 10 mx1.example.test, ns2 says 10 mx2.example.test");

  static final Rule SERIAL_DIFFERS =
      Rule.info("dns.soa-serial", "the name servers serve different versions of the zone")
          .why(
              "For minutes after a change that is how zones spread. If it stays so, a secondary does not follow, and one day serves what is long wrong.")
          .reference("RFC 1034 §4.3.5; RFC 1996")
          .remedy(
              "If it lasts, see on the server with the older serial why it does not transfer the zone. Operators that number their own copies may differ for ever.")
          .example("violates: ns1 has 2026112202, ns2 has 2026112201");

  static final Rule SERIAL_BACK =
      Rule.warning("soa.serial", "the zone's serial went backwards")
          .why(
              "Secondaries take a zone only when its serial is newer (RFC 1982): they keep the old records until the serial has passed the old one, or until their copy expires.")
          .reference("RFC 1035 §3.3.13; RFC 1982 §3.2, §7; RFC 1912 §2.2")
          .remedy(
              "Give the zone a serial above the last one, or have every secondary transfer it anew.")
          .example("violates: 2026112201 after 2026112305; does not: 2026112306 after it");

  static final Rule SOA_VALUES =
      Rule.info("soa.values", "a timer of the zone's SOA record is outside the usual range")
          .why(
              "With a short expire, secondaries stop answering soon after the primary is gone; with a long minimum, a record that was missed once stays missing for resolvers.")
          .reference("RFC 1912 §2.2; RFC 2308 §5; RIPE-203")
          .remedy(
              "Usual are refresh 3600 to 86400, retry below refresh, expire 1209600 to 3600000, minimum 300 to 86400 seconds.")
          .example(
              "violates: expire 3600; does not: refresh 86400, retry 7200, expire 3600000, minimum 3600");

  static final Rule LAME =
      Rule.warning("ns.lame", "a name server that the zone is delegated to does not serve it")
          .why(
              "Resolvers that ask this server get nothing and must ask another one: lookups are slower, and fail when the others are down too.")
          .reference("RFC 1912 §2.8; RFC 8499 §7")
          .remedy(
              "Set the zone up on this server, or take the server out of the NS records and of the delegation at the registrar.")
          .example("violates: ns2 answers REFUSED, or without authority, when asked for the SOA");

  static final Rule PARENT =
      Rule.warning("ns.parent", "the delegation names other name servers than the zone itself")
          .why(
              "Resolvers begin with the servers that the parent names. One that only the parent names may soon serve nothing or belong to somebody else; one that only the zone names helps nobody at first.")
          .reference("RFC 1034 §4.2.2; RFC 1912 §2.3")
          .remedy("Give the registrar the name servers of the zone's NS records, or correct those.")
          .example("violates: the parent names ns1 and ns2, the zone ns1 and ns3");

  static final Rule SINGLE =
      Rule.info("ns.single", "all of the zone's name servers can fail together")
          .why("When that one server or network is unreachable, so is the mail of the domain.")
          .reference("RFC 1034 §4.1; RFC 2182 §3.1, §5")
          .remedy("Have a second server, in another network, serve the zone.")
          .example("violates: one NS record, or two servers in 192.0.2.0/24");

  static final Rule RESOLVES =
      Rule.warning("ns.resolves", "the name of a name server has no address or is an alias")
          .why("Resolvers cannot ask such a server; many do not follow an alias here.")
          .reference("RFC 1035 §3.3.11; RFC 2181 §10.3")
          .remedy("Publish address records at the server's name itself, or name another server.")
          .example("violates: NS ns1.contoso.tld where ns1.contoso.tld is a CNAME");

  static final Rule TCP =
      Rule.info("ns.tcp", "a name server does not answer over TCP")
          .why(
              "What does not fit into a datagram, as long TXT records and keys, cannot be had from this server. It is a warning where such an answer was met.")
          .reference("RFC 7766 §5; RFC 9210 §3")
          .remedy("Let the server answer on TCP port 53, and let the firewall before it agree.")
          .example("violates: connection refused on TCP port 53");

  static final Rule TRUNCATED =
      Rule.info("dns.truncated", "an answer is too large for a datagram")
          .why(
              "Receivers must ask again over TCP; those behind a careless firewall cannot, and see no record.")
          .reference("RFC 9715; DNS flag day 2020")
          .remedy("Take texts away that nobody needs any more, or move them to names of their own.")
          .example("violates: TXT records of 2000 octets at the domain's own name");

  static final Rule TTL_DRIFT =
      Rule.info("dns.ttl-drift", "the name servers publish a record with different times to live")
          .why(
              "How long an old record lives on after a change is luck; one of the servers may have an old zone.")
          .reference("RFC 2181 §5.2")
          .remedy("Make the servers serve the same zone.")
          .example("violates: ns1 says 3600, ns2 says 300");

  static final List<Rule> ALL =
      List.of(
          INCONSISTENT,
          SERIAL_DIFFERS,
          SERIAL_BACK,
          SOA_VALUES,
          LAME,
          PARENT,
          SINGLE,
          RESOLVES,
          TCP,
          TRUNCATED,
          TTL_DRIFT);
}
