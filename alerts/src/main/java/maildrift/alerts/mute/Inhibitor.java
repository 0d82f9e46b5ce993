package maildrift.alerts.mute;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Labels;

/**
 * Which alerts are not told because a graver one fires. It is an index that follows the alerts: for
 * each rule, sources and targets lie together by the labels that must be equal, so that a
 * transition touches its own place alone.
 *
 * <p>As in Alertmanager an alert that is both source and target of a rule is not inhibited by
 * another such one (or by itself), and a source inhibits whether it is told itself or not.
 *
 * <p>May be asked from any thread.
 */
public final class Inhibitor {
  private static final int MOST_SOURCES = 20;

  private List<Index> indices = List.of();

  /** Other rules from now on, over these alerts; all that is asked afterwards is asked of them. */
  public synchronized void rules(List<InhibitRule> rules, Collection<Alert> alerts) {
    indices = rules.stream().map(Index::new).toList();
    alerts.forEach(this::put);
  }

  /**
   * Takes the alert as it is now.
   *
   * @return the fingerprints of targets that may no longer be inhibited
   */
  public synchronized Set<String> put(Alert alert) {
    var released = new LinkedHashSet<String>();
    var fingerprint = alert.fingerprint();
    indices.forEach(index -> index.put(fingerprint, alert, released));
    return released;
  }

  /** The alert is no more. */
  public synchronized void forget(Alert alert) {
    var fingerprint = alert.fingerprint();
    indices.forEach(index -> index.forget(fingerprint));
  }

  /** Why it is not told; empty where nothing inhibits it. */
  public synchronized Optional<Mutes.Why.Inhibited> why(Alert alert) {
    if (Mutes.isExempt(alert.labels())) {
      return Optional.empty();
    }
    var fingerprint = alert.fingerprint();
    for (var index : indices) {
      var sources = index.over(fingerprint, alert.labels());
      if (!sources.isEmpty()) {
        return Optional.of(inhibited(index, sources, fingerprint, alert.labels()));
      }
    }
    return Optional.empty();
  }

  private Mutes.Why.Inhibited inhibited(
      Index index, List<Source> over, String fingerprint, Labels labels) {
    var by = new TreeSet<String>();
    for (var each : indices) {
      each.over(fingerprint, labels).stream()
          .map(Source::fingerprint)
          .takeWhile(_ -> by.size() < MOST_SOURCES)
          .forEach(by::add);
    }
    return new Mutes.Why.Inhibited(
        List.copyOf(by), name(over.getFirst().labels()), index.rule.name());
  }

  /** What to say of an alert that is told late because of a source that is over now. */
  public synchronized Optional<String> heldBack(Alert alert, Instant now) {
    var fingerprint = alert.fingerprint();
    return indices.stream()
        .flatMap(index -> index.ended(fingerprint).stream())
        .filter(source -> source.endsAt().isPresent())
        .filter(source -> source.endsAt().get().isAfter(alert.startsAt()))
        .filter(source -> !source.endsAt().get().isAfter(now))
        .max(Comparator.comparing(source -> source.endsAt().orElse(Instant.MIN)))
        .map(
            source ->
                "held back by %s since %s, until it ended at %s"
                    .formatted(
                        name(source.labels()),
                        later(alert.startsAt(), source.startsAt()).truncatedTo(ChronoUnit.SECONDS),
                        source.endsAt().orElseThrow().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static String name(Labels labels) {
    var of = labels.get("domain").isEmpty() ? labels.get("subject") : labels.get("domain");
    return of.isEmpty() ? labels.get("alertname") : labels.get("alertname") + " of " + of;
  }

  private record Source(String fingerprint, Labels labels) {}

  /** Where an alert sits in a rule's index. */
  private record Seat(List<String> shared, boolean source, boolean target) {}

  /** Sources and targets of one rule that agree on the labels that must be equal. */
  private static final class Bucket {
    /** Those that are targets as well stand apart: they do not inhibit each other. */
    private final Map<String, Source> sources = new LinkedHashMap<>();

    private final Map<String, Source> sourcesAndTargets = new LinkedHashMap<>();
    private final Set<String> targets = new LinkedHashSet<>();
    private final Map<String, Alert> ended = new LinkedHashMap<>();

    boolean isEmpty() {
      return sources.isEmpty()
          && sourcesAndTargets.isEmpty()
          && targets.isEmpty()
          && ended.isEmpty();
    }

    List<Source> over(String target) {
      return targets.contains(target) || sourcesAndTargets.containsKey(target)
          ? over(sourcesAndTargets.containsKey(target))
          : List.of();
    }

    List<Source> over(boolean isSourceToo) {
      var over = new ArrayList<Source>();
      sources.values().stream().limit(MOST_SOURCES).forEach(over::add);
      if (!isSourceToo) {
        sourcesAndTargets.values().stream()
            .limit((long) MOST_SOURCES - over.size())
            .forEach(over::add);
      }
      return over;
    }

    void enter(String fingerprint, Labels labels, Seat seat) {
      if (seat.source()) {
        (seat.target() ? sourcesAndTargets : sources)
            .put(fingerprint, new Source(fingerprint, labels));
      } else {
        targets.add(fingerprint);
      }
    }

    void leave(String fingerprint, Seat seat, Set<String> released) {
      if (!seat.source()) {
        targets.remove(fingerprint);
        return;
      }
      (seat.target() ? sourcesAndTargets : sources).remove(fingerprint);
      if (sources.isEmpty()) {
        if (!seat.target()) {
          released.addAll(sourcesAndTargets.keySet());
        }
        if (sourcesAndTargets.isEmpty()) {
          released.addAll(targets);
        }
      }
    }
  }

  private static final class Index {
    private final InhibitRule rule;
    private final Map<List<String>, Bucket> buckets = new HashMap<>();
    private final Map<String, Seat> seats = new HashMap<>();
    private final Map<String, List<String>> endedAt = new HashMap<>();

    Index(InhibitRule rule) {
      this.rule = rule;
    }

    void put(String fingerprint, Alert alert, Set<String> released) {
      var labels = alert.labels();
      var isFiring = alert.phase() == Phase.FIRING;
      var isSource = rule.isSource(labels);
      var seat =
          new Seat(rule.shared(labels), isFiring && isSource, isFiring && rule.isTarget(labels));
      var before = seats.get(fingerprint);
      if (!seat.equals(before)) {
        if (before != null) {
          leave(fingerprint, before, released);
        }
        if (seat.source() || seat.target()) {
          seats.put(fingerprint, seat);
          bucket(seat.shared()).enter(fingerprint, labels, seat);
        }
      }
      forgetEnded(fingerprint);
      if (isSource && alert.phase() == Phase.RESOLVED) {
        endedAt.put(fingerprint, seat.shared());
        bucket(seat.shared()).ended.put(fingerprint, alert);
      }
    }

    private Bucket bucket(List<String> shared) {
      return buckets.computeIfAbsent(shared, _ -> new Bucket());
    }

    private void leave(String fingerprint, Seat seat, Set<String> released) {
      seats.remove(fingerprint);
      bucket(seat.shared()).leave(fingerprint, seat, released);
      removeIfEmpty(seat.shared());
    }

    private void removeIfEmpty(List<String> shared) {
      if (bucket(shared).isEmpty()) {
        buckets.remove(shared);
      }
    }

    private void forgetEnded(String fingerprint) {
      var shared = endedAt.remove(fingerprint);
      if (shared != null) {
        bucket(shared).ended.remove(fingerprint);
        removeIfEmpty(shared);
      }
    }

    void forget(String fingerprint) {
      var seat = seats.get(fingerprint);
      if (seat != null) {
        leave(fingerprint, seat, new LinkedHashSet<>());
      }
      forgetEnded(fingerprint);
    }

    private Optional<Bucket> ofTarget(String fingerprint) {
      return Optional.ofNullable(seats.get(fingerprint))
          .filter(Seat::target)
          .flatMap(seat -> Optional.ofNullable(buckets.get(seat.shared())));
    }

    List<Source> over(String fingerprint, Labels labels) {
      if (seats.containsKey(fingerprint)) {
        return ofTarget(fingerprint).map(bucket -> bucket.over(fingerprint)).orElse(List.of());
      }
      // One that does not fire: what would be if it did.
      return rule.isTarget(labels)
          ? Optional.ofNullable(buckets.get(rule.shared(labels)))
              .map(bucket -> bucket.over(rule.isSource(labels)))
              .orElse(List.of())
          : List.of();
    }

    Collection<Alert> ended(String fingerprint) {
      return ofTarget(fingerprint).map(bucket -> bucket.ended.values()).orElse(List.of());
    }
  }
}
