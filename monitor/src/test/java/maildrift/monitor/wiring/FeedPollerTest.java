package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.monitor.config.FeedConfig;
import maildrift.monitor.feed.M365Endpoints;
import maildrift.monitor.store.PublishedNetwork;
import maildrift.monitor.watch.Published;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.spf.Netblocks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedPollerTest {
  private static final String VERSIONS =
      """
      [{"instance": "China", "latest": "2026010100"},
       {"instance": "Worldwide", "latest": "%s"}]
      """;
  private static final String LIST =
      """
      [{"id": 1, "serviceArea": "Exchange", "tcpPorts": "80,443", "ips": ["203.0.113.0/24"]},
       {"id": 10, "serviceArea": "Exchange", "tcpPorts": "25", "urls": ["*.mail.example"],
        "ips": ["192.0.2.0/24", "2001:db8::/48", "192.0.2.0/24"]},
       {"id": 11, "serviceArea": "Exchange", "tcpPorts": "587, 25", "ips": ["198.51.100.0/25"]},
       {"id": 12, "serviceArea": "Exchange", "tcpPorts": "2525", "ips": ["203.0.113.9/32"]},
       {"id": 31, "serviceArea": "SharePoint", "tcpPorts": "25", "ips": ["203.0.113.0/25"]},
       {"id": 40, "serviceArea": "Exchange", "tcpPorts": "25"}]
      """;

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private LoopbackHttp web;
  private FeedPoller feed;

  @BeforeEach
  void open() throws IOException {
    web =
        new LoopbackHttp(
            got ->
                answers.getOrDefault(
                    got.target().startsWith("/version?") ? "version" : "endpoints",
                    Answer.status(404)));
    feed = new FeedPoller(config(web.uri("/")), clock);
    answers.put("version", Answer.ok(VERSIONS.formatted("2026112100")));
    answers.put("endpoints", Answer.ok(LIST));
  }

  @AfterEach
  void close() throws IOException {
    web.close();
  }

  private static FeedConfig config(URI url) {
    return new FeedConfig(
        true, url, FeedConfig.Instance.WORLDWIDE, Duration.ofHours(1), false, Optional.empty());
  }

  private Netblocks networks() {
    return feed.feed("m365-endpoints").orElseThrow().networks();
  }

  private static Netblocks known(String... networks) {
    return new Netblocks.Known(
        DnsName.of("m365-endpoints"),
        List.of(networks).stream().map(Cidr::parse).toList(),
        List.of(),
        List.of());
  }

  private List<String> asked() {
    return web.got().stream().map(LoopbackHttp.Got::target).toList();
  }

  @Test
  void theEntriesThatNamePort25AreTheNetworks() {
    assertThat(networks()).isInstanceOf(Netblocks.Unseen.class);

    assertThat(feed.poll()).isTrue();

    assertThat(networks()).isEqualTo(known("192.0.2.0/24", "2001:db8::/48", "198.51.100.0/25"));
    assertThat(feed.shown()).isEqualTo("m365-endpoints Worldwide");
    assertThat(feed.feed("another")).isEmpty();
    assertThat(asked().getFirst()).startsWith("/version?clientrequestid=");
    assertThat(asked().getLast())
        .startsWith("/endpoints/Worldwide?ServiceAreas=Exchange&ClientRequestId=")
        .endsWith(asked().getFirst().substring("/version?clientrequestid=".length()));
  }

  @Test
  void theListIsAskedForWhenItsVersionIsAnotherAndTheVersionOnceAnHour() {
    feed.poll();
    now = now.plus(Duration.ofMinutes(59));
    assertThat(feed.poll()).isFalse();
    assertThat(asked()).hasSize(2);

    now = now.plus(Duration.ofMinutes(1));
    assertThat(feed.poll()).isFalse();
    assertThat(asked()).hasSize(3);

    answers.put("version", Answer.ok(VERSIONS.formatted("2026112800")));
    answers.put("endpoints", Answer.ok(LIST.replace("198.51.100.0/25", "198.51.100.0/24")));
    now = now.plus(Duration.ofHours(1));
    assertThat(feed.poll()).isTrue();
    assertThat(networks()).isEqualTo(known("192.0.2.0/24", "2001:db8::/48", "198.51.100.0/24"));
  }

  @Test
  void whoIsAskedTooOftenIsLeftAloneForAnHour() {
    answers.put("version", Answer.status(429));
    feed.poll();
    assertThat(networks())
        .isInstanceOfSatisfying(
            Netblocks.Unseen.class, unseen -> assertThat(unseen.why()).contains("too often"));

    now = now.plus(Duration.ofMinutes(59));
    feed.poll();

    assertThat(asked()).hasSize(1);
  }

  @Test
  void aServiceThatFailsKeepsItsLastListForAWhileAndIsThenUnseen() {
    feed.poll();
    answers.put("version", Answer.status(503));
    now = now.plus(Duration.ofHours(5));
    assertThat(feed.poll()).isFalse();
    assertThat(networks()).isInstanceOf(Netblocks.Known.class);

    now = now.plus(Duration.ofHours(1));
    feed.poll();
    assertThat(networks())
        .isInstanceOfSatisfying(
            Netblocks.Unseen.class,
            unseen ->
                assertThat(unseen.why())
                    .isEqualTo("the feed m365-endpoints Worldwide: 127.0.0.1 answered 503"));
  }

  @Test
  void aRestartGoesOnWithWhatTheStoreKept() {
    feed.poll();
    var published = new Published();
    Stream.of("192.0.2.0/24", "2001:db8::/48", "198.51.100.0/25")
        .map(Cidr::parse)
        .forEach(
            network ->
                published.restore(
                    new PublishedNetwork(feed.shown(), network, now, now, Optional.empty())));
    published.restore(
        new PublishedNetwork(
            feed.shown(), Cidr.parse("203.0.113.0/24"), now, now, Optional.of(now)));

    var next = new FeedPoller(config(web.uri("/")), clock);
    next.recall(List.of());
    assertThat(next.feed("m365-endpoints").orElseThrow().networks())
        .isInstanceOf(Netblocks.Unseen.class);
    next.recall(published.present(next.shown()));

    assertThat(next.feed("m365-endpoints").orElseThrow().networks())
        .isInstanceOfSatisfying(
            Netblocks.Known.class,
            known ->
                assertThat(known.entries())
                    .extracting(Cidr::toString)
                    .containsExactlyInAnyOrder("192.0.2.0/24", "198.51.100.0/25", "2001:db8::/48"));
    assertThat(next.poll()).isFalse();
    assertThat(asked().getLast()).startsWith("/endpoints/");

    var silent = new FeedPoller(config(web.uri("/")), clock);
    silent.recall(published.present(silent.shown()));
    answers.put("version", Answer.status(503));
    now = now.plus(Duration.ofHours(6));
    silent.poll();
    assertThat(silent.feed("m365-endpoints").orElseThrow().networks())
        .isInstanceOf(Netblocks.Unseen.class);
  }

  @Test
  void aServiceThatCouldNotBeReachedIsTriedAgainSoon() {
    answers.put("version", new Answer.Reset());
    feed.poll();
    answers.put("version", Answer.ok(VERSIONS.formatted("2026112100")));
    now = now.plus(Duration.ofMinutes(5));

    assertThat(feed.poll()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "<html>sign in</html> | it is no JSON",
        "{} | it is no list of entries",
        "[] | it lists no network with TCP port 25",
        "[{'serviceArea': 'Exchange', 'tcpPorts': '443', 'ips': ['192.0.2.0/24']}] | it lists no network with TCP port 25",
        "[{'serviceArea': 'Exchange', 'tcpPorts': '25', 'ips': ['192.0.2.1/24']}] | it lists something that is no network",
        "[{'serviceArea': 'Exchange', 'tcpPorts': '25', 'ips': [{}]}] | it lists something that is no network",
        "[[[[1]]]] | it lists no network with TCP port 25",
      })
  void whatIsNoListIsNotUsed(String list, String why) {
    answers.put("endpoints", Answer.ok(list.replace('\'', '"')));

    assertThat(feed.poll()).isFalse();

    assertThat(feed.why()).isEqualTo("what 127.0.0.1 answered is not used: " + why);
    assertThat(networks()).isInstanceOf(Netblocks.Unseen.class);
  }

  @Test
  void aVersionIsThatOfTheInstance() throws Exception {
    assertThat(M365Endpoints.version(VERSIONS.formatted("7"), "worldwide")).isEqualTo("7");
    assertThat(M365Endpoints.version("{\"instance\":\"China\",\"latest\":\"8\"}", "China"))
        .isEqualTo("8");
    assertThatThrownBy(() -> M365Endpoints.version(VERSIONS.formatted("x y"), "Worldwide"))
        .hasMessage("it names no latest version of Worldwide");
    assertThatThrownBy(() -> M365Endpoints.version("[]", "Worldwide"))
        .hasMessage("it does not know the instance Worldwide");
  }

  @Test
  void whatIsSwitchedOffOrReadFromAFileAsksNobody() {
    var off =
        new FeedPoller(
            new FeedConfig(
                false,
                web.uri("/"),
                FeedConfig.Instance.CHINA,
                Duration.ofHours(1),
                false,
                Optional.empty()),
            clock);
    var written =
        new FeedPoller(
            new FeedConfig(
                true,
                web.uri("/"),
                FeedConfig.Instance.CHINA,
                Duration.ofHours(1),
                false,
                Optional.of(List.of(Cidr.parse("192.0.2.0/24")))),
            clock);

    assertThat(off.poll() || written.poll()).isFalse();
    assertThat(off.feed("m365-endpoints")).isEmpty();
    assertThat(written.feed("m365-endpoints").orElseThrow().networks())
        .isEqualTo(known("192.0.2.0/24"));
    assertThat(asked()).isEmpty();
  }
}
