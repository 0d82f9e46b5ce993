package maildrift.monitor.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;
import maildrift.probes.domain.ManagedDomain;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * The latest of one domain. Immutable; a look that ran only some probes replaces only those.
 *
 * @param domain as declared
 * @param checkedAt when the last look ended; {@link Instant#EPOCH}: not yet
 * @param probes by name, in the order they are shown
 * @param drift findings that come from the comparison with the baseline and from the watch itself
 * @param recordsChanged when a watched record was last seen to change
 */
public record DomainState(
    ManagedDomain domain,
    Instant checkedAt,
    SequencedMap<String, ProbeState> probes,
    List<FindingState> drift,
    Map<String, Instant> recordsChanged) {

  public DomainState {
    probes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probes));
    drift = List.copyOf(drift);
    recordsChanged = Map.copyOf(recordsChanged);
  }

  /** A domain that was not looked at yet. */
  public static DomainState unseen(ManagedDomain domain) {
    return new DomainState(domain, Instant.EPOCH, new LinkedHashMap<>(), List.of(), Map.of());
  }

  /**
   * This state after a look. What a gap hid from it stays as it was: a failure to look resolves no
   * finding.
   *
   * @param result the look; probes that it did not run stay as they are, those that the domain
   *     skips vanish
   * @param driftNow what the comparison with the baseline and the watch itself found
   * @param hidden what the look could not see
   */
  public DomainState after(
      CheckResult result,
      List<Finding> driftNow,
      Predicate<Finding.Key> hidden,
      Map<String, Instant> changed) {
    var byProbe = new LinkedHashMap<String, List<FindingState>>();
    for (var graded : result.findings()) {
      for (var probe : result.probes()) {
        if (probe.judgement().findings().stream().anyMatch(own -> sameKey(own, graded))) {
          byProbe.computeIfAbsent(probe.probe(), _ -> new ArrayList<>()).add(shown(graded, probe));
          break;
        }
      }
    }
    var next = new LinkedHashMap<>(probes);
    next.keySet().removeAll(result.domain().skip());
    for (var probe : result.probes()) {
      var before = probes.getOrDefault(probe.probe(), ProbeState.none(probe.probe()));
      next.put(
          probe.probe(),
          ProbeState.of(
              result.domain(),
              probe,
              frozen(byProbe.getOrDefault(probe.probe(), List.of()), before.findings(), hidden),
              result.checkedAt(),
              before));
    }
    return new DomainState(
        result.domain(),
        result.checkedAt(),
        next,
        frozen(driftNow.stream().map(FindingState::of).toList(), drift, hidden),
        changed);
  }

  private static List<FindingState> frozen(
      List<FindingState> found, List<FindingState> before, Predicate<Finding.Key> hidden) {
    if (before.isEmpty()) {
      return found;
    }
    var keys = found.stream().map(FindingState::key).toList();
    var all = new ArrayList<>(found);
    before.stream()
        .filter(old -> !keys.contains(old.key()) && hidden.test(old.key()))
        .forEach(all::add);
    return all;
  }

  /** As before, where it is the very finding from before. */
  private FindingState shown(Finding finding, ProbeResult result) {
    var before = probes.get(result.probe());
    if (result.isRecalled() && finding.counts() && before != null) {
      for (var known : before.findings()) {
        if (!known.waived()
            && known.severity() == finding.severity()
            && known.subject().equals(finding.subject())
            && known.rule().equals(finding.rule().id())) {
          return known;
        }
      }
    }
    return FindingState.of(finding);
  }

  private static boolean sameKey(Finding one, Finding other) {
    return one.subject().equals(other.subject()) && one.rule().id().equals(other.rule().id());
  }

  /**
   * The same with these findings, too, that come from the comparison with the baseline and from the
   * watch itself.
   */
  public DomainState drift(List<Finding> found) {
    return found.isEmpty() ? this : withDrift(found);
  }

  private DomainState withDrift(List<Finding> found) {
    return new DomainState(
        domain,
        checkedAt,
        probes,
        frozen(found.stream().map(FindingState::of).toList(), drift, _ -> true),
        recordsChanged);
  }

  /** The same without probes that do not run any more; what they last said would stand for ever. */
  public DomainState only(Set<String> running) {
    if (running.containsAll(probes.keySet())) {
      return this;
    }
    var kept = new LinkedHashMap<>(probes);
    kept.keySet().retainAll(running);
    return new DomainState(domain, checkedAt, kept, drift, recordsChanged);
  }

  /** The same with a new declaration (after a reload). */
  public DomainState domain(ManagedDomain value) {
    return value.equals(domain)
        ? this
        : new DomainState(value, checkedAt, probes, drift, recordsChanged);
  }

  /** The same, looked at later without anything new. */
  public DomainState checkedAt(Instant at) {
    return new DomainState(domain, at, probes, drift, recordsChanged);
  }

  /** The same after a look in which every probe saw what it saw before. */
  public DomainState again(CheckResult recalled) {
    var next = new LinkedHashMap<>(probes);
    for (var result : recalled.probes()) {
      next.computeIfPresent(
          result.probe(), (_, before) -> before.again(result, recalled.checkedAt()));
    }
    return new DomainState(domain, recalled.checkedAt(), next, drift, recordsChanged);
  }

  public boolean isUnseen() {
    return checkedAt.equals(Instant.EPOCH);
  }

  /** All findings, the worst first, waived ones last. */
  public List<FindingState> findings() {
    var all = new ArrayList<>(drift);
    probes.values().forEach(probe -> all.addAll(probe.findings()));
    all.sort(
        Comparator.comparing(FindingState::waived)
            .thenComparing(FindingState::severity, Comparator.<Severity>reverseOrder()));
    return all;
  }

  public Verdict verdict() {
    if (isUnseen()) {
      return Verdict.UNKNOWN;
    }
    var worst = Optional.<Severity>empty();
    for (var finding : findings()) {
      if (!finding.waived() && (worst.isEmpty() || finding.severity().compareTo(worst.get()) > 0)) {
        worst = Optional.of(finding.severity());
      }
    }
    if (worst.equals(Optional.of(Severity.CRITICAL))) {
      return Verdict.FAIL;
    }
    if (worst.equals(Optional.of(Severity.WARNING))) {
      return Verdict.WARN;
    }
    return probes.values().stream().anyMatch(ProbeState::hasGaps) ? Verdict.UNKNOWN : Verdict.PASS;
  }

  /** Whether nothing but times differs, so that nothing needs to be stored. */
  public boolean sameContent(DomainState other) {
    return probes.keySet().equals(other.probes.keySet())
        && probes.values().stream()
            .allMatch(
                probe ->
                    probe.sameContent(
                        java.util.Objects.requireNonNull(other.probes.get(probe.probe()))))
        && drift.size() == other.drift.size()
        && java.util.stream.IntStream.range(0, drift.size())
            .allMatch(i -> drift.get(i).sameContent(other.drift.get(i)))
        && recordsChanged.equals(other.recordsChanged);
  }

  /** As {@code check --format json}, into an object that is open; the caller may add to it. */
  public void write(JsonGenerator json) {
    json.writeStringProperty("domain", domain.name().toString());
    CheckJson.unicode(json, domain.name().toString(), domain.name().unicode());
    json.writeStringProperty("tenant", domain.tenant().id());
    if (isUnseen()) {
      json.writeNullProperty("checkedAt");
    } else {
      json.writeStringProperty("checkedAt", CheckJson.instant(checkedAt));
    }
    json.writeStringProperty("verdict", verdict().word());
    json.writeObjectPropertyStart("probes");
    for (var probe : probes.values()) {
      json.writeObjectPropertyStart(probe.probe());
      json.writeStringProperty("outcome", probe.outcome().word());
      json.writeNumberProperty("seconds", probe.seconds());
      raw(json, "facts", probe.facts());
      if (probe.hasGaps()) {
        raw(json, "gaps", probe.gaps());
      }
      if (!probe.observedAt().equals(Instant.EPOCH)) {
        json.writeStringProperty("observedAt", CheckJson.instant(probe.observedAt()));
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeArrayPropertyStart("findings");
    findings().forEach(finding -> json.writeRawValue(finding.json()));
    json.writeEndArray();
  }

  private static void raw(JsonGenerator json, String name, String value) {
    json.writeName(name);
    json.writeRawValue(value);
  }

  /** What the store keeps of it; {@link #restore} reads it back. */
  public byte[] content() {
    return CheckJson.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("checkedAt", checkedAt.toString());
          json.writeArrayPropertyStart("probes");
          for (var probe : probes.values()) {
            json.writeStartObject();
            json.writeStringProperty("probe", probe.probe());
            json.writeStringProperty("outcome", probe.outcome().name());
            json.writeNumberProperty("seconds", probe.seconds());
            json.writeStringProperty("observedAt", probe.observedAt().toString());
            json.writeStringProperty("unseenSince", probe.unseenSince().toString());
            raw(json, "facts", probe.facts());
            raw(json, "gaps", probe.gaps());
            findings(json, probe.findings());
            if (probe.hasGaps()) {
              samples(json, probe.samples());
            }
            if (!probe.unseen().isEmpty()) {
              unseen(json, probe.unseen());
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          findings(json, drift);
          json.writeObjectPropertyStart("recordsChanged");
          recordsChanged.forEach((name, at) -> json.writeStringProperty(name, at.toString()));
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /** Only where a gap hides facts: elsewhere the facts have them. */
  private static void samples(JsonGenerator json, List<Sample> samples) {
    json.writeArrayPropertyStart("samples");
    for (var sample : samples) {
      json.writeStartObject();
      json.writeStringProperty("kind", sample.kind().name());
      json.writeStringProperty("first", sample.first());
      json.writeStringProperty("second", sample.second());
      json.writeStringProperty("third", sample.third());
      json.writeNumberProperty("value", sample.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void unseen(JsonGenerator json, List<Gap> gaps) {
    json.writeArrayPropertyStart("unseen");
    for (var gap : gaps) {
      json.writeStartObject();
      json.writeStringProperty("unseen", gap.unseen());
      json.writeStringProperty("why", gap.why());
      json.writeArrayPropertyStart("rules");
      gap.rules().stream().sorted().forEach(json::writeString);
      json.writeEndArray();
      gap.subject().ifPresent(only -> json.writeStringProperty("subject", only));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void findings(JsonGenerator json, List<FindingState> findings) {
    json.writeArrayPropertyStart("findings");
    findings.forEach(finding -> json.writeRawValue(finding.json()));
    json.writeEndArray();
  }

  /**
   * The state that {@link #content} wrote.
   *
   * @throws RuntimeException when it is no such content
   */
  public static DomainState restore(ManagedDomain domain, byte[] content) {
    var root = CheckJson.mapper().readTree(content);
    var probes = new LinkedHashMap<String, ProbeState>();
    for (var node : root.get("probes")) {
      var name = node.get("probe").asString();
      var facts = CheckJson.mapper().convertValue(node.get("facts"), Map.class);
      probes.put(
          name,
          new ProbeState(
              name,
              Outcome.valueOf(node.get("outcome").asString()),
              node.get("seconds").asDouble(),
              Instant.parse(node.get("observedAt").asString()),
              Instant.parse(node.get("unseenSince").asString()),
              text(node.get("facts")),
              text(node.get("gaps")),
              findings(node),
              node.has("samples") ? samples(node) : Samples.of(name, facts),
              unseen(name, node)));
    }
    var changed = new LinkedHashMap<String, Instant>();
    root.get("recordsChanged")
        .properties()
        .forEach(entry -> changed.put(entry.getKey(), Instant.parse(entry.getValue().asString())));
    return new DomainState(
        domain, Instant.parse(root.get("checkedAt").asString()), probes, findings(root), changed);
  }

  private static List<FindingState> findings(JsonNode parent) {
    var findings = new ArrayList<FindingState>();
    for (var node : parent.get("findings")) {
      findings.add(
          new FindingState(
              node.get("rule").asString(),
              Severity.valueOf(node.get("severity").asString().toUpperCase(java.util.Locale.ROOT)),
              node.get("subject").asString(),
              node.has("waived"),
              text(node)));
    }
    return findings;
  }

  private static List<Sample> samples(JsonNode parent) {
    var samples = new ArrayList<Sample>();
    for (var node : parent.get("samples")) {
      samples.add(
          new Sample(
              Sample.Kind.valueOf(node.get("kind").asString()),
              node.get("first").asString(),
              node.get("second").asString(),
              node.get("third").asString(),
              node.get("value").asDouble()));
    }
    return samples;
  }

  private static List<Gap> unseen(String probe, JsonNode parent) {
    var gaps = new ArrayList<Gap>();
    for (var node : parent.path("unseen")) {
      var rules = new HashSet<String>();
      node.path("rules").forEach(rule -> rules.add(rule.asString()));
      gaps.add(
          new Gap(
              probe,
              node.path("unseen").asString(""),
              node.path("why").asString(""),
              rules,
              node.path("subject").asStringOpt()));
    }
    return gaps;
  }

  private static String text(JsonNode node) {
    return CheckJson.mapper().writeValueAsString(node);
  }
}
