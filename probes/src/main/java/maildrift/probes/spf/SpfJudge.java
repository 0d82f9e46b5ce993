package maildrift.probes.spf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.spf.SpfTree.Node;

/**
 * One judgement of one domain; pure.
 *
 * <p>Findings about the domain's own record have the domain as subject and {@code DOMAIN SPF} as
 * cause. Findings about something below an include have the included name that the domain itself
 * wrote as subject (so that a gap there hides them and nothing else), and the record at fault as
 * cause: one alert for all domains that include it.
 */
final class SpfJudge {
  private static final int NOTABLE_LOOKUPS = 7;
  private static final int MANY_LOOKUPS = 9;

  private final SpfFindings out;
  private final SpfTree tree;
  private final String name;
  private final String ownCause;
  private final SpfObservation seen;

  SpfJudge(ManagedDomain domain, SpfObservation seen) {
    this.out = new SpfFindings(domain, seen.tree());
    this.seen = seen;
    this.tree = seen.tree();
    this.name = out.name();
    this.ownCause = out.ownCause();
  }

  Judgement judge() {
    switch (tree.root().seen()) {
      case SpfTree.Unanswered(var why) ->
          out.add(Gap.of(SpfProbe.NAME, name + " TXT", why, "spf."));
      case SpfTree.Cut(var why) -> out.add(Gap.of(SpfProbe.NAME, name + " TXT", why, "spf."));
      case SpfTree.Loop _ ->
          throw new IllegalStateException("the root of a tree cannot be a loop: " + name);
      case SpfTree.Missing missing -> {
        absent(missing);
        new AuthorisationRules(out, seen.expected()).judge();
      }
      case SpfTree.Several(var records) -> {
        several(records);
        new AuthorisationRules(out, seen.expected()).judge();
      }
      case SpfTree.Published _ -> {
        new PolicyRules(out).judge();
        limits();
        all();
        new AuthorisationRules(out, seen.expected()).judge();
        new SpfGaps(out).judge();
      }
    }
    return judgement();
  }

  private Judgement judgement() {
    var judgement = new Judgement.Builder();
    var outcome = tree.outcome();
    if (outcome != Outcome.UNOBSERVABLE) {
      judgement
          .fact("record", tree.record().orElse(""))
          .fact("lookups", tree.lookups())
          .fact("voidLookups", tree.voidLookups())
          .fact("complete", tree.isComplete());
      if (outcome == Outcome.ABSENT) {
        judgement.fact("all", "none");
      } else {
        tree.all().ifPresent(all -> judgement.fact("all", all.word()));
      }
      judgement
          .fact("netblocks", SpfFindings.texts(tree.published()))
          .fact("macros", tree.macros())
          .fact("tree", SpfTreeText.facts(tree))
          .record(ownCause, tree.record().orElse(""));
    }
    out.findings().forEach(judgement::add);
    out.gaps().forEach(judgement::add);
    return judgement.build(outcome);
  }

  private void absent(SpfTree.Missing missing) {
    var glued = missing.almost().stream().flatMap(text -> Glue.in(text).stream()).findFirst();
    if (glued.isPresent()) {
      out.add(PolicyRules.spaceJoin(glued.get(), name, ownCause));
      return;
    }
    var sends =
        out.domain().prescriptions().stream()
            .anyMatch(prescription -> !prescription.spfAuthorise().isEmpty());
    var almost =
        missing.almost().stream().map(text -> Printable.of(String.join("", text))).toList();
    var finding =
        out.own(
                SpfRules.PRESENT,
                almost.isEmpty()
                    ? "%s publishes no SPF record: %s".formatted(name, missing.why())
                    : "%s publishes no SPF record; '%s' is none, since it does not begin with exactly v=spf1 and a space"
                        .formatted(name, almost.getFirst()))
            .severity(sends ? Severity.CRITICAL : Severity.WARNING)
            .remedy(
                SpfFindings.publish(
                    name, Repair.with("v=spf1 ~all", String.join(" ", includes()), true)));
    out.add(almost.isEmpty() ? finding : finding.with("almost", almost));
  }

  private List<String> includes() {
    var terms =
        out.domain().prescriptions().stream()
            .flatMap(
                prescription ->
                    prescription.spfAuthorise().stream()
                        .map(
                            provider ->
                                AuthorisationRules.include(prescription, provider.toString())))
            .distinct()
            .toList();
    return terms.isEmpty() ? List.of("mx") : terms;
  }

  private void several(List<SpfRecord> records) {
    out.add(
        out.own(
                SpfRules.MULTIPLE,
                "%s publishes %d SPF records; receivers answer permerror and let no server pass"
                    .formatted(name, records.size()))
            .with("count", records.size())
            .with("records", records.stream().map(SpfRecord::shown).toList())
            .remedy(SpfFindings.publish(name, Repair.merged(records))));
  }

  private void limits() {
    var lookups = tree.lookups();
    // Below the limit, an unseen branch could still lead beyond it: then nothing is known.
    var isKnown = !SpfGaps.hasUnseenPolicy(tree);
    if (lookups > SpfCheck.MAX_TERMS || (isKnown && lookups >= NOTABLE_LOOKUPS)) {
      var loop =
          tree.loops().isEmpty()
              ? ""
              : "; %s includes itself".formatted(Printable.of(tree.loops().getFirst()));
      out.add(
          out.own(
                  SpfRules.LOOKUPS,
                  "%s needs %s%d DNS lookups of the %d that receivers allow%s"
                      .formatted(
                          ownCause,
                          isKnown && tree.loops().isEmpty() ? "" : "at least ",
                          lookups,
                          SpfCheck.MAX_TERMS,
                          loop))
              .severity(
                  lookups > SpfCheck.MAX_TERMS
                      ? Severity.CRITICAL
                      : lookups >= MANY_LOOKUPS ? Severity.WARNING : Severity.INFO)
              .with("lookups", lookups)
              .with("limit", SpfCheck.MAX_TERMS)
              .with("terms", costs()));
    }
    var voids = tree.voidLookups();
    if (voids > SpfCheck.MAX_VOIDS || (voids > 0 && tree.isComplete())) {
      var dead = deadTerms();
      out.add(
          out.own(
                  SpfRules.VOID,
                  "%s: %d void lookup%s of the %d that receivers allow: %s"
                      .formatted(
                          ownCause,
                          voids,
                          voids == 1 ? "" : "s",
                          SpfCheck.MAX_VOIDS,
                          String.join(", ", dead)))
              .severity(voids > SpfCheck.MAX_VOIDS ? Severity.CRITICAL : Severity.WARNING)
              .with("voidLookups", voids)
              .with("terms", dead));
    }
  }

  /** What each of the domain's own terms costs, everything below it included. */
  private Map<String, Object> costs() {
    var costs = new LinkedHashMap<String, Object>();
    for (var node : tree.root().nodes()) {
      var cost = cost(node);
      if (cost > 0 && costs.size() < 50) {
        costs.merge(Printable.of(node.term().text()), cost, (a, b) -> (Integer) a + (Integer) b);
      }
    }
    return costs;
  }

  private static int cost(Node node) {
    var below =
        node.target().stream()
            .flatMap(target -> target.nodes().stream())
            .mapToInt(SpfJudge::cost)
            .sum();
    return node.cost() + below;
  }

  private List<String> deadTerms() {
    return tree.policies().stream()
        .flatMap(policy -> policy.nodes().stream())
        .filter(node -> node.voids() > 0)
        .map(node -> Printable.of(node.term().text()))
        .distinct()
        .limit(20)
        .toList();
  }

  private void all() {
    var qualifier = tree.all();
    if (qualifier.isEmpty()) {
      return;
    }
    var last = tree.ownPolicies().getLast();
    var cause = out.cause(last);
    var record = last.record().map(SpfRecord::text).orElse("");
    var written = last.record().flatMap(SpfRecord::all).map(Term.Directive::text);
    switch (qualifier.get()) {
      case PASS ->
          out.add(
              out.own(
                      SpfRules.ALL_QUALIFIER,
                      "%s ends in %s: everybody may send in the name of %s"
                          .formatted(cause, Printable.of(written.orElse("+all")), name))
                  .severity(Severity.CRITICAL)
                  .cause(cause)
                  .with("all", Qualifier.PASS.word())
                  .remedy(
                      SpfFindings.publish(
                          SpfFindings.place(cause), Repair.endingIn(record, "~all"))));
      case NEUTRAL -> {
        // Where a term could not be read, it may have been the all.
        if (written.isPresent() || !last.record().map(SpfRecord::isPermanentError).orElse(false)) {
          out.add(
              out.own(
                      SpfRules.ALL_QUALIFIER,
                      written.isPresent()
                          ? "%s ends in %s: forged mail is neutral"
                              .formatted(cause, Printable.of(written.get()))
                          : "%s has neither all nor redirect: forged mail is neutral"
                              .formatted(cause))
                  .cause(cause)
                  .with("all", Qualifier.NEUTRAL.word())
                  .remedy(
                      SpfFindings.publish(
                          SpfFindings.place(cause), Repair.endingIn(record, "~all"))));
        }
      }
      case SOFTFAIL, FAIL -> {}
    }
  }
}
