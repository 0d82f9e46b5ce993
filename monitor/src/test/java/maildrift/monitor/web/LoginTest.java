package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, tokens and what they may do. */
class LoginTest {
  private static final String ALICE = basic("alice", "correct horse");
  private static final String BOB = basic("bob", "battery staple");
  private static final String CI = "Bearer ci-token-0123456789abcdef";
  private static final String SCRAPER = "Bearer scraper-0123456789abcdef";

  @TempDir static Path folder;

  private static Daemon.World world;
  private static Daemon daemon;

  @BeforeAll
  static void open() {
    Daemon.write(
        folder.resolve("web.yml"),
        "basic_auth_users: {alice: '%s', bob: '%s'}"
            .formatted(hash("correct horse"), hash("battery staple")));
    Daemon.write(folder.resolve("ci.token"), "ci-token-0123456789abcdef\n");
    Daemon.write(folder.resolve("scraper.token"), "scraper-0123456789abcdef\n");
    world = new Daemon.World(folder).with("contoso.test");
    daemon =
        world.start(
            """
            http:
              listen: 127.0.0.1:0
              external_url: https://maildrift.example.net
              web_config_file: web.yml
              operators: [alice]
              tokens:
                - {name: ci, token_file: ci.token, role: operator}
                - {name: scraper, token_file: scraper.token, role: viewer}
            """,
            "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX));
  }

  @AfterAll
  static void close() throws IOException {
    daemon.close();
    world.close();
  }

  private static String hash(String password) {
    return BCrypt.withDefaults().hashToString(10, password.toCharArray());
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static int get(String path, String authorization) {
    return daemon.get(path, "Authorization", authorization).statusCode();
  }

  private static int change(String authorization) {
    return daemon
        .post("/api/v1/domains/contoso.test/check", "", "Authorization", authorization)
        .statusCode();
  }

  @Test
  void nobodyLooksWithoutSayingWhoHeIs() {
    for (var path :
        new String[] {"/", "/metrics", "/sd", "/api/v1/domains", "/probe?target=contoso.test"}) {
      var refused = daemon.get(path);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow())
          .startsWith("Basic ");
      assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(refused.body()).doesNotContain("contoso");
    }
    assertThat(daemon.post("/-/reload", "").statusCode()).isEqualTo(401);
  }

  @Test
  void whoRestartsTheDaemonNeedsNoPasswordToSeeItsHealth() {
    assertThat(daemon.get("/-/healthy").statusCode()).isEqualTo(200);
    assertThat(daemon.get("/-/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void usersLookAndOperatorsChange() {
    assertThat(get("/metrics", ALICE)).isEqualTo(200);
    assertThat(get("/metrics", BOB)).isEqualTo(200);
    assertThat(change(ALICE)).isEqualTo(200);
    assertThat(change(BOB)).isEqualTo(403);
  }

  @Test
  void onlyOperatorsTickAndUnderTheNameThatTheyLoggedInWith() {
    var list = "/domains/contoso.test/checklists/mail-connect";
    var tick = "/api/v1" + list + "/steps/other-senders/tick";
    var body = "{\"by\":\"Ada\"}";

    assertThat(daemon.send("PUT", tick, body, "Authorization", BOB).statusCode()).isEqualTo(403);
    assertThat(daemon.send("PUT", tick, body).statusCode()).isEqualTo(401);
    assertThat(daemon.get(list, "Authorization", BOB).body()).doesNotContain("<form");
    assertThat(daemon.get(list, "Authorization", ALICE).body())
        .contains("<form", "name=\"note\"")
        .doesNotContain("name=\"by\"");

    assertThat(daemon.send("PUT", tick, body, "Authorization", ALICE).body())
        .contains("\"by\":\"Ada (as alice)\"");
    assertThat(daemon.send("PUT", tick, "{}", "Authorization", ALICE).body())
        .contains("\"by\":\"alice\"");
  }

  @Test
  void tokensHaveRolesToo() {
    assertThat(get("/metrics", SCRAPER)).isEqualTo(200);
    assertThat(change(SCRAPER)).isEqualTo(403);
    assertThat(change(CI)).isEqualTo(200);
  }

  @Test
  void whatIsWrongIsRefusedWithoutSayingWhatIsWrong() {
    for (var wrong :
        new String[] {
          basic("alice", "wrong"),
          basic("mallory", "correct horse"),
          basic("alice", ""),
          "Basic !!!",
          "Basic " + Base64.getEncoder().encodeToString("alice".getBytes(StandardCharsets.UTF_8)),
          "Bearer ",
          "Bearer wrong",
          "Digest username=alice"
        }) {
      assertThat(get("/api/v1/domains", wrong)).isEqualTo(401);
    }
  }

  @Test
  void anotherSitesPageCannotUseAPasswordThatTheBrowserKept() {
    assertThat(
            daemon
                .post("/-/reload", "", "Authorization", ALICE, "Origin", "http://evil.test")
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void whoAcceptsABaselineIsRemembered() {
    assertThat(
            daemon.post("/api/v1/domains/contoso.test/accept", "", "Authorization", ALICE).body())
        .contains("\"acceptedBy\":\"alice\"");
  }

  private static String raw(String... lines) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
      var request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.setSoTimeout((int) Daemon.LONG.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Prometheus takes the addresses that it finds, whatever name people use. */
  @Test
  void whoHasALoginLooksByAnyNameAndChangesByOursAlone() throws IOException {
    var scraper = "Authorization: " + SCRAPER;
    for (var path : List.of("/metrics", "/sd", "/api/v1/domains")) {
      assertThat(raw("GET " + path + " HTTP/1.1", "Host: 10.0.0.5:8425", scraper))
          .startsWith("HTTP/1.1 200 ");
      assertThat(raw("GET " + path + " HTTP/1.1", "Host: 10.0.0.5:8425"))
          .startsWith("HTTP/1.1 401 ");
    }
    assertThat(raw("GET /metrics HTTP/1.1", "Host: evil.test", "Origin: http://evil.test", scraper))
        .startsWith("HTTP/1.1 403 ");
    var reload = "POST /-/reload HTTP/1.1";
    var ci = "Authorization: " + CI;
    assertThat(raw(reload, "Host: 10.0.0.5:8425", ci, "Content-Length: 0"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(raw(reload, "Host: maildrift.example.net", ci, "Content-Length: 0"))
        .startsWith("HTTP/1.1 200 ");
  }
}
