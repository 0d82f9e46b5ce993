package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Contradiction;
import maildrift.monitor.check.Doors;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.Batch;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.Tenant;
import maildrift.probes.netblocks.NetblocksProbe;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.spf.SpfProbe;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many domains depend on one provider's records: what is told, what is written, what is kept. */
class SharedRecordsTest {
  private static final String SPF = "_spf.provider.test";
  private static final String INNER = "_a.provider.test";
  private static final String OLD = "v=spf1 ip4:192.0.2.0/24 -all";
  private static final String NEW = "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all";
  private static final List<String> DOMAINS =
      IntStream.range(0, 5).mapToObj("d%d.test"::formatted).toList();

  private final Map<String, String> texts = new ConcurrentHashMap<>();
  private final Set<String> silent = ConcurrentHashMap.newKeySet();
  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  /** The store takes so many more batches. */
  private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

  private StateStore full() {
    return (StateStore)
        Proxy.newProxyInstance(
            StateStore.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("commit") && left.getAndDecrement() <= 0) {
                throw new StoreFailure("the disk is full");
              }
              return method.invoke(store, arguments);
            });
  }

  private Watch watch = watch();

  private Watch watch() {
    return new Watch(
        new CheckRunner(
            List.of(new SpfProbe(), new NetblocksProbe()),
            (_, deadline) -> door(deadline),
            (_, _) -> {},
            clock),
        full(),
        new StateTable(),
        new Published(),
        new Nobody(),
        () -> false,
        clock,
        new Watch.Terms(
            new ScheduleConfig(
                Duration.ofMinutes(5), Duration.ofSeconds(30), 2, Duration.ofHours(6)),
            true));
  }

  private Doors.Door door(Deadline deadline) {
    return new Doors.Door() {
      @Override
      public List<Contradiction> contradictions() {
        return List.of();
      }

      @Override
      public Dns dns() {
        return questions -> questions.stream().map(SharedRecordsTest.this::answer).toList();
      }

      @Override
      public Smtp smtp() {
        return _ -> List.of();
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }
    };
  }

  private Answer answer(Question question) {
    var name = question.name().toString();
    if (silent.contains(name)) {
      return new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL", "");
    }
    var ttl = Duration.ofMinutes(5);
    return Optional.ofNullable(texts.get(name))
        .filter(_ -> question.type() == RecordType.TXT)
        .<Answer>map(
            text -> new Answer.Found(List.of(Rdata.Txt.of(text)), List.of(), ttl, "", false))
        .orElseGet(() -> new Answer.NoSuchName(List.of(), ttl, "", false));
  }

  @BeforeEach
  void allIncludeOneProvider() {
    texts.put(SPF, "v=spf1 include:" + INNER + " -all");
    texts.put(INNER, OLD);
    DOMAINS.forEach(
        name -> {
          texts.put(name, "v=spf1 include:" + SPF + " -all");
          watch.add(ManagedDomain.undeclared(DnsName.of(name)), Optional.empty());
        });
    turns(DOMAINS, 1);
  }

  private void turns(List<String> names, int count) {
    for (var i = 0; i < count; i++) {
      now = now.plusSeconds(600);
      names.forEach(watch::turn);
    }
  }

  /** A daemon that starts on what this one has stored. */
  private void restart() {
    watch = watch();
    var records = new HashMap<String, Map<String, String>>();
    store.eachSeen(
        seen -> {
          if (seen.domain().equals(Change.SHARED)) {
            watch.restoreShared(seen);
          } else {
            records
                .computeIfAbsent(seen.domain(), _ -> new HashMap<>())
                .put(seen.record(), seen.value());
          }
        });
    DOMAINS.forEach(
        name ->
            watch.add(
                ManagedDomain.undeclared(DnsName.of(name)),
                Optional.of(
                    new Watch.Remembered(
                        DomainState.unseen(ManagedDomain.undeclared(DnsName.of(name))),
                        List.of(),
                        store.baseline(name).orElseThrow().records(),
                        records.getOrDefault(name, Map.of()),
                        Map.of()))));
    watch.restored();
  }

  private List<Change> history() {
    return store.history().read(0, 100);
  }

  private List<String> firing() {
    return watch.alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(alert -> alert.labels().get("alertname") + " " + alert.labels().get("subject"))
        .distinct()
        .sorted()
        .toList();
  }

  private Alert alert(String rule) {
    return watch.alerts().stream()
        .filter(alert -> alert.labels().get("alertname").equals(rule))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oneChangeIsOneLineThatEachDomainShows() {
    texts.put(INNER, NEW);
    turns(DOMAINS, 3);

    assertThat(history())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.domain()).isEmpty();
              assertThat(change.record()).isEqualTo(INNER + " SPF");
              assertThat(change.before()).contains(OLD);
              assertThat(change.after()).contains(NEW);
            });
    for (var name : DOMAINS) {
      assertThat(store.history().read(name, watch.shared(name), 0, 9)).isEqualTo(history());
    }
    assertThat(firing()).containsExactly("record.changed " + INNER + " SPF");
    assertThat(watch.alerts()).hasSize(DOMAINS.size());
  }

  @Test
  void theMessageSaysWhoseRecordItIsHowItIsReachedAndWhatChanged() {
    texts.put(INNER, NEW);
    turns(DOMAINS, 2);

    var alert = alert("record.changed");
    assertThat(alert.labels().get("cause")).isEqualTo(INNER + " TXT");
    assertThat(alert.annotations().get("summary"))
        .startsWith("the SPF record of _a.provider.test, which d")
        .endsWith(" includes by way of _spf.provider.test, changed: added 198.51.100.0/24");
    assertThat(alert.annotations().get("diff")).isEqualTo("- " + OLD + "\n+ " + NEW);
    assertThat(alert.annotations().get("remedy"))
        .contains("maildrift netblocks _a.provider.test --allowlist FILE")
        .endsWith("maildrift baseline accept --record \"_a.provider.test SPF\"");
  }

  @Test
  void anIncludedRecordOfTheDomainsOwnIsItsOwnersToRestore() {
    texts.put("d0.test", "v=spf1 include:_own.d0.test -all");
    texts.put("_own.d0.test", OLD);
    turns(List.of("d0.test"), 2);
    watch.accept("d0.test", "alice");
    texts.put("_own.d0.test", NEW);
    turns(List.of("d0.test"), 2);

    assertThat(watch.alerts())
        .filteredOn(alert -> alert.labels().get("subject").equals("_own.d0.test SPF"))
        .singleElement()
        .extracting(alert -> alert.annotations().get("remedy"), InstanceOfAssertFactories.STRING)
        .startsWith(
            "If nobody of yours made this change, publish the old value at _own.d0.test again: “"
                + OLD
                + "”.");
  }

  @Test
  void aRecordThatGoesToAndFroIsALineEachTime() {
    for (var text : List.of(NEW, OLD, NEW)) {
      texts.put(INNER, text);
      turns(DOMAINS, 2);
    }

    assertThat(history().reversed().stream().map(change -> change.after().orElseThrow()))
        .containsExactly(NEW, OLD, NEW);
  }

  @Test
  void aRestartAmidstTheDomainsNeitherDoublesNorLosesALine() {
    texts.put(INNER, NEW);
    turns(DOMAINS.subList(0, 2), 2);
    assertThat(history()).hasSize(1);

    restart();
    turns(DOMAINS, 3);
    assertThat(history()).hasSize(1);

    texts.put(INNER, OLD);
    restart();
    turns(DOMAINS, 3);
    assertThat(history()).hasSize(2);
  }

  @Test
  void whatIsNoLongerIncludedIsNoLongerWatchedButOnlyOnceThatIsSure() {
    texts.put(INNER, NEW);
    turns(DOMAINS, 2);
    assertThat(firing()).containsExactly("record.changed " + INNER + " SPF");

    silent.add(SPF);
    turns(DOMAINS, 3);
    assertThat(firing()).containsExactly("record.changed " + INNER + " SPF");

    silent.clear();
    texts.put(SPF, "v=spf1 -all");
    turns(DOMAINS, 1);
    assertThat(watch.baseline("d0.test").orElseThrow()).containsKey(INNER + " SPF");
    assertThat(firing()).contains("record.changed " + INNER + " SPF");

    turns(DOMAINS, 3);
    assertThat(watch.baseline("d0.test").orElseThrow())
        .containsOnlyKeys("d0.test SPF", "d0.test SPF-lookups", SPF + " SPF");
    assertThat(watch.shared("d0.test")).containsExactly(SPF + " SPF");
    assertThat(store.seen("d0.test")).noneMatch(seen -> seen.record().startsWith(INNER));
    assertThat(store.seen(Change.SHARED)).noneMatch(seen -> seen.record().startsWith(INNER));
    assertThat(firing()).doesNotContain("record.changed " + INNER + " SPF");
  }

  @Test
  void oneAnswerThatLeavesTheIncludeOutForgetsNothing() {
    texts.put(SPF, "v=spf1 -all");
    turns(DOMAINS, 1);
    texts.put(SPF, "v=spf1 include:" + INNER + " -all");
    texts.put(INNER, NEW);
    turns(DOMAINS, 3);

    assertThat(firing()).containsExactly("record.changed " + INNER + " SPF");
  }

  @Test
  void oneRecordIsAcceptedForAllThatHaveItAtOnce() {
    texts.put(INNER, NEW);
    texts.put("d0.test", "v=spf1 include:" + SPF + " ~all");
    turns(DOMAINS, 2);
    assertThat(firing()).contains("record.changed " + INNER + " SPF");

    assertThat(watch.acceptRecord(INNER + " SPF", "alice")).isEqualTo(DOMAINS);
    assertThat(watch.acceptRecord("_b.provider.test SPF", "alice")).isEmpty();

    turns(DOMAINS, 1);
    assertThat(firing()).containsExactly("record.changed d0.test SPF");
    assertThat(history().stream().filter(change -> change.kind().equals("accepted")))
        .singleElement()
        .satisfies(change -> assertThat(change.record()).isEqualTo(INNER + " SPF"));
    assertThat(store.baseline("d1.test").orElseThrow().acceptedBy()).isEqualTo("alice");
    assertThat(store.baseline("d1.test").orElseThrow().records())
        .containsEntry(INNER + " SPF", NEW);
  }

  @Test
  void acceptingWhatMoreLookupsComeFromAcceptsTheirCount() {
    texts.put("_b.provider.test", OLD);
    texts.put(SPF, "v=spf1 include:" + INNER + " include:_b.provider.test -all");
    turns(DOMAINS, 2);
    assertThat(firing()).contains("record.changed " + SPF + " SPF", "spf.lookups-trend d0.test");
    assertThat(alert("spf.lookups-trend").labels().get("cause")).isEqualTo(SPF + " TXT");
    assertThat(history()).hasSize(1);

    watch.acceptRecord(SPF + " SPF", "alice");
    turns(DOMAINS, 1);

    assertThat(firing()).isEmpty();
  }

  /** d0 takes networks from the provider, too. */
  private void takesNetworks() {
    var domain = ManagedDomain.undeclared(DnsName.of("d0.test"));
    watch.add(
        domain.prescriptions(
            List.of(
                Prescription.of("house", "house", Role.GATEWAY)
                    .netblocks(List.of(DnsName.of(SPF))))),
        Optional.empty());
    turns(DOMAINS, 1);
  }

  @Test
  void aSourcesFindingNamesTheInnerRecordAndIsTheOnlyOne() {
    takesNetworks();
    texts.put(INNER, NEW);
    turns(List.of("d0.test"), 2);

    assertThat(firing()).containsExactly("netblocks.changed " + SPF);
    assertThat(alert("netblocks.changed").annotations().get("summary"))
        .isEqualTo(
            SPF
                + " publishes other networks than accepted: added 198.51.100.0/24; _a.provider.test, which it includes, changed from “"
                + OLD
                + "” to “"
                + NEW
                + "”");
    assertThat(history()).hasSize(1);

    // A failure to look tells nothing anew, and ends nothing.
    silent.add(SPF);
    turns(List.of("d0.test"), 3);
    assertThat(firing()).containsExactly("netblocks.changed " + SPF);
    silent.clear();

    assertThat(watch.acceptRecord(SPF + " netblocks", "alice")).containsExactly("d0.test");
    turns(List.of("d0.test"), 1);
    assertThat(firing()).isEmpty();
  }

  @Test
  void theTextThatChangedWithoutANetworkIsToldByItself() {
    takesNetworks();
    texts.put(INNER, "v=spf1 ip4:192.0.2.0/24 ~all");
    turns(List.of("d0.test"), 3);

    assertThat(firing()).containsExactly("record.changed " + INNER + " SPF");
  }

  /** d0 takes networks from the provider and from a list of the profile's own. */
  private void takesListed(String... networks) {
    watch.add(
        ManagedDomain.undeclared(DnsName.of("d0.test"))
            .prescriptions(
                List.of(
                    Prescription.of("house", "house", Role.GATEWAY)
                        .networks(Stream.of(networks).map(Cidr::parse).toList()))),
        Optional.empty());
  }

  @Test
  void whatAProfileListsFollowsFromNoSpfRecord() {
    takesListed("192.0.2.0/24");
    turns(DOMAINS, 1);
    takesListed("198.51.100.0/24");
    texts.put(INNER, NEW);
    turns(DOMAINS, 2);

    assertThat(history())
        .extracting(Change::record)
        .containsExactlyInAnyOrder(INNER + " SPF", "house networks netblocks");
  }

  @Test
  void theRecordOfAManagedDomainIsItsOwnLineHoweverManyIncludeIt() {
    watch.add(
        new ManagedDomain(
            DnsName.of("provider.test"),
            new Tenant("house", "House", Map.of()),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Set.of(),
            List.of(),
            Map.of()),
        Optional.empty());
    texts.put("provider.test", "v=spf1 -all");
    turns(List.of("provider.test"), 1);
    texts.put(INNER, NEW);
    turns(DOMAINS, 3);

    assertThat(history())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.domain()).isEqualTo("provider.test");
              assertThat(change.tenant()).isEqualTo("house");
              assertThat(change.record()).isEqualTo(INNER + " SPF");
            });
  }

  @Test
  void acceptingARecordOfOnesOwnIsALineOfOnesOwn() {
    texts.put("d0.test", "v=spf1 include:" + SPF + " ~all");
    turns(DOMAINS, 2);

    watch.acceptRecord("d0.test SPF", "alice");

    assertThat(history().stream().filter(change -> change.kind().equals("accepted")))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.domain()).isEqualTo("d0.test");
              assertThat(change.record()).isEqualTo("d0.test SPF");
            });
  }

  @Test
  void aRecordOfManyDomainsIsAcceptedInBatchesThatCanBeInterrupted() {
    var many =
        IntStream.range(0, 2 * Acceptance.ACCEPTED_AT_ONCE).mapToObj("m%03d.test"::formatted);
    var names = many.toList();
    names.forEach(
        name -> {
          texts.put(name, "v=spf1 include:" + SPF + " -all");
          watch.add(ManagedDomain.undeclared(DnsName.of(name)), Optional.empty());
        });
    turns(names, 1);
    texts.put(INNER, NEW);
    turns(names, 2);
    left.set(1);

    assertThatThrownBy(() -> watch.acceptRecord(INNER + " SPF", "alice"))
        .isInstanceOf(StoreFailure.class);
    left.set(Integer.MAX_VALUE);
    var accepted =
        names.stream()
            .filter(name -> NEW.equals(watch.baseline(name).orElseThrow().get(INNER + " SPF")))
            .count();
    assertThat(accepted).isPositive().isLessThanOrEqualTo(Acceptance.ACCEPTED_AT_ONCE);
    assertThat(history().stream().filter(change -> change.kind().equals("accepted"))).hasSize(1);

    assertThat(watch.acceptRecord(INNER + " SPF", "alice")).containsAll(names);
    assertThat(names)
        .allSatisfy(
            name ->
                assertThat(watch.baseline(name).orElseThrow()).containsEntry(INNER + " SPF", NEW));
  }

  @Test
  void aCommitThatFailsTakesNothingOver() {
    texts.put("d5.test", "v=spf1 include:_b.provider.test -all");
    texts.put("_b.provider.test", OLD);
    watch.add(ManagedDomain.undeclared(DnsName.of("d5.test")), Optional.empty());
    left.set(0);
    assertThatThrownBy(() -> watch.turn("d5.test")).isInstanceOf(StoreFailure.class);
    assertThatThrownBy(() -> watch.remove("d0.test")).isInstanceOf(StoreFailure.class);
    left.set(Integer.MAX_VALUE);

    turns(List.of("d5.test"), 1);
    assertThat(store.seen(Change.SHARED))
        .anySatisfy(seen -> assertThat(seen.record()).isEqualTo("_b.provider.test SPF"));
    watch.remove("d5.test");
    DOMAINS.forEach(watch::remove);
    assertThat(store.seen(Change.SHARED)).isEmpty();
  }

  @Test
  void whoSeesACertificateDifferentlyTellsNoSecondRenewal() {
    var shared = new SharedRecords(_ -> Optional.empty());
    var record = "mx.provider.test:25 certificate";
    var told = new ArrayList<Change>();
    DOMAINS.forEach(name -> shared.hold(DnsName.of(name), Map.of(record, "a=1\nb=1")));

    tell(shared, told, record, "a=1\nb=1", "a=2\nb=1", 1);
    tell(shared, told, record, "pinned\na=1\nb=1", "pinned\na=2\nb=1", 2);
    tell(shared, told, record, "a=1", "a=2", 3);
    tell(shared, told, record, "a=2", "pinned\na=2", 4);
    assertThat(told).singleElement().extracting(Change::after).isEqualTo(Optional.of("a=2\nb=1"));

    tell(shared, told, record, "pinned\na=2\nb=1", "pinned\na=3\nb=1", 5);
    assertThat(told).hasSize(2);
    assertThat(told.getLast().before()).contains("a=2\nb=1");
  }

  @Test
  void whoIsLateBringsNoNews() {
    var shared = new SharedRecords(_ -> Optional.empty());
    var record = INNER + " SPF";
    var told = new ArrayList<Change>();
    shared.hold(DnsName.of("d0.test"), Map.of(record, "1"));

    tell(shared, told, record, "1", "2", 1);
    tell(shared, told, record, "2", "3", 3);
    tell(shared, told, record, "1", "2", 2);
    assertThat(told).hasSize(2);

    tell(shared, told, record, "1", "4", 4);
    assertThat(told).hasSize(3);
  }

  @Test
  void whatFollowedForOneDomainIsToldByTheFirstForWhichItDoesNot() {
    var shared = new SharedRecords(_ -> Optional.empty());
    var record = SPF + " netblocks";
    var told = new ArrayList<Change>();
    shared.hold(DnsName.of("d0.test"), Map.of(record, "1"));

    tell(shared, told, new SharedRecords.Changed(record, "1", "2", now.plusSeconds(1), false));
    assertThat(told).isEmpty();
    tell(shared, told, record, "1", "2", 2);
    tell(shared, told, record, "1", "2", 3);

    assertThat(told).singleElement().extracting(Change::before).isEqualTo(Optional.of("1"));
  }

  private void tell(
      SharedRecords shared,
      List<Change> told,
      String record,
      String before,
      String after,
      int second) {
    tell(
        shared,
        told,
        new SharedRecords.Changed(record, before, after, now.plusSeconds(second), true));
  }

  private static void tell(SharedRecords shared, List<Change> told, SharedRecords.Changed change) {
    var batch = Batch.builder();
    shared.telling(
        List.of(change),
        batch,
        () -> {
          var memory = new MemoryStore();
          memory.commit(batch.build());
          told.addAll(memory.history().read(0, 9));
        });
  }

  @Test
  void aDomainThatIsTakenOutLeavesNothingBehind() {
    Stream.concat(DOMAINS.stream(), Stream.of("unknown.test")).forEach(watch::remove);

    assertThat(store.seen(Change.SHARED)).isEmpty();
    assertThat(watch.shared("d0.test")).isEmpty();
  }
}
