package maildrift.monitor.checklist;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one step of one domain stands.
 *
 * @param reasons why it stands so, each a sentence, said once
 * @param why what goes wrong without it, filled in
 * @param how what to do, filled in
 * @param remedies what to paste
 * @param seen what the state rests on
 * @param tick of this domain and migration
 */
public record StepStatus(
    Step step,
    StepState state,
    List<String> reasons,
    String why,
    String how,
    List<Remedy> remedies,
    List<Sight> seen,
    Optional<Tick> tick) {

  public StepStatus {
    // Several rules of one probe that did not run have one reason.
    reasons = reasons.stream().distinct().toList();
    remedies = List.copyOf(remedies);
    seen = List.copyOf(seen);
  }

  /** Whether a person may tick it: what can be seen needs nobody's word. */
  public boolean tickable() {
    return state == StepState.PERSON || (state == StepState.DONE && tick.isPresent());
  }

  /**
   * What mends a violation.
   *
   * @param rule that is violated; empty text: none, a setting is wrong or missing
   * @param subject of the violation
   */
  public record Remedy(String rule, String subject, String text) {}

  /** A probe that looked, and when. */
  public record Sight(String probe, Instant at) {}
}
