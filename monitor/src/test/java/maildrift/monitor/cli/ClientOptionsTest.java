package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientOptionsTest {
  @TempDir Path folder;

  @Test
  void aDaemonBehindAnOwnAuthorityIsTrustedWithItsCaFile() throws IOException {
    var ca = TestCa.root("house CA");
    var file = folder.resolve("ca.pem");
    Files.writeString(file, ca.pem());
    var socket =
        ca.leaf("localhost")
            .context()
            .getServerSocketFactory()
            .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    try (var daemon = new LoopbackHttp(socket, _ -> LoopbackHttp.Answer.ok("[]"))) {
      var url = "https://localhost:" + daemon.port();

      var stranger = Ran.command("silence", "list", "--url", url);
      assertThat(stranger.exit()).isEqualTo(Exit.USAGE);
      assertThat(stranger.err()).contains("no daemon answers at " + url);

      var trusted = Ran.command("silence", "list", "--url", url, "--ca-file", file.toString());
      assertThat(trusted.err()).isEmpty();
      assertThat(trusted.exit()).isZero();
    }
  }

  @Test
  void aCaFileWithoutACertificateIsNamed() throws IOException {
    var empty = folder.resolve("empty.pem");
    Files.writeString(empty, "");
    for (var file : new Path[] {empty, folder.resolve("absent.pem")}) {
      var ran =
          Ran.command(
              "silence", "list", "--url", "https://localhost:1", "--ca-file", file.toString());

      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).contains("--ca-file " + file);
    }
  }

  @Test
  void aDaemonThatDoesNotAnswerIsNotWaitedForLongerThanTold() throws IOException {
    // It accepts, by the kernel, and never answers.
    try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      var url = "http://127.0.0.1:" + silent.getLocalPort();
      var ran = Ran.command("silence", "list", "--url", url, "--timeout", "200ms");

      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).contains("no daemon answers at " + url, "timed out");
    }
    assertThat(Ran.command("silence", "list", "--timeout", "soon").err()).contains("'soon'");
  }
}
