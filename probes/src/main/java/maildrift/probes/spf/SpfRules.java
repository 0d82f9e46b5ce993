package maildrift.probes.spf;

import java.util.List;
import maildrift.probes.Rule;

/** The rules of the probe, as {@code maildrift rules --explain} prints them. */
final class SpfRules {
  static final Rule PRESENT =
      Rule.warning("spf.present", "no SPF record is published")
          .why(
              "Without a record nobody can tell the domain's servers from a forger's. Large"
                  + " receivers refuse or mark mail of domains without SPF, and DMARC loses one of"
                  + " its two legs.")
          .reference("RFC 7208 §3, §4.5")
          .remedy(
              "Publish one TXT record that begins with v=spf1 and lists who sends for the domain;"
                  + " a domain that never sends publishes v=spf1 -all.")
          .example("good: v=spf1 include:_spf.provider.example ~all");

  static final Rule MULTIPLE =
      Rule.critical("spf.multiple", "more than one SPF record is published at one name")
          .why(
              "Receivers do not choose: two records are a permanent error, and no server of the"
                  + " domain passes.")
          .reference("RFC 7208 §3.2, §4.5")
          .remedy("Merge them into one record that begins with v=spf1, and delete the others.")
          .example(
              "bad: \"v=spf1 include:a.example ~all\" and \"v=spf1 include:b.example ~all\";"
                  + " good: \"v=spf1 include:a.example include:b.example ~all\"");

  static final Rule SYNTAX =
      Rule.critical("spf.syntax", "the record breaks the grammar of SPF")
          .why(
              "One unreadable term anywhere is a permanent error for the whole record, whatever"
                  + " stands before it; a term that reads as something else does not do what its"
                  + " author wanted.")
          .reference("RFC 7208 §4.6, §12")
          .remedy("Correct the term at the place that the finding names.")
          .example(
              "bad: v=spf1 include:include:_spf.provider.example ipv4:192.0.2.1 ~all;"
                  + " good: v=spf1 include:_spf.provider.example ip4:192.0.2.1 ~all");

  static final Rule LOOKUPS =
      Rule.critical("spf.lookups", "the record needs more DNS lookups than SPF allows")
          .why(
              "Receivers stop at ten terms that ask DNS (include, a, mx, ptr, exists, redirect,"
                  + " those inside includes too) and answer permerror: senders behind the tenth are"
                  + " refused. A provider can add lookups to its own record at any time, so that"
                  + " nine is a warning and seven is worth knowing.")
          .reference("RFC 7208 §4.6.4")
          .remedy(
              "Remove includes that are no longer used, take a provider's regional include instead"
                  + " of the global one, or write own servers as ip4 and ip6, which cost nothing.")
          .example("maildrift spf DOMAIN shows what each term costs");

  static final Rule VOID =
      Rule.warning("spf.void", "terms of the record point to names that do not exist")
          .why(
              "More than two lookups without an answer are a permanent error. Each is also a name"
                  + " that somebody else might register.")
          .reference("RFC 7208 §4.6.4, §11.1")
          .remedy("Remove the terms whose names are gone.")
          .example("bad: v=spf1 a:old-server.example mx ~all, where old-server.example is gone");

  static final Rule MX_NAMES =
      Rule.critical("spf.mx-names", "an mx term leads to more than ten MX records")
          .why("Receivers answer permerror, so that no server of the domain passes.")
          .reference("RFC 7208 §4.6.4")
          .remedy("Replace mx by the networks of the servers that send (ip4, ip6).")
          .example("bad: v=spf1 mx ~all, where the domain has eleven MX records");

  static final Rule PTR =
      Rule.warning("spf.ptr", "the record uses ptr")
          .why(
              "ptr is slow, depends on whoever runs the reverse zone and \"should not be"
                  + " published\"; some receivers ignore it, so that mail fails there alone.")
          .reference("RFC 7208 §5.5")
          .remedy("Replace ptr by ip4, ip6 or a.")
          .example("bad: v=spf1 ptr ~all; good: v=spf1 ip4:192.0.2.10 ~all");

  static final Rule INCLUDE_NONE =
      Rule.critical("spf.include-none", "an included name has no SPF record")
          .why(
              "An include without a record behind it is a permanent error for the whole record. If"
                  + " the name's domain is no longer registered, whoever registers it decides who"
                  + " may send in this domain's name.")
          .reference("RFC 7208 §5.2")
          .remedy("Remove the include, or correct the name.")
          .example("bad: v=spf1 include:_spf.mimecast.com ~all (that name does not exist)");

  static final Rule REDIRECT =
      Rule.critical("spf.redirect", "the redirect does not lead to a policy")
          .why(
              "A redirect to a name without SPF record, or two redirects, are a permanent error;"
                  + " beside all a redirect is ignored, which is rarely what was meant.")
          .reference("RFC 7208 §6.1")
          .remedy("Keep one redirect to a name that has an SPF record, and no all beside it.")
          .example("bad: v=spf1 redirect=_spf.provider.example ~all (the redirect is ignored)");

  static final Rule EXP =
      Rule.info("spf.exp", "the explanation is not usable")
          .why("exp twice is a permanent error for the whole record.")
          .reference("RFC 7208 §6.2")
          .remedy("Keep one exp.")
          .example("bad: v=spf1 exp=a.example -all exp=b.example");

  static final Rule AFTER_ALL =
      Rule.warning("spf.after-all", "terms stand behind all")
          .why("Receivers never look behind all: whoever is listed there is not authorised.")
          .reference("RFC 7208 §5.1")
          .remedy("Move all to the end of the record.")
          .example("bad: v=spf1 mx ~all ip4:192.0.2.1; good: v=spf1 mx ip4:192.0.2.1 ~all");

  static final Rule ALL_QUALIFIER =
      Rule.warning("spf.all-qualifier", "the policy does not end in ~all or -all")
          .why(
              "With +all the whole Internet may send in the domain's name. With ?all, or with"
                  + " neither all nor redirect, forged mail is neutral: nothing is refused because"
                  + " of SPF.")
          .reference("RFC 7208 §4.7, §5.1, §10.1.2")
          .remedy(
              "End the record in ~all (with DMARC, so that DKIM may still save forwarded mail), or"
                  + " in -all for a domain that never sends.")
          .example("bad: v=spf1 mx +all; good: v=spf1 mx ~all");

  static final Rule SIZE =
      Rule.warning("spf.size", "the record is too large for one small DNS answer")
          .why(
              "Records above about 450 octets push the answer beyond 512, so that some receivers"
                  + " have to ask again over TCP, which firewalls may block.")
          .reference("RFC 7208 §3.3, §3.4")
          .remedy(
              "Shorten the record, or move a part of it behind an include of your own. A"
                  + " character-string holds 255 octets: split longer ones, which are joined without"
                  + " a space.")
          .example("bad: 30 ip4 terms in one record; good: v=spf1 include:_spf.own.example ~all");

  static final Rule SPACE_JOIN =
      Rule.critical("spf.space-join", "two terms are glued together where strings are joined")
          .why(
              "The character-strings of a TXT record are joined without a space. Two terms that"
                  + " meet there become one, which nobody meant, and mostly a permanent error.")
          .reference("RFC 7208 §3.3")
          .remedy("Put a space at the end of the first string or at the start of the next.")
          .example(
              "bad: \"v=spf1 ip4:192.0.2.1\" \"include:x.example ~all\";"
                  + " good: \"v=spf1 ip4:192.0.2.1 \" \"include:x.example ~all\"");

  static final Rule BROAD =
      Rule.warning("spf.broad", "the record authorises very large networks")
          .why(
              "Every host in these networks may send in the domain's name, strangers' machines at"
                  + " the same hoster included.")
          .reference("RFC 7208 §11")
          .remedy("List the servers that send, not the networks that they are in.")
          .example("bad: v=spf1 ip4:192.0.0.0/8 ~all; good: v=spf1 ip4:192.0.2.10 ~all");

  static final Rule MACRO =
      Rule.info("spf.macro", "the record depends on the message (macros)")
          .why(
              "What a macro authorises cannot be listed: netblocks are incomplete, and only asking"
                  + " for single addresses shows who passes. %{p} is slow and \"should not be"
                  + " used\".")
          .reference("RFC 7208 §7")
          .remedy("Nothing, where a provider's hosted SPF wants it; replace %{p}.")
          .example("v=spf1 include:%{i}._ip.%{h}._ehlo.%{d}._spf.provider.example -all");

  static final Rule DUPLICATE =
      Rule.info("spf.duplicate", "the record names something twice")
          .why(
              "The second mention authorises nobody new, but costs its lookups again and makes the"
                  + " record longer.")
          .reference("RFC 7208 §4.6.4")
          .remedy(
              "Keep one mention. Where two includes lead to the same name, one of them may be"
                  + " enough.")
          .example(
              "bad: v=spf1 include:a.example include:a.example ~all; good: v=spf1 include:a.example"
                  + " ~all");

  static final Rule HELO =
      Rule.info("spf.helo", "the name in HELO has no SPF record that lets the gateway pass")
          .why(
              "Receivers may check the HELO name first, and for bounces, which have no sender, they"
                  + " have nothing else.")
          .reference("RFC 7208 §2.3, §2.4, §10.1.3")
          .remedy("Publish v=spf1 a -all at the gateway's own name.")
          .example("gw.example.net. IN TXT \"v=spf1 a -all\"");

  static final Rule NULL_SENDER =
      Rule.info("spf.null-sender", "a domain that takes no mail does not refuse to send any")
          .why(
              "A null MX says that the domain has nothing to do with mail. Unless its SPF record"
                  + " says so too, forgers may still write in its name.")
          .reference("RFC 7208 §10.1.2, RFC 7505 §4.2")
          .remedy("Publish v=spf1 -all.")
          .example("bad: MX 0 . and v=spf1 mx ~all; good: MX 0 . and v=spf1 -all");

  static final Rule LOOKUPS_TREND =
      Rule.warning("spf.lookups-trend", "the record needs more or fewer lookups than when accepted")
          .why(
              "The domain's own record is as it was: a provider has changed what its include leads"
                  + " to. The next change may go beyond the limit of ten.")
          .reference("RFC 7208 §4.6.4")
          .remedy(
              "See with maildrift spf DOMAIN which include grew; accept the new count, or make room"
                  + " before it is needed.")
          .example("old: 7 (include:_spf.provider.example 4, mx 1, …); new: 9");

  static final Rule NOT_AUTHORISED =
      Rule.critical("spf.not-authorised", "the provider's networks are not authorised")
          .why(
              "Mail that the domain sends through the provider fails SPF, and is refused or marked"
                  + " wherever DKIM does not save it.")
          .reference("RFC 7208 §4, and the provider's instructions")
          .remedy("Add the provider's include to the domain's record.")
          .example(
              "judged by effect: include, redirect, ip4 and ip6 entries or macros will all do,"
                  + " as long as every network passes");

  static final Rule POSITION =
      Rule.info("spf.position", "the provider's term is not the first one")
          .why(
              "The provider asks to be named first: the first match decides, and receivers that"
                  + " stop early have seen it.")
          .reference("the provider's instructions")
          .remedy("Move the provider's term to the front.")
          .example("good: v=spf1 include:_spf.provider.example mx ~all");

  static final Rule AVOID =
      Rule.info("spf.avoid", "the record uses a name that the provider advises against")
          .why(
              "The provider has a better name for its networks: one that exists, or that costs fewer"
                  + " of the ten DNS lookups.")
          .reference("RFC 7208 §4.6.4, and the provider's instructions")
          .remedy("Name the provider as its profile does.")
          .example(
              "bad: include:_netblocks.mimecast.com (a lookup for every region);"
                  + " good: include:de._netblocks.mimecast.com");

  static final List<Rule> ALL =
      List.of(
          PRESENT,
          MULTIPLE,
          SYNTAX,
          LOOKUPS,
          VOID,
          MX_NAMES,
          PTR,
          INCLUDE_NONE,
          REDIRECT,
          EXP,
          AFTER_ALL,
          ALL_QUALIFIER,
          SIZE,
          SPACE_JOIN,
          BROAD,
          MACRO,
          DUPLICATE,
          HELO,
          NULL_SENDER,
          LOOKUPS_TREND,
          NOT_AUTHORISED,
          POSITION,
          AVOID);

  private SpfRules() {}
}
