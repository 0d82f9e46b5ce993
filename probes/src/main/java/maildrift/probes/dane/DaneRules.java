package maildrift.probes.dane;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of the TLSA records of MX hosts. */
final class DaneRules {

  private DaneRules() {}

  static final Rule PRESENT =
      Rule.info("dane.present", "no MX host has TLSA records")
          .why(
              "Senders that support DANE (many providers and authorities do) cannot tell the host from an impostor, nor that TLS must be used; whoever is on the way can read the mail.")
          .reference("RFC 7672 §1.3; BSI TR-03108")
          .remedy(
              "With DNSSEC for the domain and the host, publish the digest of the host's key: _25._tcp.HOST. IN TLSA 3 1 1 and what this prints: openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum")
          .example("_25._tcp.mx1.contoso.tld. IN TLSA 3 1 1 8d02…");

  static final Rule MX_SECURE =
      Rule.critical("dane.mx-secure", "TLSA records are published, but DNSSEC does not secure them")
          .why(
              "Senders use TLSA records only where the MX records, the host's addresses and the TLSA records are all signed. Unsigned ones protect nothing, although it looks as if. A warning where the host is somebody else's and only the domain's own MX is not signed.")
          .reference("RFC 7672 §2.2, §2.2.1")
          .remedy(
              "Sign the zones with DNSSEC and have DS records at their parents, or remove TLSA.")
          .example("violates: TLSA at mx.contoso.tld, contoso.tld without a DS record");

  static final Rule USAGE =
      Rule.warning("dane.usage", "a TLSA record has a usage that senders of mail ignore")
          .why(
              "Usages 0 and 1 rest on public authorities, which SMTP has no agreed list of; such records are treated as unusable.")
          .reference("RFC 7672 §3.1.3")
          .remedy("Publish usage 3 (the host's own key) or 2 (its authority) instead.")
          .example("violates: 1 1 1 …; does not: 3 1 1 …");

  static final Rule PARAMS =
      Rule.warning("dane.params", "the parameters of a TLSA record are not the recommended ones")
          .why(
              "Whole certificates (matching type 0) make answers that do not fit a datagram; SHA-512 alone is not known by all senders; a selector or length that does not exist makes the record unusable. 3 0 1 works, but changes with every renewal (info).")
          .reference("RFC 7671 §5.1, §9, §10.1.2")
          .remedy("Publish 3 1 1 (or 2 1 1, 2 0 1): SHA-256.")
          .example("violates: 3 0 0, 3 1 2 alone; does not: 3 1 1, 2 1 1, 2 0 1");

  static final Rule MATCH =
      Rule.critical("dane.match", "no TLSA record matches what the mail host presents")
          .why(
              "Senders with DANE do not deliver to this host: their mail waits and then bounces. Mostly the certificate was renewed with a new key and the record was not.")
          .reference("RFC 7672 §2.2, §3.1; RFC 7671 §8")
          .remedy(
              "Publish the record of the present certificate beside the old one; before the next renewal publish the new record first and wait two TTLs.")
          .example("violates: 3 1 1 of the last key; does not: 3 1 1 of the present key");

  static final Rule TA_NAME =
      Rule.critical(
              "dane.ta-name", "the certificate does not hold by the authority that TLSA names")
          .why(
              "With usage 2 the certificate must be for the host's name, be valid, and be sent with all certificates up to the authority's own; otherwise senders with DANE do not deliver.")
          .reference("RFC 7671 §5.2; RFC 7672 §3.1.2, §3.2.3")
          .remedy(
              "Send the whole chain, the authority's certificate included, with a certificate for the MX host's name; or publish 3 1 1.")
          .example("violates: 2 0 1 of the root, and only the intermediates are sent");

  static final Rule STALE =
      Rule.info("dane.stale", "a TLSA record matches nothing")
          .why(
              "Harmless while another one matches, and right during a rollover; left behind it lets an old key in.")
          .reference("RFC 7671 §8.1")
          .remedy("Remove it when the rollover is over.")
          .example("3 1 1 of the last key beside 3 1 1 of the present one");

  static final Rule ROLLOVER =
      Rule.warning(
              "dane.rollover", "there is one TLSA record only, so the next key breaks delivery")
          .why(
              "Records live in caches. A new key must be announced before it is used, so there must be a second record: of the next key, or of the authority.")
          .reference("RFC 7671 §8.1, §8.4")
          .remedy("Publish 3 1 1 of the present and of the next key, or 3 1 1 and 2 1 1.")
          .example("violates: 3 1 1 alone; does not: 3 1 1 and 3 1 1, 3 1 1 and 2 1 1");

  static final Rule ROLLOVER_ORDER =
      Rule.critical(
              "dane.rollover-order", "the key was changed before its TLSA record had gone round")
          .why(
              "Senders keep TLSA records for their TTL. Who asked before the new record was published holds the old ones alone, finds that none fits the new key, and does not deliver until two TTLs have passed. Only who has watched the records over time can tell.")
          .reference("RFC 7671 §8.1, §8.4")
          .remedy(
              "Present the old key again until then, if you still have it; otherwise wait, mail is late and not lost. The next time publish the record of the next key first, wait two TTLs, then change the key, then remove the old record.")
          .example(
              "violates: 3 1 1 of the new key published at 12:00 with TTL 3600, the new key used at 12:05; does not: used at 14:00");

  static final Rule DENIAL =
      Rule.critical("dane.denial", "senders cannot find out whether there are TLSA records")
          .why(
              "Where the answer for TLSA is bogus, or SERVFAIL although the servers answer other questions, senders with DANE must assume an attack and do not deliver. Warning where the host's zone is proved not to be signed: then few ask.")
          .reference("RFC 7672 §2.1.1, §2.1.2")
          .remedy(
              "Sign the zone anew; name servers must answer every type, also those they do not know (mind load balancers).")
          .example(
              "violates: SERVFAIL for _25._tcp.mx.contoso.tld TLSA; does not: NXDOMAIN, signed");

  static final Rule PARTIAL =
      Rule.warning("dane.partial", "some MX hosts have TLSA records, others have not")
          .why("An attacker blocks the protected hosts, and the mail goes to the others.")
          .reference("RFC 7672 §2.2.1; RFC 7672 §8.1")
          .remedy("Publish TLSA records for every MX host.")
          .example("mx1 has 3 1 1, mx2 has none");

  static final List<Rule> ALL =
      List.of(
          PRESENT,
          MX_SECURE,
          DENIAL,
          MATCH,
          TA_NAME,
          USAGE,
          PARAMS,
          ROLLOVER,
          ROLLOVER_ORDER,
          STALE,
          PARTIAL);
}
