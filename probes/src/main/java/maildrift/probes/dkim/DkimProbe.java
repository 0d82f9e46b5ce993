package maildrift.probes.dkim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;

/**
 * Do the declared and the prescribed selectors publish keys that verifiers can use, and are they
 * the keys that the gateway signs with? (RFC 6376) Selectors are never guessed.
 */
public final class DkimProbe implements Probe<DkimProbe.Seen> {
  static final String NAME = "dkim";

  /** Judged by whoever remembers since when a key is there. */
  public static final Rule KEY_AGE = DkimRules.KEY_AGE;

  /** Judged by whoever knows the other domains. */
  public static final Rule KEY_SHARED = DkimRules.KEY_SHARED;

  /** How the watched record of a selector is called: its name and this. */
  public static final String RECORD = " DKIM";

  /** What DNS said of each selector, declared ones first, in their order. */
  public record Seen(List<Look> looks) {
    public Seen {
      looks = List.copyOf(looks);
    }
  }

  /** What DNS said of one selector's TXT. */
  public record Look(String selector, Answer answer) {}

  @Override
  public String name() {
    return NAME;
  }

  /** A selector that nobody declares any more is not watched. */
  @Override
  public Set<String> completeKinds(Judgement seen) {
    return Set.of(RECORD.strip());
  }

  @Override
  public List<Rule> rules() {
    return DkimRules.ALL;
  }

  @Override
  public Seen observe(ManagedDomain domain, Network network) {
    var wanted = Wanted.of(domain);
    var questions =
        wanted.stream()
            .flatMap(selector -> selector.owner(domain.name()).stream())
            .map(owner -> new Question(owner, RecordType.TXT))
            .toList();
    var answers = network.dns().ask(questions).iterator();
    var looks = new ArrayList<Look>(wanted.size());
    for (var selector : wanted) {
      looks.add(
          new Look(
              selector.selector(),
              selector.owner(domain.name()).isPresent()
                  ? answers.next()
                  : unasked("no possible DNS name")));
    }
    return new Seen(looks);
  }

  /** Where the keys are that are declared or prescribed for the domain. */
  public static List<DnsName> owners(ManagedDomain domain) {
    return Wanted.of(domain).stream()
        .flatMap(selector -> selector.owner(domain.name()).stream())
        .toList();
  }

  private static Answer unasked(String why) {
    return new Answer.Unanswered(Answer.Failure.UNASKABLE, why, "");
  }

  /** Whether mail of the domain can be signed, as far as a judgement of this probe shows. */
  public sealed interface State {

    /** At least one selector has a key that verifiers use. */
    record Works() implements State {}

    /**
     * None has, and at least one should.
     *
     * @param findings why
     */
    record Broken(List<Finding> findings) implements State {
      public Broken {
        findings = List.copyOf(findings);
      }
    }

    /** None that was seen has; another could not be seen. */
    record Unseen(String unseen, String why) implements State {}

    /** No selector is known that must be there. */
    record Undeclared() implements State {}
  }

  /** Rules whose violation leaves a selector without a key that verifiers use. */
  private static final Set<String> BREAKING =
      Set.of(
          DkimRules.SELECTOR_MISSING.id(),
          DkimRules.MULTIPLE.id(),
          DkimRules.REVOKED.id(),
          DkimRules.HASH.id(),
          DkimRules.SERVICE.id(),
          DkimRules.UNEXPECTED.id());

  /** Reads watched records, findings and gaps only: a judgement that is recalled has no facts. */
  public static State state(Judgement judgement) {
    var breaking = judgement.findings().stream().filter(DkimProbe::isBreaking).toList();
    var works =
        judgement.records().entrySet().stream()
            .filter(record -> record.getKey().endsWith(RECORD) && !record.getValue().isEmpty())
            .map(record -> record.getKey().substring(0, record.getKey().length() - RECORD.length()))
            .anyMatch(owner -> breaking.stream().noneMatch(f -> f.subject().equals(owner)));
    if (works) {
      return new State.Works();
    }
    if (!judgement.gaps().isEmpty()) {
      var gap = judgement.gaps().getFirst();
      return new State.Unseen(gap.unseen(), gap.why());
    }
    return breaking.isEmpty() ? new State.Undeclared() : new State.Broken(breaking);
  }

  /** A key that is merely short, or a record that some verifiers read, still signs. */
  private static boolean isBreaking(Finding finding) {
    var rule = finding.rule().id();
    return BREAKING.contains(rule)
        || (rule.equals(DkimRules.SYNTAX.id())
            && Boolean.FALSE.equals(finding.evidence().get("readable")))
        || (rule.equals(DkimRules.KEY_SIZE.id())
            && finding.evidence().get("bits") instanceof Integer bits
            && bits < KeyRecord.FEWEST_BITS);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, Seen seen, Context context) {
    var reviews =
        Wanted.of(domain).stream()
            .map(wanted -> new SelectorReview(wanted, domain.name(), answer(seen, wanted)))
            .toList();
    var judgement = new Judgement.Builder();
    judgement.fact("selectors", reviews.stream().map(SelectorReview::facts).toList());
    for (var review : reviews) {
      review.watched().ifPresent(text -> judgement.record(review.subject() + RECORD, text));
      review.findings().forEach(judgement::add);
      review.gap().ifPresent(judgement::add);
    }
    ed25519Alone(reviews, judgement);
    return judgement.build(outcome(reviews));
  }

  private static Answer answer(Seen seen, Wanted wanted) {
    return seen.looks().stream()
        .filter(look -> look.selector().equalsIgnoreCase(wanted.selector()))
        .map(Look::answer)
        .findFirst()
        .orElseGet(() -> unasked("not asked"));
  }

  private static Outcome outcome(List<SelectorReview> reviews) {
    var outcomes = reviews.stream().map(SelectorReview::outcome).toList();
    if (outcomes.isEmpty() || outcomes.contains(Outcome.OBSERVED)) {
      return Outcome.OBSERVED;
    }
    return outcomes.contains(Outcome.UNOBSERVABLE) ? Outcome.UNOBSERVABLE : Outcome.ABSENT;
  }

  /** RFC 8463 §5: sign with RSA too. A selector that was not seen may be the RSA one. */
  private static void ed25519Alone(List<SelectorReview> reviews, Judgement.Builder judgement) {
    var alone =
        reviews.stream()
            .filter(review -> review.usable().filter(Key.Ed25519.class::isInstance).isPresent())
            .toList();
    var hasRsa =
        reviews.stream()
            .anyMatch(review -> review.usable().filter(Key.Rsa.class::isInstance).isPresent());
    if (alone.isEmpty() || hasRsa) {
      return;
    }
    var hidden = reviews.stream().flatMap(review -> review.gap().stream()).findFirst();
    for (var review : alone) {
      if (hidden.isPresent()) {
        judgement.add(
            new Gap(
                NAME,
                hidden.get().unseen(),
                hidden.get().why(),
                Set.of(DkimRules.KEY_TYPE.id()),
                Optional.of(review.subject())));
      } else {
        judgement.add(
            Finding.of(
                    DkimRules.KEY_TYPE,
                    review.subject(),
                    "%s is an Ed25519 key, and none of the watched selectors has an RSA key for"
                            .formatted(review.subject())
                        + " verifiers that know only that")
                .cause(review.subject() + " TXT")
                .with("selectors", selectors(reviews)));
      }
    }
  }

  private static Map<String, Object> selectors(List<SelectorReview> reviews) {
    var types = new LinkedHashMap<String, Object>();
    for (var review : reviews) {
      types.put(
          review.subject(),
          review.usable().filter(Key.Ed25519.class::isInstance).isPresent()
              ? "ed25519"
              : review.outcome().word());
    }
    return types;
  }
}
