package maildrift.monitor.drift;

import java.util.List;
import java.util.Optional;
import maildrift.probes.Finding;
import maildrift.probes.Rule;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.migration.Move;

/** Within a migration's window its own changes are progress, not drift. */
public final class Progress {
  /** The migration probe's, judged here because it needs the baseline. */
  public static final Rule RULE = MigrationProbe.PROGRESS;

  private Progress() {}

  /** The same drift; what the migration foresees is told as that. */
  public static List<Finding> among(ManagedDomain domain, List<Finding> drift) {
    var move = Move.of(domain).filter(Move::isUnderWay);
    return move.isEmpty()
        ? drift
        : drift.stream().map(finding -> progress(finding, move.get()).orElse(finding)).toList();
  }

  private static Optional<Finding> progress(Finding finding, Move move) {
    if (!finding.rule().equals(Drift.CHANGED)
        || !(finding.evidence().get("old") instanceof String old)
        || !(finding.evidence().get("new") instanceof String now)
        || !move.isOnTheWay(finding.subject(), old, now)) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.of(
                RULE,
                finding.subject(),
                "%s moves from %s to %s, as the migration from %s to %s foresees until %s"
                    .formatted(
                        finding.subject(),
                        Drift.quoted(old),
                        Drift.quoted(now),
                        move.migration().from().label(),
                        move.migration().to().label(),
                        move.migration().end()))
            .cause(Move.cause(move.migration()))
            .with("old", old)
            .with("new", now));
  }
}
