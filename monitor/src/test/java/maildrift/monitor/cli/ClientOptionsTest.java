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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Of a list in pages, the second holds what people look for. */
  private static LoopbackHttp.Answer page(LoopbackHttp.Got got, String item) {
    var path = got.target().replaceAll("[?].*", "");
    if (got.target().contains("page=2")) {
      return LoopbackHttp.Answer.ok("[" + item.formatted("second") + "]");
    }
    var body = "[" + item.formatted("first") + "]";
    return new LoopbackHttp.Answer.Raw(
        """
        HTTP/1.1 200 OK\r
        Link: <%s?page=1>; rel="first", <%s?page=2>; rel="next"\r
        Content-Length: %d\r
        \r
        %s"""
            .formatted(path, path, body.length(), body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alert list",
        "alert list --format json",
        "alert owed hook",
        "alert dead list",
        "alert dead list --format json",
        "silence list"
      })
  void aListIsReadToItsEnd(String command) throws IOException {
    var item =
        "{\"id\":\"%1$s\",\"fingerprint\":\"%1$s\",\"status\":{\"state\":\"active\"},\"matchers\":[],\"annotations\":{\"summary\":\"s\"},\"startsAt\":\"2026-11-21T23:00:00Z\",\"comment\":\"c\"}";
    try (var daemon = new LoopbackHttp(got -> page(got, item))) {
      assertThat(Ran.command(at(daemon, command.split(" ", -1))).out()).contains("first", "second");
    }
  }

  @Test
  void aListThatTheDaemonDoesNotListToItsEndSaysSo() throws IOException {
    var many = "[" + "{\"id\":\"a\"},".repeat(9_999) + "{\"id\":\"last\"}]";
    try (var daemon =
        new LoopbackHttp(
            _ ->
                new LoopbackHttp.Answer.Raw(
                    "HTTP/1.1 200 OK\r\nLink: </api/v1/dead-letters?page=2>; rel=\"next\"\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(many.length(), many)))) {
      var ran = Ran.command(at(daemon, "alert", "dead", "list", "--format", "json"));
      assertThat(ran.lines()).hasSize(10_000);
      assertThat(ran.err()).contains("these are the first 10000; there are more");
    }
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
