package maildrift.monitor.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maildrift.monitor.json.CheckJson;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** Chromium without a window, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final Duration WITHIN = Duration.ofSeconds(20);

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();

  private Browser(Process process, URI at) {
    this.process = process;
    socket = client.newWebSocketBuilder().buildAsync(at, new Answers()).join();
  }

  /** The one without anything to show is the smaller package of Debian. */
  private static String program() {
    var small = "chromium-headless-shell";
    if (Programs.isInstalled(small)) {
      return small;
    }
    Programs.require("chromium");
    return "chromium";
  }

  static Browser start(Path folder) throws IOException {
    var builder =
        new ProcessBuilder(
                Programs.path(program()),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("browser.log").toFile());
    builder.environment().put("TMPDIR", folder.toString());
    var process = builder.start();
    try {
      var where = folder.resolve("DevToolsActivePort");
      // It writes the port first, and then its own path.
      Awaitility.await()
          .atMost(WITHIN)
          .until(() -> Files.exists(where) && Files.readAllLines(where).size() == 2);
      var lines = Files.readAllLines(where);
      return new Browser(
          process, URI.create("ws://127.0.0.1:" + lines.getFirst() + lines.getLast()));
    } catch (RuntimeException | IOException failure) {
      end(process);
      throw failure;
    }
  }

  /** What it says, put together to whole messages. */
  private final class Answers implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      message.append(data);
      if (isLast) {
        var answer = CheckJson.mapper().readTree(message.toString());
        message.setLength(0);
        var question = asked.remove(answer.path("id").asInt(-1));
        if (question != null) {
          question.complete(answer);
        }
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  private JsonNode ask(String session, String method, Map<String, ?> parameters) {
    var id = last.incrementAndGet();
    var question = new LinkedHashMap<String, Object>();
    question.put("id", id);
    question.put("method", method);
    question.put("params", parameters);
    if (!session.isEmpty()) {
      question.put("sessionId", session);
    }
    var answer = new CompletableFuture<JsonNode>();
    asked.put(id, answer);
    socket.sendText(CheckJson.mapper().writeValueAsString(question), true).join();
    var said = answer.orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
    if (said.has("error")) {
      throw new IllegalStateException(method + ": " + said.get("error"));
    }
    return said.get("result");
  }

  /** A page in a tab of its own, which is looked at. */
  Tab open(String url, String before) {
    var target =
        ask("", "Target.createTarget", Map.of("url", "about:blank")).get("targetId").asString();
    var session =
        ask("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asString();
    var tab = new Tab(session);
    ask(session, "Page.enable", Map.of());
    ask(session, "Page.addScriptToEvaluateOnNewDocument", Map.of("source", before));
    ask(session, "Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
    ask(session, "Page.navigate", Map.of("url", url));
    Awaitility.await()
        .atMost(WITHIN)
        .until(() -> tab.says("document.readyState").equals("complete"));
    return tab;
  }

  /** One page. */
  final class Tab {
    private final String session;

    private Tab(String session) {
      this.session = session;
    }

    /** What an expression is on this page, as text. */
    String says(String expression) {
      return ask(session, "Runtime.evaluate", Map.of("expression", "String(" + expression + ")"))
          .at("/result/value")
          .asString();
    }

    String text() {
      return says("document.body.innerText");
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
    end(process);
  }

  /** Debian's program is a script that starts the browser, and that starts others. */
  private static void end(Process process) {
    var all = Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    // What still runs would write into a folder that is being removed.
    all.forEach(one -> one.onExit().orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join());
  }
}
