package maildrift.monitor.watch;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;

/**
 * What only time and the other domains show of DKIM keys: how long each has been there, and who
 * else publishes it. Keys are kept as hashes; another tenant's domains are counted, never named.
 */
final class KeyRing {
  private static final Duration OLD = Duration.ofDays(180);
  private static final Duration TOO_OLD = Duration.ofDays(365);
  private static final int MOST_NAMES = 10;

  /** Of a key that thousands share, a few say it all. */
  private static final int MOST_ASKED = 50;

  /** Keyed anew in every process: whoever publishes keys cannot aim at a hash. */
  private static final HashFunction KEYED = Hashing.goodFastHash(64);

  /** By key, then by name; nearly every key has one domain. */
  private final Map<Long, Map<String, ManagedDomain>> domainsOf = new HashMap<>();

  private final Map<String, Set<Long>> keysOf = new HashMap<>();

  static boolean isKey(String record) {
    return record.endsWith(DkimProbe.RECORD);
  }

  /** The value of a record is one usable key: not empty, not revoked, not one of several. */
  private static boolean isOne(String value) {
    return !value.isEmpty()
        && !value.endsWith("p=")
        && value.startsWith("k=")
        && !value.contains(" | ");
  }

  private static long hash(String value) {
    return KEYED.hashString(value, StandardCharsets.ISO_8859_1).asLong();
  }

  /** Takes over what a domain publishes now. */
  synchronized void seen(ManagedDomain domain, Map<String, String> records) {
    forget(domain);
    var keys = new HashSet<Long>();
    records.forEach(
        (record, value) -> {
          if (isKey(record) && isOne(value)) {
            keys.add(hash(value));
          }
        });
    if (!keys.isEmpty()) {
      var name = domain.name().toString();
      keysOf.put(name, Set.copyOf(keys));
      keys.forEach(
          key ->
              domainsOf.compute(
                  key,
                  (_, domains) -> {
                    if (domains == null) {
                      return Map.of(name, domain);
                    }
                    var more =
                        domains.size() == 1
                            ? new LinkedHashMap<String, ManagedDomain>(domains)
                            : domains;
                    more.put(name, domain);
                    return more;
                  }));
    }
  }

  synchronized void forget(ManagedDomain domain) {
    var keys = keysOf.remove(domain.name().toString());
    if (keys == null) {
      return;
    }
    for (var key : keys) {
      domainsOf.computeIfPresent(
          key,
          (_, domains) -> {
            if (domains.size() == 1) {
              return null;
            }
            domains.remove(domain.name().toString());
            return domains;
          });
    }
  }

  /** Some of those in another organisation that publish the same. */
  private synchronized List<ManagedDomain> others(ManagedDomain domain, String value) {
    var domains = domainsOf.getOrDefault(hash(value), Map.of());
    if (domains.size() < 2 && domains.containsKey(domain.name().toString())) {
      return List.of();
    }
    var own = PublicSuffixes.organizational(domain.name());
    return domains.values().stream()
        .limit(MOST_ASKED)
        .filter(other -> !PublicSuffixes.organizational(other.name()).equals(own))
        .toList();
  }

  /** The same as long as neither time nor another domain changes what is found; quick. */
  long stamp(DomainWatch watch, Instant now) {
    if (watch.keysSince.isEmpty()) {
      return 0;
    }
    var stamp = 1L;
    for (var since : watch.keysSince.values()) {
      var age = Duration.between(since, now);
      stamp = 3 * stamp + (age.compareTo(TOO_OLD) > 0 ? 2 : age.compareTo(OLD) > 0 ? 1 : 0);
    }
    synchronized (this) {
      for (var key : keysOf.getOrDefault(watch.state.domain().name().toString(), Set.of())) {
        var domains = domainsOf.getOrDefault(key, Map.of()).size();
        stamp += 1_000_003L * Math.min(domains, MOST_ASKED);
      }
    }
    return stamp;
  }

  /**
   * Of the keys that this look saw.
   *
   * @param changed records that are not what they were: their keys are new
   */
  List<Finding> findings(
      ManagedDomain domain,
      DomainWatch watch,
      CheckResult result,
      Instant now,
      Set<String> changed) {
    var findings = new ArrayList<Finding>();
    for (var probe : result.probes()) {
      probe
          .judgement()
          .records()
          .forEach(
              (record, value) -> {
                if (isKey(record) && isOne(value)) {
                  var owner = record.substring(0, record.length() - DkimProbe.RECORD.length());
                  Optional.ofNullable(watch.keysSince.get(record))
                      .filter(_ -> !changed.contains(record))
                      .flatMap(since -> age(owner, since, now))
                      .ifPresent(findings::add);
                  shared(domain, owner, value).ifPresent(findings::add);
                }
              });
    }
    return findings;
  }

  /** The message names the day and not the age, so that it stays the same from look to look. */
  private static Optional<Finding> age(String owner, Instant since, Instant now) {
    var age = Duration.between(since, now);
    if (age.compareTo(OLD) <= 0) {
      return Optional.empty();
    }
    var day = since.atZone(ZoneOffset.UTC).toLocalDate();
    var isTooOld = age.compareTo(TOO_OLD) > 0;
    var finding =
        Finding.of(
                DkimProbe.KEY_AGE,
                owner,
                "%s has had the same key since %s at least, for more than %d days"
                    .formatted(owner, day, (isTooOld ? TOO_OLD : OLD).toDays()))
            .cause(owner + " TXT")
            .with("since", CheckJson.instant(since));
    return Optional.of(isTooOld ? finding : finding.severity(Severity.INFO));
  }

  /** A provider that prescribes one key for all its customers means it. */
  private Optional<Finding> shared(ManagedDomain domain, String owner, String value) {
    var others = others(domain, value);
    var isPrescribed =
        domain.prescriptions().stream()
            .flatMap(prescription -> prescription.dkim().stream())
            .flatMap(expected -> expected.key().stream())
            .anyMatch(key -> value.endsWith("p=" + key));
    if (others.isEmpty() || isPrescribed) {
      return Optional.empty();
    }
    var known =
        others.stream()
            .filter(other -> other.tenant().id().equals(domain.tenant().id()))
            .map(other -> other.name().toString())
            .sorted()
            .limit(MOST_NAMES)
            .toList();
    var isElsewhere =
        others.stream().anyMatch(other -> !other.tenant().id().equals(domain.tenant().id()));
    return Optional.of(
        Finding.of(
                DkimProbe.KEY_SHARED,
                owner,
                "%s carries a key that other domains publish too%s"
                    .formatted(owner, known.isEmpty() ? "" : ": " + String.join(", ", known)))
            // One key is one cause, whoever publishes it.
            .cause("DKIM key " + fingerprint(value))
            .with("domains", known)
            .with("ofOtherTenants", isElsewhere));
  }

  private static String fingerprint(String value) {
    return Hashing.sha256()
        .hashString(value, StandardCharsets.ISO_8859_1)
        .toString()
        .substring(0, 16);
  }
}
