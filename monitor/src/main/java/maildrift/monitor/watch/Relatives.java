package maildrift.monitor.watch;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.time.Duration;
import java.util.HashMap;
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
 * and not spread over the whole interval. Only those to whom it is news, and each once: who fires
 * with that cause already need not hear that it is wrong, and nobody else that it came right.
 */
final class Relatives {
  /** At the start; a fleet that takes long to go through is gone through less often. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** At most a twentieth of the time. */
  private static final int PAUSES_A_PASS = 20;

  /** 200 looks a second: many domains behind one record are no reason for a burst. */
  static final Duration APART = Duration.ofMillis(5);

  /** For so long the same news is one, from whomever it comes: nobody is asked for it twice. */
  private static final Duration ONE_STORY = Duration.ofMinutes(1);

  private static final Splitter BEFORE_TYPE_OR_PORT = Splitter.on(CharMatcher.anyOf(" :"));

  private final Map<String, DomainWatch> watches;
  private final Watch.Listener listener;

  /** What came in since the last pass began, and from whom. */
  private Map<News, Set<String>> fresh = new HashMap<>();

  private boolean isPassComing;
  private Duration pause = FIRST_PAUSE;

  /** Passes alone touch it, and there is one at a time. */
  private final Map<News, Story> stories = new HashMap<>();

  /** When the last one that was asked for is looked at; in {@link System#nanoTime}. */
  private long last = System.nanoTime();

  /** What happened to a name. */
  private record News(DnsName name, boolean bad) {
    boolean concerns(DomainWatch watch) {
      return bad
          ? watch.alerts.stream().noneMatch(alert -> isOpen(alert) && isOfIt(alert))
          : watch.alerts.stream()
              .anyMatch(alert -> alert.phase() == Alert.Phase.FIRING && isOfIt(alert));
    }

    private boolean isOfIt(Alert alert) {
      return place(alert).filter(name::equals).isPresent();
    }
  }

  /** Who told it or was asked for since the news first came. */
  private record Story(long begun, Set<String> asked) {
    boolean isOver(long now) {
      return now - begun > ONE_STORY.toNanos();
    }
  }

  Relatives(Map<String, DomainWatch> watches, Watch.Listener listener) {
    this.watches = watches;
    this.listener = listener;
  }

  /** Takes note of what a look at {@code domain} brought about; returns at once. */
  void changed(DnsName domain, List<Transition> transitions) {
    for (var transition : transitions) {
      switch (transition) {
        case Transition.Pending(var alert) when alert.looks() > 1 -> {}
        case Transition.Pending(var alert) -> add(domain, alert, true);
        case Transition.Firing(var alert) -> add(domain, alert, true);
        case Transition.Resolved(var alert) -> add(domain, alert, false);
        case Transition.Changed _, Transition.Dropped _ -> {}
      }
    }
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

  private static boolean isOpen(Alert alert) {
    return alert.phase() != Alert.Phase.RESOLVED;
  }

  private void add(DnsName domain, Alert alert, boolean bad) {
    place(alert)
        // Its own records concern nobody else.
        .filter(name -> !name.isWithin(domain))
        .ifPresent(name -> add(new News(name, bad), domain.toString()));
  }

  private synchronized void add(News news, String from) {
    fresh.computeIfAbsent(news, _ -> new HashSet<>()).add(from);
    if (!isPassComing) {
      isPassComing = true;
      passLater();
    }
  }

  private void passLater() {
    CompletableFuture.delayedExecutor(
            pause.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
        .execute(this::pass);
  }

  private void pass() {
    var begun = System.nanoTime();
    Map<News, Set<String>> told;
    synchronized (this) {
      told = fresh;
      fresh = new HashMap<>();
    }
    try {
      tell(told, begun);
    } finally {
      var rest = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(PAUSES_A_PASS);
      synchronized (this) {
        pause = rest.compareTo(FIRST_PAUSE) > 0 ? rest : FIRST_PAUSE;
        isPassComing = !fresh.isEmpty();
        if (isPassComing) {
          passLater();
        }
      }
    }
  }

  private void tell(Map<News, Set<String>> told, long now) {
    stories.values().removeIf(story -> story.isOver(now));
    var names = new HashSet<DnsName>();
    told.forEach(
        (news, from) -> {
          names.add(news.name());
          stories.computeIfAbsent(news, _ -> new Story(now, new HashSet<>())).asked().addAll(from);
        });
    for (var entry : watches.entrySet()) {
      var watch = entry.getValue();
      if (!isWaiting(watch) && watch.recall.hasAskedFor(names::contains)) {
        stories.forEach(
            (news, story) -> {
              if (told.containsKey(news)
                  && !story.asked().contains(entry.getKey())
                  && watch.recall.hasAskedFor(news.name()::equals)
                  && news.concerns(watch)) {
                story.asked().add(entry.getKey());
                ask(entry.getKey(), watch);
              }
            });
      }
    }
  }

  private void ask(String domain, DomainWatch watch) {
    if (watch.isAskedFor) {
      return;
    }
    watch.isAskedFor = true;
    var now = System.nanoTime();
    last = Math.max(last - now, 0) + now + APART.toNanos();
    listener.sooner(domain, Duration.ofNanos(last - now));
  }

  /** Its next look has its time already. */
  private static boolean isWaiting(DomainWatch watch) {
    return watch.alerts.stream().anyMatch(alert -> alert.phase() == Alert.Phase.PENDING);
  }
}
