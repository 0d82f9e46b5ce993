package maildrift.probes.migration;

import java.util.List;
import maildrift.probes.Rule;

/** What a migration needs before, shows meanwhile and leaves behind. */
final class MigrationRules {
  private MigrationRules() {}

  static final Rule TTL_HIGH =
      Rule.warning(
              "ttl.high", "the time to live of MX or SPF is too long for a migration that is near")
          .why(
              "Whoever asked shortly before the change goes on with the old record for so long: mail still arrives at the old host, or is still judged by the old policy, when nobody expects it there any more.")
          .reference(
              "RFC 1035 §3.2.1; RFC 2181 §8; SEPPmail, migration from parallel to inline: 300 s, one day before")
          .remedy(
              "Publish MX and SPF with a TTL of 300 s at least one day (and the old TTL) before the start.")
          .example(
              "violates: contoso.tld. 86400 IN MX 10 old.example. 23 hours before the start; does not: contoso.tld. 300 IN MX 10 old.example.");

  static final Rule TTL_LOW =
      Rule.warning("ttl.low", "the time to live of MX or SPF is still low a week after a migration")
          .why(
              "Short times to live make every sender ask again and again, and an outage of the name servers stops mail within minutes.")
          .reference("RFC 1912 §2.2; RFC 2308 §4")
          .remedy("Publish MX and SPF with a TTL of an hour to a day again.")
          .example(
              "violates: contoso.tld. 300 IN MX 10 gateway.example. eight days after the window; does not: contoso.tld. 3600 IN MX 10 gateway.example.");

  static final Rule READINESS =
      Rule.warning("migration.readiness", "a migration is near and something is not ready for it")
          .why(
              "What is wrong with the new state goes unnoticed until mail goes there. Then it is refused, deferred or taken for spam.")
          .reference(
              "maildrift documentation, migrations; SEPPmail, migration from parallel to inline")
          .remedy("Put right what is named before the start, or move the start.")
          .example("the PTR of the gateway that the MX will point to does not lead back to it");

  static final Rule PROGRESS =
      Rule.info("migration.progress", "a record moves as the migration foresees")
          .why(
              "Within the window of a migration the old value and the new one are both right. The change is told so that everybody knows how far it has come; there is nothing to do.")
          .reference("maildrift documentation, migrations")
          .remedy(
              "Nothing. What the new profile prescribes becomes the baseline when the window ends.")
          .example("contoso.tld MX: 10 old.example → 10 gateway.example");

  static final Rule PROPAGATION =
      Rule.info("migration.propagation", "some servers still give the old MX")
          .why(
              "Senders behind them deliver to the old host until the record's time to live is over there. The old host must still take the mail.")
          .reference("RFC 1034 §4.3.5; RFC 1035 §3.2.1")
          .remedy(
              "Wait until the named times, and keep the old host running. A zone's own server that stays behind does not follow its primary: see its zone transfer.")
          .example("ns1 gives the new MX, ns2 and the resolver 192.0.2.53:53 still the old one");

  static final Rule LEFTOVER =
      Rule.warning("migration.leftover", "something of the old state was left behind")
          .why(
              "The old provider may still take or send mail for the domain, long after anybody looks there; or the new gateway still turns mail away.")
          .reference(
              "maildrift documentation, migrations; SEPPmail, migration from parallel to inline")
          .remedy("Remove what is named.")
          .example(
              "violates: v=spf1 include:spf.old.example include:spf.new.example -all after the window");

  static final List<Rule> ALL =
      List.of(TTL_HIGH, TTL_LOW, READINESS, PROGRESS, PROPAGATION, LEFTOVER);
}
