package maildrift.monitor.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import maildrift.monitor.json.CheckJson;
import tools.jackson.core.JsonGenerator;

/**
 * The latest events, and those who listen. Whoever tells of something never waits: a listener that
 * does not keep up is dropped.
 */
public final class Events {
  static final int KEPT = 1_000;
  static final int WAITING = 256;

  /** Of this process: what another one has told cannot be told again. */
  private final String run;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Event> latest = new ArrayDeque<>();
  private final Set<Listener> listeners = new LinkedHashSet<>();
  private long last;

  public Events(Instant started) {
    run = Long.toHexString(started.toEpochMilli());
  }

  /** Tells everybody the same; {@code facts} writes properties of an object. */
  public void tell(
      Event.Kind kind, Event.Audience audience, Instant at, Consumer<JsonGenerator> facts) {
    var json = json(at, facts);
    tell(kind, audience, json, json);
  }

  /** Tells of something, and {@code discreetly} to those who are limited to tenants. */
  public void tell(
      Event.Kind kind,
      Event.Audience audience,
      Instant at,
      Consumer<JsonGenerator> facts,
      Consumer<JsonGenerator> discreetly) {
    tell(kind, audience, json(at, facts), json(at, discreetly));
  }

  private static String json(Instant at, Consumer<JsonGenerator> facts) {
    return CheckJson.text(
        out -> {
          out.writeStartObject();
          out.writeStringProperty("at", at.toString());
          facts.accept(out);
          out.writeEndObject();
        });
  }

  private void tell(Event.Kind kind, Event.Audience audience, String json, String discreetly) {
    lock.lock();
    try {
      last++;
      var event = new Event(id(last), kind, audience, json, discreetly);
      latest.add(event);
      if (latest.size() > KEPT) {
        latest.remove();
      }
      listeners.forEach(listener -> listener.offer(event));
    } finally {
      lock.unlock();
    }
  }

  private String id(long number) {
    return run + "-" + number;
  }

  /** The id of the latest event: who goes on after it hears all that comes from now on. */
  public String latestId() {
    lock.lock();
    try {
      return id(last);
    } finally {
      lock.unlock();
    }
  }

  /**
   * From now on, and what came after {@code lastId} as far as it is known.
   *
   * @return empty where too many listen already, or too many of the same login
   */
  public Optional<Listener> listen(Optional<String> lastId, Event.Interest interest) {
    lock.lock();
    try {
      if (isFull(interest)) {
        return Optional.empty();
      }
      var since = lastId.flatMap(this::since);
      var isKnown = lastId.isEmpty() || since.isPresent();
      var listener = new Listener(interest, since.orElse(List.of()), !isKnown);
      listeners.add(listener);
      return Optional.of(listener);
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull(Event.Interest interest) {
    var alike =
        listeners.stream()
            .map(listener -> listener.interest)
            .filter(one -> one.by() == interest.by())
            .toList();
    return alike.size() >= interest.by().most()
        || (interest.who().isPresent()
            && alike.stream().filter(one -> one.who().equals(interest.who())).count()
                >= interest.by().mostOfOne());
  }

  /** What came after an event; empty where nobody knows. */
  private Optional<List<Event>> since(String id) {
    if (id.equals(id(last))) {
      return Optional.of(List.of());
    }
    var after = new ArrayList<Event>();
    var isFound = id.equals(id(last - latest.size()));
    for (var event : latest) {
      if (isFound) {
        after.add(event);
      }
      isFound |= event.id().equals(id);
    }
    return isFound ? Optional.of(after) : Optional.empty();
  }

  /** One who listens; closed when he is gone. */
  public final class Listener implements AutoCloseable {
    private final Event.Interest interest;
    private final Queue<Event> before;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(WAITING);
    private final boolean hasMissed;
    private volatile boolean isTooSlow;

    private Listener(Event.Interest interest, List<Event> before, boolean hasMissed) {
      this.interest = interest;
      this.before =
          new ArrayDeque<>(before.stream().filter(this::concerns).map(this::asTold).toList());
      this.hasMissed = hasMissed;
    }

    private boolean concerns(Event event) {
      return interest.tenants().map(event.audience()::includes).orElse(true);
    }

    private Event asTold(Event event) {
      return interest.isLimited() ? event.discreet() : event;
    }

    private void offer(Event event) {
      if (concerns(event) && !isTooSlow && !waiting.offer(asTold(event))) {
        isTooSlow = true;
      }
    }

    /** The next one, if it comes in time. */
    public Optional<Event> next(Duration within) throws InterruptedException {
      var known = before.poll();
      return known == null
          ? Optional.ofNullable(waiting.poll(within.toMillis(), TimeUnit.MILLISECONDS))
          : Optional.of(known);
    }

    /** Whether there may have been something before that nobody can tell any more. */
    public boolean hasMissed() {
      return hasMissed;
    }

    /** Whether it has not kept up; it gets nothing more. */
    public boolean isTooSlow() {
      return isTooSlow;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        listeners.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
