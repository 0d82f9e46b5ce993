package maildrift.probes.mtasts;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of MTA-STS. */
final class StsRules {

  private StsRules() {}

  static final Rule TXT =
      Rule.warning("mtasts.txt", "the MTA-STS record cannot be used")
          .why(
              "Senders take a broken record, or several, for none: the mail may travel without"
                  + " verified TLS although a policy exists.")
          .reference("RFC 8461 §3.1")
          .remedy("Publish exactly one record with a new id for every change of the policy.")
          .example(
              "Wrong: v=STSv1; id=2026-11-21. Right: _mta-sts.contoso.tld. IN TXT \"v=STSv1;"
                  + " id=20261121\"");

  static final Rule FETCH =
      Rule.critical("mtasts.fetch", "the MTA-STS policy cannot be fetched as senders fetch it")
          .why(
              "The record announces a policy that no sender can read: new senders deliver without it, and those that know an old one will be without it once that runs out.")
          .reference("RFC 8461 §3.3")
          .remedy(
              "Serve the policy at https://mta-sts.DOMAIN/.well-known/mta-sts.txt with status 200, as text/plain, at most 64 KiB, without redirect, with a publicly trusted certificate for mta-sts.DOMAIN.")
          .example(
              "Wrong: 301 to https://www.contoso.tld/. Right: 200 at https://mta-sts.contoso.tld/.well-known/mta-sts.txt");

  static final Rule POLICY =
      Rule.critical("mtasts.policy", "the MTA-STS policy is malformed")
          .why(
              "Senders discard a policy that they cannot read, and deliver as if there were none. An empty line is read over by most of them (warning).")
          .reference("RFC 8461 §3.2")
          .remedy("Serve a policy of version, mode, max_age and one mx a line for every host.")
          .example(
              "Right: version: STSv1, mode: enforce, mx: mx.contoso.tld, max_age: 604800, one a line");

  static final Rule MX_COVER =
      Rule.critical("mtasts.mx-cover", "an MX host matches no mx pattern of the MTA-STS policy")
          .why(
              "Senders that honour the policy do not deliver to that host: with mode enforce mail waits and bounces; with mode testing they only report it (warning).")
          .reference("RFC 8461 §4.1")
          .remedy(
              "Add the host to the policy, wait until senders have it (max_age at most), then to the MX records; or take it out of them.")
          .example(
              "Wrong: contoso.tld. IN MX 10 mx2.contoso.tld. with mx: mx1.contoso.tld alone. Right: mx: *.contoso.tld");

  static final Rule MX_EXTRA =
      Rule.info("mtasts.mx-extra", "an mx pattern of the MTA-STS policy matches no MX host")
          .why(
              "A host that is no longer yours stays allowed; whoever can forge DNS may lead mail there.")
          .reference("RFC 8461 §3.2")
          .remedy("Take the pattern out of the policy, and give the record a new id.")
          .example("Wrong: mx: old-provider.example and no such MX host");

  static final Rule CERT =
      Rule.critical("mtasts.cert", "an MX host does not satisfy the MTA-STS policy")
          .why(
              "Senders that honour the policy deliver only over TLS 1.2 or newer to a host with a trusted certificate for its name: with mode enforce mail waits and bounces; with mode testing they only report it (warning).")
          .reference("RFC 8461 §4.2")
          .remedy(
              "Give the host a publicly trusted certificate whose subject alternative name has the host, and send the intermediates with it.")
          .example("Wrong: CN=mx.contoso.tld without SAN. Right: SAN dNSName mx.contoso.tld");

  static final Rule MAX_AGE =
      Rule.warning("mtasts.max-age", "the MTA-STS policy is kept for too short a time")
          .why(
              "Who can block the policy host for that long, leads senders back to unprotected delivery. Below a day it hardly protects; below a week it is weak (info).")
          .reference("RFC 8461 §3.2, §10.2")
          .remedy("Once it works, set max_age to weeks, e.g. max_age: 2592000.")
          .example("Wrong: mode: enforce with max_age: 3600. Right: max_age: 2592000");

  static final Rule MODE_STUCK =
      Rule.info("mtasts.mode-stuck", "the MTA-STS policy has been in testing for over 90 days")
          .why(
              "In testing mail is delivered also where the policy forbids it: nothing is protected.")
          .reference("RFC 8461 §5")
          .remedy("Read the TLS-RPT reports; if they are clean, set mode: enforce with a new id.")
          .example("Wrong: mode: testing since last year. Right: mode: enforce");

  static final Rule ID_SYNC =
      Rule.critical("mtasts.id-sync", "the MTA-STS policy and the record's id do not go together")
          .why(
              "Senders fetch a changed policy only when the id changes: with the old id they keep the old policy up to max_age, and may refuse the new MX hosts. A new id without a change is harmless (info).")
          .reference("RFC 8461 §3.1, §8.1")
          .remedy("Publish the record with a new id each time after the policy was changed.")
          .example("Right: _mta-sts.contoso.tld. IN TXT \"v=STSv1; id=20261122\"");

  static final Rule REMOVAL =
      Rule.critical("mtasts.removal", "MTA-STS was removed while senders still enforce it")
          .why(
              "Senders keep the last policy for its max_age and cannot learn of a new one: every change of MX hosts or certificates until then makes them refuse mail.")
          .reference("RFC 8461 §8.3")
          .remedy(
              "Publish the record and a policy with mode: none and a small max_age; remove both only when the old max_age has passed.")
          .example(
              "Right: mode: none and a new id, then max_age of the old policy later remove record and policy host");

  static final Rule CDN =
      Rule.critical("mtasts.cdn", "an MTA-STS name is an alias of a name that does not exist")
          .why(
              "Who registers the missing name at that provider, speaks for your policy and decides where honest senders may deliver.")
          .reference("RFC 8461 §8.2")
          .remedy("Take the CNAME away, or set the missing name up again.")
          .example("Wrong: mta-sts.contoso.tld. CNAME contoso.gone.example. and no such name");

  static final List<Rule> ALL =
      List.of(
          TXT, FETCH, POLICY, MX_COVER, MX_EXTRA, CERT, MAX_AGE, MODE_STUCK, ID_SYNC, REMOVAL, CDN);

  /** Those that need the policy. */
  static final String[] OF_THE_POLICY =
      List.of(POLICY, MX_COVER, MX_EXTRA, CERT, MAX_AGE, MODE_STUCK, ID_SYNC).stream()
          .map(Rule::id)
          .toArray(String[]::new);
}
