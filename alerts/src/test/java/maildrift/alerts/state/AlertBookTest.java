package maildrift.alerts.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Course;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertBookTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  /**
   * One letter a look: s seen, h hidden by a gap, c clean. One a phase after it: p pending, f
   * firing, r resolved, - no alert.
   */
  @ParameterizedTest(name = "{1} confirmations: {0} -> {2}")
  @CsvSource({
    "s,2,p",
    "ss,2,pf",
    "sss,2,pff",
    "sc,2,p-",
    "scs,2,p-p",
    "scss,2,p-pf",
    "sh,2,pp",
    "shs,2,ppf",
    "shhhc,2,pppp-",
    "ssh,2,pff",
    "sshc,2,pffr",
    "ssc,2,pfr",
    "ssch,2,pfrr",
    "sscc,2,pfrr",
    "sscs,2,pfrp",
    "sscsc,2,pfrpr",
    "sscss,2,pfrpf",
    "s,1,f",
    "sc,1,fr",
    "scs,1,frf",
    "sss,3,ppf",
    "sshs,3,pppf",
    "ssc,3,pp-",
    "h,2,-",
    "c,2,-",
  })
  void looksMakePhases(String looks, int confirmations, String phases) {
    var seen = new StringBuilder();
    var book = new Book(AlertTerms.DEFAULT.confirmations(confirmations));
    looks
        .chars()
        .forEach(
            look -> {
              book.look((char) look);
              seen.append(
                  book.alerts.isEmpty() ? '-' : book.alerts.getFirst().phase().word().charAt(0));
            });

    assertThat(seen).hasToString(phases);
  }

  @Test
  void itStartsWithTheFirstLookThatSawIt() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s');

    assertThat(book.alerts.getFirst().startsAt()).isEqualTo(NOW);
    assertThat(book.transitions.getLast()).isInstanceOf(Transition.Firing.class);
  }

  @Test
  void firingAgainIsANewStart() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s').look('c').look('s').look('s');

    assertThat(book.alerts.getFirst().startsAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
    assertThat(book.alerts.getFirst().endsAt()).isEmpty();
  }

  /** What was told of it, or is still to be told, is the time that it did fire. */
  @Test
  void aDoubtThatIsDeniedAfterItsEndLeavesTheEndAsItWas() {
    var resolved = new Book(AlertTerms.DEFAULT).look('s').look('s').look('c');
    var before = resolved.alerts.getFirst();
    assertThat(new Transition.Resolved(before).isEnd()).isTrue();

    var doubted = resolved.look('s');
    assertThat(doubted.alerts.getFirst().startsAt()).isAfter(before.startsAt());
    doubted.look('c');
    assertThat(doubted.last.transitions())
        .singleElement()
        .matches(one -> one instanceof Transition.Resolved again && !again.isEnd());

    var after = doubted.alerts.getFirst();
    assertThat(after.phase()).isEqualTo(Alert.Phase.RESOLVED);
    assertThat(after.startsAt()).isEqualTo(before.startsAt());
    assertThat(after.endsAt()).isEqualTo(before.endsAt());
    assertThat(after.course()).isEqualTo(Course.of(after.course().texts()));
  }

  /** As an older version stored it: since when it had fired is not known. */
  @Test
  void aDoubtOfBeforeAnUpgradeBeginsNoLaterThanTheEndThatItGoesBackTo() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s').look('c');
    var end = book.alerts.getFirst().endsAt();
    var doubt = book.look('s').alerts.getFirst();
    book.present =
        List.of(
            new Alert(
                doubt.labels(),
                doubt.annotations(),
                doubt.phase(),
                doubt.looks(),
                doubt.flaps(),
                doubt.startsAt(),
                doubt.updatedAt(),
                doubt.endsAt(),
                doubt.course().firedSince(Optional.empty())));

    var after = book.look('c').alerts.getFirst();

    assertThat(after.endsAt()).isEqualTo(end);
    assertThat(after.startsAt()).isEqualTo(end.orElseThrow());
  }

  @Test
  void aDoubtThatIsSeenForLongerRemembersTheTimeBeforeIt() {
    var book =
        new Book(AlertTerms.DEFAULT.confirmations(3)).look('s').look('s').look('s').look('c');
    var before = book.alerts.getFirst();

    book.look('s').look('s');
    var kept = book.alerts.getFirst();
    assertThat(kept.phase()).isEqualTo(Alert.Phase.PENDING);
    assertThat(Course.of(kept.course().texts())).isEqualTo(kept.course());
    book.look('c');

    assertThat(book.alerts.getFirst().startsAt()).isEqualTo(before.startsAt());
    assertThat(book.alerts.getFirst().endsAt()).isEqualTo(before.endsAt());
  }

  @Test
  void anUnchangedLookIsNoTransitionAndTheSameAlert() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s');
    var before = book.alerts.getFirst();

    book.look('s');

    assertThat(book.last.transitions()).isEmpty();
    assertThat(book.alerts.getFirst()).isSameAs(before);
  }

  @Test
  void aLookThatConfirmsNothingLeavesWhatIsPendingAndDropsWhatIsGone() {
    var book = new Book(AlertTerms.DEFAULT).look('s');

    var again =
        AlertBook.step(
            book.alerts,
            List.of(problem("warning", "it")),
            AlertBookTest::nothing,
            _ -> Evidence.SAME,
            NOW,
            AlertTerms.DEFAULT);
    var gone =
        AlertBook.step(
            book.alerts,
            List.of(),
            AlertBookTest::nothing,
            _ -> Evidence.SAME,
            NOW,
            AlertTerms.DEFAULT);

    assertThat(again.transitions()).isEmpty();
    assertThat(again.alerts()).isEqualTo(book.alerts);
    assertThat(gone.alerts()).isEmpty();
  }

  @Test
  void anotherTextChangesTheAlertInPlace() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s');

    var step =
        AlertBook.step(
            book.alerts,
            List.of(problem("warning", "two networks are missing")),
            AlertBookTest::nothing,
            NOW,
            AlertTerms.DEFAULT);

    assertThat(step.transitions()).singleElement().isInstanceOf(Transition.Changed.class);
    assertThat(step.alerts().getFirst().phase()).isEqualTo(Phase.FIRING);
    assertThat(step.alerts().getFirst().annotations())
        .containsEntry("summary", "two networks are missing");
  }

  @Test
  void aReGradedFindingStaysTheSameAlert() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s');

    var step =
        AlertBook.step(
            book.alerts,
            List.of(problem("critical", "it")),
            AlertBookTest::nothing,
            NOW,
            AlertTerms.DEFAULT);

    assertThat(step.alerts())
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.fingerprint()).isEqualTo(book.alerts.getFirst().fingerprint());
              assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
              assertThat(alert.startsAt()).isEqualTo(NOW);
            });
  }

  @Test
  void mildProblemsAreNoAlertsAndEndTheOnesTheyWere() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s');

    var mild = List.of(problem("info", "it"));

    assertThat(
            AlertBook.step(List.of(), mild, AlertBookTest::nothing, NOW, AlertTerms.DEFAULT)
                .alerts())
        .isEmpty();
    assertThat(
            AlertBook.step(book.alerts, mild, AlertBookTest::nothing, NOW, AlertTerms.DEFAULT)
                .transitions())
        .singleElement()
        .isInstanceOf(Transition.Resolved.class);
  }

  @Test
  void aGapHidesOnlyWhatItHides() {
    var spf = Problem.of(labels("spf.lookups", "warning"), Map.of());
    var tls = Problem.of(labels("tls.level", "critical"), Map.of());
    var terms = AlertTerms.DEFAULT.confirmations(1);
    var firing =
        AlertBook.step(List.of(), List.of(spf, tls), AlertBookTest::nothing, NOW, terms).alerts();

    var step =
        AlertBook.step(
            firing,
            List.of(),
            labels -> labels.get("alertname").startsWith("tls."),
            NOW.plusSeconds(300),
            terms);

    assertThat(step.transitions())
        .singleElement()
        .satisfies(
            transition -> {
              assertThat(transition).isInstanceOf(Transition.Resolved.class);
              assertThat(transition.alert().labels().get("alertname")).isEqualTo("spf.lookups");
            });
  }

  @Test
  void whatWasSeenCountsEvenWhenAGapSaysItIsHidden() {
    var step =
        AlertBook.step(
            List.of(),
            List.of(problem("warning", "it")),
            AlertBookTest::everything,
            NOW,
            AlertTerms.DEFAULT.confirmations(1));

    assertThat(step.transitions()).singleElement().isInstanceOf(Transition.Firing.class);
  }

  @Test
  void twoProblemsOfOneIdentityAreOneAlertOfTheWorseSeverity() {
    var step =
        AlertBook.step(
            List.of(),
            List.of(problem("warning", "a"), problem("critical", "b")),
            AlertBookTest::nothing,
            NOW,
            AlertTerms.DEFAULT);

    assertThat(step.alerts())
        .singleElement()
        .satisfies(alert -> assertThat(alert.severity()).isEqualTo(Severity.CRITICAL));
  }

  @Test
  void whatPeopleWaitForComesAndGoesWithoutFlapping() {
    var book = new Book(AlertTerms.DEFAULT.news(Set.of("spf.lookups")));
    for (var round = 0; round < 12; round++) {
      book.look('s').look('s').look('c');
      assertThat(book.alerts.getFirst().isFlapping()).isFalse();
      assertThat(book.alerts.getFirst().phase()).isEqualTo(Phase.RESOLVED);
    }
  }

  @Test
  void anAlertThatKeepsComingBackIsHeldInsteadOfToldEveryTime() {
    var book = new Book(AlertTerms.DEFAULT);
    for (var round = 0; round < 12; round++) {
      book.look('s').look('s').look('c').look('c');
    }

    assertThat(book.transitions.stream().filter(one -> one instanceof Transition.Firing))
        .hasSize(2);
    assertThat(book.transitions.stream().filter(one -> one instanceof Transition.Resolved))
        .hasSize(1);
    for (var look = 0; look < 10; look++) {
      book.look('c');
    }
    assertThat(book.alerts.getFirst().phase()).isEqualTo(Phase.RESOLVED);
  }

  /**
   * One letter a look, as above, five minutes apart; one confirmation. After it: f firing, F
   * flapping, r resolved.
   */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    // Back at the very next look: told at once that it flaps.
    "scs,frF",
    "scsc,frFF",
    "sccs,frrF",
    "sccsscc,frrFFFF",
    // What stays away or stays for a while is no flapping, but is slower to resolve.
    "sssccc,fffrrr",
    "ssscccs,fffrrrf",
    "ssscccsccc,fffrrrffff",
    "ssscccscccc,fffrrrffffr",
    "ssssssssssssssssssssscs,fffffffffffffffffffffrf",
    // A gap is no look: it neither steadies nor changes anything.
    "scshhhhhhhhhhhhhhhhhhhhh,frFFFFFFFFFFFFFFFFFFFFFF",
    "shch,ffrr",
    // Steady again, there or gone; the more it flapped the longer that takes.
    "scssssssssss,frFFFFFFFFFf",
    "scsccccccccccccc,frFFFFFFFFFFFFFr",
    "scscscscscscscccccccccccccccc,frFFFFFFFFFFFFFFFFFFFFFFFFFFr",
  })
  void looksThatKeepChangingMakeAnAlertThatFlaps(String looks, String phases) {
    var seen = new StringBuilder();
    var book = new Book(AlertTerms.DEFAULT.confirmations(1));
    looks
        .chars()
        .forEach(
            look -> {
              book.look((char) look);
              var alert = book.alerts.getFirst();
              seen.append(alert.isFlapping() ? 'F' : alert.phase().word().charAt(0));
            });

    assertThat(seen).hasToString(phases);
  }

  @Test
  void aFlappingAlertSaysHowOftenItChangedInWhichTime() {
    var book = new Book(AlertTerms.DEFAULT.confirmations(1)).look('s').look('c').look('s');
    var bout = book.alerts.getFirst().course().flaps().orElseThrow().bout().orElseThrow();

    assertThat(bout.changes()).isEqualTo(3);
    assertThat(bout.within()).isEqualTo(Duration.ofMinutes(10));
    assertThat(bout.since()).isEqualTo(NOW.plus(Duration.ofMinutes(10)));
    assertThat(Course.of(book.alerts.getFirst().course().texts()))
        .isEqualTo(book.alerts.getFirst().course());
  }

  @Test
  void looksThatSomebodyAskedForProveNoSteadiness() {
    var book = new Book(AlertTerms.DEFAULT.confirmations(1)).look('s').look('c').look('s');

    book.apart = Duration.ofSeconds(10);
    for (var look = 0; look < 10; look++) {
      book.look('s');
    }

    assertThat(book.alerts.getFirst().isFlapping()).isTrue();
  }

  /** Minutes between looks, a look each: {@code 5s} is seen five minutes after the one before. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    // Two looks agree, but not for ten minutes yet.
    "0s 5s 5s,ppf",
    "0s 5s 1s 3s 1s,ppppf",
    // A gap adds nothing by itself; the looks around it agree.
    "0s 5h 5s,ppf",
    "0s 5c 5s 5s,p-pp",
    // A night asleep: one look after it has not seen ten minutes; the clock is no witness.
    "0s 4s 600s,ppf",
    "0s 600s,pf",
    // A clock that was set back is no time at all.
    "0s 5s -600s 5s,pppf",
  })
  void aProblemFiresWhenLooksHaveAgreedForLongEnough(String looks, String phases) {
    assertThat(
            after(
                looks,
                AlertTerms.DEFAULT.policies(
                    policies(new Policy(2, Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO))),
                Evidence.PROVES))
        .isEqualTo(phases);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "0s 5c,ff",
    "0s 5c 5c 5c,fffr",
    "0s 5c 5s 5c 5c,fffff",
    "0s 5c 5h 5c,fffr",
    "0s 5c 600c,ffr",
  })
  void anAlertIsKeptFiringUntilItIsGoneForLongEnough(String looks, String phases) {
    assertThat(
            after(
                looks,
                AlertTerms.DEFAULT.policies(
                    policies(new Policy(1, Duration.ZERO, Duration.ZERO, Duration.ofMinutes(10)))),
                Evidence.PROVES))
        .isEqualTo(phases);
  }

  @Test
  void looksThatNobodyElseWasAskedForNeverMakeAnAlertFire() {
    var terms =
        AlertTerms.DEFAULT.policies(
            policies(new Policy(2, Duration.ZERO, Duration.ofMinutes(1), Duration.ZERO)));

    assertThat(after("0s 5s 5s 5s", terms, Evidence.SAME)).isEqualTo("pppp");
    assertThat(after("0s 5s 5s 5s", terms, Evidence.AGREES)).isEqualTo("pppp");
  }

  @Test
  void aRuleGoesBeforeItsSeverityAndThatBeforeWhatHoldsForAll() {
    var none = PolicyChange.NONE;
    var three =
        new PolicyChange(
            none.told(), Optional.of(3), none.confirmAfter(), none.holdFor(), none.keepFiringFor());
    var five =
        new PolicyChange(
            Optional.of(false),
            Optional.of(5),
            none.confirmAfter(),
            none.holdFor(),
            none.keepFiringFor());
    var told =
        new PolicyChange(
            Optional.of(true),
            none.confirmations(),
            none.confirmAfter(),
            none.holdFor(),
            none.keepFiringFor());
    var terms =
        AlertTerms.DEFAULT.policies(
            new Policies(
                Policy.DEFAULT,
                Map.of(Severity.WARNING, three, Severity.INFO, told),
                Map.of("spf.lookups", five)));

    assertThat(terms.policy(Labels.of(labels("tls.level", "critical"))).confirmations())
        .isEqualTo(2);
    assertThat(terms.policy(Labels.of(labels("tls.level", "warning"))).confirmations())
        .isEqualTo(3);
    assertThat(terms.policy(Labels.of(labels("spf.lookups", "warning"))).confirmations())
        .isEqualTo(5);
    assertThat(terms.isTold(problem("critical", "not told of this rule"))).isFalse();
    assertThat(terms.isTold(Problem.of(labels("tls.level", "info"), Map.of()))).isTrue();
  }

  private static Policies policies(Policy all) {
    return new Policies(all, Map.of(), Map.of());
  }

  private static String after(String looks, AlertTerms terms, Evidence evidence) {
    var seen = new StringBuilder();
    var now = NOW;
    var alerts = List.<Alert>of();
    for (var look : looks.split(" ", -1)) {
      var kind = look.charAt(look.length() - 1);
      now = now.plus(Duration.ofMinutes(Long.parseLong(look.substring(0, look.length() - 1))));
      alerts =
          AlertBook.step(
                  alerts,
                  kind == 's' ? List.of(problem("warning", "it")) : List.of(),
                  _ -> kind == 'h',
                  _ -> evidence,
                  now,
                  terms)
              .alerts();
      seen.append(alerts.isEmpty() ? '-' : alerts.getFirst().phase().word().charAt(0));
    }
    return seen.toString();
  }

  @Test
  void aRemovedDomainClosesItsAlertsAndSaysWhy() {
    var book = new Book(AlertTerms.DEFAULT).look('s').look('s');

    var step = AlertBook.closeAll(book.alerts, "no longer monitored", NOW.plusSeconds(600));

    assertThat(step.transitions())
        .singleElement()
        .satisfies(
            transition -> {
              assertThat(transition).isInstanceOf(Transition.Resolved.class);
              assertThat(transition.alert().annotations())
                  .containsEntry("resolution", "no longer monitored");
              assertThat(transition.alert().endsAt()).contains(NOW.plusSeconds(600));
            });
    assertThat(AlertBook.closeAll(step.alerts(), "again", NOW).transitions()).isEmpty();
  }

  @Test
  void aRemovedDomainDropsWhatWasNeverConfirmed() {
    var book = new Book(AlertTerms.DEFAULT).look('s');

    var step = AlertBook.closeAll(book.alerts, "no longer monitored", NOW);

    assertThat(step.alerts()).isEmpty();
    assertThat(step.transitions()).singleElement().isInstanceOf(Transition.Dropped.class);
  }

  private static boolean nothing(Labels labels) {
    return false;
  }

  private static boolean everything(Labels labels) {
    return true;
  }

  private static Problem problem(String severity, String summary) {
    return Problem.of(labels("spf.lookups", severity), Map.of("summary", summary));
  }

  private static Map<String, String> labels(String rule, String severity) {
    return Map.of(
        "alertname", rule,
        "domain", "contoso.test",
        "subject", "contoso.test",
        "cause", "contoso.test TXT",
        "severity", severity);
  }

  /** One domain with one problem, looked at every five minutes. */
  private static final class Book {
    private final AlertTerms terms;
    private final List<Transition> transitions = new ArrayList<>();
    private Collection<Alert> present = List.of();
    private List<Alert> alerts = List.of();
    private AlertBook.Step last = new AlertBook.Step(List.of(), List.of());
    private Instant now = NOW;
    private Duration apart = Duration.ofMinutes(5);

    Book(AlertTerms terms) {
      this.terms = terms;
    }

    Book look(char kind) {
      last =
          AlertBook.step(
              present,
              kind == 's' ? List.of(problem("warning", "it")) : List.of(),
              _ -> kind == 'h',
              now,
              terms);
      alerts = last.alerts();
      present = alerts;
      transitions.addAll(last.transitions());
      now = now.plus(apart);
      return this;
    }
  }
}
