package maildrift.monitor.watch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

  private final ConcurrentHashMap<String, Map<Cidr, PublishedNetwork>> sources =
      new ConcurrentHashMap<>();

  public void restore(PublishedNetwork network) {
    sources.compute(
        network.source(), (_, known) -> with(known == null ? Map.of() : known, List.of(network)));
  }

  /**
   * Per source the networks that it no longer publishes, with the time they were first seen gone.
   */
  public Map<String, Map<Cidr, Instant>> withdrawn() {
    var all = new LinkedHashMap<String, Map<Cidr, Instant>>();
    sources.forEach(
        (source, known) -> {
          var gone = new LinkedHashMap<Cidr, Instant>();
          known
              .values()
              .forEach(
                  network ->
                      network.withdrawnAt().ifPresent(at -> gone.put(network.network(), at)));
          if (!gone.isEmpty()) {
            all.put(source, gone);
          }
        });
    return all;
  }

  /** What a gapless look of the netblocks probe says that was not known. Changes nothing. */
  List<PublishedNetwork> news(Judgement netblocks, Instant now) {
    if (!netblocks.gaps().isEmpty()
        || !(netblocks.facts().get("sources") instanceof List<?> list)) {
      return List.of();
    }
    var news = new ArrayList<PublishedNetwork>();
    for (var entry : list) {
      if (entry instanceof Map<?, ?> source
          && source.get("published") instanceof List<?> published) {
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
  void learn(List<PublishedNetwork> stored) {
    stored.forEach(this::restore);
  }

  private static Map<Cidr, PublishedNetwork> with(
      Map<Cidr, PublishedNetwork> known, List<PublishedNetwork> changed) {
    var next = new LinkedHashMap<>(known);
    changed.forEach(network -> next.put(network.network(), network));
    return next;
  }
}
