package maildrift.alerts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A finding over time.
 *
 * @param labels what routes and matchers see. Only {@link #IDENTITY} makes the {@link
 *     #fingerprint}: a re-graded finding, or one whose tenant or cause is renamed, stays the same
 *     alert
 * @param annotations summary, description, remedy, diff: what is said, not who it is
 * @param phase where it stands
 * @param looks how many looks in a row have agreed on the next phase: while pending those that saw
 *     it, the first included; while firing those that found it gone
 * @param flaps how often it fired again soon after it was resolved; such an alert is slower to
 *     resolve
 * @param startsAt when the first of the looks was that saw it
 * @param updatedAt when any of this last changed
 * @param endsAt when it was found resolved. A pending alert that has one fired before, and its
 *     receivers may not have heard that it was over
 * @param course for how long looks have agreed, and whether it keeps coming and going
 */
public record Alert(
    Labels labels,
    SortedMap<String, String> annotations,
    Phase phase,
    int looks,
    int flaps,
    Instant startsAt,
    Instant updatedAt,
    Optional<Instant> endsAt,
    Course course) {

  /** The labels that make an alert that one and no other. */
  public static final List<String> IDENTITY = List.of("alertname", "domain", "subject");

  public Alert {
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    if (looks < 0 || flaps < 0) {
      throw new IllegalArgumentException(
          "looks and flaps are counts, were " + looks + ", " + flaps);
    }
    if (phase == Phase.RESOLVED && endsAt.isEmpty()) {
      throw new IllegalArgumentException("a resolved alert has an end");
    }
  }

  /** One that has come straight here. */
  public Alert(
      Labels labels,
      SortedMap<String, String> annotations,
      Phase phase,
      int looks,
      int flaps,
      Instant startsAt,
      Instant updatedAt,
      Optional<Instant> endsAt) {
    this(labels, annotations, phase, looks, flaps, startsAt, updatedAt, endsAt, Course.STRAIGHT);
  }

  /** Pending is seen but not yet confirmed, and nobody is told. */
  public enum Phase {
    PENDING,
    FIRING,
    RESOLVED;

    /** The word used in JSON and metrics: {@code pending}, {@code firing}, {@code resolved}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What identifies it in stores, group states and notifications: 16 hex digits. */
  public String fingerprint() {
    return fingerprint(labels);
  }

  public static String fingerprint(Labels labels) {
    return labels.only(IDENTITY).fingerprint();
  }

  public Severity severity() {
    return Severity.of(labels);
  }

  /** Stands for its diff: eight hex digits, the same as long as it is about the same. */
  public String content() {
    var diff = annotations.getOrDefault("diff", "");
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(diff.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 4));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** It fires, but what is known of it changes all the time. */
  public boolean isFlapping() {
    return course.flaps().flatMap(Flaps::bout).isPresent();
  }

  public Alert annotations(Map<String, String> value) {
    return new Alert(
        labels, new TreeMap<>(value), phase, looks, flaps, startsAt, updatedAt, endsAt, course);
  }

  /** The same alert, come another way. */
  public Alert course(Course value) {
    return new Alert(labels, annotations, phase, looks, flaps, startsAt, updatedAt, endsAt, value);
  }

  /** The same alert with one more annotation. */
  public Alert annotated(String name, String value) {
    var more = new TreeMap<>(annotations);
    more.put(name, value);
    return annotations(more);
  }
}
