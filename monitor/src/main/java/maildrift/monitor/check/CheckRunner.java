package maildrift.monitor.check;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Probe;
import maildrift.probes.domain.ManagedDomain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the probes of one domain, each on a virtual thread of its own, and wraps each with what a
 * probe must not care about: the deadline, isolation from the others, timing. A probe that does not
 * come back in time, or that fails, is a gap.
 */
public final class CheckRunner {
  private static final Logger LOG = LoggerFactory.getLogger(CheckRunner.class);

  /**
   * A domain's look ends within 30 s whatever the servers do; the rest is for judging and for
   * threads to wind down.
   */
  public static final Duration LIMIT = Duration.ofSeconds(24);

  /** Beyond the deadline that probes get themselves, before one is left behind. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final List<Probe<?>> probes;
  private final Map<String, Probe<?>> withSiblings;
  private final Doors doors;
  private final Timing timing;
  private final Clock clock;

  /** Hears how long each probe took. */
  @FunctionalInterface
  public interface Timing {
    void took(String probe, Duration duration);
  }

  public CheckRunner(List<Probe<?>> probes, Doors doors, Timing timing, Clock clock) {
    this.probes = List.copyOf(probes);
    this.withSiblings =
        probes.stream()
            .<Probe<?>>map(probe -> probe)
            .filter(probe -> !probe.siblings().isEmpty())
            .collect(Collectors.toUnmodifiableMap(Probe::name, probe -> probe));
    this.doors = doors;
    this.timing = timing;
    this.clock = clock;
  }

  public List<Probe<?>> probes() {
    return probes;
  }

  /**
   * Looks at a domain once.
   *
   * @param wanted which probes to run, by name; those that the domain skips are left out in any
   *     case
   */
  public CheckResult check(
      ManagedDomain domain, Look look, Predicate<String> wanted, Context context) {
    return check(domain, look, wanted, context, LIMIT);
  }

  /** As above; what DNS says as before is not judged again. */
  public CheckResult check(
      ManagedDomain domain, Look look, Predicate<String> wanted, Context context, Recall recall) {
    return check(domain, look, wanted, context, LIMIT, recall);
  }

  /** As above, within {@code limit} instead of {@link #LIMIT}. */
  public CheckResult check(
      ManagedDomain domain, Look look, Predicate<String> wanted, Context context, Duration limit) {
    return check(domain, look, wanted, context, limit, Recall.NOTHING);
  }

  private CheckResult check(
      ManagedDomain declared,
      Look look,
      Predicate<String> wanted,
      Context context,
      Duration limit,
      Recall recall) {
    var begun = System.nanoTime();
    var domain = declared.asOf(context.now());
    var network = doors.open(look, Deadline.after(limit));
    // Only a regular look expects to see what the last one saw.
    var replay = Replay.of(domain, network, look == Look.REGULAR ? recall : Recall.NOTHING);
    var running = new ArrayList<Running>();
    for (var probe : probes) {
      if (wanted.test(probe.name()) && !domain.skip().contains(probe.name())) {
        var again = replay.result(probe.name());
        running.add(
            again.isPresent()
                ? new Ended(again.get())
                : start(probe, domain, network, context, recall));
      }
    }
    var results = completed(domain, running.stream().map(Running::result).toList());
    var findings = new ArrayList<Finding>();
    for (var result : results) {
      timing.took(result.probe(), result.took());
      findings.addAll(result.judgement().findings());
    }
    var now = clock.instant();
    return LookLog.told(
        new CheckResult(
            domain,
            now,
            results,
            Grading.graded(findings, domain, now),
            network.contradictions(),
            network.secondHand()),
        (System.nanoTime() - begun) / 1e9);
  }

  /** With what each probe says once its siblings' judgements are known. */
  private List<ProbeResult> completed(ManagedDomain domain, List<ProbeResult> results) {
    var judgements = new HashMap<String, Judgement>();
    results.forEach(result -> judgements.put(result.probe(), result.judgement()));
    return results.stream()
        .map(
            result -> {
              var probe = withSiblings.get(result.probe());
              return probe == null
                  ? result
                  : result.judgement(probe.among(domain, result.judgement(), judgements));
            })
        .toList();
  }

  /** Grades findings that were made outside a probe, as those of the probes are. */
  public List<Finding> graded(List<Finding> findings, ManagedDomain domain, Instant now) {
    return Grading.graded(findings, domain, now);
  }

  private static <T> Started start(
      Probe<T> probe, ManagedDomain domain, Doors.Door network, Context context, Recall recall) {
    var begun = System.nanoTime();
    var task =
        new FutureTask<>(
            () -> {
              var witness = new Witness(network, context.now());
              var seen = probe.observe(domain, witness);
              var mark =
                  probe.judgesWhatIsSeenAlone(domain) ? witness.mark() : OptionalLong.empty();
              var known =
                  mark.isPresent()
                      ? recall.of(probe.name(), domain, mark.getAsLong())
                      : Optional.<Judgement>empty();
              var memory = new ToldMemory(context.memory());
              var judgement =
                  known.orElseGet(() -> probe.judge(domain, seen, context.memory(memory)));
              return new ProbeResult(
                  probe.name(),
                  Duration.ofNanos(System.nanoTime() - begun),
                  judgement,
                  memory.told() ? OptionalLong.empty() : mark,
                  witness.asked(),
                  known.isPresent());
            });
    var thread = Thread.ofVirtual().name("check-", 0).start(task);
    return new Started(probe, domain, network.deadline(), begun, task, thread);
  }

  private interface Running {
    ProbeResult result();
  }

  private record Ended(ProbeResult result) implements Running {}

  private record Started(
      Probe<?> probe,
      ManagedDomain domain,
      Deadline deadline,
      long begun,
      FutureTask<ProbeResult> task,
      Thread thread)
      implements Running {

    @Override
    public ProbeResult result() {
      try {
        return task.get(deadline.remaining().plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        thread.interrupt();
        return unobservable("did not end within its deadline");
      } catch (ExecutionException failure) {
        LOG.error("probe {} failed for {}", probe.name(), domain.name(), failure.getCause());
        return unobservable("the probe failed: " + failure.getCause());
      } catch (InterruptedException _) {
        thread.interrupt();
        Thread.currentThread().interrupt();
        return unobservable("interrupted");
      }
    }

    private ProbeResult unobservable(String why) {
      return ProbeResult.unseen(probe, domain, Duration.ofNanos(System.nanoTime() - begun), why);
    }
  }
}
