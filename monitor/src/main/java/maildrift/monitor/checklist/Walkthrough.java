package maildrift.monitor.checklist;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Answers a checklist's steps from what is known of a domain. What was not seen makes no step done
 * and none open.
 */
public final class Walkthrough {
  private static final TypeReference<LinkedHashMap<String, Object>> FACTS =
      new TypeReference<>() {};

  private final Map<String, Rule> rules = new HashMap<>();
  private final Map<String, Probe<?>> probeOfRule = new HashMap<>();

  /**
   * @param probes that look at domains
   * @param ownRules rules that no probe judges by
   */
  public Walkthrough(Collection<? extends Probe<?>> probes, Collection<Rule> ownRules) {
    ownRules.forEach(rule -> rules.put(rule.id(), rule));
    for (var probe : probes) {
      for (var rule : probe.rules()) {
        rules.put(rule.id(), rule);
        probeOfRule.put(rule.id(), probe);
      }
    }
  }

  public Progress walk(Checklist checklist, DomainState declared, Ticks ticks, Instant now) {
    // Of several migrations the one that counts now.
    var state = declared.domain(declared.domain().asOf(now));
    var steps = new ArrayList<StepStatus>();
    for (var step : checklist.steps()) {
      steps.add(new Walk(checklist, step, state, ticks, now).status());
    }
    return new Progress(
        checklist,
        state.domain(),
        now,
        state.isUnseen() ? Optional.empty() : Optional.of(state.checkedAt()),
        ticks.known(),
        steps);
  }

  /**
   * The migration that a tick of this checklist belongs to.
   *
   * @param domain as of now
   */
  public static Optional<Instant> migrationOf(Checklist checklist, ManagedDomain domain) {
    return domain
        .migration()
        .filter(
            migration ->
                checklist.isOfMigration(domain)
                    || checklist.steps().stream().anyMatch(step -> !step.when().phases().isEmpty()))
        .map(Migration::start);
  }

  /** One step of one domain. */
  private final class Walk {
    private final Checklist checklist;
    private final Step step;
    private final DomainState state;
    private final Ticks ticks;
    private final Instant now;
    private final Wording wording;
    private final List<String> violated = new ArrayList<>();
    private final List<String> hidden = new ArrayList<>();
    private final List<String> undeclared = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private final List<String> untried = new ArrayList<>();
    private final List<StepStatus.Remedy> remedies = new ArrayList<>();
    private final Map<String, Instant> seen = new TreeMap<>();

    Walk(Checklist checklist, Step step, DomainState state, Ticks ticks, Instant now) {
      this.checklist = checklist;
      this.step = step;
      this.state = state;
      this.ticks = ticks;
      this.now = now;
      this.wording = new Wording(checklist, state.domain(), now);
    }

    StepStatus status() {
      var elsewhere = notApplicable();
      if (elsewhere.isPresent()) {
        return status(StepState.NOT_APPLICABLE, List.of(elsewhere.get()), Optional.empty());
      }
      var later = notYet();
      if (later.isPresent()) {
        return status(StepState.NOT_YET, List.of(later.get()), Optional.empty());
      }
      if (isVariantUnknown()) {
        undeclared.add("declare the variant: " + either(variants()));
      } else {
        look();
      }
      var said = ticks.of(checklist, step);
      var tick =
          said.filter(known -> known.migration().equals(migrationOf(checklist, state.domain())));
      if (!violated.isEmpty()) {
        tick.ifPresent(
            known ->
                violated.add(
                    "%s ticked it at %s, but it is not so".formatted(known.by(), at(known.at()))));
        return status(StepState.OPEN, violated, tick);
      }
      if (!hidden.isEmpty()) {
        return status(StepState.UNSEEN, hidden, tick);
      }
      if (!step.person() && !step.see().isEmpty() && undeclared.isEmpty()) {
        return status(StepState.DONE, held, Optional.empty());
      }
      if (tick.isPresent()) {
        var by = tick.get();
        held.add(
            "ticked by %s at %s%s"
                .formatted(by.by(), at(by.at()), by.note().isEmpty() ? "" : ": " + by.note()));
        return status(StepState.DONE, held, tick);
      }
      return status(StepState.PERSON, unticked(said), Optional.empty());
    }

    private List<String> unticked(Optional<Tick> ofAnother) {
      var reasons = new ArrayList<>(held);
      reasons.addAll(undeclared);
      if (step.person()) {
        reasons.add("not visible from here: a person has to tick it");
      }
      ofAnother.ifPresent(
          tick ->
              reasons.add(
                  "%s ticked it at %s for another migration%s"
                      .formatted(
                          tick.by(),
                          at(tick.at()),
                          tick.migration().map(start -> ", that of " + at(start)).orElse(""))));
      return reasons;
    }

    private StepStatus status(StepState result, List<String> reasons, Optional<Tick> tick) {
      return new StepStatus(
          step,
          result,
          reasons,
          wording.filled(step.why()),
          wording.filled(step.how()),
          remedies,
          seen.entrySet().stream()
              .map(entry -> new StepStatus.Sight(entry.getKey(), entry.getValue()))
              .toList(),
          tick);
    }

    private Optional<String> notApplicable() {
      var when = step.when();
      var domain = state.domain();
      var profiles = domain.prescriptions().stream().map(Prescription::profile).toList();
      if (!when.modes().isEmpty()) {
        var mode = domain.declared().mode();
        if (mode.isPresent() && !when.modes().contains(mode.get())) {
          return Optional.of(
              "only in mode %s; the domain's is %s"
                  .formatted(
                      either(when.modes().stream().map(Mode::word).toList()), mode.get().word()));
        }
      }
      var variants = declaredVariants();
      if (!when.variants().isEmpty()
          && !variants.isEmpty()
          && variants.stream().noneMatch(when.variants()::contains)) {
        return Optional.of(
            "only for the variant %s; it is %s"
                .formatted(either(when.variants().stream().sorted().toList()), either(variants)));
      }
      if (!when.profiles().isEmpty() && profiles.stream().noneMatch(when.profiles()::contains)) {
        return Optional.of("only for domains with the profile " + either(when.profiles()));
      }
      var against = profiles.stream().filter(when.withoutProfiles()::contains).findFirst();
      if (against.isPresent()) {
        return Optional.of("not for domains with the profile " + against.get());
      }
      return phase(false);
    }

    private Optional<String> notYet() {
      return phase(true);
    }

    /** Why the migration's phase is none of the step's: one of those is still to come, or none. */
    private Optional<String> phase(boolean toCome) {
      var phases = step.when().phases();
      return state
          .domain()
          .migration()
          .map(migration -> migration.phase(now))
          .filter(phase -> !phases.isEmpty() && !phases.contains(phase))
          .filter(phase -> toCome == phases.stream().anyMatch(own -> own.compareTo(phase) > 0))
          .map(
              phase ->
                  "%s: only while the migration's phase is %s; it is %s"
                      .formatted(
                          toCome ? "not yet" : "no longer",
                          either(phases.stream().sorted().map(Migration.Phase::word).toList()),
                          phase.word()));
    }

    private List<String> declaredVariants() {
      return checklist.prescriptions(state.domain()).stream()
          .flatMap(profile -> profile.variant().stream())
          .toList();
    }

    private boolean isVariantUnknown() {
      return !step.when().variants().isEmpty() && declaredVariants().isEmpty();
    }

    /** In the order in which the steps name them. */
    private List<String> variants() {
      return checklist.steps().stream()
          .flatMap(own -> own.when().variants().stream().sorted())
          .distinct()
          .toList();
    }

    private void look() {
      var byProbe = new LinkedHashMap<String, List<String>>();
      step.see().rules().forEach(rule -> rule(rule, byProbe));
      byProbe.forEach(
          (probe, holding) ->
              held.add(
                  "%s saw that %s %s, %s"
                      .formatted(
                          probe,
                          String.join(", ", holding),
                          holding.size() == 1 ? "holds" : "hold",
                          at(seenAt(probe)))));
      step.see().declared().forEach(this::declared);
      // As long as it is not declared what is to be watched, nobody watches it.
      if (undeclared.isEmpty()) {
        step.see().facts().forEach(this::fact);
      }
      // What else the step names may be enough; alone it shows nothing.
      (held.isEmpty() ? undeclared : held).addAll(untried);
    }

    private void rule(String id, Map<String, List<String>> holding) {
      var rule = rules.get(id);
      if (rule == null) {
        hidden.add("nothing here judges by " + id);
        return;
      }
      var probe = probeOfRule.get(id);
      var look = probe == null ? Optional.<ProbeState>empty() : probe(probe.name());
      var findings =
          state.findings().stream()
              .filter(finding -> finding.rule().equals(id))
              .filter(finding -> finding.severity().compareTo(step.see().from()) >= 0)
              .filter(finding -> isMeant(id, finding.subject()))
              .toList();
      for (var finding : findings) {
        finding(finding, look);
      }
      if (!findings.isEmpty()) {
        return;
      }
      if (probe == null) {
        holding.computeIfAbsent("the watch", _ -> new ArrayList<>()).add(id);
        return;
      }
      if (look.isEmpty()) {
        hidden.add(unlooked(probe.name()));
        return;
      }
      var gap = hides(look.get(), id);
      if (gap.isPresent()) {
        hidden.add(
            "%s could not see %s: %s".formatted(probe.name(), gap.get().unseen(), gap.get().why()));
        return;
      }
      if (look.get().outcome() == Outcome.UNOBSERVABLE) {
        hidden.add(probe.name() + " could not look, or had nothing to look at");
        return;
      }
      if (!probe.looksAt(rule, judgement(look.get()))) {
        untried.add(
            "%s was held against nothing: what it needs is not declared, or not switched on"
                .formatted(id));
        return;
      }
      seen.put(probe.name(), seenAt(probe.name()));
      holding.computeIfAbsent(probe.name(), _ -> new ArrayList<>()).add(id);
    }

    private boolean isMeant(String rule, String subject) {
      return switch (step.see().only().get(rule)) {
        case null -> true;
        case See.Only.Subject(var own) -> subject.equals(wording.filled(own));
        case See.Only.Of(var setting) -> setting.isSubject(subject, state.domain());
      };
    }

    private Optional<Gap> hides(ProbeState look, String rule) {
      return step.see().only().get(rule) instanceof See.Only.Subject(var own)
          ? look.hides(new Finding.Key(rule, wording.filled(own)))
          : look.hides(rule);
    }

    private void finding(FindingState finding, Optional<ProbeState> look) {
      var json = CheckJson.mapper().readTree(finding.json());
      var message = json.path("message").asString("");
      if (finding.waived()) {
        held.add(
            "%s is waived for %s: %s"
                .formatted(finding.rule(), finding.subject(), json.path("waived").asString("")));
        return;
      }
      var key = new Finding.Key(finding.rule(), finding.subject());
      var gap = look.flatMap(probe -> probe.hides(key));
      if (gap.isPresent()) {
        hidden.add(
            "%s cannot be seen now: %s; when last seen: %s"
                .formatted(gap.get().unseen(), gap.get().why(), message));
        return;
      }
      look.ifPresent(probe -> seen.put(probe.probe(), seenAt(probe.probe())));
      violated.add("%s: %s".formatted(finding.rule(), message));
      var remedy = json.path("remedy").asString("");
      if (!remedy.isEmpty()) {
        remedies.add(new StepStatus.Remedy(finding.rule(), finding.subject(), remedy));
      }
    }

    private void fact(See.Fact fact) {
      var look = probe(fact.probe());
      if (look.isEmpty()) {
        hidden.add(unlooked(fact.probe()));
        return;
      }
      var values = new ArrayList<JsonNode>();
      collect(
          CheckJson.mapper().readTree(look.get().facts()),
          List.of(fact.path().split("\\.", -1)),
          values);
      if (!values.isEmpty() && values.stream().allMatch(value -> isRight(fact, value))) {
        seen.put(fact.probe(), seenAt(fact.probe()));
        held.add(
            "%s is %s, seen %s".formatted(fact.name(), shown(values), at(seenAt(fact.probe()))));
        return;
      }
      var gap = look.get().unseen().stream().findFirst();
      if (values.stream().anyMatch(JsonNode::isNull)) {
        hidden.add("%s is not known (yet)".formatted(fact.name()));
      } else if (gap.isPresent()) {
        hidden.add(
            "%s could not see %s: %s".formatted(fact.probe(), gap.get().unseen(), gap.get().why()));
      } else if (look.get().outcome() == Outcome.UNOBSERVABLE) {
        hidden.add(fact.probe() + " could not look, or had nothing to look at");
      } else {
        seen.put(fact.probe(), seenAt(fact.probe()));
        violated.add(
            "%s is %s, and must be %s"
                .formatted(
                    fact.name(), values.isEmpty() ? "not there" : shown(values), fact.wanted()));
      }
    }

    private void declared(See.Declaration wanted) {
      var setting = wanted.setting();
      var value = setting.of(state.domain());
      var paste = wanted.paste().map(text -> wording.filled(text));
      if (value.isEmpty()) {
        undeclared.add(
            wanted.demand() instanceof See.Demand.Nothing
                ? "no %s is declared; whether the field is empty a person has to see"
                    .formatted(setting.word())
                : "%s is not declared, so that maildrift cannot see it".formatted(setting.word()));
        paste.ifPresent(text -> remedies.add(new StepStatus.Remedy("", setting.word(), text)));
        return;
      }
      var words = value.get();
      if (wanted.demand() instanceof See.Demand.Among(var provided)) {
        among(setting, words, provided, paste);
        return;
      }
      var trouble =
          switch (wanted.demand()) {
            case See.Demand.Something _, See.Demand.Among _ -> "";
            case See.Demand.Nothing _ -> words.isEmpty() ? "" : "must be empty";
            case See.Demand.Only(var only) ->
                only.containsAll(words) && !words.isEmpty() ? "" : "must be " + either(only);
            case See.Demand.All(var all) -> {
              var missing =
                  all.stream().map(wording::filled).filter(word -> !words.contains(word)).toList();
              yield missing.isEmpty() ? "" : "lacks " + String.join(", ", missing);
            }
          };
      var told =
          "%s is declared as %s"
              .formatted(setting.word(), words.isEmpty() ? "empty" : String.join(", ", words));
      if (trouble.isEmpty()) {
        held.add(told);
      } else {
        violated.add(told + ", and " + trouble);
        paste.ifPresent(text -> remedies.add(new StepStatus.Remedy("", setting.word(), text)));
      }
    }

    /** Another host may be right all the same, but nothing here shows it. */
    private void among(
        Setting setting, List<String> words, See.Provided provided, Optional<String> paste) {
      var hosts = Providers.hosts(provided, checklist, state.domain());
      var strangers =
          words.stream()
              .filter(
                  word ->
                      hosts.stream().noneMatch(host -> host.matches(NextHop.parse(word).target())))
              .toList();
      var told = "%s is declared as %s".formatted(setting.word(), String.join(", ", words));
      if (hosts.isEmpty() && provided == See.Provided.MAILBOXES) {
        held.add(told + ", and no profile of the mailboxes says which hosts are theirs");
      } else if (hosts.isEmpty()) {
        undeclared.add(told + "; the profile knows no hosts to hold it against");
      } else if (strangers.isEmpty()) {
        held.add(told);
      } else {
        undeclared.add(
            "%s: not one of the provider's hosts: %s; those are %s"
                .formatted(
                    setting.word(),
                    String.join(", ", strangers),
                    String.join(", ", hosts.stream().map(HostPattern::text).toList())));
        paste.ifPresent(text -> remedies.add(new StepStatus.Remedy("", setting.word(), text)));
      }
    }

    private Optional<ProbeState> probe(String name) {
      return Optional.ofNullable(state.probes().get(name));
    }

    private String unlooked(String probe) {
      return state.domain().skip().contains(probe)
          ? probe + " is left out (skip)"
          : probe + " has not looked yet";
    }

    private Instant seenAt(String probe) {
      return probe(probe)
          .filter(look -> !look.hasGaps() && !look.observedAt().equals(Instant.EPOCH))
          .map(ProbeState::observedAt)
          .orElse(state.checkedAt());
    }

    private static String at(Instant instant) {
      return CheckJson.instant(instant);
    }
  }

  /** As a probe wants it to say what it looked at. */
  private static Judgement judgement(ProbeState look) {
    return new Judgement(
        look.outcome(),
        CheckJson.mapper().readValue(look.facts(), FACTS),
        new TreeMap<>(),
        List.of(),
        List.of());
  }

  private static void collect(JsonNode node, List<String> path, List<JsonNode> values) {
    if (node.isArray()) {
      node.forEach(item -> collect(item, path, values));
    } else if (path.isEmpty()) {
      if (!node.isMissingNode()) {
        values.add(node);
      }
    } else {
      collect(node.path(path.getFirst()), path.subList(1, path.size()), values);
    }
  }

  private static boolean isRight(See.Fact fact, JsonNode value) {
    if (value.isNull()) {
      return false;
    }
    if (fact.atMost().isPresent() || fact.atLeast().isPresent()) {
      return value.isNumber()
          && value.asDouble() <= fact.atMost().orElse(Long.MAX_VALUE)
          && value.asDouble() >= fact.atLeast().orElse(Long.MIN_VALUE);
    }
    return fact.is().isEmpty() || fact.is().contains(word(value));
  }

  private static String word(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }

  private static String shown(List<JsonNode> values) {
    return String.join(", ", values.stream().map(Walkthrough::word).distinct().limit(5).toList());
  }

  private static String either(Collection<String> words) {
    return String.join(" or ", words.stream().distinct().toList());
  }
}
