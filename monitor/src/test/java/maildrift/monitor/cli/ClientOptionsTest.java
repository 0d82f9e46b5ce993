package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
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

  private static String[] at(LoopbackHttp daemon, String... command) {
    return Stream.concat(
            Arrays.stream(command), Stream.of("--url", "http://127.0.0.1:" + daemon.port()))
        .toArray(String[]::new);
  }

  @Test
  void listsAreOneObjectALineAndPeopleSeeWholeSeconds() throws IOException {
    var silence =
        "{\"id\":\"%s\",\"status\":{\"state\":\"active\"},\"matchers\":[],\"endsAt\":\"2026-11-21T23:00:00.123456789Z\",\"createdBy\":\"alice\",\"comment\":\"c\"}";
    var list = "[" + silence.formatted("a1") + "," + silence.formatted("b2") + "]";
    try (var daemon = new LoopbackHttp(_ -> LoopbackHttp.Answer.ok(list))) {
      for (var command : List.of("silence", "alert")) {
        assertThat(Ran.command(at(daemon, command, "list", "--format", "json")).lines())
            .containsExactly(silence.formatted("a1"), silence.formatted("b2"));
      }
      assertThat(Ran.command(at(daemon, "silence", "list")).lines())
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).contains("until 2026-11-21T23:00:00Z  "));
    }
    try (var daemon = new LoopbackHttp(_ -> LoopbackHttp.Answer.ok("[]"))) {
      assertThat(Ran.command(at(daemon, "silence", "list", "--format", "json")).out()).isEmpty();
    }
  }

  @Test
  void aRouteIsAskedForByOptionsOrAsAmtoolDoes() throws IOException {
    var asked = new CopyOnWriteArrayList<String>();
    try (var daemon =
        new LoopbackHttp(
            got -> {
              asked.add(got.target());
              return LoopbackHttp.Answer.ok("{\"routes\":[]}");
            })) {
      for (var words :
          List.of(
              List.of("severity=critical", "domain=contoso.test"),
              List.of("--severity=critical", "domain=contoso.test"),
              List.of("severity=critical", "--domain", "Contoso.test."))) {
        var command =
            Stream.concat(Stream.of("alert", "route"), words.stream()).toArray(String[]::new);
        assertThat(Ran.command(at(daemon, command)).exit()).isZero();
      }
    }
    assertThat(asked)
        .hasSize(3)
        .allSatisfy(
            target ->
                assertThat(target)
                    .startsWith("/api/v1/routes?")
                    .contains("severity=critical", "domain=contoso.test"));
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
