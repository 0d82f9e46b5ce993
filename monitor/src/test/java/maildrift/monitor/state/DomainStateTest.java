package maildrift.monitor.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainStateTest {
  @TempDir Path folder;

  @Test
  void whatTheStoreKeepsIsTheWholeState() throws IOException {
    try (var world = new Daemon.World(folder).with("contoso.test")) {
      world.names.add("contoso.test 0 TXT v=spf1 ip4:192.0.2.0/24 include:gone.test ~all");
      world.names.fault("_dmarc.contoso.test", Fault.SERVFAIL);
      try (var daemon =
          world.start(
              "domains: [{name: contoso.test, dkim: [{selector: one}], skip: [tls, mtasts]}]")) {
        world.drift("contoso.test");
        daemon.look("contoso.test");
        var state = daemon.app().domain("contoso.test").orElseThrow();
        assertThat(state.findings()).isNotEmpty();

        var restored = DomainState.restore(state.domain(), state.content());

        assertThat(restored.sameContent(state)).isTrue();
        assertThat(restored.probes()).isEqualTo(state.probes());
        assertThat(restored.drift()).isEqualTo(state.drift());
        assertThat(restored.recordsChanged()).isEqualTo(state.recordsChanged());
        assertThat(restored.verdict()).isEqualTo(state.verdict());
      }
    }
  }
}
