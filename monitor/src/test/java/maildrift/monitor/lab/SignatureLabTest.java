package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Webhooks of the whole daemon are verified by Python, which knows nothing of our code (D5). {@code
 * -Dmaildrift.python} names an interpreter that has the reference library, standardwebhooks.
 */
@Tag("lab")
@Tag("reliability")
class SignatureLabTest {
  private static final String PYTHON = System.getProperty("maildrift.python", "python3");
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String OTHER = "whsec_plJ3nmyCDGBKInavdOK15jsl";

  @TempDir Path folder;

  private Path script = Path.of("");

  @Test
  void anIndependentImplementationVerifiesThem() throws Exception {
    Programs.require("python3");
    script = folder.resolve("standard_webhooks.py");
    try (var source = SignatureLabTest.class.getResourceAsStream("standard_webhooks.py")) {
      Files.copy(java.util.Objects.requireNonNull(source), script);
    }
    Figures.measure(
        Figures.Case.of(
            "D5",
            "webhooks of the daemon, signed with one secret, with two while they rotate, and with the new one alone",
            "Python verifies every one by every secret in force, and refuses another body, another id, an old timestamp, another secret",
            SignatureLabTest.class),
        this::rotate);
  }

  private String rotate() throws Exception {
    var verified = 0;
    var refused = 0;
    var library = "";
    var rotation =
        Figures.isFull()
            ? List.of(List.of(OLD), List.of(NEW, OLD), List.of(NEW))
            : List.of(List.of(NEW, OLD));
    for (var secrets : rotation) {
      for (var got : notifications(secrets)) {
        var headers = headers(got);
        var said = verify(headers, got.body(), List.of(OLD, NEW, OTHER));
        for (var secret : List.of(OLD, NEW, OTHER)) {
          var isInForce = secrets.contains(secret);
          assertThat(said.get(List.of(OLD, NEW, OTHER).indexOf(secret)))
              .isEqualTo(isInForce ? "ok" : "no matching signature");
          verified += isInForce ? 1 : 0;
          refused += isInForce ? 0 : 1;
        }
        library = said.getLast();
        assertThat(verify(headers, got.body() + " ", secrets).subList(0, secrets.size()))
            .allMatch("no matching signature"::equals);
        var other = new TreeMap<>(headers);
        other.put("webhook-id", "msg_other");
        assertThat(verify(other, got.body(), secrets).subList(0, secrets.size()))
            .allMatch("no matching signature"::equals);
        var late = new TreeMap<>(headers);
        late.put("webhook-timestamp", "" + (Instant.now().getEpochSecond() - 301));
        assertThat(verify(late, got.body(), secrets).subList(0, secrets.size()))
            .allMatch("old timestamp"::equals);
        refused += 3 * secrets.size();
      }
    }
    return "%d signatures verified, %d forgeries refused, by Python's hmac%s"
        .formatted(
            verified, refused, library.equals("library") ? " and the reference library alike" : "");
  }

  /** A firing and a resolved one. */
  private List<LoopbackHttp.Got> notifications(List<String> secrets) throws Exception {
    var own = Files.createTempDirectory(folder, "daemon");
    for (var i = 0; i < secrets.size(); i++) {
      Daemon.write(own.resolve("hook" + i + ".key"), secrets.get(i) + "\n");
    }
    try (var world = new Daemon.World(own).with("contoso.test");
        var daemon =
            world.start(
                "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX),
                """
                alerts:
                  group_wait: 0s
                  group_interval: 1s
                  receivers: {hook: {webhook: {url: "@HOOK@", secret_files: [%s]}}}
                  routes: [{match: {}, receivers: [hook]}]
                """
                    .formatted(
                        IntStream.range(0, secrets.size())
                            .mapToObj("hook%d.key"::formatted)
                            .collect(Collectors.joining(", "))))) {
      world.drift("contoso.test");
      daemon.look("contoso.test").told(1);
      world.restore("contoso.test");
      daemon.look("contoso.test").told(2);
      return new ArrayList<>(world.hook.got());
    }
  }

  private static Map<String, String> headers(LoopbackHttp.Got got) {
    var headers = new TreeMap<String, String>();
    for (var name : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
      headers.put(name, got.header(name));
    }
    return headers;
  }

  private List<String> verify(Map<String, String> headers, String body, List<String> secrets) {
    var input =
        JsonMapper.shared()
            .writeValueAsString(Map.of("headers", headers, "body", body, "secrets", secrets));
    var ran = Programs.tryTo(folder, input, PYTHON, script.toString());
    assertThat(ran.exit()).as(ran.output()).isZero();
    return ran.output().lines().toList();
  }
}
