package maildrift.monitor.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.PublishedNetwork;
import maildrift.monitor.store.StateRow;
import maildrift.monitor.store.StateStore;
import maildrift.probes.Finding;

/**
 * From what a turn saw to what is stored, remembered and told, in this order: nothing in memory
 * changes before the commit, and nobody hears of what is not committed. A turn that could not be
 * stored leaves everything as it was and is made again. All of it happens under {@link
 * DomainWatch#lock}, so that listeners hear of one domain's looks one after the other.
 */
final class Settlement {
  private final CheckRunner runner;
  private final StateStore store;
  private final StateTable table;
  private final Published published;
  private final Watch.Listener listener;
  private final Watch.Resolvers resolvers;
  private final Clock clock;
  private final KeyRing keys;
  private final SharedRecords shared;
  private final RecordNotes notes;
  private final LookTimes times;
  private final Relatives relatives;
  private final Denials denials;
  private final Supplier<Watch.Terms> terms;

  Settlement(
      CheckRunner runner,
      StateStore store,
      StateTable table,
      Published published,
      Watch.Listener listener,
      Watch.Resolvers resolvers,
      Clock clock,
      KeyRing keys,
      SharedRecords shared,
      RecordNotes notes,
      LookTimes times,
      Relatives relatives,
      Denials denials,
      Supplier<Watch.Terms> terms) {
    this.runner = runner;
    this.store = store;
    this.table = table;
    this.published = published;
    this.listener = listener;
    this.resolvers = resolvers;
    this.clock = clock;
    this.keys = keys;
    this.shared = shared;
    this.notes = notes;
    this.times = times;
    this.relatives = relatives;
    this.denials = denials;
    this.terms = terms;
  }

  void settle(String name, DomainWatch watch, Seen seen) {
    watch.lock.lock();
    try {
      if (watch.removed) {
        return;
      }
      var now = terms.get();
      if (seen.result().isRecalled()
          && watch.isSettled(now)
          && watch.keysStamp == keys.stamp(watch, seen.result().checkedAt())) {
        again(name, watch, seen.result());
      } else {
        watch.unsettled();
        settleLocked(name, watch, seen);
      }
      watch.keysStamp = keys.stamp(watch, seen.result().checkedAt());
      if (isQuiet(watch, seen)) {
        watch.settled(now);
      }
    } finally {
      watch.lock.unlock();
    }
  }

  /** Nothing that a look shows changes with time alone, and no alert waits for anything. */
  private static boolean isQuiet(DomainWatch watch, Seen seen) {
    return seen.alone()
        && seen.result().gaps().isEmpty()
        && seen.result().domain().equals(watch.state.domain().asOf(seen.result().checkedAt()))
        && seen.result().domain().waivers().isEmpty()
        && watch.doubts.isEmpty()
        && watch.alerts.stream()
            .allMatch(
                alert ->
                    alert.phase() == Alert.Phase.FIRING
                        && alert.looks() == 0
                        && !alert.isFlapping());
  }

  /** What the look before was settled to holds on. */
  private void again(String name, DomainWatch watch, CheckResult result) {
    watch.state = watch.state.again(result);
    watch.fullyLooked = result.checkedAt();
    times.looked(name, result.checkedAt());
    table.put(watch.state);
    denials.forget(name);
    listener.looked(watch.state);
  }

  /** Nothing in memory changes before the commit: a turn that could not be stored is made again. */
  private void settleLocked(String name, DomainWatch watch, Seen seen) {
    var now = seen.result().checkedAt();
    var declared = watch.state.domain();
    var domain = declared.asOf(now);
    var batch = Batch.builder();
    var noted = notes.noted(name, watch, seen.result(), now, batch);
    var drift = new ArrayList<>(RecordDrift.between(noted.baseline(), seen.result()));
    drift.addAll(seen.extra());
    drift.addAll(keys.findings(domain, watch, seen.result(), now, noted.records().keySet()));
    var ran = seen.result().probes().stream().map(ProbeResult::probe).collect(Collectors.toSet());
    Predicate<Finding.Key> hidden =
        key ->
            seen.hidden().test(key)
                || RecordDrift.isHidden(key, noted.baseline(), seen.result())
                || unobservableHidden(key, ran, seen.result());
    var provisional = watch.state.after(seen.result(), List.of(), hidden, noted.recordsChanged());
    drift.addAll(
        Unobservable.findings(
            provisional,
            seen.result(),
            now,
            terms.get().schedule().unobservableAfter(),
            resolvers,
            watch.records));
    var graded = runner.graded(drift, domain, now);
    var problems =
        seen.result().plus(graded).findings().stream()
            .filter(Finding::counts)
            .map(finding -> Translation.problem(domain, finding))
            .toList();
    var step =
        AlertBook.step(
            watch.alerts,
            problems,
            labels -> hidden.test(Translation.key(labels)),
            labels -> seen.evidence(Translation.key(labels)),
            now,
            terms.get().alerts());
    // The declaration may have been replaced while the network was asked.
    var next = provisional.drift(graded).domain(declared);
    var same = next.sameContent(watch.state);
    if (!same) {
      batch.state(new StateRow(name, next.content(), next.verdict().word(), now, Optional.empty()));
    }
    write(step.transitions(), name, batch);
    var networks = networks(seen.result(), now, source -> isBelieved(source, watch, noted));
    networks.forEach(batch::network);
    shared.commit(
        Optional.of(new SharedRecords.Holding(domain.name(), noted.first(), noted.forgotten())),
        noted.shared(),
        now,
        batch,
        () -> {
          var writes = batch.build();
          if (!writes.isEmpty()) {
            store.commit(writes);
          }
        });
    if (same) {
      times.looked(name, now);
    } else {
      times.forget(name);
    }
    published.learn(networks);
    var changes = notes.takeOver(watch, noted, now);
    watch.alerts = step.alerts();
    watch.state = next;
    watch.recall = watch.recall.with(seen.result().domain(), seen.result().probes());
    if (seen.full()) {
      watch.fullyLooked = now;
    }
    table.put(next);
    denials.note(name, seen.alone(), step, hidden);
    listener.looked(next);
    if (!changes.isEmpty()) {
      listener.recordsChanged(next, changes);
    }
    if (!step.transitions().isEmpty()) {
      listener.changed(step.transitions());
      relatives.changed(domain.name(), step.transitions());
    }
    askToConfirm(name, step.alerts(), now);
  }

  /** A doubt that was ripe and that this look could not see waits for its regular turn. */
  private void askToConfirm(String name, List<Alert> alerts, Instant lookedAt) {
    var now = clock.instant();
    alerts.stream()
        .filter(alert -> alert.phase() == Alert.Phase.PENDING)
        .filter(
            alert ->
                alert.updatedAt().equals(lookedAt)
                    || terms.get().untilConfirmed(alert, now).isPositive())
        .map(alert -> terms.get().untilConfirmed(alert, now))
        .min(Duration::compareTo)
        .ifPresent(wait -> listener.confirm(name, wait.isPositive() ? wait : Duration.ZERO));
  }

  /** What the store keeps of alerts that changed. */
  static void write(List<Transition> transitions, String name, Batch.Builder batch) {
    for (var transition : transitions) {
      switch (transition) {
        case Transition.Dropped(var alert) -> batch.dropAlert(alert.fingerprint());
        case Transition.Pending(var alert) -> batch.alert(name, alert);
        case Transition.Firing(var alert) -> batch.alert(name, alert);
        case Transition.Changed(_, var alert) -> batch.alert(name, alert);
        case Transition.Resolved(var alert) -> batch.alert(name, alert);
      }
    }
  }

  /**
   * Whether this look may add to what a source has ever published. One lying answer must not: that
   * a range was once published is remembered for long.
   */
  private boolean isBelieved(String source, DomainWatch watch, RecordNotes.Noted noted) {
    var record = source + RecordDrift.NETBLOCKS_RECORD;
    return !noted.doubts().containsKey(record)
        && (watch.records.containsKey(record) || !published.knows(source));
  }

  private List<PublishedNetwork> networks(
      CheckResult result, Instant now, Predicate<String> believed) {
    return result.probes().stream()
        .filter(probe -> probe.probe().equals("netblocks"))
        .flatMap(probe -> published.news(probe.judgement(), now, believed).stream())
        .toList();
  }

  /** While the resolvers cannot look, a domain's own gaps neither begin nor end. */
  private boolean unobservableHidden(Finding.Key key, Set<String> ran, CheckResult look) {
    return key.rule().equals(WatchRules.UNOBSERVABLE.id())
        && (resolvers.unusable()
            || !ran.contains(key.subject())
            || look.gaps().stream()
                .anyMatch(gap -> gap.probe().equals(key.subject()) && resolvers.isTold(gap)));
  }
}
