package maildrift.probes.dnssec;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of a domain's DNSSEC. */
final class DnssecRules {

  private DnssecRules() {}

  static final Rule STATUS =
      Rule.critical("dnssec.status", "the domain's signatures do not hold, or it has none")
          .why(
              "Bogus: every validating resolver answers SERVFAIL, so that for a large part of the world the domain does not exist; mail to it waits and then bounces. Without signatures (info) its records can be forged on the way, and DANE cannot protect its mail.")
          .reference("RFC 4033 §5; RFC 4035 §4.3; RFC 9364")
          .remedy(
              "Bogus: sign the zone anew with the keys that the parent's DS record names; when that takes long, have the DS record removed. No signatures: turn DNSSEC on at the DNS operator and give the registrar the DS record.")
          .example("bogus: a record was changed and not signed again; info: no DS record");

  static final Rule DS_MISMATCH =
      Rule.critical("dnssec.ds-mismatch", "no DS record of the parent matches a key of the zone")
          .why(
              "The chain of trust is broken: every validating resolver answers SERVFAIL for the whole domain. Mostly the zone moved to another operator, or its key was replaced, and the registrar still has the old DS record.")
          .reference("RFC 4035 §5.2; RFC 6781 §4.1.2")
          .remedy("Give the registrar the DS record of the zone's present key, or have DS removed.")
          .example("violates: DS 20326 13 2 …, DNSKEY with tag 48500");

  static final Rule SIG_EXPIRY =
      Rule.critical("dnssec.sig-expiry", "signatures of the zone expire soon")
          .why(
              "When they have expired the domain is gone for everybody who validates. Zones are signed anew automatically; that these were not means that the automatism has stopped. Critical from two days on, warning from five days or a quarter of the validity; signatures that are made for a week or less are measured by their validity alone (warning below a quarter, critical below a tenth).")
          .reference("RFC 4034 §3.1.5; RFC 6781 §4.4.2")
          .remedy(
              "See why the zone is not signed anew (signer, key files, disk, clock), and have it signed.")
          .example(
              "violates: signed for 30 days, 36 hours left; does not: signed for 30 days, 8 left");

  static final Rule ALGO =
      Rule.warning("dnssec.algo", "the zone is signed with an algorithm that is out of date")
          .why(
              "Validators have begun to ignore SHA-1 signatures and digests; to them the domain is not signed any more. RSASHA512 works and is not recommended (info).")
          .reference("RFC 8624 §3.1, §3.3")
          .remedy(
              "Roll the keys to ECDSAP256SHA256 (13), with a DS record of digest type 2 (SHA-256).")
          .example("violates: algorithm 5 or 7, DS digest type 1 alone; does not: 8, 13, 15");

  static final Rule NSEC3_ITER =
      Rule.warning("dnssec.nsec3-iter", "NSEC3 is used with additional iterations")
          .why(
              "They protect nothing and cost every resolver; many treat a zone with some iterations as not signed at all, or answer SERVFAIL.")
          .reference("RFC 9276 §3.1, §3.2")
          .remedy("Set NSEC3PARAM 1 0 0 - : no iterations, no salt; or use NSEC.")
          .example("violates: NSEC3PARAM 1 0 10 AABB; does not: NSEC3PARAM 1 0 0 -");

  static final Rule MX_ZONE =
      Rule.info("dnssec.mx-zone", "the domain is signed, the zone of its MX host is not")
          .why(
              "Senders cannot trust the host's address nor its TLSA records, so DANE protects no mail to it. Critical when its zone is bogus: senders that validate cannot find the host.")
          .reference("RFC 7672 §2.2.1")
          .remedy("Ask the provider for MX hosts in a signed zone, or for DNSSEC.")
          .example("contoso.tld is signed; mx.provider.example is not");

  static final List<Rule> ALL = List.of(STATUS, DS_MISMATCH, SIG_EXPIRY, ALGO, NSEC3_ITER, MX_ZONE);
}
