package maildrift.monitor.watch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import maildrift.monitor.store.Batch;
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

  /** Takes a gapless look of the netblocks probe into account; what changed goes into the batch. */
  void seen(Judgement netblocks, Instant now, Batch.Builder batch) {
    if (!netblocks.gaps().isEmpty()
        || !(netblocks.facts().get("sources") instanceof List<?> list)) {
      return;
    }
    for (var entry : list) {
      if (entry instanceof Map<?, ?> source
          && source.get("published") instanceof List<?> published) {
        seen(String.valueOf(source.get("name")), cidrs(published), now, batch);
      }
    }
  }

  private static List<Cidr> cidrs(List<?> published) {
    return published.stream().map(text -> Cidr.parse(text.toString())).toList();
  }

  private void seen(String source, List<Cidr> published, Instant now, Batch.Builder batch) {
    sources.compute(
        source,
        (_, before) -> {
          var known = before == null ? Map.<Cidr, PublishedNetwork>of() : before;
          var changed = new ArrayList<PublishedNetwork>();
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
          changed.forEach(batch::network);
          return changed.isEmpty() ? known : with(known, changed);
        });
  }

  private static Map<Cidr, PublishedNetwork> with(
      Map<Cidr, PublishedNetwork> known, List<PublishedNetwork> changed) {
    var next = new LinkedHashMap<>(known);
    changed.forEach(network -> next.put(network.network(), network));
    return next;
  }
}
