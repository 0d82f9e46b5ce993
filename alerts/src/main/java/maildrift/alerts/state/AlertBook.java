package maildrift.alerts.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Course;
import maildrift.alerts.Flaps;
import maildrift.alerts.Labels;
import maildrift.alerts.Severity;

/**
 * What one look makes of the alerts of one domain.
 *
 * <table>
 * <caption>A look at an alert</caption>
 * <tr><th></th><th>seen</th><th>hidden by a gap</th><th>clean</th></tr>
 * <tr><td>none</td><td>pending</td><td>-</td><td>-</td></tr>
 * <tr><td>pending</td><td>one look more; enough: firing</td><td>stays</td><td>dropped</td></tr>
 * <tr><td>firing</td><td>stays, with the new texts</td><td>stays</td><td>resolved</td></tr>
 * <tr><td>resolved</td><td>pending, anew</td><td>stays</td><td>stays</td></tr>
 * </table>
 *
 * <p>An alert that keeps coming and going fires as one that is flapping, and is neither resolved
 * nor told anew until looks agree again; see {@link Flaps}.
 */
public final class AlertBook {
  /** The annotation that says why an alert ended, when it was not a clean look. */
  public static final String RESOLUTION = "resolution";

  private static final String STEADY = "it has stopped coming and going";

  private AlertBook() {}

  /**
   * The book after the look.
   *
   * @param alerts all of the domain's alerts
   * @param transitions what changed; empty: nothing needs to be stored or told
   */
  public record Step(List<Alert> alerts, List<Transition> transitions) {
    public Step {
      alerts = List.copyOf(alerts);
      transitions = List.copyOf(transitions);
    }

    /** Whether a pending alert waits for another look. */
    public boolean wantsConfirmation() {
      return alerts.stream().anyMatch(alert -> alert.phase() == Phase.PENDING);
    }
  }

  /**
   * Takes one look into account.
   *
   * @param present the alerts of the domain, resolved ones that are not yet forgotten included
   * @param seen what the look found wrong
   * @param hidden whether a gap hid an alert with these labels from the look; what was seen counts
   *     even then
   */
  public static Step step(
      Collection<Alert> present,
      Collection<Problem> seen,
      Predicate<Labels> hidden,
      Instant now,
      AlertTerms terms) {
    return step(present, seen, hidden, _ -> Evidence.PROVES, now, terms);
  }

  /**
   * Takes one look into account that came too soon to confirm everything.
   *
   * @param evidence what it is worth when a pending alert with these labels is seen again. A clean
   *     look drops it either way
   */
  public static Step step(
      Collection<Alert> present,
      Collection<Problem> seen,
      Predicate<Labels> hidden,
      Function<Labels, Evidence> evidence,
      Instant now,
      AlertTerms terms) {
    if (present.isEmpty() && seen.isEmpty()) {
      return new Step(List.of(), List.of());
    }
    var unmet = problems(seen, terms);
    var book = new Pages();
    for (var alert : present) {
      var problem = Optional.ofNullable(unmet.remove(Identity.of(alert.labels())));
      if (problem.isPresent()) {
        book.add(alert, seen(alert, problem.get(), evidence.apply(alert.labels()), now, terms));
      } else if (hidden.test(alert.labels())) {
        book.add(alert, Optional.empty());
      } else {
        book.add(alert, clean(alert, now, terms));
      }
    }
    unmet
        .values()
        .forEach(
            problem -> book.add(opened(problem, 0, Optional.empty(), Course.STRAIGHT, now, terms)));
    return book.step();
  }

  /** The domain is no longer looked at: what fires ends, and says why. */
  public static Step closeAll(Collection<Alert> present, String reason, Instant now) {
    var book = new Pages();
    for (var alert : present) {
      book.add(
          alert,
          switch (alert.phase()) {
            case PENDING -> Optional.of(vanished(alert, now));
            case FIRING ->
                Optional.of(
                    new Transition.Resolved(ended(alert, now).annotated(RESOLUTION, reason)));
            case RESOLVED -> Optional.empty();
          });
    }
    return book.step();
  }

  /** By identity; where two problems claim one, the worse is told. */
  private static Map<Identity, Problem> problems(Collection<Problem> seen, AlertTerms terms) {
    var problems = new LinkedHashMap<Identity, Problem>();
    for (var problem : seen) {
      if (terms.isTold(problem)) {
        problems.merge(
            Identity.of(problem.labels()),
            problem,
            (a, b) -> severity(a).atLeast(severity(b)) ? a : b);
      }
    }
    return problems;
  }

  private static Severity severity(Problem problem) {
    return Severity.of(problem.labels());
  }

  private static Optional<Transition> seen(
      Alert alert, Problem problem, Evidence evidence, Instant now, AlertTerms terms) {
    return switch (alert.phase()) {
      case PENDING -> seenAgain(alert, problem, evidence, now, terms);
      case FIRING -> stillThere(alert, problem, now, terms);
      case RESOLVED -> {
        if (terms.isNews(alert.labels())) {
          // What people wait for comes and goes with their work, and that is no flapping.
          yield Optional.of(
              opened(
                  problem,
                  0,
                  alert.endsAt(),
                  Course.STRAIGHT.firedSince(Optional.of(alert.startsAt())),
                  now,
                  terms));
        }
        var soon =
            alert.endsAt().filter(end -> now.isBefore(end.plus(terms.flapWindow()))).isPresent();
        yield Optional.of(
            opened(
                problem,
                soon ? alert.flaps() + 1 : 0,
                alert.endsAt(),
                alert.course().firedSince(Optional.of(alert.startsAt())),
                now,
                terms));
      }
    };
  }

  private static Optional<Transition> seenAgain(
      Alert alert, Problem problem, Evidence evidence, Instant now, AlertTerms terms) {
    var policy = terms.policy(problem.labels());
    if (evidence == Evidence.SAME && policy.holdFor().isZero()) {
      return Optional.empty();
    }
    var held = terms.held(alert, now);
    var looks = evidence == Evidence.SAME ? alert.looks() : alert.looks() + 1;
    if (evidence == Evidence.PROVES
        && looks >= policy.confirmations()
        && held.compareTo(policy.holdFor()) >= 0) {
      return Optional.of(
          fires(problem, alert.flaps(), alert.course().flaps(), alert.startsAt(), now, terms));
    }
    return Optional.of(
        new Transition.Pending(
            new Alert(
                problem.labels(),
                problem.annotations(),
                Phase.PENDING,
                looks,
                alert.flaps(),
                alert.startsAt(),
                evidence == Evidence.SAME ? alert.updatedAt() : now,
                alert.endsAt(),
                alert.course().held(held, now))));
  }

  private static Optional<Transition> stillThere(
      Alert alert, Problem problem, Instant now, AlertTerms terms) {
    var flaps = alert.course().flaps();
    var looked =
        flaps
            .filter(own -> own.counts(true, now, terms.apart()))
            .map(own -> own.looked(true, now, terms.apart()))
            .or(() -> flaps);
    if (alert.looks() == 0
        && looked.equals(flaps)
        && alert.labels().equals(problem.labels())
        && alert.annotations().equals(problem.annotations())) {
      return Optional.empty();
    }
    return Optional.of(
        new Transition.Changed(
            alert, firing(problem, alert.flaps(), looked, alert.startsAt(), now)));
  }

  private static Transition opened(
      Problem problem,
      int flaps,
      Optional<Instant> endsAt,
      Course before,
      Instant now,
      AlertTerms terms) {
    return terms.policy(problem.labels()).isAtOnce()
        ? fires(problem, flaps, before.flaps(), now, now, terms)
        : new Transition.Pending(
            new Alert(
                problem.labels(),
                problem.annotations(),
                Phase.PENDING,
                1,
                flaps,
                now,
                now,
                endsAt,
                before.held(Duration.ZERO, now)));
  }

  private static Transition fires(
      Problem problem,
      int flaps,
      Optional<Flaps> before,
      Instant startsAt,
      Instant now,
      AlertTerms terms) {
    // The look that first saw it is the one that counts, however long confirming took.
    return new Transition.Firing(
        firing(
            problem,
            flaps,
            before.map(own -> own.looked(true, startsAt, terms.apart())),
            startsAt,
            now));
  }

  private static Optional<Transition> clean(Alert alert, Instant now, AlertTerms terms) {
    return switch (alert.phase()) {
      case PENDING -> Optional.of(vanished(alert, now));
      case FIRING -> Optional.of(gone(alert, now, terms));
      case RESOLVED -> Optional.empty();
    };
  }

  private static Transition gone(Alert alert, Instant now, AlertTerms terms) {
    var before = alert.course().flaps();
    var flaps =
        before
            .map(
                own ->
                    own.counts(false, now, terms.apart())
                        ? own.looked(false, now, terms.apart())
                        : own)
            .orElseGet(() -> Flaps.gone(alert.startsAt(), now, terms.apart()));
    var wasFlapping = alert.isFlapping();
    var looks = alert.looks() + 1;
    var held = alert.looks() == 0 ? Duration.ZERO : terms.held(alert, now);
    var gone =
        new Alert(
            alert.labels(),
            alert.annotations(),
            Phase.FIRING,
            looks,
            alert.flaps(),
            alert.startsAt(),
            now,
            Optional.empty(),
            new Course(held, Optional.of(now), Optional.of(flaps), Optional.empty()));
    if (gone.isFlapping()) {
      return new Transition.Changed(alert, gone);
    }
    if (wasFlapping) {
      return new Transition.Resolved(ended(gone, now).annotated(RESOLUTION, STEADY));
    }
    return looks >= terms.cleanLooks(alert.flaps())
            && held.compareTo(terms.policy(alert.labels()).keepFiringFor()) >= 0
        ? new Transition.Resolved(ended(gone, now))
        : new Transition.Changed(alert, gone);
  }

  /**
   * A pending alert that fired before goes back to resolved, as it was: somebody may still have to
   * hear so, and the doubt was no second time that it fired.
   */
  private static Transition vanished(Alert alert, Instant now) {
    if (alert.endsAt().isEmpty()) {
      return new Transition.Dropped(alert);
    }
    return new Transition.Resolved(
        new Alert(
            alert.labels(),
            alert.annotations(),
            Phase.RESOLVED,
            0,
            alert.flaps(),
            begun(alert),
            now,
            alert.endsAt(),
            Course.STRAIGHT.flaps(alert.course().flaps().map(Flaps::calmed))));
  }

  /** One of an older version does not say since when it had fired; not after its end. */
  private static Instant begun(Alert alert) {
    var doubted = alert.startsAt();
    return alert
        .course()
        .firedSince()
        .orElseGet(() -> alert.endsAt().filter(doubted::isAfter).orElse(doubted));
  }

  private static Alert ended(Alert alert, Instant now) {
    return new Alert(
        alert.labels(),
        alert.annotations(),
        Phase.RESOLVED,
        0,
        alert.flaps(),
        alert.startsAt(),
        now,
        Optional.of(now),
        Course.STRAIGHT.flaps(alert.course().flaps().map(Flaps::calmed)));
  }

  private static Alert firing(
      Problem problem, int flaps, Optional<Flaps> looked, Instant startsAt, Instant now) {
    return new Alert(
        problem.labels(),
        problem.annotations(),
        Phase.FIRING,
        0,
        flaps,
        startsAt,
        now,
        Optional.empty(),
        Course.STRAIGHT.flaps(looked));
  }

  /** The book as it is being rewritten. */
  private static final class Pages {
    private final List<Alert> alerts = new ArrayList<>();
    private final List<Transition> transitions = new ArrayList<>();

    void add(Alert before, Optional<Transition> transition) {
      transition.ifPresentOrElse(this::add, () -> alerts.add(before));
    }

    void add(Transition transition) {
      transitions.add(transition);
      if (!(transition instanceof Transition.Dropped)) {
        alerts.add(transition.alert());
      }
    }

    Step step() {
      return new Step(alerts, transitions);
    }
  }

  /** {@link Alert#IDENTITY} without the price of a hash: a look at an unchanged domain is cheap. */
  private record Identity(String alertname, String domain, String subject) {
    static Identity of(Labels labels) {
      return new Identity(labels.get("alertname"), labels.get("domain"), labels.get("subject"));
    }
  }
}
