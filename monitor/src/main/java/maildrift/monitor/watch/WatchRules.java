package maildrift.monitor.watch;

import java.util.List;
import java.util.stream.Stream;
import maildrift.alerts.mute.Maintenance;
import maildrift.monitor.drift.Drift;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.Rule;
import maildrift.probes.zone.ZoneRules;

/** The rules that no probe can judge alone, and with them the catalogue of all rules. */
public final class WatchRules {

  public static final Rule UNOBSERVABLE =
      Rule.warning("probe.unobservable", "something could not be looked at for too long")
          .why(
              "What cannot be seen cannot be judged: a change there would go unnoticed. Nothing else is concluded from it.")
          .reference("maildrift documentation, gaps")
          .remedy(
              "See why the name server or mail server does not answer maildrift; dig and openssl s_client show the same.")
          .example("contoso.tld TXT: timeout after 2s from 127.0.0.1:53");

  /** The zone probe's; found here where the servers contradict each other about something else. */
  public static final Rule INCONSISTENT = ZoneRules.INCONSISTENT;

  public static final Rule CONTRADICTED =
      Rule.warning("resolver.contradicted", "the resolvers keep saying what better servers deny")
          .why(
              "A resolver that lies, or serves what has long expired, is one that your own mail servers may believe. maildrift does not: nothing is concluded from it about a domain.")
          .reference("maildrift documentation, confirmations; RFC 8767")
          .remedy(
              "Ask the resolvers in dns.resolvers and an authoritative server for the named record with dig; flush the resolver's cache, look for filters and rewriting on it, or name others in dns.resolvers.")
          .example(
              "127.0.0.1:53 says that contoso.tld has no MX; its authoritative servers have two");

  public static final Rule BLOCKED =
      Rule.warning("smtp.blocked", "no mail server can be reached from here")
          .why(
              "Most providers close port 25 for their customers, towards everybody. Nothing can then be said of any mail server: not of its certificate, nor of what it accepts. No domain is blamed for it.")
          .reference("maildrift documentation, gaps")
          .remedy(
              "Ask the provider of maildrift's machine to open outgoing port 25 for it, or run maildrift where it is open; nc -vz HOST 25 to a mail server of somebody else shows whether it is. To do without, leave out what needs it: skip: [tls, smtp, dane].")
          .example("3 mail hosts in 2 networks tried on port 25, none was reached");

  public static final Rule RECEIVER_FAILING =
      Rule.critical("receiver.failing", "a receiver has taken nothing for too long")
          .why(
              "Whoever relies on it hears of nothing, and silence looks like health. What it is owed is kept and tried again; the alert goes to the other receivers.")
          .reference("maildrift documentation, nothing is lost")
          .remedy(
              "maildrift alert test NAME shows what it answers; maildrift alert owed NAME lists what waits for it.")
          .example("oncall: HTTP 503 since 14:02, 12 notifications wait");

  public static final Rule RECEIVER_GONE =
      Rule.critical("receiver.gone", "a receiver wants no more notifications and is told nothing")
          .why(
              "It answered 410, which means for ever: nothing more is sent to it until its configuration is another or a person enables it.")
          .reference(
              "Standard Webhooks 1.0.0, operational considerations; RFC 9110 section 15.5.11")
          .remedy(
              "Give the receiver another address, or take it out; maildrift alert enable NAME if the answer was a mistake.")
          .example("oncall: HTTP 410");

  public static final Rule RECEIVER_REFUSED =
      Rule.warning("receiver.refused", "a receiver refused notifications until they were given up")
          .why(
              "It said no to their very content, again and again over the whole retry schedule; what they said was not heard there.")
          .reference("maildrift documentation, nothing is lost")
          .remedy(
              "maildrift alert dead list shows them with the answer; mend the receiver, then maildrift alert dead retry.")
          .example("oncall: HTTP 413 for a message that names 3,000 domains");

  public static final Rule RECEIVER_REMOVED =
      Rule.critical("receiver.removed", "a receiver that was taken out is still owed something")
          .why(
              "It was renamed or taken out of the configuration before it had been told everything; what fired or ended then, nobody has heard there.")
          .reference("maildrift documentation, nobody is deaf without others knowing")
          .remedy(
              "maildrift alert owed NAME shows what; maildrift alert move NAME OTHER owes it to another receiver, maildrift alert drop NAME forgets it.")
          .example("oncall: taken out while 3 notifications waited");

  public static final Rule MAINTENANCE =
      Rule.info(Maintenance.PROGRESS, "something happens in a maintenance window")
          .why(
              "Alerts of this window are held back; this one says meanwhile what has changed and what is held back, so that whoever does the work sees that it works.")
          .reference("maildrift documentation, maintenance")
          .remedy(
              "Nothing to do while the work is under way; maildrift alert list shows what is held back. What is right as it is now is accepted with maildrift baseline accept DOMAIN.")
          .example(
              "Maintenance (migration to inline): contoso.tld MX: 10 old.example → 10 new.example");

  public static final Rule SILENCE_ENDING =
      Rule.warning("silence.ending", "a silence is about to end while it hides alerts that fire")
          .why(
              "Whoever made it should know before the night that it ends in: it has to be prolonged, or what it hides has to be mended.")
          .reference("maildrift documentation, silences")
          .remedy(
              "Prolong it with maildrift silence extend ID --for 1d, or let it end; what still fires is told then.")
          .example("the silence of domain=\"contoso.tld\" by ada (migration) ends in an hour");

  public static final Rule BACKUP_FAILING =
      Rule.warning("backup.failing", "the store cannot be backed up")
          .why(
              "Without a backup a damaged disk costs which alerts fire, who took them, what is owed and what changed when.")
          .reference("maildrift documentation, backup and restore")
          .remedy(
              "Make room, let maildrift write there, or set store.backup.directory; then maildrift backup.")
          .example("/var/lib/maildrift/backups: No space left on device");

  public static final Rule DISCOVERY_FAILING =
      Rule.warning("discovery.failing", "a list of domains has not been usable for too long")
          .why(
              "Domains that are added to the list meanwhile are watched by nobody, and no other alert would say so.")
          .reference("maildrift documentation, domains from other lists")
          .remedy(
              "Look at what the source answers, or at its files, and mend that; take it out of discovery if it is not meant to be read any more.")
          .example("cmdb: cmdb.example.net answered 401");

  public static final Rule DISCOVERY_REFUSED =
      Rule.warning(
              "discovery.refused",
              "a list of domains has targets that cannot be taken up as it says")
          .why(
              "A domain that is not taken up is watched by nobody; one whose tenant is not declared is watched without its tenant: its alerts go where those without tenant go, and logins of the tenant do not see it.")
          .reference("maildrift documentation, domains from other lists")
          .remedy(
              "Declare the tenant under tenants, or put the target right in the list or take it out.")
          .example("cmdb: 3 domains name the tenant fabrikam, which is not declared");

  private WatchRules() {}

  /** Alerts about them are told to others than the receiver that they are about. */
  public static List<Rule> aboutReceivers() {
    return List.of(RECEIVER_FAILING, RECEIVER_GONE, RECEIVER_REFUSED, RECEIVER_REMOVED);
  }

  /** All rules there are: those of the probes in the catalogue's order, then those of the watch. */
  public static List<Rule> all() {
    return Stream.concat(
            ProbeCatalog.all().stream().map(Probe::rules).flatMap(List::stream), own().stream())
        .toList();
  }

  /** Those of the watch: only a daemon judges by them. */
  public static List<Rule> own() {
    return List.of(
        Drift.CHANGED,
        CONTRADICTED,
        UNOBSERVABLE,
        BLOCKED,
        MAINTENANCE,
        RECEIVER_FAILING,
        RECEIVER_GONE,
        RECEIVER_REFUSED,
        RECEIVER_REMOVED,
        SILENCE_ENDING,
        BACKUP_FAILING,
        DISCOVERY_FAILING,
        DISCOVERY_REFUSED);
  }
}
