package maildrift.monitor.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Where state is kept.
 *
 * @param url JDBC, H2 or PostgreSQL; a relative H2 file starts at the working directory
 * @param keep how long history stays
 * @param standby on PostgreSQL: whether to wait while another maildrift has the store
 * @param backup of a store on H2; one on PostgreSQL has tools of its own
 */
public record StoreConfig(
    String url,
    Optional<String> username,
    Optional<Secret> password,
    Duration keep,
    boolean standby,
    BackupConfig backup) {
  public static final StoreConfig DEFAULT =
      new StoreConfig(
          "jdbc:h2:file:./data/maildrift",
          Optional.empty(),
          Optional.empty(),
          Duration.ofDays(400),
          false,
          BackupConfig.DEFAULT);

  /** Whether the other one is opened in the same way: while it is open, no other way counts. */
  public boolean opensAs(StoreConfig other) {
    return url.equals(other.url)
        && username.equals(other.username)
        && password.equals(other.password)
        && standby == other.standby;
  }
}
