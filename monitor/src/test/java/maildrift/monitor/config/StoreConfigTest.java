package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreConfigTest {
  private static final StoreConfig STORE =
      store("jdbc:postgresql://db/maildrift", "w1", "old", false, Duration.ofDays(400));

  private static StoreConfig store(
      String url, String username, String password, boolean standby, Duration keep) {
    return new StoreConfig(
        url,
        Optional.of(username),
        Optional.of(new Secret(password)),
        keep,
        standby,
        BackupConfig.DEFAULT);
  }

  /** A reload says so of each; a rotated password that nobody speaks of fails at night. */
  @Test
  void whatWaitsForARestartIsKnown() {
    var keep = STORE.keep();
    assertThat(
            List.of(
                store("jdbc:postgresql://db2/maildrift", "w1", "old", false, keep),
                store(STORE.url(), "w2", "old", false, keep),
                store(STORE.url(), "w1", "new", false, keep),
                store(STORE.url(), "w1", "old", true, keep)))
        .noneMatch(STORE::opensAs);
    assertThat(store(STORE.url(), "w1", "old", false, Duration.ofDays(30))).matches(STORE::opensAs);
  }
}
