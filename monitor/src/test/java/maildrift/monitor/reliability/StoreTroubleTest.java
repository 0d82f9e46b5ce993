package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * C7 and C8 of the catalogue, as an operator meets them: {@code maildrift run} and what it says.
 */
@Tag("reliability")
@Timeout(3_600)
class StoreTroubleTest {
  private static final int POSITIONS = Figures.size("maildrift.damage.positions", 4, 100);
  private static final Duration REFUSES_WITHIN = Duration.ofSeconds(5);
  private static final int NOBODY = 65_534;
  private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

  @TempDir Path folder;

  @Test
  void aStoreThatCannotBeUsedIsNamedWithTheCure() throws Exception {
    // To root nothing is forbidden, unless it has given that up.
    var before =
        IS_ROOT
            ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
            : List.<String>of();
    assumeTrue(!IS_ROOT || canRun("setpriv", "--version"), "root without setpriv may write all");
    Figures.judge(
        Figures.Case.of(
            "C8",
            "`maildrift run` on a read-only directory, a directory and a file of somebody else, a store that another process has open",
            "ends in less than 5 s with a code other than 0; the message names path and cure",
            StoreTroubleTest.class),
        () -> {
          try (var world = new SmallWorld(folder, 1)) {
            var terms = new DaemonProcess.Terms(before, DaemonProcess.Terms.USUAL.jvm());
            var took = new ArrayList<Duration>();
            var closed = Files.createDirectory(folder.resolve("closed"));
            mode(closed, "r-xr-xr-x");
            took.add(refused(world, closed, terms, "directory " + closed, "chown or chmod it"));
            if (IS_ROOT) {
              var foreign = Files.createDirectory(folder.resolve("foreign"));
              mode(foreign, "rwxr-xr-x");
              Files.setAttribute(foreign, "unix:uid", NOBODY);
              took.add(refused(world, foreign, terms, "directory " + foreign, "chown or chmod it"));
            }
            var file = Files.createDirectory(folder.resolve("file"));
            Files.writeString(file.resolve("store.mv.db"), "x".repeat(10_000));
            mode(file.resolve("store.mv.db"), "---------");
            took.add(
                refused(
                    world,
                    file,
                    terms,
                    "store " + file.resolve("store.mv.db"),
                    "chown or chmod it"));
            try (var _ = world.start().ready()) {
              took.add(
                  refused(
                      world,
                      folder,
                      terms,
                      "store " + folder.resolve("store.mv.db"),
                      "end that one first"));
            }
            var longest = took.stream().max(Duration::compareTo).orElseThrow();
            // Outcomes are asserted; how long it took is told, and says whether the promise held.
            return new Figures.Result(
                "%d of %d refused with path and cure, the slowest after %.1f s"
                    .formatted(took.size(), took.size(), longest.toMillis() / 1e3),
                longest.compareTo(REFUSES_WITHIN) < 0);
          }
        });
  }

  private static Duration refused(
      SmallWorld world, Path where, DaemonProcess.Terms terms, String path, String cure)
      throws Exception {
    try (var daemon = DaemonProcess.start(where, world.config, terms)) {
      assertThat(daemon.end()).as(daemon.log()).isNotZero();
      assertThat(daemon.log()).contains(path).contains(cure);
      return daemon.age();
    }
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static boolean canRun(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void aDamagedFileIsRefusedOrWholeAndNeverEmpty() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "C7",
            "the database file of a daemon with an alert that fires is cut, or one bit of it is flipped, at %d positions; `maildrift run`"
                .formatted(POSITIONS),
            "it says that the store is damaged, with path and cure, and ends; or it goes on with the alert as it was. Never an empty store",
            StoreTroubleTest.class),
        this::damage);
  }

  private String damage() throws Exception {
    var random = new Random(20261128);
    try (var world = new SmallWorld(folder, 1)) {
      var file = folder.resolve("store.mv.db");
      try (var daemon = world.start().ready()) {
        DaemonKillTest.awaitFirstLook(daemon, 1);
        world.drift(0);
        await().atMost(DaemonProcess.PATIENCE).until(() -> !world.told().isEmpty());
        daemon.terminate();
        assertThat(daemon.end()).isZero();
      }
      var whole = keep(file);
      var lock = keep(folder.resolve("store.lock"));
      var history = keep(folder.resolve("store-history.mv.db"));
      var refused = 0;
      for (var i = 0; i < POSITIONS; i++) {
        for (var kept : List.of(whole, lock, history)) {
          Files.copy(kept, original(kept), StandardCopyOption.REPLACE_EXISTING);
        }
        damage(file, random, i % 2 == 0);
        if (isRefused(world, file)) {
          refused++;
        }
      }
      assertThat(world.told()).as("nobody is told anew").hasSize(1);
      return "%d positions: %d refused, %d went on with the alert, 0 empty"
          .formatted(POSITIONS, refused, POSITIONS - refused);
    }
  }

  private static Path keep(Path file) throws IOException {
    return Files.copy(file, file.resolveSibling(file.getFileName() + ".kept"));
  }

  private static Path original(Path kept) {
    var name = String.valueOf(kept.getFileName());
    return kept.resolveSibling(name.substring(0, name.length() - ".kept".length()));
  }

  private static void damage(Path path, Random random, boolean cut) throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      if (cut) {
        file.setLength(random.nextLong(file.length()));
      } else {
        var at = random.nextLong(file.length());
        file.seek(at);
        var octet = file.read();
        file.seek(at);
        file.write(octet ^ (1 << random.nextInt(8)));
      }
    }
  }

  private static boolean isRefused(SmallWorld world, Path file) throws Exception {
    try (var daemon = world.start()) {
      try {
        daemon.ready();
      } catch (IllegalStateException ended) {
        assertThat(daemon.end()).isNotZero();
        assertThat(daemon.log())
            .contains(file.toString())
            .contains("restore")
            .doesNotContain("internal error");
        return true;
      }
      assertThat(daemon.get("/api/v1/alerts").body()).contains("d0.test").contains("firing");
      daemon.terminate();
      assertThat(daemon.end()).isZero();
      return false;
    }
  }
}
