package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.KeptDomain;
import maildrift.monitor.store.MemoryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lists that others keep bring, and that a list which fails takes nothing away. */
class DiscoveryTest {
  private static final String TWO =
      """
      [{"targets": ["contoso.test", "www.fabrikam.test"], "labels": {"tenant": "blue", "__meta_rack": "7"}}]
      """;

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();
  private final TestClock clock = new TestClock();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicReference<Runnable> seen = new AtomicReference<>(() -> {});
  private final AtomicReference<LoopbackHttp.Answer> answer =
      new AtomicReference<>(LoopbackHttp.Answer.status(503));
  private LoopbackHttp http;
  private MonitorConfig config = MonitorConfig.DEFAULT;
  private Discovery discovery;

  @BeforeEach
  void open() throws IOException {
    http = new LoopbackHttp(_ -> answer.get());
    discovery = new Discovery(store, Loading.loader(), () -> config, clock, this::changed);
    configure("discovery: {cmdb: {url: \"%s\"}}".formatted(http.uri("/domains")));
  }

  private void changed() {
    told.incrementAndGet();
    Objects.requireNonNull(seen.get()).run();
  }

  @AfterEach
  void close() throws IOException {
    http.close();
  }

  private void configure(String text) {
    var file = folder.resolve("maildrift.yml");
    Daemon.write(file, "tenants: {blue: {name: Blue}}\n" + text + "\n");
    config =
        switch (Loading.loader().load(file)) {
          case ConfigLoader.Loaded loaded -> loaded.config();
          case ConfigLoader.Rejected rejected ->
              throw new IllegalArgumentException(rejected.problems().toString());
        };
    discovery.configured(config.discovery());
  }

  private void says(String list) {
    answer.set(LoopbackHttp.Answer.ok(list));
    refresh();
  }

  private void refresh() {
    clock.advance(Duration.ofMinutes(1));
    discovery.refresh("cmdb");
  }

  private Set<String> kept() {
    return store.domains().stream().map(KeptDomain::name).collect(Collectors.toSet());
  }

  private static String domains(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj("\"domain%d.test\""::formatted)
        .collect(Collectors.joining(", ", "[{\"targets\": [", "]}]"));
  }

  @Test
  void aListBecomesDomainsOnce() {
    says(TWO);
    says(TWO);

    assertThat(kept()).containsExactlyInAnyOrder("contoso.test", "www.fabrikam.test");
    assertThat(store.domains()).extracting(KeptDomain::addedBy).containsOnly("discovery cmdb");
    assertThat(store.domains().getFirst().definition()).contains("\"tenant\":\"blue\"");
    assertThat(told).hasValue(1);
    assertThat(discovery.status("cmdb").domains()).isEqualTo(2);
    assertThat(discovery.status("cmdb").succeeded()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "null",
        "<html>Sign in</html>",
        "[{}]",
        "[{\"targets\": \"contoso.test\"}]",
        "[{\"targets\": [[]]}]",
        "[1]",
        "[{\"targets\": [\"contoso.test\"]",
        "[]",
        "[{\"targets\": []}]",
        "[{\"targets\": [\"a.test\"], \"labels\": {\"tenant\": {}}}]"
      })
  void whatIsNoListTakesNothingAway(String broken) {
    says(TWO);
    says(broken);

    assertThat(kept()).containsExactlyInAnyOrder("contoso.test", "www.fabrikam.test");
    assertThat(discovery.status("cmdb").failures()).isEqualTo(1);
    assertThat(discovery.unwell()).containsExactly("cmdb");
    assertThat(told).hasValue(1);

    says(TWO);
    assertThat(discovery.unwell()).isEmpty();
  }

  @Test
  void aSourceThatIsAwayTakesNothingAway() throws IOException {
    says(TWO);
    for (var status : List.of(204, 302, 404, 500)) {
      answer.set(LoopbackHttp.Answer.status(status));
      discovery.refresh("cmdb");
    }
    http.close();
    discovery.refresh("cmdb");

    assertThat(kept()).hasSize(2);
    assertThat(discovery.status("cmdb").failures()).isEqualTo(5);
  }

  private void says(String list, String... headers) {
    answer.set(
        new LoopbackHttp.Answer.Raw(
            "HTTP/1.1 200 OK\r\n%s\r\n\r\n%s".formatted(String.join("\r\n", headers), list)));
    refresh();
  }

  private void saysNothingNew() {
    answer.set(LoopbackHttp.Answer.status(304));
    refresh();
  }

  private String lastHeader(String name) {
    return http.got().getLast().header(name);
  }

  @Test
  void itAsksAsPrometheusDoesAndForWhatIsNewOnly() {
    says(TWO, "ETag: \"one\"");
    assertThat(lastHeader("X-Prometheus-Refresh-Interval-Seconds")).isEqualTo("60");
    assertThat(lastHeader("Accept")).isEqualTo("application/json");
    assertThat(lastHeader("If-None-Match")).isEmpty();

    var before = discovery.status("cmdb").succeeded().orElseThrow();
    saysNothingNew();
    assertThat(lastHeader("If-None-Match")).isEqualTo("\"one\"");
    assertThat(kept()).containsExactlyInAnyOrder("contoso.test", "www.fabrikam.test");
    assertThat(discovery.status("cmdb").domains()).isEqualTo(2);
    assertThat(discovery.status("cmdb").failures()).isZero();
    assertThat(discovery.status("cmdb").succeeded().orElseThrow()).isAfter(before);

    says(TWO.replace("www.fabrikam", "fabrikam"), "ETag: W/\"two\"");
    assertThat(kept()).containsExactlyInAnyOrder("contoso.test", "fabrikam.test");
    saysNothingNew();
    assertThat(lastHeader("If-None-Match")).isEqualTo("W/\"two\"");
  }

  @Test
  void whatIsNotNewIsReadUnderAnotherConfigurationAsUnderTheOneBefore() {
    says(TWO.replace("blue", "green"), "ETag: \"one\"");
    assertThat(discovery.status("cmdb").refused()).isEqualTo(2);
    Daemon.write(folder.resolve("green.yml"), "tenants: {green: {name: Green}}\n");
    configure(
        "include: [green.yml]\ndiscovery: {cmdb: {url: \"%s\"}}".formatted(http.uri("/domains")));
    saysNothingNew();
    assertThat(discovery.status("cmdb").refused()).isZero();
    assertThat(kept()).hasSize(2);
  }

  @Test
  void aListThatIsDoubtedIsAskedForAgainAsAWhole() {
    says(domains(0, 10), "ETag: \"ten\"");
    for (var time = 1; time <= 3; time++) {
      assertThat(kept()).hasSize(10);
      says(domains(0, 1), "ETag: \"one\"");
      assertThat(lastHeader("If-None-Match")).isEqualTo("\"ten\"");
    }
    assertThat(kept()).hasSize(1);
    says(domains(0, 1), "ETag: \"one\"");
    assertThat(lastHeader("If-None-Match")).isEqualTo("\"one\"");
  }

  @Test
  void aDoubtIsOverWhenTheListIsTheOneBefore() {
    says(domains(0, 10), "ETag: \"ten\"");
    says(domains(0, 1), "ETag: \"one\"");
    assertThat(discovery.unwell()).containsExactly("cmdb");
    saysNothingNew();
    assertThat(discovery.unwell()).isEmpty();
  }

  @Test
  void anotherSourceOfTheSameNameIsAskedForAllOfItsList() {
    says(TWO, "ETag: \"one\"");
    configure("discovery: {cmdb: {url: \"%s\"}}".formatted(http.uri("/others")));
    saysNothingNew();
    assertThat(lastHeader("If-None-Match")).isEmpty();
    assertThat(discovery.status("cmdb").why())
        .hasValueSatisfying(why -> assertThat(why).contains("answered 304"));
  }

  @Test
  void aTimeOfChangeIsRememberedOnceItIsOver() {
    var modified = "Last-Modified: Sun, 29 Nov 2026 10:00:00 GMT";
    says(TWO, modified, "Date: Sun, 29 Nov 2026 10:00:00 GMT");
    says(TWO, modified);
    assertThat(lastHeader("If-Modified-Since")).isEmpty();
    says(TWO, modified, "Date: Sun, 29 Nov 2026 10:00:01 GMT");
    assertThat(lastHeader("If-Modified-Since")).isEmpty();
    saysNothingNew();
    assertThat(lastHeader("If-Modified-Since")).isEqualTo("Sun, 29 Nov 2026 10:00:00 GMT");
    assertThat(discovery.unwell()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ETag: one",
        "ETag: \"one",
        "ETag: \"o\u0001e\"",
        "ETag: \"\u00e4\"",
        "Last-Modified: yesterday",
        "Last-Modified: Sun, 29 Nov 2026 10:00:00 GMT\r\nDate: today"
      })
  void whatIsNoVersionIsNotSentBack(String header) {
    says(TWO, header);
    says(TWO, "ETag: \"" + "x".repeat(2000) + "\"");
    assertThat(lastHeader("If-None-Match") + lastHeader("If-Modified-Since")).isEmpty();
    says(TWO);
    assertThat(lastHeader("If-None-Match") + lastHeader("If-Modified-Since")).isEmpty();
    assertThat(discovery.unwell()).isEmpty();
  }

  @Test
  void howASourceIsSaysSinceWhenAndWhy() {
    says(TWO);
    var believed = discovery.status("cmdb").succeeded();
    answer.set(LoopbackHttp.Answer.status(401));
    clock.advance(Duration.ofHours(1));
    discovery.refresh("cmdb");

    assertThat(discovery.states())
        .singleElement()
        .satisfies(
            source -> {
              assertThat(source.name()).isEqualTo("cmdb");
              assertThat(source.succeeded()).isPresent().isEqualTo(believed);
              assertThat(source.why()).hasValueSatisfying(why -> assertThat(why).contains("401"));
              assertThat(source.domains()).isEqualTo(2);
              assertThat(source.remedy()).contains("curl").doesNotContain("/domains");
            });
  }

  @Test
  void anEmptyListIsBelievedWhereThatIsAllowedAndSaidThreeTimes() {
    configure(
        "discovery: {cmdb: {url: \"%s\", allow_empty: true}}".formatted(http.uri("/domains")));
    says(TWO);
    says("[]");
    says("[]");
    assertThat(kept()).hasSize(2);

    says("[]");
    assertThat(kept()).isEmpty();
    assertThat(told).hasValue(2);
  }

  @Test
  void aListThatLosesMostOfItsDomainsIsBelievedWhenItSaysSoThreeTimesInARow() {
    says(domains(0, 20));
    says(domains(0, 5));
    says(domains(0, 5));
    // Another list between them begins the count anew.
    says(domains(0, 20));
    says(domains(0, 5));
    says(domains(0, 5));
    assertThat(kept()).hasSize(20);

    says(domains(0, 5));
    assertThat(kept()).hasSize(5);
  }

  @Test
  void ofASmallListTooMostIsNotLostAtOnce() {
    says(domains(0, 9));
    says(domains(0, 1));
    says(domains(0, 1));
    assertThat(kept()).hasSize(9);

    says(domains(0, 1));
    assertThat(kept()).containsExactly("domain0.test");
  }

  @Test
  void listsThatComeAtOnceOneAfterTheOtherAreSaidOnce() {
    says(domains(0, 20));
    answer.set(LoopbackHttp.Answer.ok(domains(0, 5)));
    for (var time = 0; time < 5; time++) {
      discovery.refresh("cmdb");
    }

    assertThat(kept()).hasSize(20);
  }

  @Test
  void whatADoubtfulListNamesAnewDoesNotBeginTheCountAnew() {
    says(domains(0, 20));
    says(domains(15, 21));
    says(domains(15, 22));
    says(domains(15, 23));

    assertThat(kept()).hasSize(8);
  }

  /** Nothing is known of the lists before a restart, so that the half of one looks as a whole. */
  @Test
  void theFirstListAfterARestartTakesNothingAwayAtOnce() {
    says(domains(0, 20));
    discovery = new Discovery(store, Loading.loader(), () -> config, clock, told::incrementAndGet);
    discovery.configured(config.discovery());
    says(domains(0, 15));
    says(domains(0, 15));
    assertThat(kept()).hasSize(20);

    says(domains(0, 15));
    assertThat(kept()).hasSize(15);
  }

  @Test
  void aNamedFileThatVanishedTakesNothingAwayHoweverLong() throws IOException {
    Daemon.write(folder.resolve("a.json"), domains(0, 5));
    Daemon.write(folder.resolve("b.json"), domains(5, 8));
    configure("discovery: {cmdb: {files: [a.json, b.json], refresh_interval: 5s}}");
    discovery.refresh("cmdb");
    assertThat(kept()).hasSize(8);

    java.nio.file.Files.delete(folder.resolve("b.json"));
    for (var time = 0; time < 5; time++) {
      Daemon.write(folder.resolve("a.json"), domains(0, 5) + " ".repeat(time));
      clock.advance(Duration.ofMinutes(1));
      discovery.refresh("cmdb");
    }
    assertThat(kept()).hasSize(8);
    assertThat(discovery.unwell()).containsExactly("cmdb");

    Daemon.write(folder.resolve("b.json"), domains(5, 8));
    discovery.refresh("cmdb");
    assertThat(kept()).hasSize(8);
    assertThat(discovery.unwell()).isEmpty();
  }

  @Test
  void aFileThatMatchedAPatternAndVanishedIsDoubtedAsALostHalfIs() throws IOException {
    Daemon.write(folder.resolve("a.json"), domains(0, 5));
    Daemon.write(folder.resolve("b.json"), domains(5, 8));
    configure("discovery: {cmdb: {files: [\"*.json\"], refresh_interval: 5s}}");
    discovery.refresh("cmdb");
    java.nio.file.Files.delete(folder.resolve("b.json"));
    for (var time = 0; time < 2; time++) {
      Daemon.write(folder.resolve("a.json"), domains(0, 5) + " ".repeat(time));
      clock.advance(Duration.ofMinutes(1));
      discovery.refresh("cmdb");
    }
    assertThat(kept()).hasSize(8);

    Daemon.write(folder.resolve("a.json"), domains(0, 5) + " ".repeat(3));
    clock.advance(Duration.ofMinutes(1));
    discovery.refresh("cmdb");
    assertThat(kept()).hasSize(5);
  }

  @Test
  void filesOfOneNameInTwoFoldersAreTwo() throws IOException {
    for (var name : List.of("red", "blue")) {
      java.nio.file.Files.createDirectory(folder.resolve(name));
      Daemon.write(
          folder.resolve(name).resolve("list.json"),
          "[{\"targets\": [\"%s.test\"]}]".formatted(name));
    }
    configure("discovery: {cmdb: {files: [red/list.json, blue/list.json]}}");
    discovery.refresh("cmdb");

    assertThat(kept()).containsExactlyInAnyOrder("red.test", "blue.test");
  }

  @Test
  void aFewDomainsComeAndGoAtOnce() {
    says(domains(0, 20));
    says(domains(3, 22));

    assertThat(kept()).hasSize(19).contains("domain21.test").doesNotContain("domain2.test");
  }

  @Test
  void aTargetThatIsNotUnderstoodIsLeftOutAndWatchedAsBeforeWhereItWas() {
    says(TWO);
    var before = store.domains();
    says(
        """
        [{"targets": ["contoso.test", "www.fabrikam.test"], "labels": {"tenant": "bleu"}},
         {"targets": ["a..b", "\\u001b[2J", "http://woodgrove.test/", "lab.test"], "labels": {"profiles": "mimecast:region="}}]
        """);

    assertThat(store.domains()).isEqualTo(before);
    assertThat(discovery.status("cmdb").domains()).isEqualTo(2);
    assertThat(discovery.status("cmdb").refused()).isEqualTo(6);
    assertThat(discovery.unwell()).isEmpty();
  }

  /** A new customer whose mail nobody watches is worse than one whose tenant nobody knows. */
  @Test
  void aTenantThatIsNotDeclaredLeavesItsDomainsWatchedWithoutOne() {
    says(TWO.replace("blue", "fabrikam"));

    assertThat(kept()).containsExactlyInAnyOrder("contoso.test", "www.fabrikam.test");
    assertThat(store.domains().getFirst().definition()).doesNotContain("tenant");
    assertThat(discovery.status("cmdb").domains()).isEqualTo(2);
    assertThat(discovery.status("cmdb").refused()).isEqualTo(2);
    assertThat(discovery.unused()).containsEntry("cmdb", 2);
    assertThat(discovery.states().getFirst().undeclared())
        .containsEntry("fabrikam", List.of("contoso.test", "www.fabrikam.test"));

    says(TWO);
    assertThat(store.domains().getFirst().definition()).contains("\"tenant\":\"blue\"");
    assertThat(discovery.unused()).isEmpty();
    // A slip of the pen takes them from nobody.
    says(TWO.replace("blue", "bleu"));
    assertThat(store.domains().getFirst().definition()).contains("\"tenant\":\"blue\"");
    assertThat(discovery.unused()).containsEntry("cmdb", 2);
  }

  @Test
  void aListCanNameNeitherFilesNorTheEnvironment() {
    says(
        """
        [{"targets": ["contoso.test"], "labels": {"smarthost": "${env:HOME}"}}]
        """);

    assertThat(kept()).isEmpty();
    assertThat(discovery.status("cmdb").refused()).isEqualTo(1);
  }

  @Test
  void whatSomebodyAddedStaysHis() {
    store.commit(
        Batch.builder()
            .domain(
                new KeptDomain(
                    "contoso.test", "{\"name\":\"contoso.test\"}", clock.instant(), "ada"))
            .build());
    says(TWO);
    says("[{\"targets\": [\"www.fabrikam.test\"]}]");

    assertThat(store.domains())
        .filteredOn(kept -> kept.name().equals("contoso.test"))
        .extracting(KeptDomain::addedBy)
        .containsExactly("ada");
  }

  private List<String> owners() {
    return store.domains().stream().map(kept -> kept.name() + " " + kept.addedBy()).toList();
  }

  @Test
  void whatOneListGivesUpIsTheOthersThatNamesItToo() {
    Daemon.write(folder.resolve("a.json"), domains(0, 3));
    Daemon.write(folder.resolve("b.json"), domains(2, 4));
    configure("discovery: {a: {files: a.json}, b: {files: b.json}}");
    discovery.refresh("a");
    discovery.refresh("b");
    assertThat(owners()).contains("domain2.test discovery a").hasSize(4);
    assertThat(discovery.status("b").refused()).isEqualTo(1);
    var sizes = new ArrayList<Integer>();
    seen.set(() -> sizes.add(store.domains().size()));

    Daemon.write(folder.resolve("a.json"), domains(0, 2));
    discovery.refresh("a");
    discovery.refresh("b");

    assertThat(owners()).contains("domain2.test discovery b").hasSize(4);
    assertThat(sizes).containsOnly(4);
    assertThat(discovery.status("b"))
        .extracting(Discovery.Status::domains, Discovery.Status::refused)
        .containsExactly(2L, 0L);
  }

  @Test
  void whatSomebodyTookOutIsTheListsThoughThatIsTheSame() {
    store.commit(
        Batch.builder()
            .domain(
                new KeptDomain(
                    "contoso.test", "{\"name\":\"contoso.test\"}", clock.instant(), "ada"))
            .build());
    Daemon.write(folder.resolve("a.json"), TWO);
    configure("discovery: {a: {files: a.json}}");
    discovery.refresh("a");
    discovery.keeping(
        () -> {
          store.commit(Batch.builder().dropDomain("contoso.test").build());
          return "";
        });
    discovery.refresh("a");

    assertThat(owners()).contains("contoso.test discovery a");
    assertThat(discovery.status("a").refused()).isZero();
  }

  @Test
  void theDomainsOfASourceThatIsTakenOutGoAnHourLater() {
    says(TWO);
    store.commit(
        Batch.builder()
            .domain(new KeptDomain("woodgrove.test", "{}", clock.instant(), "ada"))
            .build());
    configure("");
    clock.advance(Discovery.ORPHANED.minusMinutes(1));
    configure("");
    discovery.settle();
    assertThat(kept()).hasSize(3);

    clock.advance(Duration.ofMinutes(1));
    discovery.settle();
    assertThat(kept()).containsExactly("woodgrove.test");
    assertThat(told).hasValue(2);
  }

  @Test
  void aSourceThatIsBackWithinTheHourHasItsDomains() {
    says(TWO);
    var section = "discovery: {cmdb: {url: \"%s\"}}".formatted(http.uri("/domains"));
    configure("");
    configure(section);
    clock.advance(Discovery.ORPHANED);
    discovery.settle();

    assertThat(kept()).hasSize(2);
    assertThat(discovery.status("cmdb").domains()).isEqualTo(2);
  }

  /** Until it has said what it brings, it may be the old one by another name. */
  @Test
  void underItsNewNameASourceHasWhatItBroughtHoweverLateItIs() {
    says("[{\"targets\": [\"contoso.test\", \"fabrikam.test\", \"woodgrove.test\"]}]");
    answer.set(LoopbackHttp.Answer.status(503));
    configure("discovery: {crm: {url: \"%s\"}}".formatted(http.uri("/domains")));
    discovery.refresh("crm");
    clock.advance(Discovery.ORPHANED.multipliedBy(30));
    discovery.settle();
    assertThat(kept()).hasSize(3);

    seen.set(() -> assertThat(kept()).contains("contoso.test", "fabrikam.test"));
    answer.set(LoopbackHttp.Answer.ok("[{\"targets\": [\"contoso.test\", \"fabrikam.test\"]}]"));
    discovery.refresh("crm");
    discovery.settle();

    assertThat(owners())
        .containsExactlyInAnyOrder("contoso.test discovery crm", "fabrikam.test discovery crm");
  }

  @Test
  void aRestartBeginsTheHourAnew() {
    says(TWO);
    configure("");
    clock.advance(Discovery.ORPHANED);
    discovery = new Discovery(store, Loading.loader(), () -> config, clock, this::changed);
    discovery.configured(config.discovery());
    discovery.settle();

    assertThat(kept()).hasSize(2);
  }

  @Test
  void filesOfOnePatternAreOneList() {
    Daemon.write(folder.resolve("one.json"), TWO);
    Daemon.write(
        folder.resolve("two.yml"),
        """
        - targets: [woodgrove.test]
          labels:
            profiles: "mimecast:region=de,role=inbound"
            dkim_selectors: s1, s2
            skip: tls
            tls_level: verify
            dmarc_policy: reject
        """);
    configure("discovery: {cmdb: {files: [one.json, t*.yml]}}");
    discovery.refresh("cmdb");

    assertThat(kept())
        .containsExactlyInAnyOrder("contoso.test", "www.fabrikam.test", "woodgrove.test");
    assertThat(store.domains())
        .filteredOn(kept -> kept.name().equals("woodgrove.test"))
        .extracting(KeptDomain::definition)
        .containsExactly(
            "{\"name\":\"woodgrove.test\",\"tls_level\":\"verify\",\"profiles\":[{\"name\":\"mimecast\",\"role\":\"inbound\",\"region\":\"de\"}],\"dkim\":[{\"selector\":\"s1\"},{\"selector\":\"s2\"}],\"skip\":[\"tls\"],\"expect\":{\"dmarc\":{\"policy\":\"reject\"}}}");
  }

  @Test
  void aChangedFileIsReadWithoutWaitingAndAMissingOneTakesNothingAway() throws IOException {
    var file = folder.resolve("one.json");
    Daemon.write(file, TWO);
    configure("discovery: {cmdb: {files: one.json}}");
    discovery.refresh("cmdb");
    Daemon.write(file, TWO.replace("contoso.test", "another.contoso.test"));
    discovery.refresh("cmdb");
    assertThat(kept()).containsExactlyInAnyOrder("another.contoso.test", "www.fabrikam.test");

    java.nio.file.Files.delete(file);
    discovery.refresh("cmdb");
    assertThat(kept()).hasSize(2);
    assertThat(discovery.unwell()).containsExactly("cmdb");
  }

  @Test
  void overARestartTheFleetIsWhatItWasThoughTheSourceIsAway() throws IOException {
    try (var world = new Daemon.World(folder).with("contoso.test")) {
      var section =
          "discovery: {cmdb: {url: \"%s\"}}\ntenants: {blue: {name: Blue}}"
              .formatted(http.uri("/domains"));
      says("[{\"targets\": [\"contoso.test\"], \"labels\": {\"tenant\": \"blue\"}}]");
      answer.set(LoopbackHttp.Answer.status(503));
      try (var daemon = world.startUnseen(store, new TestClock(), section)) {
        assertThat(daemon.app().domain("contoso.test")).isPresent();
        assertThat(daemon.metric("maildrift_discovery_domains{source=\"cmdb\"}")).contains("1.0");
        assertThat(daemon.get("/-/ready").statusCode()).isEqualTo(200);
        assertThat(daemon.send("DELETE", "/api/v1/domains/contoso.test", "").statusCode())
            .isEqualTo(409);
      }
    }
  }
}
