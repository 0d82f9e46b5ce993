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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dane.DaneProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.netblocks.NetblocksProbe;
import maildrift.probes.spf.IncludedRecords;
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
          .reference("maildrift documentation, baseline")
          .remedy(
              "If the change is right: maildrift baseline accept DOMAIN, or for a record that many domains share: maildrift baseline accept --record \"NAME SPF\". If not: publish the old value again.")
          .example("old: 10 mx1.example.test\nnew: 10 mx1.example.test, 20 mx.stranger.test");

  /** The netblocks probe's, judged here because it needs the baseline. */
  public static final Rule NETBLOCKS_CHANGED = NetblocksProbe.CHANGED;

  /** The SPF probe's, judged here because it needs the baseline. */
  public static final Rule LOOKUPS_CHANGED = SpfProbe.LOOKUPS_TREND;

  private static final String NETBLOCKS = " netblocks";

  /** So many included records are shown in a message; the evidence has all. */
  private static final int MOST_RECORDS = 3;

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
      ManagedDomain domain,
      Map<String, String> baseline,
      SortedMap<String, String> seen,
      Instant at) {
    var findings = new ArrayList<Finding>();
    var includes = new Includes(seen, baseline);
    seen.forEach(
        (name, now) -> {
          var accepted = baseline.get(name);
          if (accepted == null || accepted.equals(now) || !isCompared(name)) {
            return;
          }
          if (name.endsWith(SpfProbe.LOOKUPS_RECORD)) {
            lookups(name, accepted, now, baseline, seen, includes).ifPresent(findings::add);
          } else if (TlsDrift.isRecord(name)) {
            TlsDrift.between(name, accepted, now, at).ifPresent(findings::add);
          } else if (name.endsWith(NETBLOCKS)) {
            findings.add(netblocks(name, baseline, seen, includes));
          } else if (Includes.isIncluded(name, domain.name())) {
            if (teller(name, baseline, seen, includes) == Teller.RECORD) {
              findings.add(
                  new IncludedChange(
                          domain, name, accepted, now, path(domain, name, seen, includes))
                      .finding());
            }
          } else if (!DaneProbe.isRecord(name)) {
            // TLSA records change with every key; what that breaks is said by the dane probe.
            findings.add(finding(domain.name(), name, accepted, now));
          }
        });
    return findings;
  }

  /** The same, with all news fresh. */
  public static List<Finding> between(
      ManagedDomain domain, Map<String, String> baseline, SortedMap<String, String> seen) {
    return between(domain, baseline, seen, Instant.EPOCH);
  }

  /** What tells that an included record changed. */
  private enum Teller {
    /** A finding of its own. */
    RECORD,
    /** {@code netblocks.changed} of a source that it is part of. */
    SOURCE,
    /** Such a source could not be seen in this look: wait. */
    UNKNOWN
  }

  private static Teller teller(
      String name,
      Map<String, String> baseline,
      SortedMap<String, String> seen,
      Includes includes) {
    var owner = Includes.owner(name);
    var teller = Teller.RECORD;
    for (var record : baseline.entrySet()) {
      if (record.getKey().endsWith(NETBLOCKS)
          && includes.from(source(record.getKey())).contains(owner)) {
        var now = seen.get(record.getKey());
        if (now == null) {
          teller = Teller.UNKNOWN;
        } else if (!now.equals(record.getValue())) {
          return Teller.SOURCE;
        }
      }
    }
    return teller;
  }

  /**
   * Whether it cannot be said in this look if the drift of an included record is told by a source's
   * finding or by one of its own: what was told before holds on.
   */
  public static boolean isUndecided(
      String record, Map<String, String> baseline, SortedMap<String, String> seen) {
    return record.endsWith(IncludedRecords.RECORD)
        && teller(record, baseline, seen, new Includes(seen, baseline)) == Teller.UNKNOWN;
  }

  /**
   * Whether a record is made of others that changed, too, so that its own change is no further
   * news: a source's networks and a count of lookups follow from the SPF records that are included
   * there. What a feed or a profile lists follows from none.
   *
   * @param includes by what is seen, or was
   */
  public static boolean follows(String record, Set<String> changed, Includes includes) {
    if (!record.endsWith(NETBLOCKS) && !record.endsWith(SpfProbe.LOOKUPS_RECORD)) {
      return false;
    }
    var made = includes.from(record.substring(0, record.lastIndexOf(' ')));
    return changed.stream()
        .anyMatch(
            other ->
                other.endsWith(IncludedRecords.RECORD) && made.contains(Includes.owner(other)));
  }

  /**
   * What goes with a record when it is accepted: a name's SPF record and its networks are one
   * thing, with all that is included there, and where the domain's own record is as it was, the
   * count of lookups follows.
   *
   * @param records of one domain
   */
  public static Set<String> together(
      DnsName domain, String record, Map<String, String> baseline, Map<String, String> records) {
    var all = new TreeSet<>(Set.of(record));
    if (record.endsWith(NETBLOCKS) || record.endsWith(IncludedRecords.RECORD)) {
      var owner = record.substring(0, record.lastIndexOf(' '));
      all.add(owner + IncludedRecords.RECORD);
      all.add(owner + NETBLOCKS);
      if (records.containsKey(owner + NETBLOCKS)) {
        new Includes(records, baseline)
            .from(owner)
            .forEach(name -> all.add(name + IncludedRecords.RECORD));
      }
      var own = domain + IncludedRecords.RECORD;
      if (Objects.equals(baseline.get(own), records.get(own))) {
        all.add(domain + SpfProbe.LOOKUPS_RECORD);
      }
    }
    all.retainAll(records.keySet());
    all.removeIf(name -> !isCompared(name));
    return all;
  }

  private static String source(String netblocks) {
    return netblocks.substring(0, netblocks.length() - NETBLOCKS.length());
  }

  private static List<String> path(
      ManagedDomain domain, String record, SortedMap<String, String> seen, Includes includes) {
    var owner = Includes.owner(record);
    return Stream.concat(
            Stream.of(domain.name().toString()),
            seen.keySet().stream().filter(name -> name.endsWith(NETBLOCKS)).map(Drift::source))
        .map(from -> includes.path(from, owner))
        .filter(path -> !path.isEmpty())
        .findFirst()
        .orElse(List.of(owner));
  }

  private static Finding finding(DnsName domain, String name, String old, String now) {
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
      SortedMap<String, String> seen,
      Includes includes) {
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
            // The provider's record is the cause, as it is for all others that include it.
            .cause(
                Includes.changed(includes.from(domain), baseline, seen).stream()
                    .findFirst()
                    .map(changed -> Includes.owner(changed) + " TXT")
                    .orElse(record))
            .with("old", old)
            .with("new", now);
    return Optional.of(after > before ? finding : finding.severity(Severity.INFO));
  }

  private static Finding netblocks(
      String name,
      Map<String, String> baseline,
      SortedMap<String, String> seen,
      Includes includes) {
    var source = source(name);
    var old = baseline.getOrDefault(name, "");
    var now = seen.getOrDefault(name, "");
    var before = new LinkedHashSet<>(words(old));
    var after = new LinkedHashSet<>(words(now));
    var added = after.stream().filter(network -> !before.contains(network)).toList();
    var removed = before.stream().filter(network -> !after.contains(network)).toList();
    var records = Includes.changed(includes.from(source), baseline, seen);
    var finding =
        Finding.of(
                NETBLOCKS_CHANGED,
                source,
                "%s publishes other networks than accepted:%s%s%s"
                    .formatted(
                        source,
                        listed(" added ", added),
                        listed(" removed ", removed),
                        within(source, records, baseline, seen)))
            // What is no name in DNS is a feed or a profile's own list.
            .cause(DnsName.parse(source).isPresent() ? source + " TXT" : source)
            .with("added", added)
            .with("removed", removed)
            .with("old", words(old))
            .with("new", words(now))
            .remedy(
                "The list as published now, one a line:\n%s\nWhen every gateway follows it, accept it for all domains that share it:\n%s"
                    .formatted(String.join("\n", words(now)), IncludedChange.acceptance(name)));
    return records.isEmpty()
        ? finding
        : finding.with("records", IncludedChange.evidence(records, baseline, seen));
  }

  /** Which record of the source it was, where it is not the source's own. */
  private static String within(
      String source,
      List<String> records,
      Map<String, String> baseline,
      SortedMap<String, String> seen) {
    var inner = records.stream().filter(record -> !Includes.owner(record).equals(source)).toList();
    return inner.isEmpty()
        ? ""
        : inner.stream()
            .limit(MOST_RECORDS)
            .map(
                record ->
                    "%s, which it includes, changed from %s to %s"
                        .formatted(
                            Includes.owner(record),
                            IncludedChange.quoted(baseline.getOrDefault(record, "")),
                            IncludedChange.quoted(seen.getOrDefault(record, ""))))
            .collect(Collectors.joining("; ", "; ", ""));
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
