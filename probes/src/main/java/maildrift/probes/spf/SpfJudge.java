package maildrift.probes.spf;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.spf.SpfResult.Result;
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
  private final UnaryOperator<String> shared;

  /**
   * @param shared gives the one copy of what many domains have
   */
  SpfJudge(ManagedDomain domain, SpfObservation seen, UnaryOperator<String> shared) {
    this.shared = shared;
    this.out = new SpfFindings(domain, seen);
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
        new AuthorisationRules(out, seen).judge();
      }
      case SpfTree.Several(var records) -> {
        several(records);
        new AuthorisationRules(out, seen).judge();
      }
      case SpfTree.Published _ -> {
        new PolicyRules(out).judge();
        limits();
        all();
        strangers();
        new AuthorisationRules(out, seen).judge();
        new AdviceRules(out).judge();
        new SpfGaps(out).judge();
      }
    }
    helos();
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
          .fact("headroom", Math.max(0, SpfCheck.MAX_TERMS - tree.lookups()))
          .fact("voidHeadroom", Math.max(0, SpfCheck.MAX_VOIDS - tree.voidLookups()))
          .fact("complete", tree.isComplete());
      if (outcome == Outcome.ABSENT) {
        judgement.fact("all", "none");
      } else {
        tree.all().ifPresent(all -> judgement.fact("all", all.word()));
      }
      judgement
          .fact("netblocks", SpfFindings.texts(tree.published()))
          .fact("macros", tree.macros())
          .fact("strangers", tried(seen.strangers()))
          .fact("tree", SpfTreeText.facts(tree))
          .record(ownCause, tree.record().orElse(""));
      IncludedRecords.below(tree, shared).forEach(judgement::record);
      if (tree.root().seen() instanceof SpfTree.Published
          && tree.isComplete()
          && tree.root().nodes().stream().anyMatch(node -> node.target().isPresent())) {
        judgement.record(name + SpfProbe.LOOKUPS_RECORD, trend());
      }
    }
    out.findings().forEach(judgement::add);
    out.gaps().forEach(judgement::add);
    if (outcome == Outcome.OBSERVED && !tree.isComplete() && out.gaps().isEmpty()) {
      // Beyond every limit no rule needs the rest; but what was not reached is not gone.
      judgement.aside(
          Gap.of(
                  SpfProbe.NAME,
                  ownCause,
                  "not all that it includes was seen",
                  SpfRules.LOOKUPS_TREND.id())
              .subject(name));
    }
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
            .filter(prescription -> !prescription.guessed().contains("spf"))
            .anyMatch(
                prescription ->
                    !prescription.spfAuthorise().isEmpty()
                        || !prescription.spfProbe().isEmpty()
                        || !prescription.spfHosts().isEmpty());
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
              .with("terms", dead)
              .with("unregistered", out.unregistered().stream().map(DnsName::toString).toList()));
    }
  }

  /** The count, and what it is made of: {@code 5 (include:_spf.provider.test 4, mx 1)}. */
  private String trend() {
    var text = new StringBuilder().append(tree.lookups());
    var separator = " (";
    for (var cost : costs().entrySet()) {
      text.append(separator).append(cost.getKey()).append(' ').append(cost.getValue());
      separator = ", ";
    }
    return separator.equals(", ") ? text.append(')').toString() : text.toString();
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

  private static Map<String, Object> tried(List<SpfObservation.Tried> tried) {
    var results = new LinkedHashMap<String, Object>();
    tried.forEach(one -> results.put(one.address(), one.result().result().word()));
    return results;
  }

  /** What the macros make of addresses that nobody owns; one that is listed is not their doing. */
  private void strangers() {
    for (var tried : seen.strangers()) {
      switch (tried.result().result()) {
        case PASS -> {
          if (!tree.authorises(InetAddress.ofLiteral(tried.address()))) {
            out.add(
                out.own(
                        SpfRules.MACRO,
                        "%s: %s passes, an address that nobody sends from, by %s: everybody may send in the name of %s"
                            .formatted(
                                ownCause,
                                tried.address(),
                                tried.result().path().isEmpty()
                                    ? "its macros"
                                    : tried.result().path().getLast(),
                                name))
                    .severity(Severity.CRITICAL)
                    .with("strangers", tried(seen.strangers()))
                    .with("path", tried.result().path())
                    .remedy(
                        "Ask the provider of the macro why it lets strangers pass, and take the term out until then."));
          }
        }
        case TEMPERROR ->
            out.add(
                Gap.of(
                        SpfProbe.NAME,
                        "what the macros of %s say to %s".formatted(name, tried.address()),
                        tried.result().why(),
                        SpfRules.MACRO.id())
                    .subject(name));
        case NONE, NEUTRAL, FAIL, SOFTFAIL, PERMERROR -> {}
      }
    }
  }

  /** RFC 7208 §2.3: receivers check HELO too, and it is all they have for bounces. */
  private void helos() {
    for (var helo : seen.helos()) {
      var subject = helo.name().toString();
      var undecided =
          helo.tried().stream()
              .filter(one -> one.result().result() == Result.TEMPERROR)
              .findFirst();
      var refused =
          helo.tried().stream()
              .filter(one -> one.result().result() != Result.PASS)
              .filter(one -> one.result().result() != Result.TEMPERROR)
              .findFirst();
      var hasRecord =
          helo.policy().records(Rdata.Txt.class).stream()
              .anyMatch(text -> SpfRecord.isSpf(text.joined()));
      if (helo.policy() instanceof Answer.Unanswered(_, var why, _)) {
        out.add(Gap.of(SpfProbe.NAME, subject + " TXT", why, SpfRules.HELO.id()).subject(subject));
      } else if (!hasRecord) {
        out.add(helo(subject, "%s, which the gateway says in HELO, has no SPF record of its own"));
      } else if (refused.isPresent()) {
        out.add(
            helo(
                    subject,
                    "the SPF record of %s does not let the gateway's address "
                        + refused.get().address()
                        + " pass: "
                        + refused.get().result().result().word())
                .with("addresses", tried(helo.tried())));
      } else if (undecided.isPresent()) {
        out.add(
            Gap.of(
                    SpfProbe.NAME,
                    subject + " SPF",
                    undecided.get().result().why(),
                    SpfRules.HELO.id())
                .subject(subject));
      }
    }
  }

  private static Finding helo(String subject, String message) {
    return Finding.of(SpfRules.HELO, subject, message.formatted(subject))
        .cause(subject + " TXT")
        .remedy("%s. IN TXT \"v=spf1 a -all\"".formatted(subject));
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
