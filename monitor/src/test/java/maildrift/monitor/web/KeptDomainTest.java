package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import maildrift.monitor.wiring.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptDomainTest {
  @TempDir private Path folder;

  @Test
  void aDomainThatIsKeptInTheStoreIsThereAfterARestartAndAFilesWordCounts() throws IOException {
    var store = new MemoryStore();
    var path = "/api/v1/domains/kept.test/declaration";
    var contoso = "{name: contoso.test, %s}".formatted(Daemon.ONLY_MX);
    try (var world = new Daemon.World(folder).with("contoso.test", "kept.test")) {
      try (var daemon = world.start(store, "domains: [%s]".formatted(contoso))) {
        daemon.post("/api/v1/domains", "{\"name\":\"kept.test\",\"skip\":[\"tls\",\"smtp\"]}");
        daemon.send("PUT", path, "{\"name\":\"kept.test\",\"skip\":[\"tls\",\"smtp\",\"dane\"]}");
      }
      // Not awaited: what it has not confirmed yet it looks at again and again.
      try (var daemon =
          world.startUnseen(store, new TestClock(), "domains: [%s]".formatted(contoso))) {
        assertThat(daemon.get(path).body()).contains("\"dane\"");
        assertThat(daemon.get("/api/v1/domains/kept.test").statusCode()).isEqualTo(200);

        // Written into a file it is the file's.
        daemon.rewrite("domains: [%s, {name: kept.test, skip: [tls, smtp]}]".formatted(contoso));
        assertThat(daemon.app().reload()).isEmpty();
        assertThat(daemon.app().domain("kept.test").orElseThrow().domain().skip())
            .containsExactlyInAnyOrder("tls", "smtp");
        assertThat(daemon.get(path).statusCode()).isEqualTo(409);
      }
    }
  }
}
