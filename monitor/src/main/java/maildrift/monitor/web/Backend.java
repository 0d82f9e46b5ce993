package maildrift.monitor.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.notify.Trial;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.Links;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import maildrift.alerts.state.Policy;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.digest.DigestDesk;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.metrics.Sink;
import maildrift.monitor.self.ReceiverState;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Backups;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.KeptDomain;
import maildrift.probes.Rule;
import maildrift.probes.domain.ManagedDomain;

/**
 * What the web side asks of the daemon. Methods may block (store, network) unless they say
 * otherwise: call them on a worker or virtual thread.
 */
public interface Backend {

  /** The configuration in force. Does not block. */
  MonitorConfig config();

  /** The time by the daemon's clock. */
  Instant now();

  /** The latest of every domain in the order of names, a live view. Does not block. */
  Collection<DomainState> domains();

  /** The latest of one domain, by A-label. Does not block. */
  Optional<DomainState> domain(String name);

  /** When the domain's next regular turn is. */
  Optional<Instant> nextCheck(String name);

  Optional<Baseline> baseline(String name);

  /** Changes of one domain and of the records that it depends on, the newest first. */
  List<Change> history(String name, int offset, int limit);

  /** A rule's catalogue entry. Does not block. */
  Optional<Rule> rule(String id);

  /** All alerts that are pending or firing, and the resolved ones that somebody is still owed. */
  List<Alert> alerts();

  /** All that keeps a firing alert from being told now. Does not block. */
  List<Mutes.Why> muted(Alert alert);

  /** What a pending alert waits for. */
  Policy policy(Alert alert);

  /**
   * Sends a sample to one receiver now, once, past routes and silences.
   *
   * @param isOver whether it says that the trouble of an earlier one is over
   * @return empty for an unknown receiver
   */
  Optional<Trial> tryReceiver(String receiver, boolean isOver);

  /** How the receivers are; does not block. */
  List<ReceiverState> receivers();

  /** What waits for a receiver, the oldest first. */
  void eachOwed(String receiver, int limit, Consumer<Owed> reader);

  /** What was given up, the newest first. */
  void eachDead(int limit, Consumer<DeadLetter> reader);

  /**
   * Sends to a receiver again that had said 410, and all that it is owed now.
   *
   * @return whether it had
   */
  boolean enable(String receiver);

  /**
   * Owes again what was given up, each under a new id and as it is by now: what has ended meanwhile
   * says so.
   *
   * @return the new ids
   */
  List<String> retryDead(Predicate<DeadLetter> which);

  /**
   * What became of notifications that were owed to a receiver that is no more.
   *
   * @param moved owed to the other receiver now
   * @param dropped nothing of it is news: the other receiver hears of it by the routes that lead to
   *     it
   * @param left ready mails that the other receiver, which sends none, cannot take; what fires and
   *     no route leads to the other one with, which would never hear its end; what is being sent
   */
  record Moved(long moved, long dropped, long left) {}

  /**
   * Owes another receiver what is owed to one that is not configured any more, or was given up,
   * oldest first, each under a new id and as it is by now.
   */
  Moved moveOwed(String from, String to);

  /**
   * Forgets all that is owed to a receiver that is not configured any more, and what was given up;
   * how many that were.
   */
  long dropOwed(String receiver);

  /** Drops what was given up; false where there is none of that id. */
  boolean dropDead(String id);

  /**
   * What is wrong although the daemon is well: part → what; nobody takes it out of service for it.
   * Does not block.
   */
  Map<String, String> warnings();

  /** Where alerts go now. Does not block. */
  Routing routing();

  /** The routes that an alert with these labels takes. Does not block. */
  default List<Route> taken(Labels labels) {
    return routing().taken(labels);
  }

  /** Where a person finds more. Does not block. */
  Links links();

  /** All that would keep an alert with these labels from being told now. Does not block. */
  List<Mutes.Why> muted(Labels labels);

  /** Who has taken an alert, or had until lately. Does not block. */
  Optional<Acknowledgement> acknowledgement(Alert alert);

  /** A person takes an alert; empty where no such alert fires. */
  Optional<Acknowledgement> acknowledge(String fingerprint, String by, String comment);

  /** A person takes all of these at once; those that do not fire are left out. */
  List<Acknowledgement> acknowledge(Collection<String> fingerprints, String by, String comment);

  /** A person gives an alert back; false where nobody had it. */
  boolean unacknowledge(String fingerprint, String by);

  /** What tenants read once a week. */
  DigestDesk digests();

  Backups backups();

  List<Silence> silences();

  /** What a silence with these matchers is kept with, so that it hides nothing else. */
  default List<Matcher> within(List<Matcher> matchers) {
    return matchers;
  }

  /** Keeps a silence, in the place of the one with its id if there is one. */
  void putSilence(Silence silence);

  /** Ends a silence now; false when there is none with that id. */
  boolean expireSilence(String id);

  /**
   * How far a domain is with a checklist, by what is known of it now. Does not block.
   *
   * @param shown what is told of a person's tick
   */
  Progress progress(Checklist checklist, DomainState state, UnaryOperator<Tick> shown);

  default Progress progress(Checklist checklist, DomainState state) {
    return progress(checklist, state, UnaryOperator.identity());
  }

  /** How far a domain is with every checklist that concerns it. Does not block. */
  default List<Progress> progress(DomainState state) {
    return config().checklists().of(state.domain().asOf(now())).stream()
        .map(checklist -> progress(checklist, state))
        .toList();
  }

  /** Keeps that a person did a step. */
  void tick(DomainState state, Checklist checklist, Step step, String by, String note);

  /** Takes a tick back; false where there is none. */
  boolean untick(DomainState state, Checklist checklist, Step step, String by);

  /** Takes the domain's turn now and returns its state after it; empty for an unknown domain. */
  Optional<DomainState> check(String name);

  /** Takes the present records for the baseline; false for an unknown domain. */
  boolean accept(String name, String by);

  /**
   * Takes one record as it is for the baseline of all domains that have it; those domains, none for
   * an unknown record.
   */
  List<String> acceptRecord(String record, String by);

  /** How a domain is written that is kept in the store; empty for the others. */
  Optional<KeptDomain> kept(String name);

  /**
   * Adds a domain that is kept in the store, or writes it anew, as one entry of {@code domains:} in
   * JSON.
   *
   * @param isNew that it is to be added; else it is to be kept already
   * @param within what it may name
   * @param mayBe throws where this domain may not be; nothing else changes kept domains meanwhile
   */
  Declared declare(
      String json, String by, boolean isNew, MonitorConfig within, Consumer<ManagedDomain> mayBe);

  /** What became of a declaration. */
  sealed interface Declared {
    record Done() implements Declared {}

    /** Something is wrong with it. */
    record Refused(List<Problem> problems) implements Declared {
      public Refused {
        problems = List.copyOf(problems);
      }
    }

    /** One that was to be added is managed already, perhaps by who is none of the caller's. */
    record Taken() implements Declared {}

    /** One that was to be written anew is not kept. */
    record Gone() implements Declared {}
  }

  /** What became of a removal. */
  enum Removal {
    REMOVED,
    UNKNOWN,
    /** It is written in a configuration file, and must be taken out there. */
    CONFIGURED
  }

  Removal removeDomain(String name);

  /**
   * One look at any target, for {@code /probe}; never stored or told. The domain's own declaration
   * counts when it is configured.
   */
  CheckResult probe(String target, List<String> profiles, Duration limit);

  /** Writes the metrics text; blocks only as long as the reader does. */
  void metrics(Asked asked, Sink reader);

  /** The same of these domains alone, and nothing of the daemon. */
  void metrics(Collection<DomainState> states, Asked asked, Sink reader);

  /** Reads the configuration again; what is wrong with it, or empty when it is in force now. */
  List<Problem> reload();

  /** The id of the latest event, to listen after it. */
  String latestEvent();

  /**
   * Listens to what happens.
   *
   * @param lastId the event to go on after
   * @return empty where too many listen; closed by who listens
   */
  Optional<Events.Listener> listen(Optional<String> lastId, Event.Interest interest);

  /**
   * Why the daemon is not ready (or not healthy, with {@code live}): part → reason; empty: all is
   * well. Does not block.
   */
  Map<String, String> unwell(boolean live);

  String version();
}
