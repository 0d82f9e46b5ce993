package maildrift.probes.dane;

import com.google.common.base.Splitter;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;

/**
 * The TLSA records of one host over time. Senders hold records for a TTL, so that during two of
 * them the host must fit those of before, too (RFC 7671 §8.1). Pure.
 *
 * <p>They are watched as a record of their own, which says since when: {@code 3 1 1 8d02…; 3 1 1
 * 9f8e… since=2026-11-22T01:00:00Z; 3 1 1 0a1b… gone=2026-11-22T01:00:00Z}. Without a date is what
 * was there when maildrift first looked, or when there had been none before.
 */
final class Rollover {
  private static final String RECORD = " TLSA";
  private static final String BETWEEN = "; ";
  private static final String SINCE = " since=";
  private static final String GONE = " gone=";

  private static final int MAX_PRESENT = 20;
  private static final int MAX_GONE = 10;

  private final List<Entry> entries;

  private Rollover(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** One record, and when it was first seen there, or first seen gone. */
  private record Entry(Rdata.Tlsa tlsa, Optional<Instant> since, Optional<Instant> gone) {
    String text() {
      return tlsa.text()
          + since.map(at -> SINCE + at).orElse("")
          + gone.map(at -> GONE + at).orElse("");
    }

    static Optional<Entry> parse(String text) {
      var parts = Splitter.on(' ').splitToList(text);
      if (parts.size() < 4 || parts.size() > 6) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Entry(
                new Rdata.Tlsa(
                    Integer.parseInt(parts.get(0)),
                    Integer.parseInt(parts.get(1)),
                    Integer.parseInt(parts.get(2)),
                    parts.get(3)),
                time(parts, SINCE),
                time(parts, GONE)));
      } catch (NumberFormatException | DateTimeException _) {
        return Optional.empty();
      }
    }

    private static Optional<Instant> time(List<String> parts, String mark) {
      return parts.stream()
          .filter(part -> part.startsWith(mark.strip()))
          .findFirst()
          .map(part -> Instant.parse(part.substring(mark.length() - 1)));
    }
  }

  static String record(DnsName owner) {
    return owner + RECORD;
  }

  static boolean isRecord(String name) {
    return name.endsWith(RECORD);
  }

  /** The value with its dates left out: they differ between looks that see the same. */
  static String undated(String value) {
    return Splitter.on(BETWEEN)
        .splitToStream(value)
        .map(text -> text.contains(GONE) ? "gone " + bare(text) : bare(text))
        .sorted()
        .collect(Collectors.joining(BETWEEN));
  }

  private static String bare(String text) {
    var end = text.indexOf(SINCE);
    var gone = text.indexOf(GONE);
    return text.substring(0, end >= 0 ? end : gone >= 0 ? gone : text.length());
  }

  /**
   * What is there now, after what is remembered.
   *
   * @param last the record as it was last; empty: it was never seen
   * @param window after which nobody holds what is gone
   */
  static Rollover of(
      List<Rdata.Tlsa> present, Optional<String> last, Instant now, Duration window) {
    var seen =
        present.stream()
            .map(Rollover::kept)
            .distinct()
            .sorted(Comparator.comparing(Rdata.Tlsa::text))
            .limit(MAX_PRESENT)
            .toList();
    var before = last.map(Rollover::parse).orElse(List.of());
    var stood = before.stream().filter(entry -> entry.gone().isEmpty()).toList();
    if (stood.stream().map(Entry::tlsa).toList().equals(seen)) {
      return new Rollover(before);
    }
    var entries = new ArrayList<Entry>();
    for (var tlsa : seen) {
      entries.add(
          stood.stream()
              .filter(entry -> entry.tlsa().equals(tlsa))
              .findFirst()
              .orElseGet(
                  () ->
                      new Entry(
                          tlsa, Optional.of(now).filter(_ -> !stood.isEmpty()), Optional.empty())));
    }
    before.stream()
        .filter(entry -> !seen.contains(entry.tlsa()))
        .filter(entry -> entry.gone().isEmpty() || entry.gone().get().plus(window).isAfter(now))
        .map(
            entry ->
                new Entry(entry.tlsa(), Optional.empty(), entry.gone().or(() -> Optional.of(now))))
        .limit(MAX_GONE)
        .forEach(entries::add);
    return new Rollover(entries);
  }

  private static List<Entry> parse(String value) {
    return Splitter.on(BETWEEN)
        .omitEmptyStrings()
        .splitToStream(value)
        .flatMap(text -> Entry.parse(text).stream())
        .toList();
  }

  /** Whole certificates and keys by their digest, which fits the same. */
  private static Rdata.Tlsa kept(Rdata.Tlsa tlsa) {
    var data = tlsa.data().toLowerCase(Locale.ROOT);
    return tlsa.matchingType() == 0 && BaseEncoding.base16().lowerCase().canDecode(data)
        ? new Rdata.Tlsa(
            tlsa.usage(),
            tlsa.selector(),
            1,
            Hashing.sha256().hashBytes(BaseEncoding.base16().lowerCase().decode(data)).toString())
        : new Rdata.Tlsa(
            tlsa.usage(),
            tlsa.selector(),
            tlsa.matchingType(),
            data.substring(0, Math.min(data.length(), 128)));
  }

  String value() {
    return entries.stream().map(Entry::text).collect(Collectors.joining(BETWEEN));
  }

  /** What a sender may hold that asked before the last change; empty: all hold what is there. */
  List<Rdata.Tlsa> held(Instant now, Duration window) {
    return entries.stream().anyMatch(entry -> isFresh(entry, now, window))
        ? entries.stream()
            .filter(
                entry ->
                    entry.gone().isPresent()
                        ? entry.gone().get().plus(window).isAfter(now)
                        : !isFresh(entry, now, window))
            .map(Entry::tlsa)
            .toList()
        : List.of();
  }

  private static boolean isFresh(Entry entry, Instant now, Duration window) {
    return entry.gone().isEmpty()
        && entry.since().filter(since -> since.plus(window).isAfter(now)).isPresent();
  }

  /** When the youngest of these was first seen. */
  Optional<Instant> since(List<Rdata.Tlsa> records) {
    var kept = records.stream().map(Rollover::kept).toList();
    return entries.stream()
        .filter(entry -> entry.gone().isEmpty() && kept.contains(entry.tlsa()))
        .flatMap(entry -> entry.since().stream())
        .max(Comparator.naturalOrder());
  }
}
