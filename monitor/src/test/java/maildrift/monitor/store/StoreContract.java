package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import maildrift.alerts.Alert;
import maildrift.alerts.Course;
import maildrift.alerts.Flaps;
import maildrift.alerts.Labels;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.GroupState;
import maildrift.monitor.checklist.Tick;
import maildrift.probes.network.Cidr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class StoreContract {
  static final Instant NOW = Instant.parse("2026-11-21T17:00:00.123456Z");
  static final Duration LEASE = Duration.ofMinutes(1);

  private StateStore store = new MemoryStore();

  /** A new, empty store. */
  abstract StateStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static <T> List<T> all(Consumer<Consumer<T>> each) {
    var all = new ArrayList<T>();
    each.accept(all::add);
    return all;
  }

  static StateRow state(String domain, String content) {
    return new StateRow(
        domain,
        content.getBytes(StandardCharsets.UTF_8),
        "pass",
        NOW,
        Optional.of(NOW.plusSeconds(300)));
  }

  static Alert alert(String domain, String rule, Alert.Phase phase) {
    return new Alert(
        Labels.of(Map.of("alertname", rule, "domain", domain, "severity", "critical")),
        new TreeMap<>(Map.of("summary", "für \"%s\" \u0000\n".formatted(domain))),
        phase,
        2,
        1,
        NOW,
        NOW.plusSeconds(30),
        phase == Alert.Phase.RESOLVED ? Optional.of(NOW.plusSeconds(60)) : Optional.empty(),
        new Course(
            Duration.ofMinutes(5),
            Optional.of(NOW.plusSeconds(20)),
            Optional.of(
                new Flaps(
                    "0101",
                    NOW.plusSeconds(25),
                    Optional.of(new Flaps.Bout(3, Duration.ofMinutes(10), NOW)))),
            Optional.of(NOW.minusSeconds(7_200))));
  }

  static Change change(String domain, String record, Instant at) {
    return new Change(at, domain, "contoso", record, Optional.of("a"), Optional.empty(), "record");
  }

  @Test
  void aStateIsReadAsItWasWritten() {
    var row = state("contoso.test", "{\"verdict\":\"pass\"}");
    var never = new StateRow("fabrikam.test", new byte[0], "unknown", NOW, Optional.empty());

    store.commit(Batch.builder().state(row).state(never).build());

    assertThat(store.state("contoso.test")).contains(row);
    assertThat(store.state("fabrikam.test")).contains(never);
    assertThat(store.state("other.test")).isEmpty();
  }

  @Test
  void theLaterOfTwoWritesCountsInOneBatchAndAcrossBatches() {
    store.commit(Batch.builder().state(state("a.test", "1")).state(state("a.test", "2")).build());
    assertThat(store.state("a.test")).contains(state("a.test", "2"));

    var first = store.submit(Batch.builder().state(state("a.test", "3")).build());
    var second = store.submit(Batch.builder().state(state("a.test", "4")).build());
    CompletableFuture.allOf(first, second).join();
    assertThat(store.state("a.test")).contains(state("a.test", "4"));
  }

  @Test
  void statesStreamInTheOrderOfNames() {
    var batch = Batch.builder();
    IntStream.range(0, 3_000)
        .mapToObj(i -> state("d%04d.test".formatted(2_999 - i), "" + i))
        .forEach(batch::state);
    store.commit(batch.build());

    assertThat(all(store::eachState))
        .hasSize(3_000)
        .extracting(StateRow::domain)
        .isSorted()
        .startsWith("d0000.test");
  }

  @Test
  void markingAsCheckedMovesTheTimeAndNothingElse() {
    store.commit(Batch.builder().state(state("a.test", "1")).state(state("b.test", "1")).build());
    var later = NOW.plusSeconds(60);

    store.markChecked(Map.of("a.test", later, "unknown.test", later)).join();

    assertThat(store.state("a.test")).contains(state("a.test", "1").checked(later));
    assertThat(store.state("b.test")).contains(state("b.test", "1"));
    assertThat(store.state("unknown.test")).isEmpty();
  }

  @Test
  void aStateThatFollowsIsNotUndoneByAnEarlierMark() {
    var later = NOW.plusSeconds(60);
    store.commit(Batch.builder().state(state("a.test", "1")).checked("a.test", later).build());

    assertThat(store.state("a.test")).contains(state("a.test", "1").checked(later));
  }

  @Test
  void forgettingComesFirstAndLeavesTheAlerts() {
    var baseline = Baseline.of("a.test", Map.of("spf", "v=spf1 -all"), NOW, "alice");
    var seen = new SeenRecord("a.test", "spf", "v=spf1 -all", NOW);
    var alert = alert("a.test", "spf.present", Alert.Phase.FIRING);
    store.commit(
        Batch.builder()
            .state(state("a.test", "1"))
            .state(state("b.test", "1"))
            .baseline(baseline)
            .seen(seen)
            .alert("a.test", alert)
            .build());

    store.commit(Batch.builder().seen(seen).forget("a.test").build());

    assertThat(all(store::eachState)).containsExactly(state("b.test", "1"));
    assertThat(store.baseline("a.test")).isEmpty();
    assertThat(store.seen("a.test")).containsExactly(seen);
    assertThat(all(store::eachAlert)).hasSize(1);
  }

  @Test
  void seenRecordsAreKeptByDomainAndName() {
    var spf = new SeenRecord("a.test", "spf", "v=spf1 ~all", NOW);
    var dmarc = new SeenRecord("a.test", "dmarc", "v=DMARC1; p=none", NOW);
    var other = new SeenRecord("b.test", "spf", "x".repeat(70_000), NOW);
    store.commit(Batch.builder().seen(spf).seen(dmarc).seen(other).build());

    assertThat(store.seen("a.test")).containsExactly(dmarc, spf);
    assertThat(all(store::eachSeen)).containsExactly(dmarc, spf, other);

    store.commit(Batch.builder().dropSeen("a.test", "spf").build());
    assertThat(store.seen("a.test")).containsExactly(dmarc);
  }

  @Test
  void whatNoDatabaseKeepsIsReplacedBeforeItIsCompared() {
    var hostile = new SeenRecord("a.test", "spf", "a\u0000b\uD800c\u202E\u001B[31m😀", NOW);
    store.commit(Batch.builder().seen(hostile).build());

    assertThat(store.seen("a.test")).containsExactly(hostile);
    assertThat(hostile.value()).isEqualTo("a\uFFFDb\uFFFDc\u202E\u001B[31m😀");
  }

  @Test
  void aBaselineIsReplacedAsAWhole() {
    store.commit(
        Batch.builder()
            .baseline(Baseline.of("a.test", Map.of("spf", "1", "mx", "2"), NOW, "alice"))
            .build());
    var second = Baseline.of("a.test", Map.of("spf", "3"), NOW.plusSeconds(1), "bob");
    store.commit(Batch.builder().baseline(second).build());

    assertThat(store.baseline("a.test")).contains(second);
    assertThat(all(store::eachBaseline)).containsExactly(second);

    store.commit(Batch.builder().dropBaseline("a.test").build());
    assertThat(store.baseline("a.test")).isEmpty();
  }

  @Test
  void alertsAreKeptByFingerprintWithTheirDomain() {
    var pending = alert("a.test", "spf.present", Alert.Phase.PENDING);
    var resolved = alert("a.test", "spf.present", Alert.Phase.RESOLVED);
    var other = alert("b.test", "spf.present", Alert.Phase.FIRING);
    store.commit(Batch.builder().alert("a.test", pending).alert("b.test", other).build());
    store.commit(Batch.builder().alert("a.test", resolved).build());

    assertThat(all(store::eachAlert))
        .containsExactlyInAnyOrder(
            new DomainAlert("a.test", resolved), new DomainAlert("b.test", other));

    store.commit(Batch.builder().dropAlert(other.fingerprint()).build());
    assertThat(all(store::eachAlert)).containsExactly(new DomainAlert("a.test", resolved));
  }

  @Test
  void whatIsOverIsForgottenUnlessItHasComeBackSince() {
    var over = alert("a.test", "spf.present", Alert.Phase.RESOLVED);
    var back = alert("a.test", "spf.present", Alert.Phase.FIRING);
    store.commit(Batch.builder().alert("a.test", back).build());
    store.commit(Batch.builder().forgetAlert(over).build());
    assertThat(all(store::eachAlert)).containsExactly(new DomainAlert("a.test", back));
    store.commit(Batch.builder().alert("a.test", back).forgetAlert(over).build());
    assertThat(all(store::eachAlert)).containsExactly(new DomainAlert("a.test", back));

    store.commit(Batch.builder().alert("a.test", over).build());
    store.commit(Batch.builder().forgetAlert(over).build());
    assertThat(all(store::eachAlert)).isEmpty();

    store.commit(Batch.builder().alert("a.test", back).build());
    store.commit(Batch.builder().alert("a.test", over).forgetAlert(over).build());
    assertThat(all(store::eachAlert)).isEmpty();
  }

  @Test
  void aGroupOfAHundredThousandAlertsIsKept() {
    var told = new TreeMap<String, String>();
    IntStream.range(0, 100_000).forEach(i -> told.put("%016x".formatted(i), "critical 0a1b2c3d"));
    var group =
        new GroupState(
            GroupState.key("oncall", "{}/{cause=\"x\"}"),
            "oncall",
            "{}/{cause=\"x\"}",
            Labels.of(Map.of("cause", "de._netblocks.example.test TXT")),
            told,
            NOW,
            "msg_first");
    store.commit(Batch.builder().group(group).build());
    assertThat(all(store::eachGroup)).containsExactly(group);

    store.commit(Batch.builder().dropGroup(group.key()).build());
    assertThat(all(store::eachGroup)).isEmpty();
  }

  @Test
  void silencesAndAddedDomainsAreKeptUntilTheyAreDropped() {
    var silence = new KeptSilence("s1", NOW, "{\"comment\":\"ü\"}");
    var domain = new KeptDomain("a.test", "{\"name\":\"a.test\"}", NOW, "alice");
    store.commit(Batch.builder().silence(silence).domain(domain).build());

    assertThat(store.silences()).containsExactly(silence);
    assertThat(store.domains()).containsExactly(domain);

    store.commit(Batch.builder().dropSilence("s1").dropDomain("a.test").build());
    assertThat(store.silences()).isEmpty();
    assertThat(store.domains()).isEmpty();
  }

  @Test
  void acknowledgementsAreKeptByAlertUntilTheyAreDropped() {
    var taken =
        new Acknowledgement(
            "0123456789abcdef",
            "ada",
            NOW,
            "am Telefon: ü",
            "critical",
            "00000000",
            Optional.empty());
    var other =
        new Acknowledgement(
            "fedcba9876543210", "bob", NOW, "", "warning", "00000001", Optional.empty());
    store.commit(Batch.builder().acknowledgement(taken).acknowledgement(other).build());
    assertThat(store.acknowledgements()).containsExactlyInAnyOrder(taken, other);

    var ended = taken.end(NOW.plusSeconds(60), "it got worse");
    store.commit(
        Batch.builder().acknowledgement(ended).dropAcknowledgement(other.fingerprint()).build());
    assertThat(store.acknowledgements()).containsExactly(ended);
  }

  private static Tick tick(String domain, String step, Optional<Instant> migration) {
    return new Tick(domain, "seppmail-inline", step, migration, "alice", NOW, "am Telefon: ü\n");
  }

  private static Alert fired(String domain, Alert.Phase phase, Instant start, Instant end) {
    return new Alert(
        Labels.of(
            Map.of(
                "alertname", "spf.present", "domain", domain, "tenant", "t", "severity", "info")),
        new TreeMap<>(Map.of("summary", "none", "resolution", "seen again")),
        phase,
        2,
        0,
        start,
        start,
        phase == Alert.Phase.RESOLVED ? Optional.of(end) : Optional.empty(),
        Course.STRAIGHT);
  }

  @Test
  void everyTimeThatAnAlertFiredIsKeptWithItsEnd() {
    var day = Duration.ofDays(1);
    var first = fired("a.test", Alert.Phase.FIRING, NOW.minus(day), NOW);
    store.commit(Batch.builder().alert("a.test", first).build());
    store.commit(
        Batch.builder()
            .alert("a.test", fired("a.test", Alert.Phase.RESOLVED, NOW.minus(day), NOW))
            .build());
    store.commit(
        Batch.builder()
            .alert("a.test", fired("a.test", Alert.Phase.FIRING, NOW.plus(day), NOW))
            .alert("b.test", fired("b.test", Alert.Phase.PENDING, NOW, NOW))
            .build());
    store.commit(Batch.builder().dropAlert(first.fingerprint()).build());

    assertThat(store.episodes("t", NOW, 10))
        .extracting(Episode::startedAt, Episode::endedAt, Episode::resolution)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(NOW.plus(day), Optional.empty(), "seen again"),
            org.assertj.core.groups.Tuple.tuple(NOW.minus(day), Optional.of(NOW), "seen again"));
    assertThat(store.episodes("t", NOW.plusSeconds(1), 10)).hasSize(1);
    assertThat(store.episodes("t", NOW, 1)).hasSize(1);
    assertThat(store.episodes("other", NOW, 10)).isEmpty();
    store.expire(NOW.plusSeconds(1));
    assertThat(store.episodes("t", NOW, 10)).as("what fires is not too old").hasSize(1);
  }

  @Test
  void theLastDigestOfATenantIsRememberedWithTheMailThatIsOwed() {
    var first = new DigestMark("t", NOW, NOW.plusSeconds(1), "{}");
    var second = new DigestMark("t", NOW.plusSeconds(60), NOW.plusSeconds(61), "{\"a\":1}");
    var other = new DigestMark("", NOW, NOW, "ü");
    var owed = Owed.fresh("msg_d", "mail", "digest/t", 7, "{}", NOW);
    store.commit(Batch.builder().digest(first).digest(other).build());
    store.commit(Batch.builder().owe(owed).digest(second).build());

    assertThat(store.digests()).containsExactlyInAnyOrder(other, second);
    assertThat(store.outbox().claim("mail", 1, NOW, LEASE)).hasSize(1);
  }

  @Test
  void ticksAreKeptByDomainChecklistAndStepAndGoWithTheirDomain() {
    var first = tick("a.test", "custom-command", Optional.of(NOW.plusSeconds(60)));
    var again = tick("a.test", "custom-command", Optional.empty());
    var other = tick("a.test", "internal-mail", Optional.empty());
    var elsewhere = tick("b.test", "internal-mail", Optional.empty());
    store.commit(Batch.builder().tick(first).tick(other).tick(elsewhere).build());
    assertThat(store.ticks()).containsExactlyInAnyOrder(first, other, elsewhere);

    store.commit(Batch.builder().tick(again).build());
    store.commit(Batch.builder().dropTick("a.test", "seppmail-inline", "internal-mail").build());
    assertThat(store.ticks()).containsExactlyInAnyOrder(again, elsewhere);

    store.commit(Batch.builder().forget("a.test").build());
    assertThat(store.ticks()).containsExactly(elsewhere);
  }

  @Test
  void onlyWithdrawnNetworksAreToldAsWithdrawn() {
    var there =
        new PublishedNetwork(
            "de._netblocks.test", Cidr.parse("192.0.2.0/24"), NOW, NOW, Optional.empty());
    var gone =
        new PublishedNetwork(
            "de._netblocks.test", Cidr.parse("2001:db8::/32"), NOW, NOW, Optional.of(NOW));
    store.commit(Batch.builder().network(there).network(gone).build());

    assertThat(store.withdrawn())
        .isEqualTo(Map.of("de._netblocks.test", Map.of(Cidr.parse("2001:db8::/32"), NOW)));
    assertThat(all(store::eachNetwork)).containsExactlyInAnyOrder(there, gone);

    var back = new PublishedNetwork(gone.source(), gone.network(), NOW, NOW, Optional.empty());
    store.commit(Batch.builder().network(back).build());
    assertThat(store.withdrawn()).isEmpty();
  }

  @Test
  void historyIsReadNewestFirstAndByDomain() {
    var batch = Batch.builder();
    for (var i = 0; i < 5; i++) {
      batch.change(change("a.test", "spf", NOW.plusSeconds(i)));
      batch.change(change("b.test", "spf", NOW.plusSeconds(i)));
    }
    store.commit(batch.build());
    await().until(() -> store.history().read(0, 100).size() == 10);

    assertThat(store.history().read("a.test", 1, 2))
        .containsExactly(
            change("a.test", "spf", NOW.plusSeconds(3)),
            change("a.test", "spf", NOW.plusSeconds(2)));
    assertThat(store.history().read(0, 3))
        .containsExactly(
            change("a.test", "spf", NOW.plusSeconds(4)),
            change("b.test", "spf", NOW.plusSeconds(4)),
            change("a.test", "spf", NOW.plusSeconds(3)));
  }

  @Test
  void aDomainsHistoryShowsWhatItDependsOnToo() {
    var provider = change(Change.SHARED, "_spf.p.test SPF", NOW.plusSeconds(2));
    store.commit(
        Batch.builder()
            .change(change("a.test", "a.test SPF", NOW.plusSeconds(1)))
            .change(provider)
            .change(change(Change.SHARED, "_spf.q.test SPF", NOW.plusSeconds(3)))
            .change(change("b.test", "_spf.p.test SPF", NOW.plusSeconds(4)))
            .seen(new SeenRecord(Change.SHARED, "_spf.p.test SPF", "v=spf1 -all", NOW))
            .build());
    await().until(() -> store.history().read(0, 100).size() == 4);

    assertThat(store.history().read("a.test", List.of("_spf.p.test SPF", "it's SPF"), 0, 9))
        .containsExactly(provider, change("a.test", "a.test SPF", NOW.plusSeconds(1)));
    assertThat(store.history().read("a.test", List.of("_spf.p.test SPF"), 1, 9)).hasSize(1);
    assertThat(store.history().read("a.test", 0, 9)).hasSize(1);
    assertThat(store.seen(Change.SHARED)).hasSize(1);
  }

  @Test
  void whatIsOlderThanItIsKeptExpires() {
    var published =
        new PublishedNetwork("s.test", Cidr.parse("192.0.2.0/24"), NOW, NOW, Optional.empty());
    var gone =
        new PublishedNetwork("s.test", Cidr.parse("198.51.100.0/24"), NOW, NOW, Optional.of(NOW));
    var batch = Batch.builder();
    IntStream.range(0, 2_500)
        .forEach(i -> batch.change(change("a.test", "r" + i, NOW.minusSeconds(i))));
    batch
        .change(change("a.test", "new", NOW.plusSeconds(1)))
        .silence(new KeptSilence("old", NOW, "{}"))
        .silence(new KeptSilence("new", NOW.plusSeconds(9), "{}"))
        .network(published)
        .network(gone);
    store.commit(batch.build());
    await().until(() -> store.history().read(0, 3_000).size() == 2_501);

    assertThat(store.expire(NOW.plusSeconds(1))).isEqualTo(2_502);

    assertThat(store.history().read(0, 10))
        .containsExactly(change("a.test", "new", NOW.plusSeconds(1)));
    assertThat(store.silences()).extracting(KeptSilence::id).containsExactly("new");
    assertThat(all(store::eachNetwork)).containsExactly(published);
  }

  @Test
  void whatIsOwedInABatchCanBeClaimedAfterItsCommit() {
    var body = "{\"alerts\":[\"" + "ü".repeat(2_000_000) + "\"]}";
    var owed = Owed.fresh("id-1", "oncall", "group", 7, body, NOW);

    store.commit(Batch.builder().state(state("a.test", "1")).owe(owed).build());

    assertThat(store.outbox().claim("oncall", 10, NOW, LEASE)).containsExactly(owed);
    assertThat(store.lastSequence()).isEqualTo(7);
    store.outbox().delivered("id-1");
    assertThat(store.outbox().backlog()).isEmpty();
    assertThat(store.lastSequence()).isEqualTo(7);
  }

  @Test
  void manyWorkersNeverClaimTheSameNotification() throws Exception {
    var batch = Batch.builder();
    IntStream.range(0, 200)
        .mapToObj(i -> Owed.fresh("id-" + i, "oncall", "group-" + i % 150, i, "{}", NOW))
        .forEach(batch::owe);
    store.commit(batch.build());

    var claimed = new ArrayList<String>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      var claims =
          IntStream.range(0, 8)
              .mapToObj(_ -> workers.submit(() -> claimUntilNothingIsLeft(store)))
              .toList();
      for (var claim : claims) {
        claimed.addAll(claim.get());
      }
    }

    // The later ones of the 50 groups that have two wait for the earlier.
    assertThat(claimed).hasSize(150).doesNotHaveDuplicates();
  }

  private static List<String> claimUntilNothingIsLeft(StateStore store) {
    var mine = new ArrayList<String>();
    // A worker that met only locked rows sees nothing although there is something: ask on.
    for (var empty = 0; empty < 20; ) {
      var some = store.outbox().claim("oncall", 3, NOW, LEASE);
      some.forEach(owed -> mine.add(owed.id()));
      empty = some.isEmpty() ? empty + 1 : 0;
    }
    return mine;
  }

  @Test
  void manyWritersAreAllStored() {
    var domains = IntStream.range(0, 500).mapToObj("d%03d.test"::formatted).toList();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      domains.forEach(
          domain ->
              writers.execute(
                  () -> store.commit(Batch.builder().state(state(domain, "1")).build())));
    }
    assertThat(all(store::eachState))
        .extracting(StateRow::domain)
        .containsExactlyElementsOf(domains);
    assertThat(store.health()).isEqualTo(new Health(true, List.of(), 0));
  }

  @Test
  void aClosedStoreTakesNothing() {
    store.close();
    assertThatThrownBy(() -> store.commit(Batch.builder().state(state("a.test", "1")).build()))
        .isInstanceOf(StoreFailure.class)
        .hasMessage("the store is closed");
  }

  @Test
  void receiversThatWantNoMoreAreRememberedUntilTheyAreDropped() {
    var gone = new GoneReceiver("oncall", "a1b2", "HTTP 410", NOW);
    store.commit(
        Batch.builder().gone(gone).gone(new GoneReceiver("mail", "c3", "so", NOW)).build());
    store.commit(Batch.builder().dropGone("mail").build());

    assertThat(store.goneReceivers()).containsExactly(gone);
  }

  @Test
  void absencesAreKeptInOrderAndExpire() {
    var old = new Absence(NOW.minusSeconds(900), NOW.minusSeconds(800));
    var late = new Absence(NOW.minusSeconds(60), NOW);
    store.commit(Batch.builder().absence(late).absence(old).build());
    assertThat(store.absences()).containsExactly(old, late);

    assertThat(store.expire(NOW.minusSeconds(100))).isEqualTo(1);
    assertThat(store.absences()).containsExactly(late);
  }
}
