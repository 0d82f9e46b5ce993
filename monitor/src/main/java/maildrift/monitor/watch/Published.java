package maildrift.monitor.watch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import maildrift.monitor.store.PublishedNetwork;
import maildrift.probes.Judgement;
import maildrift.probes.network.Cidr;

/**
 * What each netblock source has ever been seen to publish. A range that was withdrawn may stay in
 * an allowlist for a while; one that never was published there is stale at once.
 */
public final class Published {
  /** {@code lastSeen} is for people; to the day is enough, and costs no write at every look. */
  private static final java.time.Duration FRESH = java.time.Duration.ofDays(1);

  /** Changed under the lock of this object, read without. */
  private final ConcurrentHashMap<String, Map<Cidr, PublishedNetwork>> sources =
      new ConcurrentHashMap<>();

  /** Made when it is asked for after a change; turns by the thousand ask, changes are rare. */
  private volatile Optional<Map<String, Map<Cidr, Instant>>> withdrawn = Optional.empty();

  public void restore(PublishedNetwork network) {
    learn(List.of(network));
  }

  /**
   * Per source the networks that it no longer publishes, with the time they were first seen gone.
   * Unmodifiable, and the same object until something changes.
   */
  public Map<String, Map<Cidr, Instant>> withdrawn() {
    return withdrawn.orElseGet(this::gather);
  }

  private synchronized Map<String, Map<Cidr, Instant>> gather() {
    if (withdrawn.isPresent()) {
      return withdrawn.get();
    }
    var all = new HashMap<String, Map<Cidr, Instant>>();
    sources.forEach(
        (source, known) -> {
          var gone = new HashMap<Cidr, Instant>();
          known
              .values()
              .forEach(
                  network ->
                      network.withdrawnAt().ifPresent(at -> gone.put(network.network(), at)));
          if (!gone.isEmpty()) {
            all.put(source, Collections.unmodifiableMap(gone));
          }
        });
    var gathered = Collections.unmodifiableMap(all);
    withdrawn = Optional.of(gathered);
    return gathered;
  }

  /** Forgets what was withdrawn before, as the store does. */
  public synchronized void expire(Instant before) {
    for (var known : sources.values()) {
      known
          .values()
          .removeIf(network -> network.withdrawnAt().filter(at -> at.isBefore(before)).isPresent());
    }
    sources.values().removeIf(Map::isEmpty);
    withdrawn = Optional.empty();
  }

  /** What the source published when it was last believed, in the networks' order. */
  public List<Cidr> present(String source) {
    return sources.getOrDefault(source, Map.of()).values().stream()
        .filter(network -> network.withdrawnAt().isEmpty())
        .map(PublishedNetwork::network)
        .sorted()
        .toList();
  }

  /** Whether anything is known of the source. */
  boolean knows(String source) {
    return sources.containsKey(source);
  }

  /**
   * What a gapless look of the netblocks probe says that was not known. Changes nothing.
   *
   * @param believed the sources of which the look is believed
   */
  List<PublishedNetwork> news(Judgement netblocks, Instant now, Predicate<String> believed) {
    if (!netblocks.gaps().isEmpty()
        || !(netblocks.facts().get("sources") instanceof List<?> list)) {
      return List.of();
    }
    var news = new ArrayList<PublishedNetwork>();
    for (var entry : list) {
      if (entry instanceof Map<?, ?> source
          && source.get("published") instanceof List<?> published
          && believed.test(String.valueOf(source.get("name")))) {
        news(String.valueOf(source.get("name")), cidrs(published), now, news);
      }
    }
    return news;
  }

  private static List<Cidr> cidrs(List<?> published) {
    return published.stream().map(text -> Cidr.parse(text.toString())).toList();
  }

  private void news(
      String source, List<Cidr> published, Instant now, List<PublishedNetwork> changed) {
    var known = sources.getOrDefault(source, Map.of());
    for (var network : published) {
      var old = known.get(network);
      if (old == null
          || old.withdrawnAt().isPresent()
          || old.lastSeen().plus(FRESH).isBefore(now)) {
        changed.add(
            new PublishedNetwork(
                source, network, old == null ? now : old.firstSeen(), now, Optional.empty()));
      }
    }
    var present = new HashSet<>(published);
    for (var old : known.values()) {
      if (!present.contains(old.network()) && old.withdrawnAt().isEmpty()) {
        changed.add(
            new PublishedNetwork(
                source, old.network(), old.firstSeen(), old.lastSeen(), Optional.of(now)));
      }
    }
  }

  /** Takes over what {@link #news} said, once it is stored. */
  synchronized void learn(List<PublishedNetwork> stored) {
    for (var network : stored) {
      sources
          .computeIfAbsent(network.source(), _ -> new ConcurrentHashMap<>())
          .put(network.network(), network);
    }
    if (!stored.isEmpty()) {
      withdrawn = Optional.empty();
    }
  }
}
