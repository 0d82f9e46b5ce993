package maildrift.probes.dmarc;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.probes.Rule;

/** The rules of the {@code dmarc} area. */
final class DmarcRules {

  static final Rule PRESENT =
      Rule.warning("dmarc.present", "no DMARC policy applies to the domain")
          .why(
              "Anybody can send mail in the domain's name and nobody is told. Large receivers"
                  + " refuse bulk mail of domains without DMARC.")
          .reference("RFC 9989 §4.10.1")
          .remedy("Publish a policy; p=none with rua= to begin with.")
          .example("_dmarc.contoso.tld. IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@contoso.tld\"");

  static final Rule MULTIPLE =
      Rule.critical("dmarc.multiple", "more than one DMARC record is published")
          .why("Receivers discard all of them, as if there were none.")
          .reference("RFC 9989 §4.10 step 2")
          .remedy("Delete all but one, and keep the addresses of all of them in its rua=.")
          .example("Wrong: v=DMARC1; p=none beside v=DMARC1; p=reject. Right: one record.");

  static final Rule VERSION =
      Rule.critical("dmarc.version", "the record does not begin with v=DMARC1")
          .why("Receivers ignore a record that does not begin with exactly that.")
          .reference("RFC 9989 §4.7")
          .remedy("Let the record begin with v=DMARC1; in capital letters, without quotes.")
          .example("Wrong: v=dmarc1; p=reject, or p=reject; v=DMARC1. Right: v=DMARC1; p=reject");

  static final Rule SYNTAX =
      Rule.warning("dmarc.syntax", "parts of the DMARC record are not understood")
          .why("Receivers drop what they do not understand, so the record says less than it seems.")
          .reference("RFC 9989 §4.7, §4.8")
          .remedy("Correct the named tags.")
          .example("Wrong: adkim=strict; fo=2. Right: adkim=s; fo=1");

  static final Rule POLICY_MISSING =
      Rule.critical("dmarc.p-missing", "the DMARC record asks for no valid policy")
          .why(
              "Without a valid p=, or with an invalid sp= or np=, the record counts as p=none, and"
                  + " without a usable rua= DMARC does not apply at all.")
          .reference("RFC 9989 §4.7, §4.10.1")
          .remedy("Set p= (and sp=, np= where they are there) to none, quarantine or reject.")
          .example("Wrong: v=DMARC1; p=block. Right: v=DMARC1; p=reject");

  static final Rule POLICY =
      Rule.warning("dmarc.policy", "the DMARC policy does not protect the domain")
          .why("With p=none forged mail is delivered like any other.")
          .reference("RFC 9989 §4.7, §5.1")
          .remedy(
              "Read the reports, see that all own mail passes, then set p=quarantine or reject.")
          .example("Wrong: v=DMARC1; p=none. Right: v=DMARC1; p=quarantine; rua=mailto:…");

  static final Rule SUBDOMAINS =
      Rule.warning("dmarc.sp", "subdomains are protected less than the domain")
          .why("Forgers take any subdomain, whether it is used or not.")
          .reference("RFC 9989 §4.7")
          .remedy("Remove sp=, or make it as strong as p=.")
          .example("Wrong: p=reject; sp=none. Right: p=reject");

  static final Rule NONEXISTENT =
      Rule.warning("dmarc.np", "subdomains that do not exist are protected less than others")
          .why("Nobody sends mail from a name that does not exist, except forgers.")
          .reference("RFC 9989 §4.7")
          .remedy("Remove np=, or set np=reject.")
          .example("Wrong: p=quarantine; np=none. Right: p=quarantine; np=reject");

  static final Rule TESTING =
      Rule.warning("dmarc.testing", "the policy is marked as a test")
          .why(
              "t=y asks receivers to apply one level less: reject as quarantine, quarantine as none.")
          .reference("RFC 9989 §4.7, §A.6")
          .remedy("Remove t=y once the reports show that all own mail passes.")
          .example("Wrong for good: p=reject; t=y. Right: p=reject");

  static final Rule PERCENT =
      Rule.warning("dmarc.pct", "pct= is not part of DMARC any more")
          .why(
              "Receivers of RFC 9989 ignore it and apply the policy to all mail; older ones apply it"
                  + " to a part.")
          .reference("RFC 9989 §C.5.2, §A.6")
          .remedy("Remove pct=; for a policy that is still being tested set t=y.")
          .example("Wrong: p=quarantine; pct=10. Right: p=quarantine; t=y");

  static final Rule REPORT_FORMAT =
      Rule.info("dmarc.rf", "rf= is not part of DMARC any more")
          .why("Receivers of RFC 9989 ignore it.")
          .reference("RFC 9989 §C.5.2")
          .remedy("Remove rf=.")
          .example("Wrong: rf=afrf. Right: nothing");

  static final Rule REPORT_INTERVAL =
      Rule.info("dmarc.ri", "ri= is not part of DMARC any more")
          .why("Receivers of RFC 9989 ignore it and report daily.")
          .reference("RFC 9989 §C.5.2")
          .remedy("Remove ri=.")
          .example("Wrong: ri=3600. Right: nothing");

  static final Rule REPORTS =
      Rule.warning("dmarc.rua", "nobody gets aggregate reports")
          .why("Without reports a forgotten sender, or a forger, stays unseen.")
          .reference("RFC 9989 §4.7, §5.1")
          .remedy("Add rua=mailto: with a mailbox that is read.")
          .example(
              "Wrong: v=DMARC1; p=reject. Right: v=DMARC1; p=reject; rua=mailto:dmarc@contoso.tld");

  static final Rule REPORTS_OUTSIDE =
      Rule.critical(
              "dmarc.rua-external", "a report address of another domain is not authorised there")
          .why("Receivers must not send reports to it: they are lost without a word.")
          .reference("RFC 9990 §4, RFC 7489 §7.1")
          .remedy("The receiving domain publishes a record that accepts the reports.")
          .example("contoso.tld._report._dmarc.reports.example.net. IN TXT \"v=DMARC1\"");

  static final Rule REPORTS_LOST =
      Rule.critical("dmarc.rua-mx", "a report address is of a domain that takes no mail")
          .why("Receivers send the reports, and every one of them bounces: nobody sees anything.")
          .reference("RFC 9990 §4, RFC 5321 §5.1, RFC 7505 §3")
          .remedy("Name a mailbox in rua= whose domain has an MX record.")
          .example("Wrong: rua=mailto:dmarc@parked.example, whose MX is 0 .");

  static final Rule URI_SIZE =
      Rule.info("dmarc.uri-size", "a report address carries a size limit")
          .why("RFC 9989 ignores the limit, and some receivers take it for a part of the address.")
          .reference("RFC 9989 §4.8")
          .remedy("Remove ! and what follows it.")
          .example("Wrong: rua=mailto:dmarc@contoso.tld!10m. Right: rua=mailto:dmarc@contoso.tld");

  static final Rule FAILURE_REPORTS =
      Rule.info("dmarc.ruf", "failure reports are asked for, aggregate reports are not")
          .why(
              "Few receivers send failure reports, because they contain personal data; the"
                  + " aggregate ones show the whole.")
          .reference("RFC 9989 §4.7, §10.2")
          .remedy("Add rua=, and keep ruf= only if somebody reads it.")
          .example("Wrong: v=DMARC1; p=reject; ruf=mailto:… alone. Right: with rua= beside it");

  static final Rule FAILURE_OPTIONS =
      Rule.info("dmarc.fo", "fo= has no effect, or contradicts itself")
          .why("fo= is ignored without ruf=, and 0 and 1 exclude each other.")
          .reference("RFC 9989 §4.7")
          .remedy("Remove fo=, or set fo=1 together with ruf=.")
          .example("Wrong: fo=1 without ruf=. Right: ruf=mailto:…; fo=1");

  static final Rule ALIGNMENT =
      Rule.warning("dmarc.alignment", "strict alignment fails mail that the provider sends")
          .why(
              "With adkim=s or aspf=s only the very domain counts. A provider that signs or bounces"
                  + " in the name of a subdomain then passes neither.")
          .reference("RFC 9989 §4.4, §4.7")
          .remedy("Remove adkim=s and aspf=s; relaxed alignment is the default.")
          .example("Wrong: aspf=s with bounces to bounce.contoso.tld. Right: without aspf=");

  static final Rule REJECT_SPF_ONLY =
      Rule.critical("dmarc.reject-spf-only", "p=reject rests on SPF alone, since DKIM is broken")
          .why(
              "Forwarded mail never passes SPF. Without a valid signature receivers refuse it,"
                  + " because the domain asks them to.")
          .reference("RFC 9989 §7.4, §8")
          .remedy(
              "Repair a DKIM selector first; until then set p=quarantine, or add t=y to the record.")
          .example("Wrong: p=reject while the only selector has no key");

  static final Rule REJECT_USERS =
      Rule.info("dmarc.reject-users", "p=reject on a domain where people write")
          .why(
              "Mailing lists change messages, which breaks signatures: posts of the domain's users"
                  + " are refused elsewhere, and other subscribers may be thrown off the list.")
          .reference("RFC 9989 §7.4")
          .remedy(
              "Let p=none stand for a month, then p=quarantine as long, and read the reports; declare"
                  + " expect: {dmarc: {policy: reject}} where reject is meant.")
          .example("Better for people: p=quarantine; reject for domains that only machines use");

  static final Rule PSL_DIVERGENCE =
      Rule.warning("dmarc.psl-divergence", "old and new receivers apply different policies")
          .why(
              "Receivers of RFC 7489 look for the policy at the public suffix list's organisational"
                  + " domain, those of RFC 9989 walk the tree: the same mail is treated in two ways.")
          .reference("RFC 9989 §4.10, §C.3")
          .remedy("Publish a DMARC record for the domain itself.")
          .example("A record at an intermediate name, or one with psd=y above the domain");

  static final Rule PUBLIC_SUFFIX =
      Rule.warning("dmarc.psd", "psd=y stands at a domain that is no public suffix")
          .why(
              "Each subdomain becomes an organisation of its own: relaxed alignment between them"
                  + " and the domain fails.")
          .reference("RFC 9989 §4.7, §5.2")
          .remedy("Remove psd=y, unless the domain is a registry for strangers.")
          .example("Wrong: v=DMARC1; p=reject; psd=y at contoso.tld. Right: without psd=");

  static final Rule WRONG_PLACE =
      Rule.critical("dmarc.wrong-place", "a record stands in the place of another one")
          .why(
              "A DMARC record at the domain itself is never looked at. An SPF policy at _dmarc is"
                  + " mostly a wildcard TXT record that answers for every name; DMARC is not found.")
          .reference("RFC 9989 §4.5")
          .remedy("Publish the DMARC record at _dmarc, which also hides a wildcard there.")
          .example("*.contoso.tld. IN TXT \"v=spf1 -all\" without a record at _dmarc.contoso.tld");

  static final List<Rule> ALL =
      List.of(
          PRESENT,
          MULTIPLE,
          VERSION,
          SYNTAX,
          POLICY_MISSING,
          POLICY,
          SUBDOMAINS,
          NONEXISTENT,
          TESTING,
          PERCENT,
          REPORT_FORMAT,
          REPORT_INTERVAL,
          REPORTS,
          REPORTS_OUTSIDE,
          REPORTS_LOST,
          URI_SIZE,
          FAILURE_REPORTS,
          FAILURE_OPTIONS,
          ALIGNMENT,
          REJECT_SPF_ONLY,
          REJECT_USERS,
          PSL_DIVERGENCE,
          PUBLIC_SUFFIX,
          WRONG_PLACE);

  /** Rules about what stands at the domain's own {@code _dmarc} name, whatever is above it. */
  private static final Set<Rule> OWN_PLACE = Set.of(MULTIPLE, VERSION, WRONG_PLACE);

  /** What cannot be said when a name further up did not answer. */
  static final String[] HIDDEN_BY_THE_WALK =
      ALL.stream()
          .filter(rule -> !OWN_PLACE.contains(rule))
          .map(Rule::id)
          .collect(Collectors.toSet())
          .toArray(String[]::new);

  private DmarcRules() {}
}
