package maildrift.probes.strays;

import java.util.List;
import maildrift.probes.Rule;

/** The rules of the probe; their ids belong to the areas whose records they are about. */
final class StrayRules {

  static final Rule OLD_TYPE =
      Rule.info("spf.rrtype99", "a record of the retired type SPF is published")
          .why(
              "Nobody asks for type 99 any more. It is one more place to forget when the policy"
                  + " changes.")
          .reference("RFC 7208 §3.1")
          .remedy("Delete the record of type SPF; the TXT record is the one that counts.")
          .example("wrong: contoso.tld. IN SPF \"v=spf1 mx -all\"; right: the same as TXT");

  static final Rule WILDCARD =
      Rule.warning("dkim.wildcard", "a wildcard answers for DKIM selectors that do not exist")
          .why(
              "Whatever selector a forger names, verifiers find a record. A missing key looks like"
                  + " a broken one, and a wildcard with a key makes every selector valid.")
          .reference("RFC 6376 §6.1.2, RFC 4592 §2")
          .remedy(
              "Delete the wildcard TXT or CNAME record, or publish a record at _domainkey, which"
                  + " hides the wildcard below it.")
          .example(
              "*.contoso.tld. IN TXT \"v=spf1 -all\" without anything at _domainkey.contoso.tld");

  static final Rule DENIED_TREE =
      Rule.warning("dkim.nxdomain-tree", "_domainkey is denied although selectors exist below it")
          .why(
              "A resolver that takes the denial at its word denies the selectors, too (RFC 8020):"
                  + " signatures fail there and nowhere else.")
          .reference("RFC 8020 §2, RFC 2308 §2.1")
          .remedy("Have the name server corrected: a name with names below it answers no data.")
          .example(
              "wrong: _domainkey.contoso.tld NXDOMAIN, s1._domainkey.contoso.tld TXT; right: NOERROR");

  static final List<Rule> ALL = List.of(OLD_TYPE, WILDCARD, DENIED_TREE);

  private StrayRules() {}
}
