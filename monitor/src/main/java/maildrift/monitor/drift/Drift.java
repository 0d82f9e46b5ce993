package maildrift.monitor.drift;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import maildrift.probes.Finding;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dane.DaneProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.netblocks.NetblocksProbe;
import maildrift.probes.spf.SpfProbe;
import maildrift.probes.tls.TlsDrift;
import maildrift.probes.zone.ZoneProbe;

/**
 * Compares watched records with the baseline. A record's name ends in its kind ({@code contoso.tld
 * MX}, {@code de._netblocks.mimecast.com netblocks}); its value is normalised, and empty where DNS
 * said that there is none.
 */
public final class Drift {

  /** The rules of drift, for the catalogue. */
  public static final Rule CHANGED =
      Rule.warning("record.changed", "a watched record differs from the accepted baseline")
          .why(
              "Somebody changed the domain's mail set-up. If it was you, accept it; if not, find out who did.")
          .reference("maildrift README, baseline")
          .remedy(
              "If the change is right: maildrift baseline accept DOMAIN. If not: publish the old value again.")
          .example("old: 10 mx1.example.test\nnew: 10 mx1.example.test, 20 mx.stranger.test");

  /** The netblocks probe's, judged here because it needs the baseline. */
  public static final Rule NETBLOCKS_CHANGED = NetblocksProbe.CHANGED;

  /** The SPF probe's, judged here because it needs the baseline. */
  public static final Rule LOOKUPS_CHANGED = SpfProbe.LOOKUPS_TREND;

  private Drift() {}

  /**
   * Whether a watched record is compared with a baseline. A serial is meant to change, and a time
   * to live is judged by itself: both are remembered, and no news.
   */
  public static boolean isCompared(String record) {
    return !ZoneProbe.isSerial(record) && !MigrationProbe.isTtl(record);
  }

  /**
   * What differs.
   *
   * @param domain the managed domain whose baseline it is
   * @param baseline accepted values by record name
   * @param seen values seen in this look; a record that could not be seen is not in it, and is not
   *     compared
   * @param at when; some news grow old by themselves
   */
  public static List<Finding> between(
      DnsName domain, Map<String, String> baseline, SortedMap<String, String> seen, Instant at) {
    var findings = new ArrayList<Finding>();
    seen.forEach(
        (name, now) -> {
          var accepted = baseline.get(name);
          if (accepted == null || accepted.equals(now) || !isCompared(name)) {
            return;
          }
          if (name.endsWith(SpfProbe.LOOKUPS_RECORD)) {
            lookups(name, accepted, now, baseline, seen).ifPresent(findings::add);
          } else if (TlsDrift.isRecord(name)) {
            TlsDrift.between(name, accepted, now, at).ifPresent(findings::add);
          } else if (!DaneProbe.isRecord(name)) {
            // TLSA records change with every key; what that breaks is said by the dane probe.
            findings.add(finding(domain, name, accepted, now));
          }
        });
    return findings;
  }

  /** The same, with all news fresh. */
  public static List<Finding> between(
      DnsName domain, Map<String, String> baseline, SortedMap<String, String> seen) {
    return between(domain, baseline, seen, Instant.EPOCH);
  }

  private static Finding finding(DnsName domain, String name, String old, String now) {
    if (name.endsWith(" netblocks")) {
      return netblocks(name.substring(0, name.length() - " netblocks".length()), old, now);
    }
    if (name.endsWith(AutoSetupChange.KIND)) {
      return AutoSetupChange.finding(domain, name, old, now);
    }
    return Finding.of(
            CHANGED, name, "%s changed from %s to %s".formatted(name, quoted(old), quoted(now)))
        .cause(cause(name))
        .severity(severity(name, old, now))
        .with("old", old)
        .with("new", now)
        .remedy(
            "If nobody of yours made this change, publish the old value again: %s. If it is right, accept it:\nmaildrift baseline accept %s"
                .formatted(quoted(old), domain));
  }

  /**
   * The count of lookups, where the domain's own record is as accepted: a changed record is said by
   * itself, and its new count is accepted with it.
   */
  private static Optional<Finding> lookups(
      String name,
      String old,
      String now,
      Map<String, String> baseline,
      SortedMap<String, String> seen) {
    var domain = name.substring(0, name.length() - SpfProbe.LOOKUPS_RECORD.length());
    var record = domain + " SPF";
    var before = SpfProbe.lookups(old);
    var after = SpfProbe.lookups(now);
    if (before == after || !Objects.equals(baseline.get(record), seen.get(record))) {
      return Optional.empty();
    }
    var finding =
        Finding.of(
                LOOKUPS_CHANGED,
                domain,
                "%s needs %d DNS lookups, %d when it was accepted, though its own text is the same: what it includes has changed"
                    .formatted(record, after, before))
            .cause(record)
            .with("old", old)
            .with("new", now);
    return Optional.of(after > before ? finding : finding.severity(Severity.INFO));
  }

  private static Finding netblocks(String source, String old, String now) {
    var before = new LinkedHashSet<>(words(old));
    var after = new LinkedHashSet<>(words(now));
    var added = after.stream().filter(network -> !before.contains(network)).toList();
    var removed = before.stream().filter(network -> !after.contains(network)).toList();
    return Finding.of(
            NETBLOCKS_CHANGED,
            source,
            "%s publishes other networks than accepted:%s%s"
                .formatted(source, listed(" added ", added), listed(" removed ", removed)))
        .cause(source + " TXT")
        .with("added", added)
        .with("removed", removed)
        .with("old", words(old))
        .with("new", words(now))
        .remedy("The list as published now, one a line:\n" + String.join("\n", words(now)));
  }

  private static String listed(String word, List<String> networks) {
    return networks.isEmpty() ? "" : word + String.join(", ", networks);
  }

  private static List<String> words(String value) {
    return Splitter.on(CharMatcher.anyOf(" ,\n")).omitEmptyStrings().splitToList(value);
  }

  /** What probes call it, so that one change of a record is one message. */
  private static String cause(String name) {
    for (var kind : List.of(" DKIM", " DMARC", " MTA-STS", " MTA-STS-policy", " TLSRPT", " BIMI")) {
      if (name.endsWith(kind)) {
        return name.substring(0, name.length() - kind.length()) + " TXT";
      }
    }
    return name;
  }

  static String quoted(String value) {
    return value.isEmpty() ? "nothing" : "“" + value + "”";
  }

  /**
   * Where mail goes and who may sign it is critical; a policy that got stronger is only worth
   * knowing.
   */
  private static Severity severity(String name, String old, String now) {
    if (name.endsWith(" MX") || name.endsWith(" DKIM")) {
      return Severity.CRITICAL;
    }
    if (name.endsWith(" DMARC")) {
      return DmarcChange.severity(old, now);
    }
    if (name.endsWith(" BIMI")) {
      return Severity.INFO;
    }
    if (name.endsWith(" DNSSEC")) {
      return now.equals("insecure") ? Severity.CRITICAL : Severity.INFO;
    }
    return Severity.WARNING;
  }
}
