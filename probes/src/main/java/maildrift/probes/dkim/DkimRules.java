package maildrift.probes.dkim;

import java.util.List;
import maildrift.probes.Rule;

/** The rules of the {@code dkim} area. */
final class DkimRules {

  static final Rule SELECTOR_MISSING =
      Rule.critical("dkim.selector-missing", "a selector that must be published has no key")
          .why(
              "Every signature made with this selector fails, so the mail loses its DKIM pass, and"
                  + " with it DMARC wherever SPF does not help (forwarding, mailing lists).")
          .reference("RFC 6376 §6.1.2")
          .remedy(
              "Publish the TXT record (or CNAME) that the signing gateway shows for this selector.")
          .example("default._domainkey.contoso.tld. IN TXT \"v=DKIM1; k=rsa; p=MIIBIjANBg…\"");

  static final Rule MULTIPLE =
      Rule.critical("dkim.multiple", "more than one TXT record stands at the selector")
          .why(
              "The result is undefined: each verifier takes another record, so signatures pass"
                  + " here and fail there.")
          .reference("RFC 6376 §3.6.2.2")
          .remedy("Delete all but the one record that carries the key in use.")
          .example(
              "Wrong: an old and a new key at the same selector. Right: the new key at a new"
                  + " selector.");

  static final Rule SYNTAX =
      Rule.critical("dkim.syntax", "the key record does not follow the grammar")
          .why("Verifiers that cannot read the record treat the signature as failed.")
          .reference("RFC 6376 §3.6.1, RFC 8463 §4")
          .remedy(
              "Publish the record again exactly as the gateway shows it. A key longer than 255"
                  + " characters goes into several strings, which DNS joins without a space.")
          .example("Wrong: p=MIIB…; v=DKIM1 (v is not first). Right: v=DKIM1; k=rsa; p=MIIB…");

  static final Rule REVOKED =
      Rule.critical("dkim.revoked", "the key of a selector in use is revoked")
          .why("An empty p= tells every verifier to fail signatures of this selector.")
          .reference("RFC 6376 §3.6.1")
          .remedy(
              "Publish the current key, or take the selector out of the configuration if it is"
                  + " retired.")
          .example("v=DKIM1; p=");

  static final Rule KEY_SIZE =
      Rule.warning("dkim.key-size", "the RSA key is too short, or longer than verifiers must read")
          .why(
              "Verifiers must not accept fewer than 1024 bits, some want 2048, and need not read"
                  + " more than 4096.")
          .reference("RFC 8301 §3.2")
          .remedy("Create a key of 2048 bits with a new selector, sign with it, retire this one.")
          .example("Wrong: 1024 bits (p has some 216 characters). Right: 2048 bits (some 392).");

  static final Rule HASH =
      Rule.critical("dkim.hash", "the record does not allow SHA-256")
          .why("Signatures are made with SHA-256; SHA-1 must not be accepted any more.")
          .reference("RFC 8301 §3.1")
          .remedy("Remove h=, or set h=sha256.")
          .example("Wrong: h=sha1. Right: no h= at all.");

  static final Rule KEY_TYPE =
      Rule.warning("dkim.ktype", "many verifiers cannot use this type of key")
          .why(
              "RSA is the only type that every verifier reads. A message signed with another type"
                  + " alone counts as unsigned for the rest.")
          .reference("RFC 8463 §3, RFC 6376 §3.6.1")
          .remedy("Sign with an RSA key too, under a selector of its own.")
          .example("Wrong: only k=ed25519. Right: one selector with k=rsa, one with k=ed25519.");

  static final Rule TESTING =
      Rule.warning("dkim.testing", "the key is marked as being tested")
          .why("t=y asks receivers to treat signed mail no better than unsigned mail.")
          .reference("RFC 6376 §3.6.1")
          .remedy("Remove y from t= once signing works.")
          .example("Wrong: v=DKIM1; t=y; p=…. Right: v=DKIM1; p=…");

  static final Rule STRICT =
      Rule.info("dkim.strict", "the key may not sign for subdomains")
          .why(
              "With t=s a signature whose i= names a subdomain fails, although d= is the domain"
                  + " itself.")
          .reference("RFC 6376 §3.6.1")
          .remedy("Nothing, if the gateway signs with i=@domain; otherwise remove s from t=.")
          .example("v=DKIM1; t=s; p=…");

  static final Rule SERVICE =
      Rule.critical("dkim.service", "the key is not meant for mail")
          .why("A key whose s= lists neither email nor * must be ignored for mail.")
          .reference("RFC 6376 §3.6.1")
          .remedy("Remove s=, or set s=email.")
          .example("Wrong: s=tlsrpt. Right: s=email");

  static final Rule CNAME_TARGET =
      Rule.critical("dkim.cname-target", "the selector's CNAME does not lead where it should")
          .why(
              "Whoever owns the target publishes the key, and can sign in the domain's name. A"
                  + " dangling target can be taken over.")
          .reference("RFC 1034 §3.6.2, the provider's documentation")
          .remedy("Set the CNAME to the target that the provider shows for this domain.")
          .example(
              "selector1._domainkey.contoso.tld. IN CNAME"
                  + " selector1-contoso-tld._domainkey.contoso.onmicrosoft.com.");

  static final Rule UNEXPECTED =
      Rule.critical("dkim.unexpected", "the published key is not the one in use")
          .why(
              "The gateway signs with a key that does not belong to the published one: every"
                  + " signature fails. Or somebody else's key is published and can sign in the"
                  + " domain's name.")
          .reference("RFC 6376 §6.1.3")
          .remedy("Publish the expected key, or declare the new one if the gateway changed it.")
          .example("The first differing character of p= is shown with both keys.");

  static final Rule KEY_AGE =
      Rule.warning("dkim.key-age", "the key has been the same for long")
          .why(
              "The longer a key is in use, the more copies of it lie in backups and old machines;"
                  + " whoever finds one signs in the domain's name.")
          .reference("M3AAWG DKIM Key Rotation Best Common Practices; NIST SP 800-177r1 §4.5.6")
          .remedy(
              "Create a key under a new selector, sign with it, and leave the old one published for"
                  + " seven days at least.")
          .example(
              "info after 180 days, warning after 365, counted from when maildrift first saw it");

  static final Rule KEY_SHARED =
      Rule.info("dkim.key-shared", "other domains publish the same key")
          .why(
              "Whoever holds the private key signs for all of them: one customer's leak is"
                  + " everybody's, and one rotation must reach every zone.")
          .reference("RFC 6376 §8.12, M3AAWG DKIM Key Rotation Best Common Practices")
          .remedy("Create a key of its own for each domain, unless the provider cannot.")
          .example("default._domainkey of contoso.tld and fabrikam.tld with one p=");

  static final List<Rule> ALL =
      List.of(
          SELECTOR_MISSING,
          MULTIPLE,
          SYNTAX,
          REVOKED,
          KEY_SIZE,
          HASH,
          KEY_TYPE,
          TESTING,
          STRICT,
          SERVICE,
          CNAME_TARGET,
          UNEXPECTED,
          KEY_AGE,
          KEY_SHARED);

  private DkimRules() {}
}
