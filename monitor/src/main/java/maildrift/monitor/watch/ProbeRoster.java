package maildrift.monitor.watch;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.drift.Progress;
import maildrift.probes.Finding;
import maildrift.probes.Probe;
import maildrift.probes.Rule;

/**
 * Which probes there are, whose rule a finding's is, and which of them see what only together: a
 * doubt must be looked at by all of those. Made once, of what the daemon runs; pure.
 */
final class ProbeRoster {
  private final Map<String, Probe<?>> probes;
  private final Map<String, String> probeOfRule;

  ProbeRoster(Collection<Probe<?>> all) {
    probes = all.stream().collect(Collectors.toUnmodifiableMap(Probe::name, probe -> probe));
    probeOfRule =
        all.stream()
            .flatMap(
                probe -> probe.rules().stream().map(rule -> Map.entry(rule.id(), probe.name())))
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a));
  }

  Set<String> names() {
    return probes.keySet();
  }

  Optional<Probe<?>> named(String name) {
    return Optional.ofNullable(probes.get(name));
  }

  /** Which probe must have run for this key to be seen; empty for what the watch itself finds. */
  Optional<String> probeOf(Finding.Key key) {
    return Optional.ofNullable(probeOfRule.get(key.rule()))
        .filter(_ -> !key.rule().equals(Progress.RULE.id()));
  }

  /** A probe that the domain skips hides nothing: what it once found is no longer of interest. */
  boolean isHidden(Finding.Key key, CheckResult look) {
    return look.hides(key)
        || probeOf(key)
            .filter(probe -> !look.domain().skip().contains(probe))
            .map(probe -> look.probes().stream().noneMatch(ran -> ran.probe().equals(probe)))
            .orElse(false);
  }

  /** The probes that have to look again at what this key is about, as far as that is known. */
  Set<String> doubted(Finding.Key key) {
    return RecordDrift.isRecord(key)
        ? sharing(RecordDrift.kind(key.subject()))
            .map(Probe::name)
            .collect(Collectors.toUnmodifiableSet())
        : probeOf(key).map(Set::of).orElse(Set.of());
  }

  /** The probes that see records of a kind together. */
  Stream<Probe<?>> sharing(String kind) {
    return probes.values().stream().filter(probe -> probe.sharedKinds().contains(kind));
  }

  /** Kinds of records that several probes may see. */
  Set<String> sharedKinds() {
    return probes.values().stream()
        .flatMap(probe -> probe.sharedKinds().stream())
        .collect(Collectors.toSet());
  }

  /** A probe, those whose judgements its own needs, and those that these need in turn. */
  Stream<String> withSiblings(String probe) {
    var needed = new LinkedHashSet<String>();
    var open = new ArrayDeque<>(List.of(probe));
    while (!open.isEmpty()) {
      var next = open.remove();
      if (needed.add(next)) {
        Optional.ofNullable(probes.get(next)).ifPresent(known -> open.addAll(known.siblings()));
      }
    }
    return needed.stream();
  }

  /** The kinds of records of which a look of one probe shows all that there are. */
  Set<String> completeKinds(ProbeResult result) {
    var probe = probes.get(result.probe());
    return probe == null ? Set.of() : probe.completeKinds(result.judgement());
  }

  /** All rules by id. */
  Map<String, Rule> rules() {
    var all = new HashMap<String, Rule>();
    probes.values().stream()
        .map(Probe::rules)
        .flatMap(List::stream)
        .forEach(rule -> all.put(rule.id(), rule));
    WatchRules.all().forEach(rule -> all.put(rule.id(), rule));
    return all;
  }
}
