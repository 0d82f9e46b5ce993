package maildrift.monitor.digest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;
import maildrift.alerts.Visible;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.digest.Digest.Chapter;
import maildrift.monitor.digest.Digest.Detail;
import maildrift.monitor.digest.Digest.Entry;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.Episode;
import maildrift.probes.Verdict;
import tools.jackson.databind.JsonNode;

/** From what is known to what is said of it. */
final class Writing {
  /** What ends within so long is worth a line. */
  private static final Duration SOON = Duration.ofDays(30);

  private static final int MOST_FINDINGS = 3;
  private static final int LONGEST_VALUE = 600;
  private static final int MOST_SPF_LOOKUPS = 10;

  private final Material material;
  private final DateTimeFormatter minutes;

  private Writing(Material material) {
    this.material = material;
    this.minutes =
        DateTimeFormatter.ofPattern("EEE d MMM HH:mm", Locale.ENGLISH).withZone(material.zone());
  }

  static Digest of(Material material) {
    return new Writing(material).digest();
  }

  private Digest digest() {
    var chapters =
        Stream.of(
                Chapter.of("Domains", domains()),
                Chapter.of("Fires now", episodes(one -> one.endedAt().isEmpty())),
                Chapter.of(
                    "Over since the last digest", episodes(one -> one.endedAt().isPresent())),
                Chapter.of("Changes", changes()),
                Chapter.of("Trends", trends()),
                Chapter.of("Due within 30 days", due()),
                Chapter.of("Could not be observed", unseen()),
                Chapter.of("Not told", muted()))
            .flatMap(Optional::stream)
            .toList();
    return new Digest(
        who(), material.from(), material.now(), material.zone(), lead(), chapters, page());
  }

  private String who() {
    if (material.tenant().id().isEmpty()) {
      return "domains without a tenant";
    }
    return material.tenant().name().isEmpty() ? material.tenant().id() : material.tenant().name();
  }

  private String page() {
    return material.page()
        + "/?tenant="
        + URLEncoder.encode(material.tenant().id(), StandardCharsets.UTF_8);
  }

  private List<String> lead() {
    var lead = new ArrayList<String>();
    lead.add(
        counted(material.states().size(), "domain")
            + ": "
            + verdicts(material.states().stream().map(state -> state.verdict().word()).toList()));
    if (!material.before().domains().isEmpty()) {
      lead.add(
          "Last time: "
              + verdicts(
                  material.before().domains().values().stream().map(Figures.Of::verdict).toList()));
    }
    var fired = material.episodes().stream().filter(this::isNew).count();
    var over = material.episodes().stream().filter(one -> one.endedAt().isPresent()).count();
    lead.add(
        "%s fired and %d ended; %s."
            .formatted(
                counted(fired, "alert"),
                over,
                counted(material.changes().size(), "record change")));
    return lead;
  }

  private static String verdicts(List<String> all) {
    return Stream.of(Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.PASS)
        .map(Verdict::word)
        .filter(all::contains)
        .map(word -> all.stream().filter(word::equals).count() + " " + word)
        .collect(Collectors.joining(", "));
  }

  private List<Entry> domains() {
    return material.states().stream()
        .sorted(
            Comparator.comparingInt((DomainState state) -> worst(state.verdict()))
                .thenComparing(state -> state.domain().name().toString()))
        .map(
            state -> {
              var of = Figures.Of.of(state);
              return Entry.of(
                  state.verdict().word(),
                  state.domain().name().unicode(),
                  Stream.of(
                          severe(of.critical(), "critical"),
                          severe(of.warning(), "warning"),
                          severe(of.info(), "info"))
                      .flatMap(Optional::stream)
                      .collect(Collectors.joining(", ")),
                  findings(state));
            })
        .toList();
  }

  private static int worst(Verdict verdict) {
    return switch (verdict) {
      case FAIL -> 0;
      case WARN -> 1;
      case UNKNOWN -> 2;
      case PASS -> 3;
    };
  }

  private static Optional<String> severe(int count, String severity) {
    return count == 0 ? Optional.empty() : Optional.of(count + " " + severity);
  }

  /** The worst of what counts. */
  private static List<Detail> findings(DomainState state) {
    var counting =
        state.findings().stream()
            .filter(finding -> !finding.waived())
            .filter(finding -> finding.severity() != maildrift.probes.Severity.INFO)
            .toList();
    var details = new ArrayList<Detail>();
    for (var finding : counting.subList(0, Math.min(counting.size(), MOST_FINDINGS))) {
      details.add(
          Detail.of(
              finding.rule(),
              CheckJson.mapper().readTree(finding.json()).path("message").asString("")));
    }
    if (counting.size() > MOST_FINDINGS) {
      details.add(Detail.of("and %d more".formatted(counting.size() - MOST_FINDINGS)));
    }
    return details;
  }

  private boolean isNew(Episode episode) {
    return !episode.startedAt().isBefore(material.from());
  }

  /** Alerts that come down to the same are one entry. */
  private List<Entry> episodes(Predicate<Episode> wanted) {
    var alike = new LinkedHashMap<List<String>, List<Episode>>();
    material.episodes().stream()
        .filter(wanted)
        .sorted(
            Comparator.comparing((Episode one) -> Severity.of(one.labels()))
                .reversed()
                .thenComparing(Comparator.comparing(Episode::startedAt).reversed()))
        .forEach(
            one ->
                alike
                    .computeIfAbsent(
                        List.of(
                            one.labels().get("alertname"),
                            one.labels().get("severity"),
                            one.labels().get("cause"),
                            one.resolution()),
                        _ -> new ArrayList<>())
                    .add(one));
    return alike.values().stream().map(this::episode).toList();
  }

  private Entry episode(List<Episode> alike) {
    var first = alike.getFirst();
    var start = alike.stream().map(Episode::startedAt).min(Instant::compareTo).orElseThrow();
    var end = alike.stream().flatMap(one -> one.endedAt().stream()).max(Instant::compareTo);
    var details = new ArrayList<Detail>();
    details.add(Detail.of(first.summary()));
    var cause = first.labels().get("cause");
    if (!cause.isEmpty() && !cause.equals(first.labels().get("domain"))) {
      details.add(Detail.of("cause", cause));
    }
    details.add(Detail.of("domains", names(alike)));
    if (!first.resolution().isEmpty()) {
      details.add(Detail.of("ended", first.resolution()));
    }
    return Entry.of(
        first.labels().get("severity"),
        first.labels().get("alertname"),
        end.map(at -> "%s to %s".formatted(minutes.format(start), minutes.format(at)))
            .orElseGet(
                () ->
                    "since %s%s"
                        .formatted(
                            minutes.format(start),
                            start.isBefore(material.from()) ? ", told before" : "")),
        details);
  }

  private static String names(List<Episode> episodes) {
    return names(
        episodes.stream()
            .map(one -> one.labels().get("domain"))
            .collect(Collectors.toCollection(LinkedHashSet::new)));
  }

  private static String names(Set<String> names) {
    return names.stream().limit(Digest.MOST).collect(Collectors.joining(", "))
        + (names.size() > Digest.MOST ? ", and %d more".formatted(names.size() - Digest.MOST) : "");
  }

  private List<Entry> changes() {
    return material.changes().stream()
        .map(
            change ->
                Entry.of(
                    change.record(),
                    minutes.format(change.at())
                        + (change.kind().equals("record") ? "" : ", " + change.kind())
                        + (change.domain().equals(Change.SHARED)
                                || change.record().startsWith(change.domain())
                            ? ""
                            : ", " + change.domain()),
                    Stream.of(
                            change.before().map(old -> value("old", old, Detail.Kind.OLD)),
                            change.after().map(now -> value("new", now, Detail.Kind.NEW)),
                            change.after().isEmpty()
                                ? Optional.of(Detail.of("there is none any more"))
                                : Optional.<Detail>empty())
                        .flatMap(Optional::stream)
                        .toList()))
        .toList();
  }

  private static Detail value(String label, String value, Detail.Kind kind) {
    return new Detail(label, Visible.shortened(value, LONGEST_VALUE), kind);
  }

  private List<Entry> trends() {
    var trends = new ArrayList<Entry>();
    for (var state : material.states()) {
      var before = material.before().domains().get(state.domain().name().toString());
      if (before == null) {
        continue;
      }
      var now = Figures.Of.of(state);
      var details = new ArrayList<Detail>();
      if (now.lookups().isPresent()
          && before.lookups().isPresent()
          && !now.lookups().equals(before.lookups())) {
        details.add(
            Detail.of(
                "SPF lookups",
                "%d → %d of %d"
                    .formatted(before.lookups().get(), now.lookups().get(), MOST_SPF_LOOKUPS)));
      }
      if (now.findings() != before.findings() || now.critical() != before.critical()) {
        details.add(
            Detail.of(
                "findings",
                "%d → %d (critical %d → %d, warning %d → %d)"
                    .formatted(
                        before.findings(),
                        now.findings(),
                        before.critical(),
                        now.critical(),
                        before.warning(),
                        now.warning())));
      }
      if (!now.verdict().equals(before.verdict())) {
        details.add(Detail.of("verdict", before.verdict() + " → " + now.verdict()));
      }
      if (!details.isEmpty()) {
        trends.add(Entry.of(now.verdict(), state.domain().name().unicode(), "", details));
      }
    }
    return trends;
  }

  /** Something that ends. */
  private record Due(Instant at, String what, String detail) {}

  private List<Entry> due() {
    var all = new LinkedHashMap<Due, Set<String>>();
    for (var state : material.states()) {
      var name = state.domain().name().unicode();
      Stream.of(
              certificates(state, "tls", "certificate of "),
              certificates(state, "bimi", "mark certificate of "),
              waivers(state),
              migrations(state))
          .flatMap(Function.identity())
          .filter(due -> due.at().isBefore(material.now().plus(SOON)))
          .forEach(due -> all.computeIfAbsent(due, _ -> new LinkedHashSet<>()).add(name));
    }
    material.silences().stream()
        .filter(silence -> silence.state(material.now()) == Silence.State.ACTIVE)
        .filter(silence -> silence.endsAt().isBefore(material.now().plus(SOON)))
        .forEach(
            silence -> {
              var domains = covered(silence);
              if (!domains.isEmpty()) {
                all.computeIfAbsent(
                        new Due(silence.endsAt(), "silence ends", ""), _ -> new LinkedHashSet<>())
                    .addAll(domains);
              }
            });
    var entries = new ArrayList<Entry>();
    all.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.comparing(Due::at)))
        .forEach(
            one -> {
              var details = new ArrayList<Detail>();
              if (!one.getKey().detail().isEmpty()) {
                details.add(Detail.of(one.getKey().detail()));
              }
              details.add(Detail.of("domains", names(one.getValue())));
              entries.add(
                  Entry.of(
                      one.getKey().what(), minutes.format(one.getKey().at()) + left(one), details));
            });
    entries.addAll(testKeys());
    return entries;
  }

  private String left(Map.Entry<Due, Set<String>> one) {
    var left = Duration.between(material.now(), one.getKey().at());
    return left.isNegative()
        ? ", over"
        : left.toDays() == 0 ? ", today" : ", in " + counted(left.toDays(), "day");
  }

  private Stream<Due> certificates(DomainState state, String probe, String what) {
    return Facts.of(state, probe).stream()
        .flatMap(facts -> certificates(facts, state.domain().name().unicode(), what));
  }

  /** Wherever a certificate's end stands among the facts. */
  private static Stream<Due> certificates(JsonNode node, String name, String what) {
    var host = node.path("host").isString() ? node.path("host").asString() : name;
    var own =
        time(node.path("notAfter").asString("")).stream()
            .map(end -> new Due(end, what + host + " expires", ""));
    return Stream.concat(
        own,
        node.valueStream()
            .filter(JsonNode::isContainer)
            .flatMap(child -> certificates(child, host, what)));
  }

  private static Optional<Instant> time(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private Stream<Due> waivers(DomainState state) {
    return state.domain().waivers().stream()
        .flatMap(
            waiver ->
                waiver.until().stream()
                    .filter(until -> until.isAfter(material.now()))
                    .map(
                        until ->
                            new Due(
                                until, "waiver of " + waiver.rule() + " ends", waiver.reason())));
  }

  private Stream<Due> migrations(DomainState state) {
    return state.domain().migrations().stream()
        .flatMap(
            migration ->
                Stream.of(
                        new Due(migration.start(), "migration begins", migration.reason()),
                        new Due(
                            migration.start().plus(migration.window()),
                            "migration ends",
                            migration.reason()))
                    .filter(due -> due.at().isAfter(material.now())));
  }

  private Set<String> covered(Silence silence) {
    return material.states().stream()
        .filter(
            state ->
                silence.matchers().stream()
                    .filter(
                        matcher ->
                            matcher.name().equals("domain") || matcher.name().equals("tenant"))
                    .allMatch(
                        matcher ->
                            matcher.matches(
                                Labels.of(
                                    Map.of(
                                        "domain",
                                        state.domain().name().toString(),
                                        "tenant",
                                        state.domain().tenant().id())))))
        .map(state -> state.domain().name().unicode())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** A key in test mode has no end of its own; somebody must end it. */
  private List<Entry> testKeys() {
    var entries = new ArrayList<Entry>();
    for (var state : material.states()) {
      var testing =
          Facts.of(state, "dkim").stream()
              .flatMap(facts -> facts.path("selectors").valueStream())
              .filter(selector -> selector.path("testing").asBoolean(false))
              .map(selector -> selector.path("selector").asString(""))
              .toList();
      if (!testing.isEmpty()) {
        entries.add(
            Entry.of(
                "DKIM key in test mode",
                "no date",
                List.of(
                    Detail.of("domains", state.domain().name().unicode()),
                    Detail.of("selectors", String.join(", ", testing)))));
      }
    }
    return entries;
  }

  private List<Entry> unseen() {
    var entries = new ArrayList<Entry>();
    for (var state : material.states()) {
      if (state.isUnseen()) {
        entries.add(Entry.of(state.domain().name().unicode(), "not looked at yet", List.of()));
        continue;
      }
      var hidden = state.probes().values().stream().filter(ProbeState::hasGaps).toList();
      if (!hidden.isEmpty()) {
        entries.add(
            Entry.of(
                state.domain().name().unicode(),
                "since "
                    + minutes.format(
                        hidden.stream()
                            .map(ProbeState::unseenSince)
                            .min(Instant::compareTo)
                            .orElseThrow()),
                hidden.stream().map(Writing::gap).toList()));
      }
    }
    return entries;
  }

  private static Detail gap(ProbeState probe) {
    return Detail.of(
        probe.probe(),
        CheckJson.mapper()
            .readTree(probe.gaps())
            .valueStream()
            .map(gap -> gap.path("unseen").asString("") + ": " + gap.path("why").asString(""))
            .limit(2)
            .collect(Collectors.joining("; ")));
  }

  /** Who silenced it and why is for operators; a digest may go to a customer. */
  private static String text(Mutes.Why why) {
    return switch (why) {
      case Mutes.Why.Silenced _ -> "silenced";
      case Mutes.Why.Inhibited _, Mutes.Why.InMaintenance _, Mutes.Why.OutsideHours _ -> why.text();
    };
  }

  private List<Entry> muted() {
    var entries = new ArrayList<Entry>();
    for (var muted : material.muted()) {
      var labels = muted.alert().labels();
      entries.add(
          Entry.of(
              labels.get("severity"),
              labels.get("alertname"),
              labels.get("domain"),
              muted.whys().stream()
                  .map(
                      why ->
                          Detail.of(
                              text(why)
                                  + why.ends()
                                      .map(until -> ", until " + minutes.format(until))
                                      .orElse("")))
                  .toList()));
    }
    var waived = new LinkedHashMap<String, Set<String>>();
    for (var state : material.states()) {
      state.findings().stream()
          .filter(finding -> finding.waived())
          .forEach(
              finding ->
                  waived
                      .computeIfAbsent(finding.rule(), _ -> new LinkedHashSet<>())
                      .add(state.domain().name().unicode()));
    }
    waived.forEach(
        (rule, domains) ->
            entries.add(Entry.of(rule, "waived", List.of(Detail.of("domains", names(domains))))));
    return entries;
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
