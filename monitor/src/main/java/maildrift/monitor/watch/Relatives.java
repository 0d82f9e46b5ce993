package maildrift.monitor.watch;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import maildrift.alerts.Alert;
import maildrift.alerts.state.Transition;
import maildrift.probes.dns.DnsName;

/**
 * One cause is one message, however many domains it hits: when a domain's look finds that a record
 * or host that others depend on, too, went wrong or came right, those others are looked at soon,
 * and not spread over the whole interval.
 */
final class Relatives {
  /** At the start; a fleet that takes long to go through is gone through less often. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** At most a twentieth of the time. */
  private static final int PAUSES_A_PASS = 20;

  /** 200 looks a second: many domains behind one record are no reason for a burst. */
  private static final Duration APART = Duration.ofMillis(5);

  private static final Splitter BEFORE_TYPE_OR_PORT = Splitter.on(CharMatcher.anyOf(" :"));

  private final Map<String, DomainWatch> watches;
  private final Watch.Listener listener;
  private Set<DnsName> names = new HashSet<>();
  private Set<String> origins = new HashSet<>();
  private Duration pause = FIRST_PAUSE;

  Relatives(Map<String, DomainWatch> watches, Watch.Listener listener) {
    this.watches = watches;
    this.listener = listener;
  }

  /** Takes note of what a look at {@code domain} brought about; returns at once. */
  void changed(DnsName domain, List<Transition> transitions) {
    for (var transition : transitions) {
      if (isNews(transition)) {
        place(transition.alert())
            // Its own records concern nobody else.
            .filter(name -> !name.isWithin(domain))
            .ifPresent(name -> add(name, domain));
      }
    }
  }

  private static boolean isNews(Transition transition) {
    return switch (transition) {
      case Transition.Pending(var alert) -> alert.looks() == 1;
      case Transition.Firing _, Transition.Resolved _ -> true;
      case Transition.Changed _, Transition.Dropped _ -> false;
    };
  }

  /** Of {@code NAME TYPE}, {@code HOST:PORT} or {@code HOST}; empty: not in DNS. */
  private static Optional<DnsName> place(Alert alert) {
    var cause = alert.labels().get("cause");
    try {
      return Optional.of(DnsName.of(BEFORE_TYPE_OR_PORT.split(cause).iterator().next()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private synchronized void add(DnsName name, DnsName domain) {
    if (names.isEmpty()) {
      CompletableFuture.delayedExecutor(
              pause.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
          .execute(this::pass);
    }
    names.add(name);
    origins.add(domain.toString());
  }

  private void pass() {
    Set<DnsName> wanted;
    Set<String> looked;
    synchronized (this) {
      wanted = names;
      looked = origins;
      names = new HashSet<>();
      origins = new HashSet<>();
    }
    var begun = System.nanoTime();
    var wait = Duration.ZERO;
    for (var entry : watches.entrySet()) {
      var watch = entry.getValue();
      if (!looked.contains(entry.getKey())
          && !isWaiting(watch)
          && watch.recall.hasAskedFor(wanted::contains)) {
        wait = wait.plus(APART);
        listener.confirm(entry.getKey(), wait);
      }
    }
    var rest = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(PAUSES_A_PASS);
    synchronized (this) {
      pause = rest.compareTo(FIRST_PAUSE) > 0 ? rest : FIRST_PAUSE;
    }
  }

  /** Its next look has its time already, and must not come sooner. */
  private static boolean isWaiting(DomainWatch watch) {
    return watch.alerts.stream().anyMatch(alert -> alert.phase() == Alert.Phase.PENDING);
  }
}
