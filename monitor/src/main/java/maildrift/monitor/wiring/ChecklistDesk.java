package maildrift.monitor.wiring;

import java.time.Clock;
import java.util.function.UnaryOperator;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.checklist.Ticks;
import maildrift.monitor.checklist.Walkthrough;
import maildrift.monitor.state.DomainState;

/** How far domains are with checklists: what is seen of them, and what persons ticked. */
final class ChecklistDesk {
  private final Walkthrough walkthrough;
  private final TickBook ticks;
  private final Clock clock;

  ChecklistDesk(Walkthrough walkthrough, TickBook ticks, Clock clock) {
    this.walkthrough = walkthrough;
    this.ticks = ticks;
    this.clock = clock;
  }

  Progress progress(Checklist checklist, DomainState state, UnaryOperator<Tick> shown) {
    var known = ticks.of(state.domain().name().toString()).stream().map(shown).toList();
    return walkthrough.walk(checklist, state, Ticks.of(known), clock.instant());
  }

  void tick(DomainState state, Checklist checklist, Step step, String by, String note) {
    var now = clock.instant();
    ticks.tick(
        new Tick(
            state.domain().name().toString(),
            checklist.name(),
            step.id(),
            Walkthrough.migrationOf(checklist, state.domain().asOf(now)),
            by,
            now,
            note),
        state.domain().tenant().id());
  }

  boolean untick(DomainState state, Checklist checklist, Step step, String by) {
    return ticks.untick(
        state.domain().name().toString(),
        checklist.name(),
        step.id(),
        state.domain().tenant().id(),
        by,
        clock.instant());
  }
}
