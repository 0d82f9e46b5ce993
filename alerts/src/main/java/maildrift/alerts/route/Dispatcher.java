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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Labels;
import maildrift.alerts.Notification;
import maildrift.alerts.mute.Inhibitor;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Mutes.Why;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.state.AlertBook;
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

  private Links links;
  private final Duration remember;
  private final Supplier<String> ids;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Group> groups = new HashMap<>();
  private final PriorityQueue<Slot> agenda = new PriorityQueue<>(Comparator.comparing(Slot::at));
  private final PriorityQueue<Leave> leaving = new PriorityQueue<>(Comparator.comparing(Leave::at));
  private final Set<String> unsaved = new LinkedHashSet<>();
  private final Inhibitor inhibitor = new Inhibitor();

  /** What an alert passes before it is told; the first that objects says why. */
  private final List<Step> steps =
      List.of(
          (alert, _) -> inhibitor.why(alert).map(Why.class::cast),
          (alert, now) -> mutes().why(alert.labels(), now));

  private Routing routing;
  private volatile Mutes mutes;
  private Optional<Instant> muteChange = Optional.empty();
  private Instant latest = Instant.MIN;
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

  /** Where people find alerts from now on. */
  public void links(Links value) {
    links = value;
  }

  /** Takes up what was stored; what is due comes out of the next {@link #due}. */
  public void restore(Collection<Alert> alerts, Collection<GroupState> states, Instant now) {
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
    for (var entry : entries.values()) {
      place(entry, earlier(entry.alert.updatedAt(), now));
      leaveWhenForgotten(entry);
    }
    muteChange = mutes.nextChange(now);
    groups.values().forEach(group -> schedule(group, now));
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

  /** What is to be done now. */
  public Dispatch due(Instant now) {
    clock(now);
    if (muteChange.filter(at -> !at.isAfter(now)).isPresent()) {
      muteChange = mutes.nextChange(now);
      groups.values().forEach(group -> schedule(group, now));
    }
    var owed = new ArrayList<Owed>();
    for (var group = nextDueGroup(now); group.isPresent(); group = nextDueGroup(now)) {
      decide(group.get(), now).ifPresent(owed::add);
    }
    var forgotten = forget(now);
    if (owed.isEmpty() && forgotten.isEmpty() && unsaved.isEmpty()) {
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
    return new Dispatch(owed, states, removed, forgotten);
  }

  /** When {@link #due} will have something to do; empty: not before the next transition. */
  public Optional<Instant> nextDue() {
    while (!agenda.isEmpty() && !agenda.peek().isValid()) {
      agenda.poll();
    }
    var next = Optional.<Instant>empty();
    if (!agenda.isEmpty()) {
      next = Optional.of(agenda.peek().at());
    }
    if (!leaving.isEmpty()) {
      next =
          Optional.of(next.map(at -> earlier(at, leaving.peek().at())).orElse(leaving.peek().at()));
    }
    if (muteChange.isPresent()) {
      var change = muteChange.get();
      next = Optional.of(next.map(at -> earlier(at, change)).orElse(change));
    }
    return next;
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
    return steps.stream().flatMap(step -> step.why(alert, now).stream()).toList();
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
    entries.values().forEach(entry -> place(entry, now));
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
            firing.computeIfAbsent(fingerprint, _ -> item(entry.alert, Optional.empty()));
          }
        }
      }
    }
    return List.copyOf(firing.values());
  }

  /** The page that shows what an alert is about. */
  public String generatorUrl(Labels labels) {
    return links.generator().apply(labels);
  }

  private void restore(GroupState state, Instant now) {
    var group =
        new Group(
            state.key(),
            new Routing.Place(
                state.receiver(), state.groupKey(), state.labels(), Grouping.DEFAULT));
    groups.put(group.key, group);
    group.toldAt = Optional.of(earlier(state.toldAt(), now));
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

  private void update(String fingerprint, Alert alert, Instant now) {
    var known = entries.get(fingerprint);
    var entry = known == null ? new Entry(fingerprint, alert) : known;
    entries.put(fingerprint, entry);
    entry.alert = alert;
    var released = inhibitor.put(alert);
    place(entry, now);
    leaveWhenForgotten(entry);
    released.forEach(target -> lookAgain(target, now));
  }

  /** What inhibited it is over, perhaps. */
  private void lookAgain(String fingerprint, Instant now) {
    Optional.ofNullable(entries.get(fingerprint))
        .ifPresent(entry -> entry.groups.forEach(group -> schedule(group, now)));
  }

  /**
   * Puts an alert into the groups that its labels belong to, and looks what that means for them.
   */
  private void place(Entry entry, Instant now) {
    var placed = new LinkedHashSet<Group>();
    if (entry.alert.phase() != Phase.RESOLVED) {
      routing.places(entry.alert.labels()).forEach((key, place) -> placed.add(group(key, place)));
    }
    for (var group : entry.groups) {
      if (!placed.contains(group)) {
        group.members.remove(entry);
        removeIfEmpty(group);
      }
    }
    entry.groups = placed;
    placed.forEach(group -> group.members.add(entry));
    if (entry.alert.phase() != Phase.RESOLVED) {
      carryOver(entry);
    }
    for (var group : placed) {
      if (entry.alert.phase() == Phase.FIRING) {
        Told.news(Optional.ofNullable(group.told.get(entry.fingerprint)), entry.alert)
            .ifPresent(reason -> open(group, reason, now));
      }
    }
    for (var group : entry.toldBy) {
      if (!placed.contains(group)) {
        open(group, Reason.RESOLVED, now);
      }
    }
  }

  /** A receiver that hears of the alert in another group now knows it already. */
  private void carryOver(Entry entry) {
    for (var left : List.copyOf(entry.toldBy)) {
      if (entry.groups.contains(left)) {
        continue;
      }
      var target =
          entry.groups.stream().filter(group -> group.receiver.equals(left.receiver)).findFirst();
      if (target.isPresent()) {
        var group = target.get();
        var told = left.told.get(entry.fingerprint);
        if (told != null && !group.told.containsKey(entry.fingerprint)) {
          group.told.put(entry.fingerprint, told);
          entry.toldBy.add(group);
          group.toldAt =
              group.toldAt.isEmpty()
                  ? left.toldAt
                  : group.toldAt.map(at -> left.toldAt.filter(at::isBefore).orElse(at));
          unsaved.add(group.key);
        }
        untell(left, entry.fingerprint);
      }
    }
  }

  private void open(Group group, Reason news, Instant now) {
    var openedAt = group.openedAt.map(at -> earlier(at, now)).orElse(now);
    group.openedAt = Optional.of(openedAt);
    var reason = group.told.isEmpty() ? Reason.FIRST : news;
    schedule(group, reason.due(group.toldAt, openedAt, group.place.grouping()));
  }

  /** Looks at all of the group, and tells it if its time has come. */
  private Optional<Owed> decide(Group group, Instant now) {
    var firing = new LinkedHashMap<String, Alert>();
    for (var member : group.members) {
      if (member.alert.phase() == Phase.FIRING && why(member.alert, now).isEmpty()) {
        firing.put(member.fingerprint, member.alert);
      }
    }
    var over = new ArrayList<Entry>();
    for (var fingerprint : group.told.keySet()) {
      var entry = entries.get(fingerprint);
      if (entry != null && !entry.groups.contains(group)) {
        over.add(entry);
      }
    }
    var toTell = Reason.toTell(group.told, firing, !over.isEmpty());
    if (toTell.isEmpty()) {
      group.openedAt = Optional.empty();
      if (firing.isEmpty()) {
        removeIfEmpty(group);
        return Optional.empty();
      }
      toTell = Optional.of(Reason.REPEAT);
    } else if (group.openedAt.isEmpty()) {
      group.openedAt = Optional.of(now);
    }
    var reason = toTell.get();
    var due = reason.due(group.toldAt, group.openedAt.orElse(now), group.place.grouping());
    if (due.isAfter(now)) {
      schedule(group, due);
      return Optional.empty();
    }
    return tell(group, reason, firing, over, now);
  }

  private Optional<Owed> tell(
      Group group, Reason reason, Map<String, Alert> firing, List<Entry> over, Instant now) {
    var items = new ArrayList<Notification.Item>();
    firing.values().stream()
        .sorted(WORST_FIRST)
        .forEach(alert -> items.add(item(withReason(group, alert, now), Optional.empty())));
    if (routing.sendResolved().getOrDefault(group.receiver, true)) {
      over.stream()
          .map(Entry::asOver)
          .sorted(WORST_FIRST)
          .forEach(alert -> items.add(item(alert, Optional.of(alert.endsAt().orElse(now)))));
    }
    over.forEach(entry -> untell(group, entry.fingerprint));
    firing.forEach(
        (fingerprint, alert) -> {
          var before = Optional.ofNullable(group.told.get(fingerprint));
          group.told.put(fingerprint, Told.after(before, reason, alert));
          entry(fingerprint).toldBy.add(group);
        });
    group.toldAt = Optional.of(now);
    group.openedAt = Optional.empty();
    unsaved.add(group.key);
    if (firing.isEmpty()) {
      removeIfEmpty(group);
    } else {
      schedule(group, Reason.REPEAT.due(group.toldAt, now, group.place.grouping()));
    }
    return items.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Owed.fresh(
                ids.get(),
                group.receiver,
                group.place.groupKey(),
                ++sequence,
                new Notification(
                        group.receiver,
                        group.place.groupKey(),
                        reason.word(),
                        group.place.labels(),
                        items,
                        links.externalUrl())
                    .toJson(),
                now));
  }

  /** Who hears of it late hears why. */
  private Alert withReason(Group group, Alert alert, Instant now) {
    return group.told.containsKey(alert.fingerprint())
        ? alert
        : mutes
            .heldBack(alert.labels(), alert.startsAt(), now)
            .or(() -> inhibitor.heldBack(alert, now))
            .map(why -> alert.annotated(HELD_BACK, why))
            .orElse(alert);
  }

  private static final Comparator<Alert> WORST_FIRST =
      Comparator.comparing(Alert::severity)
          .reversed()
          .thenComparing(alert -> alert.labels().get("domain"))
          .thenComparing(alert -> alert.labels().get("alertname"))
          .thenComparing(alert -> alert.labels().get("subject"));

  private Notification.Item item(Alert alert, Optional<Instant> endsAt) {
    return new Notification.Item(
        alert.labels(),
        Steadiness.said(alert).annotations(),
        alert.startsAt(),
        endsAt,
        generatorUrl(alert.labels()),
        alert.fingerprint());
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
    if (entry.alert.phase() == Phase.RESOLVED && entry.toldBy.isEmpty()) {
      leaving.add(
          new Leave(entry.alert.endsAt().orElse(entry.alert.updatedAt()).plus(remember), entry));
    }
  }

  private List<Alert> forget(Instant now) {
    var forgotten = new ArrayList<Alert>();
    while (!leaving.isEmpty() && !leaving.peek().at().isAfter(now)) {
      var entry = leaving.poll().entry();
      var isOver = entry.alert.phase() == Phase.RESOLVED && entry.toldBy.isEmpty();
      var end = entry.alert.endsAt().orElse(entry.alert.updatedAt());
      if (isOver && !end.plus(remember).isAfter(now) && entries.remove(entry.fingerprint, entry)) {
        inhibitor.forget(entry.alert);
        forgotten.add(entry.alert);
      }
    }
    return forgotten;
  }

  private Group group(String key, Routing.Place place) {
    var group = groups.computeIfAbsent(key, _ -> new Group(key, place));
    group.place = place;
    return group;
  }

  private Entry entry(String fingerprint) {
    var entry = entries.get(fingerprint);
    if (entry == null) {
      throw new IllegalStateException("no alert " + fingerprint);
    }
    return entry;
  }

  private void removeIfEmpty(Group group) {
    if (group.members.isEmpty() && group.told.isEmpty()) {
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

  /** A clock that was set back must not keep a group waiting for the future. */
  private void clock(Instant now) {
    if (now.isBefore(latest)) {
      for (var group : groups.values()) {
        group.toldAt = group.toldAt.map(at -> earlier(at, now));
        group.openedAt = group.openedAt.map(at -> earlier(at, now));
        schedule(group, now);
      }
    }
    latest = now;
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

  /** An alert, the groups that it belongs to now, and those whose receivers believe it fires. */
  private static final class Entry {
    private final String fingerprint;
    private Alert alert;
    private Set<Group> groups = Set.of();
    private final Set<Group> toldBy = new LinkedHashSet<>();

    Entry(String fingerprint, Alert alert) {
      this.fingerprint = fingerprint;
      this.alert = alert;
    }

    /** What is said of it where it is over; it may go on elsewhere. */
    Alert asOver() {
      if (alert.phase() == Phase.RESOLVED) {
        return alert;
      }
      var elsewhere = groups.stream().map(group -> group.receiver).distinct().toList();
      return alert.annotated(
          AlertBook.RESOLUTION,
          elsewhere.isEmpty()
              ? "it goes on, but no route leads here any more"
              : "it goes on as "
                  + alert.severity().word()
                  + ", told to "
                  + String.join(", ", elsewhere));
    }
  }

  /** What one receiver hears together. */
  private static final class Group {
    private final String key;
    private final String receiver;
    private final Set<Entry> members = new LinkedHashSet<>();
    private final SortedMap<String, String> told = new TreeMap<>();
    private Routing.Place place;
    private Optional<Instant> toldAt = Optional.empty();
    private Optional<Instant> openedAt = Optional.empty();
    private Optional<Instant> due = Optional.empty();

    Group(String key, Routing.Place place) {
      this.key = key;
      this.receiver = place.receiver();
      this.place = place;
    }

    Optional<GroupState> state() {
      return told.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new GroupState(
                  key,
                  receiver,
                  place.groupKey(),
                  place.labels(),
                  told,
                  toldAt.orElse(Instant.EPOCH)));
    }
  }

  private record Slot(Instant at, Group group) {
    boolean isValid() {
      return group.due.filter(at::equals).isPresent();
    }
  }

  private record Leave(Instant at, Entry entry) {}
}
