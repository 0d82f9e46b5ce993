package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The smallest machine: whoever blocks the only thread that carries virtual ones stops all. */
class OneCoreTest {
  private static final int DOMAINS = 40;

  @Test
  @Timeout(120)
  void theDaemonWorksOnOneCoreWithOneCarrierThread(@TempDir Path folder) throws Exception {
    var terms =
        new DaemonProcess.Terms(
            List.of(),
            List.of(
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:ActiveProcessorCount=1",
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1"));
    try (var world = new SmallWorld(folder, DOMAINS);
        var daemon = world.start(terms).ready()) {
      DaemonKillTest.awaitFirstLook(daemon, DOMAINS);
      assertThat(daemon.get("/-/ready").statusCode()).isEqualTo(200);
      daemon.terminate();
      assertThat(daemon.end()).isZero();
    }
  }
}
