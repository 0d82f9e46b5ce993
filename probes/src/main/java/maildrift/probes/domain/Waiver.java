package maildrift.probes.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody decided that a rule does not count here, until an instant (exclusive; empty: for ever)
 * and for a reason.
 */
public record Waiver(String rule, Optional<Instant> until, String reason) {

  public boolean holds(String ruleId, Instant now) {
    return rule.equals(ruleId) && until.map(now::isBefore).orElse(true);
  }
}
