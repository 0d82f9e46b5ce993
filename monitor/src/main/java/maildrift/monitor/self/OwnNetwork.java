package maildrift.monitor.self;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;

/**
 * Whether maildrift can look at all: the gate that every look passes before anything is concluded
 * from it. Names that must be there ({@code dns.control_names}) are asked now and then, past every
 * cache; while most of them are not answered, nobody is judged. Where none are configured nothing
 * is asked until some question stays without an answer; then random names below the root and below
 * a few managed domains are, where "there is no such name" is an answer, too, and only when none of
 * them is answered the gate closes.
 */
public final class OwnNetwork {
  /** Between two rounds while all is well. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private static final Duration LONGEST_ROUND = Duration.ofSeconds(5);

  /** One lost packet is no outage: so many rounds in a row must fail. */
  private static final int FAILED_ROUNDS = 2;

  private static final int MOST_MANAGED = 3;

  private final Clock clock;
  private final Resolving resolving;
  private final Doors doors;
  private final Random random = new Random();
  private final ReentrantLock round = new ReentrantLock();

  private volatile List<DnsName> names = List.of();
  private volatile Optional<Closed> closed = Optional.empty();
  private volatile Instant reopened = Instant.EPOCH;

  /** In {@link System#nanoTime}: when the last round that went well began. */
  private volatile Optional<Long> wellAt = Optional.empty();

  /** When the last one began that did not. */
  private volatile Optional<Long> illAt = Optional.empty();

  /** Some managed domains. */
  private volatile List<DnsName> managed = List.of();

  private volatile Optional<Long> askedAt = Optional.empty();
  private volatile int failedRounds;
  private volatile Instant failingSince = Instant.EPOCH;

  /**
   * Nobody is judged.
   *
   * @param unanswered the control names that were not answered when it closed
   * @param of how many were asked
   */
  public record Closed(Instant since, List<String> unanswered, int of) {
    public Closed {
      unanswered = List.copyOf(unanswered);
    }

    public String text() {
      return "%d of %d control names are not answered (%s)"
          .formatted(unanswered.size(), of, String.join(", ", unanswered));
    }
  }

  public OwnNetwork(Clock clock, Resolving resolving, Doors doors) {
    this.clock = clock;
    this.resolving = resolving;
    this.doors = doors;
  }

  /** Which names are asked from now on; empty: those of the managed domains, where need be. */
  public void names(List<DnsName> value) {
    names = List.copyOf(value);
  }

  public Optional<Closed> closed() {
    return closed;
  }

  /** Whether what was asked last was not answered. */
  boolean isFailing() {
    return failedRounds > 0;
  }

  /**
   * When it was open again after it was last closed: what was not seen until then was not seen for
   * a reason of ours.
   */
  public Instant reopened() {
    return reopened;
  }

  /**
   * Asks, if it is time to; blocks for as long as a round takes.
   *
   * @param some managed domains
   */
  public void look(List<DnsName> some, Duration unobservableAfter) {
    managed = List.copyOf(some);
    // Soon they would be blamed: that needs an answer now, and there is none or this ends it.
    var isUrgent =
        failedRounds > 0
            || resolving.unusable(unobservableAfter.minus(unobservableAfter.dividedBy(4)));
    var isDoubted = !names.isEmpty() || resolving.wasSilent();
    var now = System.nanoTime();
    if (isUrgent || (isDoubted && askedAt.filter(at -> now - at < CALM.toNanos()).isEmpty())) {
      askUnlessSince(now);
    }
  }

  /**
   * Whether a look can be believed.
   *
   * @param began when it did, in {@link System#nanoTime}
   * @param isNews whether somebody is told of what it saw; then it is proved by the control names,
   *     if there are any
   */
  public boolean couldSee(long began, BooleanSupplier isNews) {
    if (failedRounds > 0 || (!names.isEmpty() && !isWellSince(began) && isNews.getAsBoolean())) {
      askUnlessSince(began);
    }
    return failedRounds == 0 && illAt.filter(at -> at - began >= 0).isEmpty();
  }

  /** Whoever comes first asks for all who wait. */
  private void askUnlessSince(long moment) {
    round.lock();
    try {
      if (askedAt.filter(at -> at - moment >= 0).isEmpty()) {
        ask();
      }
    } finally {
      round.unlock();
    }
  }

  private boolean isWellSince(long began) {
    return wellAt.filter(at -> at - began >= 0).isPresent();
  }

  private void ask() {
    var own = names;
    var begun = System.nanoTime();
    askedAt = Optional.of(begun);
    resolving.forgetSilence();
    var questions =
        (own.isEmpty()
                ? Stream.concat(Stream.of(DnsName.ROOT), managed.stream().limit(MOST_MANAGED))
                    .map(this::fresh)
                : own.stream())
            .map(name -> new Question(name, RecordType.A))
            .toList();
    var answers =
        doors.open(Look.SECOND_OPINION, Deadline.after(LONGEST_ROUND)).resolvers().ask(questions);
    var unanswered = new ArrayList<String>();
    for (var i = 0; i < questions.size(); i++) {
      var answer = answers.get(i);
      if (answer instanceof Answer.Unanswered
          || (!own.isEmpty() && answer instanceof Answer.NoSuchName)) {
        unanswered.add(questions.get(i).name().toString());
      }
    }
    if (unanswered.size() < questions.size()) {
      resolving.answered();
    }
    var most = own.isEmpty() ? questions.size() : questions.size() / 2 + 1;
    if (unanswered.size() >= most) {
      illAt = Optional.of(begun);
      failed(unanswered, questions.size());
    } else {
      failedRounds = 0;
      if (closed.isPresent()) {
        reopened = clock.instant();
      }
      closed = Optional.empty();
      wellAt = Optional.of(begun);
    }
  }

  private void failed(List<String> unanswered, int of) {
    if (failedRounds == 0) {
      failingSince = clock.instant();
    }
    failedRounds = Math.min(failedRounds + 1, FAILED_ROUNDS);
    if (failedRounds == FAILED_ROUNDS && closed.isEmpty()) {
      closed = Optional.of(new Closed(failingSince, unanswered, of));
    }
  }

  private DnsName fresh(DnsName below) {
    return below.child("maildrift-" + HexFormat.of().toHexDigits(random.nextInt()));
  }
}
