package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.See;
import maildrift.monitor.checklist.Setting;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.When;
import maildrift.monitor.checklist.Wording;
import maildrift.probes.Severity;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Mode;

/** Reads checklists, the built-in ones and the operator's own alike. */
final class ChecklistReader {
  private static final int MOST_STEPS = 200;

  private final Reading reading;
  private final Optional<Vocabulary> vocabulary;
  private final Set<String> profiles;

  /**
   * @param vocabulary rules and probes that steps may name; empty: they are known to be right
   * @param profiles names that conditions may name
   */
  ChecklistReader(Reading reading, Optional<Vocabulary> vocabulary, Set<String> profiles) {
    this.reading = reading;
    this.vocabulary = vocabulary;
    this.profiles = Set.copyOf(profiles);
  }

  /**
   * One checklist; empty when it has no usable step.
   *
   * @param name its key in the configuration, or the name of its file
   */
  Optional<Checklist> checklist(String name, Place place, Section section) {
    if (!isName(name)) {
      reading.problem(
          place,
          "'%s' is no name for a checklist; use lower-case letters, digits and -"
              .formatted(Words.shortened(name)));
    }
    var title = section.required("title").map(Text::value);
    var about = section.text("about").map(Text::value).orElse("");
    var audience = section.section("for");
    var who = names("profiles", audience);
    var shared = audience.flag("shared_gateway", false);
    audience.end();
    var steps = new ArrayList<Step>();
    var first = new HashMap<String, Place>();
    var items = section.sections("steps");
    for (var item : items) {
      step(item, first).ifPresent(steps::add);
    }
    if (items.isEmpty()) {
      section.lacks("steps");
    }
    if (items.size() > MOST_STEPS) {
      reading.problem(place, "more than %d steps".formatted(MOST_STEPS));
    }
    section.end();
    return title.map(text -> new Checklist(name, text, about, who, shared, steps));
  }

  private Optional<Step> step(Section section, Map<String, Place> first) {
    var id = section.required("id").filter(text -> isUnused(text, first));
    var title = section.required("title").map(Text::value);
    var why = wording("why", section);
    var how = wording("how", section);
    var sights = section.section("see");
    var isShown = Stream.of("rules", "facts", "declared").anyMatch(sights::has);
    var see = see(sights);
    var when = when(section.section("when"));
    var person = section.flag("person", false);
    var statements = section.texts("statements").stream().map(Text::value).toList();
    section.end();
    if (!isShown && !person && id.isPresent()) {
      reading.problem(
          section.place(),
          "nothing shows whether step '%s' is done; say what to see, or person: true"
              .formatted(Words.shortened(id.get().value())));
    }
    return id.isEmpty() || title.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Step(id.get().value(), title.get(), why, how, see, when, person, statements));
  }

  private boolean isUnused(Text id, Map<String, Place> first) {
    if (!isName(id.value())) {
      reading.problem(
          id.place(),
          "'%s' is no id for a step; use lower-case letters, digits and -"
              .formatted(Words.shortened(id.value())));
      return false;
    }
    var before = first.putIfAbsent(id.value(), id.place());
    if (before != null) {
      reading.problem(
          id.place(),
          "the step '%s' stands there twice; first at %s".formatted(id.value(), before));
    }
    return before == null;
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= 100
        && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }

  /** Text with placeholders. */
  private String wording(String key, Section section) {
    return section
        .text(key)
        .map(
            text -> {
              Wording.unknownIn(text.value())
                  .ifPresent(
                      name ->
                          reading.problem(
                              text.place(),
                              "%s: nothing stands for {%s}%s"
                                  .formatted(
                                      key,
                                      Words.shortened(name),
                                      Words.hint(name, Wording.placeholders()))));
              return text.value();
            })
        .orElse("");
  }

  private See see(Section section) {
    var rules = new ArrayList<String>();
    var only = new HashMap<String, See.Only>();
    for (var item : section.items("rules")) {
      if (item instanceof Node.Scalar scalar) {
        reading.text(scalar).filter(this::isRule).ifPresent(text -> rules.add(text.value()));
      } else {
        rule(
            Section.of(reading, section.under("rules") + "[]", "an item of rules", item),
            rules,
            only);
      }
    }
    var from = section.choice("from", Severity.values(), Severity::word).orElse(Severity.INFO);
    var facts = new ArrayList<See.Fact>();
    for (var item : section.sections("facts")) {
      fact(item).ifPresent(facts::add);
    }
    var declared = new ArrayList<See.Declaration>();
    for (var item : section.sections("declared")) {
      declaration(item).ifPresent(declared::add);
    }
    section.end();
    return new See(rules, from, facts, declared, only);
  }

  /** With which of its findings are meant. */
  private void rule(Section section, List<String> rules, Map<String, See.Only> only) {
    var rule = section.required("rule").filter(this::isRule);
    var subject = wording("subject", section);
    var of = section.text("of");
    section.end();
    if (of.isPresent() == !subject.isEmpty()) {
      reading.problem(
          section.place(), "an item of rules is a rule, or has rule and one of subject and of");
    }
    rule.ifPresent(
        text -> {
          rules.add(text.value());
          if (!subject.isEmpty()) {
            only.put(text.value(), new See.Only.Subject(subject));
          }
          of.filter(name -> isKnown("setting", name, WITH_SUBJECTS))
              .flatMap(name -> Setting.of(name.value()))
              .ifPresent(setting -> only.put(text.value(), new See.Only.Of(setting)));
        });
  }

  private static final Set<String> WITH_SUBJECTS =
      Arrays.stream(Setting.values())
          .filter(Setting::hasSubjects)
          .map(Setting::word)
          .collect(Collectors.toSet());

  private boolean isRule(Text text) {
    return vocabulary.isEmpty() || isKnown("rule", text, vocabulary.get().rules());
  }

  private boolean isKnown(String what, Text text, Set<String> valid) {
    if (!valid.contains(text.value())) {
      reading.problem(
          text.place(),
          "unknown %s %s%s".formatted(what, text.shown(), Words.hint(text.value(), valid)));
      return false;
    }
    return true;
  }

  private Optional<See.Fact> fact(Section section) {
    var probe =
        section
            .required("probe")
            .filter(
                text -> vocabulary.isEmpty() || isKnown("probe", text, vocabulary.get().probes()));
    var path = section.required("fact");
    var is = new HashSet<String>();
    words("is", section).forEach(text -> is.add(text.value()));
    var most = number("at_most", section);
    var least = number("at_least", section);
    section.end();
    return probe.isEmpty() || path.isEmpty()
        ? Optional.empty()
        : Optional.of(new See.Fact(probe.get().value(), path.get().value(), is, most, least));
  }

  private static OptionalLong number(String key, Section section) {
    return section.has(key)
        ? OptionalLong.of(section.whole(key, 0, Integer.MAX_VALUE, 0))
        : OptionalLong.empty();
  }

  private Optional<See.Declaration> declaration(Section section) {
    var settings = Arrays.stream(Setting.values()).map(Setting::word).collect(Collectors.toSet());
    var setting =
        section
            .required("setting")
            .filter(text -> isKnown("setting", text, settings))
            .flatMap(text -> Setting.of(text.value()));
    var only = words("is", section);
    var all = words("has", section);
    var nothing = section.flag("empty", false);
    var among = section.choice("among", See.Provided.values(), See.Provided::word);
    var paste = Optional.of(wording("paste", section)).filter(text -> !text.isEmpty());
    section.end();
    if (Stream.of(!only.isEmpty(), !all.isEmpty(), nothing, among.isPresent())
            .filter(set -> set)
            .count()
        > 1) {
      reading.problem(section.place(), "is, has, among and empty exclude each other; keep one");
    }
    if (among.isPresent() && setting.filter(known -> !known.isOfHosts()).isPresent()) {
      reading.problem(section.place(), "among is for settings that name hosts");
    }
    var demand =
        nothing
            ? new See.Demand.Nothing()
            : !only.isEmpty()
                ? new See.Demand.Only(only.stream().map(Text::value).collect(Collectors.toSet()))
                : !all.isEmpty()
                    ? new See.Demand.All(all.stream().map(Text::value).toList())
                    : among
                        .<See.Demand>map(See.Demand.Among::new)
                        .orElseGet(See.Demand.Something::new);
    return setting.map(known -> new See.Declaration(known, demand, paste));
  }

  /** A word or several; a bare {@code true} or number is one, too. */
  private List<Text> words(String key, Section section) {
    var node = section.node(key);
    var items =
        node.isPresent() && node.get() instanceof Node.Scalar one
            ? List.<Node>of(one)
            : section.items(key);
    var words = new ArrayList<Text>();
    for (var item : items) {
      if (item instanceof Node.Scalar scalar) {
        reading.text(scalar).ifPresent(words::add);
      } else {
        reading.problem(
            item.place(), "an item of %s must be a word, not %s".formatted(key, item.shown()));
      }
    }
    return words;
  }

  private When when(Section section) {
    var modes = choices("mode", section, Mode.values(), Mode::word);
    var variants = new LinkedHashSet<String>();
    section.oneOrMore("variant").forEach(text -> variants.add(text.value()));
    var with = names("profile", section);
    var without = names("without_profile", section);
    var phases = choices("phase", section, Migration.Phase.values(), Migration.Phase::word);
    section.end();
    return new When(modes, variants, with, without, phases);
  }

  private Set<String> names(String key, Section section) {
    var names = new LinkedHashSet<String>();
    for (var text : section.oneOrMore(key)) {
      if (isKnown("profile", text, profiles)) {
        names.add(text.value());
      }
    }
    return names;
  }

  private <E extends Enum<E>> Set<E> choices(
      String key, Section section, E[] values, Function<E, String> word) {
    var words = Arrays.stream(values).collect(Collectors.toMap(word, Function.identity()));
    var chosen = new LinkedHashSet<E>();
    for (var text : section.oneOrMore(key)) {
      if (isKnown(key, text, words.keySet())) {
        chosen.add(java.util.Objects.requireNonNull(words.get(text.value())));
      }
    }
    return chosen;
  }
}
