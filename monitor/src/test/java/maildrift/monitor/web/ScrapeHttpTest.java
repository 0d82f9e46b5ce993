package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.wiring.Daemon;
import maildrift.monitor.wiring.TestClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How a scrape travels: in pieces, compressed for who asks, whole or visibly not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScrapeHttpTest {
  /** Many times what is under way at once. */
  private static final int DOMAINS = 2_000;

  private final HttpClient http = HttpClient.newHttpClient();
  private Daemon.World world;
  private Daemon daemon;

  @BeforeAll
  void start(@TempDir Path folder) {
    world = new Daemon.World(folder);
    var domains = new StringBuilder("domains:\n");
    for (var i = 0; i < DOMAINS; i++) {
      domains.append("  - {name: domain%d.test, %s}\n".formatted(i, Daemon.ONLY_MX));
    }
    daemon = world.startUnseen(new MemoryStore(), new TestClock(), domains.toString());
  }

  @AfterAll
  void stop() throws IOException {
    daemon.close();
    world.close();
  }

  private HttpResponse<byte[]> get(String... headers) throws Exception {
    return http.send(
        HttpRequest.newBuilder(daemon.uri("/metrics")).headers(headers).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void aLongScrapeArrivesWhole() throws Exception {
    var answer = get("Accept", "text/plain");
    var text = new String(answer.body(), StandardCharsets.UTF_8);

    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(answer.body().length).isGreaterThan(600_000);
    assertThat(text).endsWith("\n");
    assertThat(text.lines().filter(line -> line.startsWith("maildrift_domain_verdict{")))
        .hasSize(4 * DOMAINS);
    assertThat(text.lines().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
  }

  @Test
  void whoNamesSeriesGetsTheseAlone() throws Exception {
    var text = named("?name[]=maildrift_domains&name%5B%5D=maildrift_findings&name[]=no_such");

    assertThat(text.body().lines().filter(line -> !line.startsWith("#")))
        .hasSize(1 + 3 * DOMAINS)
        .contains("maildrift_domains " + DOMAINS + ".0")
        .allMatch(line -> line.startsWith("maildrift_findings{") || line.contains("_domains "));
    assertThat(named("?name[]=maildrift_domain").statusCode()).isEqualTo(400);
    assertThat(named("?name[]=maildrift_domain").body())
        .contains("there is no series 'maildrift_domain'; did you mean 'maildrift_domains'?");
    assertThat(named("?name[]=jvm_gc_pause_seconds_count").statusCode()).isEqualTo(200);
    assertThat(named("?" + "name[]=maildrift_domains&".repeat(200)).statusCode()).isEqualTo(200);
    var many = new StringBuilder("?");
    for (var i = 0; i <= 200; i++) {
      many.append("name[]=a").append(i).append('&');
    }
    assertThat(named(many.toString()).statusCode()).isEqualTo(400);
  }

  /** Each as a Prometheus writes it that has scraped it: the format has names without endings. */
  @Test
  void everySeriesOfAScrapeCanBeNamed() throws Exception {
    var all = series(new String(get("Accept", "text/plain").body(), StandardCharsets.UTF_8));

    assertThat(all)
        .contains("maildrift_build_info", "maildrift_dns_queries_total")
        .contains("maildrift_probe_duration_seconds_bucket", "maildrift_series_dropped_total")
        .allMatch(Asked::isKnown);
    for (var name : all) {
      // Their many lines were read above.
      if (!name.startsWith("maildrift_domain") && !name.startsWith("maildrift_probe_observed")) {
        assertThat(series(named("?name[]=" + name).body())).as(name).contains(name);
      }
    }
  }

  private static Set<String> series(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private HttpResponse<String> named(String query) throws Exception {
    return http.send(
        HttpRequest.newBuilder(
                URI.create(daemon.uri("/metrics") + query.replace("[", "%5B").replace("]", "%5D")))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void gzipIsForWhoAsks() throws Exception {
    var answer = get("Accept-Encoding", "gzip");

    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    assertThat(answer.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
    var text =
        new String(
            new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(text.lines().filter(line -> line.startsWith("maildrift_domain_verdict{")))
        .hasSize(4 * DOMAINS);
    assertThat(answer.body().length).isLessThan(text.length() / 5);
    assertThat(get("Accept-Encoding", "gzip;q=0").headers().firstValue("Content-Encoding"))
        .isEmpty();
  }

  @Test
  void whoLeavesInTheMiddleHoldsNobodyUp() throws Exception {
    for (var i = 0; i < 20; i++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
        socket
            .getOutputStream()
            .write(
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);
      }
    }

    assertThat(get("Accept", "text/plain").statusCode()).isEqualTo(200);
  }

  @Test
  void aHeadIsAnsweredWithoutABody() throws Exception {
    var answer =
        http.send(
            HttpRequest.newBuilder(daemon.uri("/metrics"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }
}
