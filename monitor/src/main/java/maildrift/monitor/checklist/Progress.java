package maildrift.monitor.checklist;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.domain.ManagedDomain;

/**
 * How far a domain is with a checklist.
 *
 * @param at the moment for which it was worked out
 * @param looked when the domain was last looked at; empty: not yet
 * @param ticksKnown whether persons' ticks were known
 */
public record Progress(
    Checklist checklist,
    ManagedDomain domain,
    Instant at,
    Optional<Instant> looked,
    boolean ticksKnown,
    List<StepStatus> steps) {

  public Progress {
    steps = List.copyOf(steps);
  }

  public int count(StepState state) {
    return (int) steps.stream().filter(step -> step.state() == state).count();
  }

  /** How many steps there are to do or done, now or later. */
  public int applicable() {
    return steps.size() - count(StepState.NOT_APPLICABLE);
  }

  public boolean isComplete() {
    return count(StepState.DONE) == applicable();
  }

  /** The steps that are not done, those that are seen not to be first. */
  public List<StepStatus> blocking() {
    return Stream.of(StepState.OPEN, StepState.UNSEEN, StepState.PERSON)
        .flatMap(state -> steps.stream().filter(step -> step.state() == state))
        .toList();
  }

  public Optional<StepStatus> step(String id) {
    return steps.stream().filter(status -> status.step().id().equals(id)).findFirst();
  }

  /** In one line, e.g. {@code 4 of 9 done; 2 open, 1 unseen, 2 for a person to tick}. */
  public String summary() {
    var rest =
        Stream.of(
                told(count(StepState.OPEN), "open"),
                told(count(StepState.UNSEEN), "unseen"),
                told(count(StepState.PERSON), "for a person to tick"),
                told(count(StepState.NOT_YET), "not due yet"),
                told(count(StepState.NOT_APPLICABLE), "not applicable"))
            .filter(part -> !part.isEmpty())
            .toList();
    return "%d of %d done%s"
        .formatted(
            count(StepState.DONE),
            applicable(),
            rest.isEmpty() ? "" : "; " + String.join(", ", rest));
  }

  private static String told(int count, String what) {
    return count == 0 ? "" : count + " " + what;
  }
}
