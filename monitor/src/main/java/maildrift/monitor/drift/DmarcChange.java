package maildrift.monitor.drift;

import static java.util.stream.Collectors.toSet;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Severity;
import maildrift.probes.dmarc.DmarcRecord;
import maildrift.probes.dmarc.Policy;
import maildrift.probes.dmarc.ReportUri;

/** What it means that one DMARC record became another: who may forge more, and who gets reports. */
final class DmarcChange {
  private static final String BETWEEN_RECORDS = " | ";
  private static final String HASHED = "sha256:";
  private static final int WHOLE = 100;

  private DmarcChange() {}

  /**
   * Critical where the domain's own policy got weaker; warning where anything else did, where
   * reports go to somebody else, or where it cannot be told; else info.
   */
  static Severity severity(String old, String now) {
    var before = record(old);
    var after = record(now);
    if (strength(after) < strength(before)) {
      return Severity.CRITICAL;
    }
    return isTellable(old)
            && isTellable(now)
            && !isLooser(before, after)
            && addresses(before).equals(addresses(after))
        ? Severity.INFO
        : Severity.WARNING;
  }

  /** The one record that receivers take; of two they take none (RFC 9989 §4.10). */
  private static Optional<DmarcRecord> record(String value) {
    var records =
        Splitter.on(BETWEEN_RECORDS)
            .splitToStream(value)
            .flatMap(text -> DmarcRecord.parse(text).stream())
            .toList();
    return records.size() == 1 ? Optional.of(records.getFirst()) : Optional.empty();
  }

  /** A text that stands for several, or for one that is too long to keep, is not all there is. */
  private static boolean isTellable(String value) {
    return !value.contains(BETWEEN_RECORDS) && !value.startsWith(HASHED);
  }

  /** Of the policy for the domain itself; 0 where DMARC does not apply. */
  private static int strength(Optional<DmarcRecord> record) {
    return record
        .flatMap(own -> own.policies().map(all -> rank(own.effective(all.domain()))))
        .orElse(0);
  }

  private static int rank(Policy policy) {
    return switch (policy) {
      case NONE -> 1;
      case QUARANTINE -> 2;
      case REJECT -> 3;
    };
  }

  private static boolean isLooser(Optional<DmarcRecord> before, Optional<DmarcRecord> after) {
    if (before.isEmpty()) {
      return false;
    }
    if (after.isEmpty()) {
      return true;
    }
    var old = before.get();
    var now = after.get();
    return isWeaker(old, now)
        || (old.strictDkim() && !now.strictDkim())
        || (old.strictSpf() && !now.strictSpf())
        || percent(now) < percent(old)
        // Another psd= is another organisational domain: others' names may align.
        || old.psd() != now.psd();
  }

  private static boolean isWeaker(DmarcRecord old, DmarcRecord now) {
    var before = old.policies();
    var after = now.policies();
    if (before.isEmpty()) {
      return false;
    }
    return after.isEmpty()
        || now.effective(after.get().subdomains())
            .isWeakerThan(old.effective(before.get().subdomains()))
        || now.effective(after.get().nonexistent())
            .isWeakerThan(old.effective(before.get().nonexistent()));
  }

  /** RFC 7489's {@code pct}, which older receivers still heed. */
  private static int percent(DmarcRecord record) {
    try {
      return Math.clamp(Long.parseLong(record.legacy().getOrDefault("pct", "100")), 0, WHOLE);
    } catch (NumberFormatException _) {
      return WHOLE;
    }
  }

  /** Of aggregate and of failure reports. */
  private static List<Set<String>> addresses(Optional<DmarcRecord> record) {
    return List.of(
        texts(record.map(DmarcRecord::rua).orElse(List.of())),
        texts(record.map(DmarcRecord::ruf).orElse(List.of())));
  }

  private static Set<String> texts(List<ReportUri> uris) {
    return uris.stream().map(uri -> uri.text().toLowerCase(Locale.ROOT)).collect(toSet());
  }
}
