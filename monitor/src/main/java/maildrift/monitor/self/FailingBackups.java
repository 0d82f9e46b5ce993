package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.Backups;
import maildrift.monitor.watch.WatchRules;

/** The store could not be backed up; it is over with the next one that could. */
public final class FailingBackups implements Symptom {
  private static final String SUBJECT = "store";

  private final Backups backups;

  public FailingBackups(Backups backups) {
    this.backups = backups;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.BACKUP_FAILING.id());
  }

  /** After a restart, until one was tried: nothing was backed up by that. */
  @Override
  public boolean hides(Labels labels, Instant now) {
    return !backups.isSettled();
  }

  @Override
  public List<Problem> problems(Instant now) {
    return backups.failed().stream()
        .map(
            failed ->
                OwnProblem.of(
                    WatchRules.BACKUP_FAILING,
                    SUBJECT,
                    "The store cannot be backed up: " + failed.why(),
                    "If the store's file is damaged now, what happened since the last backup is"
                        + " lost: which alerts fire, who took them, what is owed. The last one: "
                        + backups.lastMade().map(CheckJson::instant).orElse("none yet")
                        + ". maildrift tries again every hour.",
                    "See that there is room and that maildrift may write: df -h %1$s; ls -ld %1$s\nThen: maildrift backup"
                        .formatted(backups.directory().map(Object::toString).orElse("."))))
        .toList();
  }
}
