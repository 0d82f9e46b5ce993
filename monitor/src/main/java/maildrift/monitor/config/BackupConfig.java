package maildrift.monitor.config;

import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Optional;
import maildrift.monitor.schedule.CronTimes;

/**
 * When an H2 store is copied, and where to.
 *
 * @param enabled false: only when somebody asks for it
 * @param directory each copy is a folder in it; empty: {@code backups} beside the store
 * @param keep how many copies stay
 */
public record BackupConfig(boolean enabled, Optional<Path> directory, CronTimes times, int keep) {
  static final String CRON = "0 10 3 * * ?";

  public static final BackupConfig DEFAULT =
      new BackupConfig(true, Optional.empty(), new CronTimes(CRON, ZoneOffset.UTC), 7);
}
