package maildrift.probes.caa;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of CAA records. */
final class CaaRules {

  private CaaRules() {}

  static final Rule PRESENT =
      Rule.info("caa.present", "no CAA record says who may issue certificates")
          .why(
              "Any of the public authorities may issue a certificate for the domain and its mail hosts, also the one that somebody has deceived.")
          .reference("RFC 8659 §3; CA/Browser Forum Baseline Requirements 4.2.2.1")
          .remedy(
              "Publish a CAA record for each authority whose certificates you use, and iodef so that you hear of refused requests.")
          .example("contoso.tld. IN CAA 0 issue \"letsencrypt.org\"");

  static final Rule PERMITS_ISSUER =
      Rule.warning(
              "caa.permits-issuer",
              "the CAA records do not let the authority of a certificate in use issue again")
          .why(
              "The certificate in use stays valid, but its renewal will be refused; on the day it expires, senders that verify certificates stop delivering. So it is with the certificate of the MTA-STS policy's host, without which nobody reads the policy.")
          .reference("RFC 8659 §4.2, §4.3")
          .remedy(
              "Add the authority to the CAA records, or have the next certificate issued by one that they name.")
          .example(
              "violates: CAA 0 issue \"digicert.com\" and a certificate of Let's Encrypt; does not: CAA 0 issue \"letsencrypt.org\"");

  static final Rule SYNTAX =
      Rule.critical("caa.syntax", "a CAA record is malformed or cannot be understood")
          .why(
              "A malformed issue value authorises nobody, and a property that is marked critical and unknown forbids every authority to issue: renewals fail. A tag or flag that nobody knows is merely ignored (warning).")
          .reference("RFC 8659 §4.1, §4.2; RFC 9495 §3")
          .remedy("Write flags 0, a tag of RFC 8659 and the authority's name in quotes.")
          .example(
              "violates: CAA 0 issue \"https://letsencrypt.org/\", CAA 128 tbs \"x\"; does not: CAA 0 issue \"letsencrypt.org; validationmethods=dns-01\"");

  static final Rule IODEF =
      Rule.info("caa.iodef", "the address for reports of refused requests cannot be used")
          .why(
              "An authority that refuses a request would like to tell you; that is how you hear of an attempt to get a certificate in your name.")
          .reference("RFC 8659 §4.4")
          .remedy("Write a mailto: or https: URL.")
          .example(
              "violates: CAA 0 iodef \"security@contoso.tld\"; does not: CAA 0 iodef \"mailto:security@contoso.tld\"");

  static final List<Rule> ALL = List.of(PRESENT, PERMITS_ISSUER, SYNTAX, IODEF);
}
