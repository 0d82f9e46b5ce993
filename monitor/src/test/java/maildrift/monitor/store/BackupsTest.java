package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.monitor.config.BackupConfig;
import maildrift.monitor.schedule.CronTimes;
import maildrift.monitor.self.FailingBackups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a store in use: when they are made, which stay, and that one can be gone back to. */
final class BackupsTest {
  private static final String URL = "jdbc:h2:file:./maildrift";
  private static final CronTimes NIGHTLY = new CronTimes("0 10 3 * * ?", ZoneOffset.UTC);

  @TempDir Path directory = Path.of(".");

  private final StillClock clock = new StillClock();

  private Backups backups(StateStore store, int keep) {
    return new Backups(store, () -> new BackupConfig(true, Optional.empty(), NIGHTLY, keep), clock);
  }

  private static StateRow state(String domain) {
    return new StateRow(
        domain, new byte[] {1}, "pass", Instant.parse("2026-11-28T00:00:00Z"), Optional.empty());
  }

  private StateStore open() throws StoreUnusable {
    return Stores.open(URL, directory, Clock.systemUTC());
  }

  @Test
  void whatWasBackedUpIsThereAfterARestore() throws Exception {
    Path copy;
    try (var store = open()) {
      store.commit(Batch.builder().state(state("before.test")).build());
      copy = backups(store, 7).make().directory();
      store.commit(Batch.builder().state(state("after.test")).build());
    }

    assertThat(copy.getParent()).isEqualTo(directory.resolve("backups"));
    try (var files = Files.list(copy)) {
      assertThat(Stores.putBack(URL, directory, files.toList())).hasSize(4);
    }
    try (var store = open()) {
      assertThat(StoreContract.<StateRow>all(store::eachState))
          .extracting(StateRow::domain)
          .containsExactly("before.test");
    }
  }

  @Test
  void oneIsMadeWhenItsTimeHasComeAndARestartMakesNoneTwice() throws Exception {
    try (var store = open()) {
      var backups = backups(store, 7);
      backups.look();
      assertThat(backups.made()).isEmpty();

      clock.advance(Duration.ofDays(1));
      backups.look();
      clock.advance(Duration.ofMinutes(1));
      backups.look();
      assertThat(backups.made()).hasSize(1);
      assertThat(backups.lastMade()).isPresent();

      backups(store, 7).look();
      assertThat(backups.made()).hasSize(1);
    }
  }

  @Test
  void whatWasMissedWhileNothingRanIsMadeUpForOnce() throws Exception {
    try (var store = open()) {
      backups(store, 7).make();
      clock.advance(Duration.ofDays(5));
      var afterwards = backups(store, 7);
      afterwards.look();
      afterwards.look();
      assertThat(afterwards.made()).hasSize(2);
    }
  }

  @Test
  void theOldestGo() throws Exception {
    try (var store = open()) {
      var backups = backups(store, 2);
      Files.createDirectories(directory.resolve("backups/somebody-elses"));
      for (var day = 0; day < 4; day++) {
        backups.make();
        clock.advance(Duration.ofDays(1));
      }
      assertThat(backups.made()).extracting(Backups.Backup::madeAt).containsExactly(at(1), at(2));
      assertThat(directory.resolve("backups/somebody-elses")).exists();
    }
  }

  private Instant at(int daysAgo) {
    return clock
        .instant()
        .minus(Duration.ofDays(daysAgo))
        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
  }

  @Test
  void oneThatCannotBeMadeIsToldAndTriedAgainInAnHour() throws Exception {
    try (var store = open()) {
      var backups = backups(store, 7);
      var symptom = new FailingBackups(backups);
      block();
      clock.advance(Duration.ofDays(1));
      backups.look();
      assertThat(symptom.problems(clock.instant()))
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.annotations().get("summary"))
                      .contains(directory.resolve("backups").toString()));

      Files.delete(directory.resolve("backups"));
      backups.look();
      assertThat(backups.failures()).isEqualTo(1);

      clock.advance(Duration.ofHours(1));
      backups.look();
      assertThat(backups.made()).hasSize(1);
      assertThat(symptom.problems(clock.instant())).isEmpty();
    }
  }

  /** A file is where the folder should be. */
  private void block() throws IOException {
    Files.writeString(directory.resolve("backups"), "in the way");
  }

  @Test
  void oneFromAClockThatWasWrongCountsForNothing() throws Exception {
    try (var store = open()) {
      var backups = backups(store, 2);
      var wrong = directory.resolve("backups/20990101T000000Z");
      Files.createDirectories(wrong);
      Files.writeString(wrong.resolve("maildrift.mv.db.zip"), "of another time");
      for (var day = 0; day < 3; day++) {
        clock.advance(Duration.ofDays(1));
        backups.look();
        backups.look();
      }
      assertThat(backups.made())
          .extracting(Backups.Backup::madeAt)
          .containsExactly(Instant.parse("2099-01-01T00:00:00Z"), at(0), at(1));
      assertThat(backups.lastMade()).contains(at(0));
    }
  }

  @Test
  void whatIsNotOursIsNeitherFollowedNorRemoved() throws Exception {
    var archive = Files.createDirectories(directory.resolve("archive"));
    var kept = Files.writeString(archive.resolve("maildrift.mv.db.zip"), "kept for years");
    var backupsThere = Files.createDirectories(directory.resolve("backups"));
    Files.createSymbolicLink(backupsThere.resolve("20200101T000000Z"), archive);
    Files.createDirectories(backupsThere.resolve("20200102T000000Z"));
    try (var store = open()) {
      var backups = backups(store, 1);
      backups.make();
      clock.advance(Duration.ofSeconds(1));
      backups.make();
      assertThat(backups.made()).hasSize(1);
    }
    assertThat(kept).exists();
    assertThat(backupsThere.resolve("20200102T000000Z")).exists();
  }

  @Test
  void twoWithinASecondAreTwo() throws Exception {
    try (var store = open()) {
      var backups = backups(store, 7);
      backups.make();
      assertThat(backups.make().directory().getFileName().toString()).endsWith("-2");
      assertThat(backups.made()).hasSize(2);
      assertThat(backups.failed()).isEmpty();
    }
  }

  @Test
  void whatWasNotFinishedIsSweptAway() throws Exception {
    var unfinished =
        Files.createDirectories(directory.resolve("backups/unfinished-20260101T000000Z"));
    Files.writeString(unfinished.resolve("new-maildrift.mv.db.zip"), "half");
    try (var store = open()) {
      backups(store, 7).make();
    }
    assertThat(unfinished).doesNotExist();
    assertThatThrownBy(
            () ->
                Backups.into(
                    folder -> {
                      Files.createDirectories(folder.resolve("half"));
                      throw new IOException("No space left on device");
                    },
                    directory.resolve("backups"),
                    clock.instant()))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("No space left on device");
    try (var left = Files.list(directory.resolve("backups"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void aRestartSaysNothingBeforeOneWasTried() throws Exception {
    try (var store = open()) {
      var backups = backups(store, 7);
      var symptom = new FailingBackups(backups);
      backups.look();
      assertThat(symptom.hides(maildrift.alerts.Labels.of(java.util.Map.of()), clock.instant()))
          .isTrue();

      // Where there is none, nobody waits for the night.
      clock.advance(Duration.ofHours(1));
      backups.look();
      assertThat(backups.made()).hasSize(1);
      assertThat(symptom.hides(maildrift.alerts.Labels.of(java.util.Map.of()), clock.instant()))
          .isFalse();
    }
  }

  /** With one state in it. */
  private Backups.Backup copyOfAStoreThatIsClosed() throws Exception {
    try (var store = open()) {
      store.commit(Batch.builder().state(state("before.test")).build());
    }
    return Backups.into(
        folder -> Stores.copyClosed(URL, directory, folder),
        directory.resolve("elsewhere"),
        clock.instant());
  }

  @Test
  void aStoreThatNobodyHasOpenIsCopiedAsItIs() throws Exception {
    var copy = copyOfAStoreThatIsClosed();
    assertThat(copy.files()).hasSize(2);
    assertThat(Stores.putBack(URL, directory, copy.files())).hasSize(4);
    try (var store = open()) {
      assertThat(StoreContract.<StateRow>all(store::eachState)).hasSize(1);
    }
    assertThatThrownBy(
            () -> Stores.copyClosed("jdbc:h2:file:./other", directory, directory.resolve("copy")))
        .isInstanceOf(StoreUnusable.class)
        .hasMessageContaining("there is no store " + directory.resolve("other.mv.db"));
    assertThat(directory.resolve("other.mv.db")).doesNotExist();
  }

  @Test
  void whatIsRestoredMayBeReadByWhomeverWhatItReplacesCouldBeReadBy() throws Exception {
    var copy = copyOfAStoreThatIsClosed();
    var file = directory.resolve("maildrift.mv.db");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));

    Stores.putBack(URL, directory, copy.files());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw----");
  }

  /** An administrator is root, the daemon is not. */
  @Test
  void whatRootRestoresAndCopiesBelongsToTheDaemon() throws Exception {
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only as root");
    try (var store = open()) {
      store.commit(Batch.builder().state(state("before.test")).build());
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.toList()) {
        own(file);
      }
    }
    var file = directory.resolve("maildrift.mv.db");
    var lock = directory.resolve("maildrift.lock");
    Files.delete(lock);
    var told = new ArrayList<String>();
    var copy =
        Backups.closed(
            folder -> Stores.copyClosed(URL, directory, folder),
            directory.resolve("backups"),
            clock.instant(),
            told::add);
    assertThat(told).containsExactly(directory.resolve("backups") + " belongs to 4711:4712");
    assertThat(List.of(lock, copy.directory().getParent(), copy.directory()))
        .allSatisfy(BackupsTest::isTheDaemons);
    assertThat(copy.files()).hasSize(2).allSatisfy(BackupsTest::isTheDaemons);

    Files.delete(directory.resolve("maildrift-history.mv.db"));
    assertThat(Stores.putBack(URL, directory, copy.files()))
        .contains(file + " belongs to 4711:4712")
        .hasSize(5);
    // One takes the place of another, one only comes into the folder.
    assertThat(List.of(file, directory.resolve("maildrift-history.mv.db")))
        .allSatisfy(BackupsTest::isTheDaemons);
  }

  private static void own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", 4711);
    Files.setAttribute(path, "unix:gid", 4712);
  }

  private static void isTheDaemons(Path path) throws IOException {
    assertThat(Files.getAttribute(path, "unix:uid")).as("owner of %s", path).isEqualTo(4711);
    assertThat(Files.getAttribute(path, "unix:gid")).as("group of %s", path).isEqualTo(4712);
  }

  @Test
  void aStoreInMemoryIsNotCopied() {
    var backups = backups(new MemoryStore(), 7);
    clock.advance(Duration.ofDays(2));
    backups.look();

    assertThat(backups.failed()).isEmpty();
    assertThat(backups.made()).isEqualTo(List.of());
    assertThatThrownBy(backups::make).isInstanceOf(StoreFailure.class);
  }

  /** It moves only when a test says so: copies are named by the second. */
  private static final class StillClock extends Clock {
    private Instant now = Instant.parse("2026-11-28T12:00:00Z");

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return Clock.fixed(now, zone);
    }
  }
}
