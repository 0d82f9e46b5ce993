package maildrift.probes.bimi;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of a domain that publishes BIMI; nothing of one that does not. */
final class BimiRules {
  private static final String DRAFT = "draft-brand-indicators-for-message-identification";

  private BimiRules() {}

  static final Rule TXT =
      Rule.info("bimi.txt", "the BIMI record cannot be used")
          .why("Mail programs show no logo for the domain, although somebody meant them to.")
          .reference(DRAFT + " §4.2, §4.3")
          .remedy("Publish exactly one record that begins with v=BIMI1; and names https URLs.")
          .example(
              "violates: v=BIMI1; l=http://contoso.tld/logo.svg; does not: v=BIMI1; l=https://contoso.tld/logo.svg; a=https://contoso.tld/vmc.pem");

  static final Rule DMARC =
      Rule.info("bimi.dmarc", "the DMARC policy is too weak for BIMI")
          .why(
              "Receivers show the logo only where DMARC is enforced: quarantine or reject, for the"
                  + " domain and its subdomains, for all mail and not as a test.")
          .reference(DRAFT + " §7.1")
          .remedy("Publish p=quarantine or p=reject, no weaker sp, no t=y and no pct below 100.")
          .example("violates: v=DMARC1; p=none; does not: v=DMARC1; p=quarantine");

  static final Rule SVG =
      Rule.info("bimi.svg", "the logo cannot be fetched, or is not what mail programs accept")
          .why(
              "Mail programs take SVG Tiny Portable/Secure and nothing else; any other is not shown.")
          .reference("draft-svg-tiny-ps-abrotman; " + DRAFT + " §4.3")
          .remedy(
              "Serve it over https as image/svg+xml: version=\"1.2\" baseProfile=\"tiny-ps\", a"
                  + " title, no scripts, animations, images or external references, at most 32 KiB.")
          .example(
              "right: <svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\" viewBox=\"0 0 64 64\"><title>Contoso</title>…</svg>");

  static final Rule VMC =
      Rule.info("bimi.vmc", "the mark certificate cannot be fetched, or does not fit the domain")
          .why(
              "Gmail, Apple Mail and others show the logo only with a mark certificate (VMC or CMC)"
                  + " for this very domain.")
          .reference(DRAFT + " §4.4; RFC 3709; VMC Requirements")
          .remedy(
              "Serve the whole chain as PEM, the mark certificate first; it must be for"
                  + " the domain (subject alternative name).")
          .example(
              "right: SAN contoso.tld or default._bimi.contoso.tld, extended key usage 1.3.6.1.5.5.7.3.31");

  static final Rule VMC_EXPIRED =
      Rule.warning("bimi.vmc-expired", "the mark certificate has expired, or soon will")
          .why(
              "From that day on the logo vanishes from mail programs that ask for a certificate; a"
                  + " new one takes weeks, since people check the trade mark.")
          .reference("VMC Requirements; RFC 5280 §4.1.2.5")
          .remedy("Renew it now, and serve the new chain under the same URL.")
          .example("notAfter 2026-12-01, seen on 2026-11-22");

  static final List<Rule> ALL = List.of(TXT, DMARC, SVG, VMC, VMC_EXPIRED);
}
