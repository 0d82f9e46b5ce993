package maildrift.probes.strays;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;

/** Does the zone answer where nothing should be, and nothing where something is? */
public final class StraysProbe implements Probe<StraysProbe.Seen> {
  static final String NAME = "strays";

  /** A selector that nobody publishes. */
  static final String NOBODYS = "maildrift-asks-for-a-selector-that-nobody-has";

  private static final int MOST_SELECTORS = 10;
  private static final int MOST_SHOWN = 512;

  /**
   * What DNS said.
   *
   * @param oldType type SPF (99) of the domain
   * @param nobodys TXT of a selector that nobody publishes
   * @param tree TXT of {@code _domainkey}
   * @param selectors TXT of the known selectors, which the dkim probe asks for anyhow
   */
  public record Seen(Answer oldType, Answer nobodys, Answer tree, List<Answer> selectors) {
    public Seen {
      selectors = List.copyOf(selectors);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return StrayRules.ALL;
  }

  @Override
  public Seen observe(ManagedDomain domain, Network network) {
    var name = domain.name();
    var questions = new ArrayList<Question>();
    var answers = new ArrayList<Answer>();
    questions.add(new Question(name, RecordType.SPF));
    var below = child(name, "_domainkey");
    var nobodys = child(name, NOBODYS + "._domainkey");
    if (below.isPresent() && nobodys.isPresent()) {
      questions.add(new Question(nobodys.get(), RecordType.TXT));
      questions.add(new Question(below.get(), RecordType.TXT));
      selectors(domain).forEach(selector -> questions.add(new Question(selector, RecordType.TXT)));
    }
    answers.addAll(network.dns().ask(questions));
    return answers.size() < 3
        ? new Seen(answers.getFirst(), tooLong(), tooLong(), List.of())
        : new Seen(
            answers.get(0), answers.get(1), answers.get(2), answers.subList(3, answers.size()));
  }

  /** A name too long to exist has nothing below it either. */
  private static Answer tooLong() {
    return new Answer.NoData(List.of(), java.time.Duration.ZERO, "", false);
  }

  private static Optional<DnsName> child(DnsName domain, String prefix) {
    try {
      return Optional.of(domain.child(prefix));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static List<DnsName> selectors(ManagedDomain domain) {
    var names = new LinkedHashSet<DnsName>();
    Stream.concat(
            domain.dkim().stream(),
            domain.prescriptions().stream().flatMap(prescription -> prescription.dkim().stream()))
        .map(DkimExpectation::selector)
        .limit(MOST_SELECTORS)
        .forEach(selector -> child(domain.name(), selector + "._domainkey").ifPresent(names::add));
    return List.copyOf(names);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, Seen seen, Context context) {
    var judgement = new Judgement.Builder();
    var name = domain.name().toString();
    oldType(name, seen, judgement);
    wildcard(name, seen.nobodys(), judgement);
    tree(name, seen, judgement);
    return judgement
        .fact("spfType", texts(seen.oldType()))
        .fact("wildcard", texts(seen.nobodys()))
        .fact("domainkeyExists", exists(seen.tree()).orElse(null))
        .build(
            Stream.of(seen.oldType(), seen.nobodys(), seen.tree())
                    .allMatch(Answer.Unanswered.class::isInstance)
                ? Outcome.UNOBSERVABLE
                : Outcome.OBSERVED);
  }

  /**
   * Servers and firewalls that drop types they do not know are common, and this one is retired: as
   * long as the zone answers else, their silence is no gap that makes the whole domain unknown. It
   * freezes the rule all the same.
   */
  private static void oldType(String name, Seen seen, Judgement.Builder judgement) {
    var answer = seen.oldType();
    if (answer instanceof Answer.Found) {
      judgement.add(
          Finding.of(
                  StrayRules.OLD_TYPE,
                  name,
                  "%s publishes a record of type SPF (99), which nobody asks for".formatted(name))
              .cause(name + " SPF")
              .with("records", texts(answer)));
    }
    unseen(name + " type SPF", answer, StrayRules.OLD_TYPE, name)
        .ifPresent(
            seen.nobodys() instanceof Answer.Unanswered && seen.tree() instanceof Answer.Unanswered
                ? judgement::add
                : judgement::aside);
  }

  private static void wildcard(String name, Answer answer, Judgement.Builder judgement) {
    if (answer instanceof Answer.Found found) {
      judgement.add(
          Finding.of(
                  StrayRules.WILDCARD,
                  name,
                  "any DKIM selector of %s is answered%s, also one that nobody has"
                      .formatted(
                          name,
                          found.aliases().isEmpty()
                              ? ""
                              : " (by " + found.aliases().getLast() + ")"))
              .cause("*." + name + " TXT")
              .with("asked", NOBODYS + "._domainkey." + name)
              .with("records", texts(answer)));
    }
    gap(NOBODYS + "._domainkey." + name + " TXT", answer, StrayRules.WILDCARD, name, judgement);
  }

  private static void tree(String name, Seen seen, Judgement.Builder judgement) {
    var hasSelector = seen.selectors().stream().anyMatch(Answer.Found.class::isInstance);
    if (hasSelector
        && seen.tree() instanceof Answer.NoSuchName denied
        && denied.aliases().isEmpty()) {
      judgement.add(
          Finding.of(
                  StrayRules.DENIED_TREE,
                  name,
                  "_domainkey.%s does not exist, says %s, although a selector below it does"
                      .formatted(name, denied.server()))
              .cause("_domainkey." + name));
    }
    var isHidden =
        seen.tree() instanceof Answer.NoSuchName
            && !hasSelector
            && seen.selectors().stream().anyMatch(Answer.Unanswered.class::isInstance);
    if (isHidden) {
      seen.selectors()
          .forEach(
              answer ->
                  gap("a selector of " + name, answer, StrayRules.DENIED_TREE, name, judgement));
    }
    if (!seen.selectors().isEmpty()) {
      gap("_domainkey." + name + " TXT", seen.tree(), StrayRules.DENIED_TREE, name, judgement);
    }
  }

  private static void gap(
      String unseen, Answer answer, Rule rule, String name, Judgement.Builder judgement) {
    unseen(unseen, answer, rule, name).ifPresent(judgement::add);
  }

  private static Optional<Gap> unseen(String unseen, Answer answer, Rule rule, String name) {
    return answer instanceof Answer.Unanswered(_, var why, _)
        ? Optional.of(Gap.of(NAME, unseen, why, rule.id()).subject(name))
        : Optional.empty();
  }

  private static Optional<Boolean> exists(Answer answer) {
    return answer instanceof Answer.Unanswered
        ? Optional.empty()
        : Optional.of(!(answer instanceof Answer.NoSuchName));
  }

  private static List<String> texts(Answer answer) {
    if (!(answer instanceof Answer.Found found)) {
      return List.of();
    }
    return found.records().stream()
        .limit(MOST_SELECTORS)
        .map(Rdata::text)
        .map(text -> text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…")
        .toList();
  }
}
