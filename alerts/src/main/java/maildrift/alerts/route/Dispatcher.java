package maildrift.alerts.route;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.ack.Acknowledgements;
import maildrift.alerts.mute.Inhibitor;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Mutes.Why;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.state.Transition;

/**
 * Decides who is owed which notification, and when to look again. It holds indices over the alerts
 * and group states, and nothing that cannot be made from them: after a restart {@link #restore}
 * owes what was still to be owed, and nothing twice.
 *
 * <p>No I/O, no clock. One thread at a time; the caller sees to that and commits every {@link
 * Dispatch} before it gives the next transitions of the same alerts.
 */
public final class Dispatcher {
  /** The annotation that says why an alert is told long after it began to fire. */
  public static final String HELD_BACK = "held_back";

  /** The annotation that says who has taken an alert. */
  public static final String ACKNOWLEDGED = "acknowledged";

  /** The annotation that says that nobody has taken it any more, and why. */
  public static final String ACKNOWLEDGEMENT_ENDED = "acknowledgement_ended";

  /** A group that is closed for so long is looked at again by then. */
  private static final Duration LOOK_AGAIN = Duration.ofDays(200);

  /** A clock that is set back by no more was not set. */
  private static final Duration SMALL_STEP = Duration.ofSeconds(2);

  private Links links;
  private final Duration remember;
  private final Supplier<String> ids;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Group> groups = new HashMap<>();
  private final PriorityQueue<Slot> agenda = new PriorityQueue<>(Comparator.comparing(Slot::at));
  private final PriorityQueue<Later> leaving = new PriorityQueue<>(Comparator.comparing(Later::at));
  private final PriorityQueue<Later> climbing =
      new PriorityQueue<>(Comparator.comparing(Later::at));
  private final Set<String> unsaved = new LinkedHashSet<>();
  private final Set<String> unsavedAcknowledgements = new LinkedHashSet<>();
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final Inhibitor inhibitor = new Inhibitor();

  /** What an alert passes before it is told; the first that objects says why. */
  private final List<Step> steps =
      List.of(
          (alert, _) -> inhibitor.why(alert).map(Why.class::cast),
          (alert, now) -> mutes().why(alert.labels(), now));

  private volatile Routing routing;
  private volatile Mutes mutes;
  private Optional<Instant> muteChange = Optional.empty();
  private Instant latest = Instant.MIN;
  private Predicate<Labels> held = _ -> false;
  private long sequence;

  /** Why an alert goes no further now; empty: it does. */
  @FunctionalInterface
  private interface Step {
    Optional<Why> why(Alert alert, Instant now);
  }

  /**
   * A dispatcher that knows of no alerts yet.
   *
   * @param lastSequence the greatest {@link Owed#sequence} that was ever given
   * @param ids for notifications, never the same twice
   * @param remember how long a resolved alert is kept to see whether it comes back
   */
  public Dispatcher(
      Routing routing,
      Mutes mutes,
      Links links,
      Duration remember,
      long lastSequence,
      Supplier<String> ids) {
    this.routing = routing;
    this.mutes = mutes;
    this.links = links;
    this.remember = remember;
    this.sequence = lastSequence;
    this.ids = ids;
    inhibitor.rules(routing.inhibitRules(), List.of());
  }

  /**
   * Another one that begins as this one did, for the same receivers, and knows of no alerts: what
   * this one holds in memory cannot be trusted any more.
   */
  public Dispatcher anew(long lastSequence) {
    var anew =
        new Dispatcher(routing, mutes, links, remember, Math.max(sequence, lastSequence), ids);
    anew.hold(held);
    return anew;
  }

  /** Where people find alerts from now on. */
  public void links(Links value) {
    links = value;
  }

  /** Takes up what was stored; what is due comes out of the next {@link #due}. */
  public void restore(
      Collection<Alert> alerts,
      Collection<GroupState> states,
      Collection<Acknowledgement> taken,
      Instant now) {
    for (var alert : alerts) {
      if (isKept(alert)) {
        entries.put(alert.fingerprint(), new Entry(alert.fingerprint(), alert));
        inhibitor.put(alert);
      }
    }
    for (var state : states) {
      if (routing.sendResolved().containsKey(state.receiver())) {
        restore(state, now);
      } else {
        unsaved.add(state.key());
      }
    }
    for (var one : taken) {
      acknowledgements.put(one);
      var entry = entries.get(one.fingerprint());
      if (entry == null) {
        acknowledgements.remove(one.fingerprint());
        unsavedAcknowledgements.add(one.fingerprint());
      } else {
        review(entry, now);
      }
    }
    for (var entry : entries.values()) {
      place(entry, now, earlier(entry.alert.updatedAt(), now));
      leaveWhenForgotten(entry);
    }
    muteChange = mutes.nextChange(now);
    groups.values().forEach(group -> schedule(group, now));
  }

  /** As above, where nobody had taken any alert. */
  public void restore(Collection<Alert> alerts, Collection<GroupState> states, Instant now) {
    restore(alerts, states, List.of(), now);
  }

  /** Takes the transitions into account and says what is to be done now. */
  public Dispatch onTransitions(Collection<Transition> transitions, Instant now) {
    clock(now);
    for (var transition : transitions) {
      var fingerprint = transition.alert().fingerprint();
      switch (transition) {
        case Transition.Pending(var alert) -> {
          if (entries.containsKey(fingerprint)) {
            update(fingerprint, alert, now);
          }
        }
        case Transition.Firing(var alert) -> update(fingerprint, alert, now);
        case Transition.Changed(_, var alert) -> update(fingerprint, alert, now);
        case Transition.Resolved(var alert) -> update(fingerprint, alert, now);
        case Transition.Dropped _ -> {
          // Never told: there is no entry.
        }
      }
    }
    return due(now);
  }

  /**
   * Alerts that are not said while this is so: they neither begin nor repeat. Whoever lets go of
   * them sees to it that they are looked at, as {@link #mutes(Mutes, Instant)} does.
   */
  public void hold(Predicate<Labels> value) {
    held = value;
  }

  /** What is to be done now. */
  public Dispatch due(Instant now) {
    clock(now);
    if (muteChange.filter(at -> !at.isAfter(now)).isPresent()) {
      muteChange = mutes.nextChange(now);
      groups.values().forEach(group -> schedule(group, now));
    }
    climb(now);
    var owed = new ArrayList<Owed>();
    for (var group = nextDueGroup(now); group.isPresent(); group = nextDueGroup(now)) {
      decide(group.get(), now).ifPresent(owed::add);
    }
    var forgotten = forget(now);
    if (owed.isEmpty()
        && forgotten.isEmpty()
        && unsaved.isEmpty()
        && unsavedAcknowledgements.isEmpty()) {
      return Dispatch.NOTHING;
    }
    var states = new ArrayList<GroupState>();
    var removed = new ArrayList<String>();
    for (var key : unsaved) {
      Optional.ofNullable(groups.get(key))
          .flatMap(Group::state)
          .ifPresentOrElse(states::add, () -> removed.add(key));
    }
    unsaved.clear();
    var people = acknowledgements();
    return new Dispatch(
        owed, states, removed, people.acknowledged(), people.unacknowledged(), forgotten);
  }

  /** What is to be stored of who has taken what, and no more; {@link #due} says what follows. */
  public Dispatch acknowledgements() {
    var taken = new ArrayList<Acknowledgement>();
    var free = new ArrayList<String>();
    for (var fingerprint : unsavedAcknowledgements) {
      acknowledgements.of(fingerprint).ifPresentOrElse(taken::add, () -> free.add(fingerprint));
    }
    unsavedAcknowledgements.clear();
    return new Dispatch(List.of(), List.of(), List.of(), taken, free, List.of());
  }

  /** When {@link #due} will have something to do; empty: not before the next transition. */
  public Optional<Instant> nextDue() {
    while (!agenda.isEmpty() && !agenda.peek().isValid()) {
      agenda.poll();
    }
    return Stream.of(
            Optional.ofNullable(agenda.peek()).map(Slot::at),
            Optional.ofNullable(leaving.peek()).map(Later::at),
            Optional.ofNullable(climbing.peek()).map(Later::at),
            muteChange)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  /** Silences or maintenance windows are others now. */
  public void mutes(Mutes value, Instant now) {
    mutes = value;
    muteChange = mutes.nextChange(now);
    groups.values().forEach(group -> schedule(group, now));
  }

  public Mutes mutes() {
    return mutes;
  }

  /** Why an alert is not told now; empty: it is. May be asked from any thread. */
  public Optional<Why> why(Alert alert, Instant now) {
    return steps.stream().flatMap(step -> step.why(alert, now).stream()).findFirst();
  }

  /** All that keeps an alert from being told now. May be asked from any thread. */
  public List<Why> whys(Alert alert, Instant now) {
    return Stream.concat(
            steps.stream().flatMap(step -> step.why(alert, now).stream()),
            routing.outsideHours(alert.labels(), now).stream())
        .toList();
  }

  /** Who has taken an alert, or had until lately. May be asked from any thread. */
  public Optional<Acknowledgement> acknowledgement(String fingerprint) {
    return acknowledgements.of(fingerprint);
  }

  /**
   * A person takes an alert; {@link #acknowledgements} says what is to be stored.
   *
   * @return empty where no such alert fires
   */
  public Optional<Acknowledgement> acknowledge(
      String fingerprint, String by, String comment, Instant now) {
    var entry = entries.get(fingerprint);
    if (entry == null || !entry.isFiring()) {
      return Optional.empty();
    }
    var taken = Acknowledgement.of(entry.alert, by, now, comment);
    acknowledgements.put(taken);
    unsavedAcknowledgements.add(fingerprint);
    place(entry, now, now);
    return Optional.of(taken);
  }

  /** What a person did to an alert could not be stored, and is as if it had not been done. */
  public void undo(String fingerprint, Optional<Acknowledgement> before, Instant now) {
    before.ifPresentOrElse(acknowledgements::put, () -> acknowledgements.remove(fingerprint));
    unsavedAcknowledgements.add(fingerprint);
    Optional.ofNullable(entries.get(fingerprint))
        .ifPresent(
            entry -> {
              place(entry, now, now);
              entry.groups.forEach(group -> schedule(group, now));
            });
  }

  /**
   * A person gives an alert back; what waits for an acknowledgement waits anew.
   *
   * @return empty where nobody had taken it
   */
  public Optional<Acknowledgement> unacknowledge(String fingerprint, String by, Instant now) {
    var known = acknowledgements.of(fingerprint).filter(Acknowledgement::holds);
    var entry = entries.get(fingerprint);
    if (known.isEmpty() || entry == null) {
      return Optional.empty();
    }
    var ended = known.get().end(now, "taken back by " + by);
    acknowledgements.put(ended);
    unsavedAcknowledgements.add(fingerprint);
    place(entry, now, now);
    entry.groups.forEach(group -> schedule(group, now));
    return Optional.of(ended);
  }

  /**
   * Routes or receivers are others now. Who knew of an alert and still hears of it is not told
   * anew; who no longer hears of it is told that it is over for them; a receiver that is gone is
   * told nothing.
   */
  public void routing(Routing value, Instant now) {
    routing = value;
    inhibitor.rules(
        routing.inhibitRules(), entries.values().stream().map(entry -> entry.alert).toList());
    for (var group : List.copyOf(groups.values())) {
      if (!routing.sendResolved().containsKey(group.receiver)) {
        for (var fingerprint : List.copyOf(group.told.keySet())) {
          untell(group, fingerprint);
        }
      }
    }
    entries.values().forEach(entry -> place(entry, now, now));
    groups.values().forEach(group -> schedule(group, now));
  }

  public Routing routing() {
    return routing;
  }

  /** The alerts that fire and that this receiver was told of, for receivers that forget. */
  public List<Notification.Item> toldFiring(String receiver) {
    var firing = new LinkedHashMap<String, Notification.Item>();
    for (var group : groups.values()) {
      if (group.receiver.equals(receiver)) {
        for (var fingerprint : group.told.keySet()) {
          var entry = entries.get(fingerprint);
          if (entry != null
              && entry.alert.phase() != Phase.RESOLVED
              && entry.groups.contains(group)) {
            firing.computeIfAbsent(
                fingerprint, _ -> Telling.item(entry.alert, Optional.empty(), links));
          }
        }
      }
    }
    return List.copyOf(firing.values());
  }

  /** The fingerprints of all that this receiver was told of and hears the end of. */
  public Set<String> toldTo(String receiver) {
    var told = new LinkedHashSet<String>();
    groups.values().stream()
        .filter(group -> group.receiver.equals(receiver))
        .forEach(group -> told.addAll(group.told.keySet()));
    return told;
  }

  /**
   * The fingerprints of all that fires and that a route leads to this receiver with: it is told of
   * it here, at once or when its time has come, and of its end.
   */
  public Set<String> leadingTo(String receiver) {
    var leading = new LinkedHashSet<String>();
    for (var entry : entries.values()) {
      if (entry.isFiring()
          && (entry.groups.stream().anyMatch(group -> group.receiver.equals(receiver))
              || routing.rises(entry.alert.labels()).stream()
                  .anyMatch(rise -> rise.place().receiver().equals(receiver)))) {
        leading.add(entry.fingerprint);
      }
    }
    return leading;
  }

  /** The page that shows what an alert is about. */
  public String generatorUrl(Labels labels) {
    return links.generator().apply(labels);
  }

  private void restore(GroupState state, Instant now) {
    var group = new Group(state.key(), placeOf(state));
    groups.put(group.key, group);
    group.toldAt = Optional.of(earlier(state.toldAt(), now));
    group.thread = state.thread();
    state
        .told()
        .forEach(
            (fingerprint, told) -> {
              var entry = entries.get(fingerprint);
              if (entry == null) {
                // The alert is not stored: there is nothing left to say of it.
                unsaved.add(group.key);
              } else {
                group.told.put(fingerprint, told);
                entry.toldBy.add(group);
              }
            });
  }

  /** With the times of the route that leads there, also for what is over. */
  private Routing.Place placeOf(GroupState state) {
    return state.told().keySet().stream()
        .flatMap(fingerprint -> Optional.ofNullable(entries.get(fingerprint)).stream())
        .flatMap(
            entry ->
                Optional.ofNullable(routing.places(entry.alert.labels()).get(state.key())).stream())
        .findFirst()
        .orElseGet(() -> Routing.Place.of(state));
  }

  private void update(String fingerprint, Alert alert, Instant now) {
    var known = entries.get(fingerprint);
    var entry = known == null ? new Entry(fingerprint, alert) : known;
    entries.put(fingerprint, entry);
    entry.alert = alert;
    var released = inhibitor.put(alert);
    var isReviewed = review(entry, now);
    place(entry, now, now);
    if (isReviewed) {
      entry.groups.forEach(group -> schedule(group, now));
    }
    leaveWhenForgotten(entry);
    released.forEach(target -> lookAgain(target, now));
  }

  /** What inhibited it is over, perhaps. */
  private void lookAgain(String fingerprint, Instant now) {
    Optional.ofNullable(entries.get(fingerprint))
        .ifPresent(entry -> entry.groups.forEach(group -> schedule(group, now)));
  }

  /** Whether an acknowledgement ended. */
  private boolean review(Entry entry, Instant now) {
    var changed = acknowledgements.review(entry.alert, now);
    if (changed) {
      unsavedAcknowledgements.add(entry.fingerprint);
    }
    return changed;
  }

  /**
   * Puts an alert into the groups that its labels belong to, and looks what that means for them.
   *
   * @param since when it became what it is
   */
  private void place(Entry entry, Instant now, Instant since) {
    var placed = entry.alert.phase() == Phase.RESOLVED ? Set.<Group>of() : enter(entry, now);
    for (var group : entry.groups) {
      if (!placed.contains(group)) {
        group.leave(entry);
        removeIfEmpty(group);
      }
    }
    entry.groups = placed;
    for (var group : placed) {
      if (entry.isFiring()) {
        Told.news(Optional.ofNullable(group.told.get(entry.fingerprint)), entry.alert)
            .ifPresent(reason -> open(group, reason, since));
      }
    }
    for (var group : entry.toldBy) {
      if (!placed.contains(group)) {
        open(group, Reason.RESOLVED, since);
      } else if (entry.mayBeBack()) {
        schedule(group, entry.end().plus(remember));
      }
    }
  }

  /**
   * The groups that it is a member of from now on. A receiver that was told of it in a group that
   * no route leads to any more, as after a reload, hears of it there until it is over: what is said
   * of one alert stays in order, and threads and incidents come to their end.
   */
  private Set<Group> enter(Entry entry, Instant now) {
    var all = new LinkedHashMap<>(routing.places(entry.alert.labels()));
    climbed(entry, all, now).forEach(place -> all.put(place.key(), place));
    var fresh = new LinkedHashMap<>(all);
    var entered = new LinkedHashSet<Group>();
    for (var group : entry.toldBy) {
      var isGuest = !all.containsKey(group.key);
      fresh.remove(group.key);
      if (isGuest) {
        wayTo(group.receiver, fresh)
            .or(() -> wayTo(group.receiver, all))
            .ifPresent(
                way -> {
                  fresh.remove(way.key());
                  group.guests.put(entry, way);
                  entered.add(group);
                });
      }
    }
    for (var place : all.values()) {
      var group = groups.get(place.key());
      if (fresh.containsKey(place.key()) || (group != null && entry.toldBy.contains(group))) {
        var own = group(place);
        own.guests.remove(entry);
        entered.add(own);
      }
    }
    entered.forEach(group -> group.members.add(entry));
    return entered;
  }

  private static Optional<Routing.Place> wayTo(String receiver, Map<String, Routing.Place> places) {
    return places.values().stream().filter(place -> place.receiver().equals(receiver)).findFirst();
  }

  /**
   * Where an alert has got to because nobody took it. Who heard of it there goes on hearing of it;
   * the others hear when their time has come.
   */
  private List<Routing.Place> climbed(
      Entry entry, Map<String, Routing.Place> regular, Instant now) {
    var climbed = new ArrayList<Routing.Place>();
    var isWaiting = entry.isFiring() && !acknowledgements.holds(entry.fingerprint);
    for (var rise : routing.rises(entry.alert.labels())) {
      var group = groups.get(rise.place().key());
      var at = isWaiting ? waitsUntil(entry, rise, now) : Optional.<Instant>empty();
      if ((group != null && group.told.containsKey(entry.fingerprint))
          || hasHeard(rise.place().receiver(), entry, regular)) {
        climbed.add(rise.place());
      } else if (at.isPresent()) {
        if (at.get().isAfter(now)) {
          climbAt(entry, at.get());
        } else {
          climbed.add(rise.place());
        }
      }
    }
    return climbed;
  }

  /** Where the key of the way there is another since. */
  private static boolean hasHeard(
      String receiver, Entry entry, Map<String, Routing.Place> regular) {
    return wayTo(receiver, regular).isEmpty()
        && entry.toldBy.stream().anyMatch(group -> group.receiver.equals(receiver));
  }

  /** Counted from when those before first heard of it, or it was given back; empty: not yet. */
  private Optional<Instant> waitsUntil(Entry entry, Routing.Rise rise, Instant now) {
    var free =
        acknowledgements
            .of(entry.fingerprint)
            .flatMap(Acknowledgement::ended)
            .map(Acknowledgement.Ended::at);
    return entry.toldBy.stream()
        .filter(group -> !group.isEscalation() && rise.from().contains(group.receiver))
        .flatMap(group -> group.toldSince(entry).stream())
        .min(Comparator.naturalOrder())
        .map(told -> free.filter(told::isBefore).orElse(told))
        .map(from -> earlier(from, now).plus(rise.after()));
  }

  private void climbAt(Entry entry, Instant at) {
    if (entry.climbsAt.filter(planned -> !planned.isAfter(at)).isEmpty()) {
      entry.climbsAt = Optional.of(at);
      climbing.add(new Later(at, entry));
    }
  }

  /** Whom nobody took in time is told to others. */
  private void climb(Instant now) {
    while (!climbing.isEmpty() && !climbing.peek().at().isAfter(now)) {
      var later = climbing.poll();
      var entry = later.entry();
      if (entry.climbsAt.filter(later.at()::equals).isPresent()
          && entries.get(entry.fingerprint) == entry) {
        entry.climbsAt = Optional.empty();
        place(entry, now, now);
      }
    }
  }

  private void open(Group group, Reason news, Instant now) {
    var openedAt = group.openedAt.map(at -> earlier(at, now)).orElse(now);
    group.openedAt = Optional.of(openedAt);
    var reason = group.told.isEmpty() ? Reason.FIRST : news;
    schedule(group, reason.due(group.toldAt, openedAt, group.grouping()));
  }

  /** Looks at all of the group, and tells it if its time has come. */
  private Optional<Owed> decide(Group group, Instant now) {
    group.opens(now, now.plus(LOOK_AGAIN)).ifPresent(at -> schedule(group, at));
    if (!group.isOpen(now)) {
      return Optional.empty();
    }
    var firing = new LinkedHashMap<String, Entry>();
    for (var member : group.members) {
      if (member.mayBeBack() && member.toldBy.contains(group) && !isTooLate(member, now)) {
        schedule(group, member.end().plus(remember));
      }
      if (member.isFiring()
          && group.isOpen(member, now)
          && why(member.alert, now).isEmpty()
          && !held.test(member.alert.labels())) {
        firing.put(member.fingerprint, member);
      }
    }
    var over = over(group, now);
    var news = Reason.toTell(group.told, firing, !over.isEmpty());
    if (news.isPresent()) {
      group.openedAt = group.openedAt.or(() -> Optional.of(now));
    } else {
      group.openedAt = Optional.empty();
      // Nothing new, and it has been taken: there is nothing to repeat.
      firing.keySet().removeIf(acknowledgements::holds);
      if (firing.isEmpty()) {
        removeIfEmpty(group);
        return Optional.empty();
      }
    }
    var reason = news.orElse(Reason.REPEAT);
    var due = reason.due(group.toldAt, group.openedAt.orElse(now), group.grouping());
    if (due.isAfter(now)) {
      schedule(group, due);
      return Optional.empty();
    }
    return tell(group, reason, firing.values(), over, now);
  }

  /** What the receiver believes to fire and does not, or not here. */
  private List<Entry> over(Group group, Instant now) {
    return group.told.keySet().stream()
        .map(entries::get)
        .filter(entry -> entry != null && (!entry.groups.contains(group) || isTooLate(entry, now)))
        .toList();
  }

  /**
   * It was over, and for longer than an alert is awaited nobody could say whether it is back: who
   * was told of it hears the end that was seen.
   */
  private boolean isTooLate(Entry entry, Instant now) {
    return entry.mayBeBack() && !entry.end().plus(remember).isAfter(now);
  }

  private Optional<Owed> tell(
      Group group, Reason reason, Collection<Entry> firing, List<Entry> over, Instant now) {
    var hearsOfEnds = routing.sendResolved().getOrDefault(group.receiver, true);
    var id = ids.get();
    if (group.told.isEmpty() || group.thread.isEmpty()) {
      group.thread = id;
    }
    var notification =
        new Telling(acknowledgements, alert -> heldBack(alert, now), now)
            .notification(group, reason, firing, hearsOfEnds ? over : List.of(), links);
    over.forEach(entry -> untell(group, entry.fingerprint));
    var fresh = firing.stream().filter(entry -> !entry.toldBy.contains(group)).toList();
    for (var entry : firing) {
      var before = Optional.ofNullable(group.told.get(entry.fingerprint));
      group.told.put(entry.fingerprint, Told.after(before, reason, entry.alert, now));
      entry.toldBy.add(group);
    }
    group.toldAt = Optional.of(now);
    group.openedAt = Optional.empty();
    unsaved.add(group.key);
    if (routing.escalates()) {
      fresh.forEach(entry -> place(entry, now, now));
    }
    if (firing.isEmpty()) {
      removeIfEmpty(group);
    } else {
      schedule(group, Reason.REPEAT.due(group.toldAt, now, group.grouping()));
    }
    return notification.items().isEmpty()
        ? Optional.empty()
        : Optional.of(
            Owed.fresh(
                id,
                group.receiver,
                group.place.groupKey(),
                ++sequence,
                notification.toJson(),
                now));
  }

  private Optional<String> heldBack(Alert alert, Instant now) {
    return mutes
        .heldBack(alert.labels(), alert.startsAt(), now)
        .or(() -> inhibitor.heldBack(alert, now));
  }

  private void untell(Group group, String fingerprint) {
    group.told.remove(fingerprint);
    unsaved.add(group.key);
    var entry = entries.get(fingerprint);
    if (entry != null) {
      entry.toldBy.remove(group);
      leaveWhenForgotten(entry);
    }
    removeIfEmpty(group);
  }

  private void leaveWhenForgotten(Entry entry) {
    if (entry.isSettled()) {
      leaving.add(new Later(entry.end().plus(remember), entry));
    }
  }

  private List<Alert> forget(Instant now) {
    var forgotten = new ArrayList<Alert>();
    while (!leaving.isEmpty() && !leaving.peek().at().isAfter(now)) {
      var entry = leaving.poll().entry();
      if (entry.isSettled()
          && !entry.end().plus(remember).isAfter(now)
          && entries.remove(entry.fingerprint, entry)) {
        inhibitor.forget(entry.alert);
        forgotten.add(entry.alert);
      }
    }
    return forgotten;
  }

  private Group group(Routing.Place place) {
    var group = groups.computeIfAbsent(place.key(), key -> new Group(key, place));
    group.place = place;
    return group;
  }

  private void removeIfEmpty(Group group) {
    if (group.isEmpty()) {
      groups.remove(group.key, group);
      group.due = Optional.empty();
    }
  }

  /** Looks at the group at that time, or sooner if that was planned already. */
  private void schedule(Group group, Instant at) {
    if (group.due.isEmpty() || at.isBefore(group.due.get())) {
      group.due = Optional.of(at);
      agenda.add(new Slot(at, group));
    }
  }

  private Optional<Group> nextDueGroup(Instant now) {
    while (!agenda.isEmpty() && !agenda.peek().at().isAfter(now)) {
      var slot = agenda.poll();
      if (slot.isValid()) {
        slot.group().due = Optional.empty();
        return Optional.of(slot.group());
      }
    }
    return Optional.empty();
  }

  /**
   * A clock that was set back must not keep a group waiting for the future. One that is only
   * disciplined changes nothing; many such steps together do.
   */
  private void clock(Instant now) {
    if (now.plus(SMALL_STEP).isBefore(latest)) {
      latest = now;
      muteChange = mutes.nextChange(now);
      for (var group : groups.values()) {
        group.toldAt = group.toldAt.map(at -> earlier(at, now));
        group.openedAt = group.openedAt.map(at -> earlier(at, now));
        group.told.replaceAll((_, told) -> Told.notAfter(told, now));
        unsaved.add(group.key);
        schedule(group, now);
      }
      if (routing.escalates()) {
        entries.values().forEach(entry -> place(entry, now, now));
      }
    }
    latest = now.isAfter(latest) ? now : latest;
  }

  private static boolean isKept(Alert alert) {
    return switch (alert.phase()) {
      case FIRING, RESOLVED -> true;
      case PENDING -> alert.endsAt().isPresent();
    };
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private record Slot(Instant at, Group group) {
    boolean isValid() {
      return group.due.filter(at::equals).isPresent();
    }
  }

  private record Later(Instant at, Entry entry) {}
}
