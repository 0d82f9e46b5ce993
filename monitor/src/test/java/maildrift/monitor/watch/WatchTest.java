package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Contradiction;
import maildrift.monitor.check.Doors;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.Verdict;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Waiver;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.Test;

/** A domain's turns over a zone that is a map, with a probe that asks one shared record. */
class WatchTest {
  private static final Rule WORD =
      Rule.critical("shared.word", "the provider's record must say well").remedy("say well");
  private static final DnsName SHARED = DnsName.of("provider.test");
  private static final String FIRST = "contoso.test";

  private final Map<DnsName, String> zone = new ConcurrentHashMap<>(Map.of(SHARED, "well"));
  private final AtomicInteger judged = new AtomicInteger();
  private final List<Transition> told = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> confirming = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  private final StateTable table = new StateTable();
  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private final Watch watch =
      new Watch(
          new CheckRunner(
              List.of(new SharedWord()), (_, deadline) -> door(deadline), (_, _) -> {}, clock),
          store,
          table,
          new Published(),
          new Hearing(),
          () -> false,
          clock,
          new Watch.Terms(
              new ScheduleConfig(
                  Duration.ofMinutes(5), Duration.ofSeconds(30), 2, Duration.ofHours(6)),
              true));

  /** Violated while the shared record does not say "well", for all but calm domains. */
  private final class SharedWord implements Probe<Answer> {
    @Override
    public String name() {
      return "shared";
    }

    @Override
    public List<Rule> rules() {
      return List.of(WORD);
    }

    @Override
    public Answer observe(ManagedDomain domain, Network network) {
      return network.dns().ask(SHARED, RecordType.TXT);
    }

    @Override
    public Judgement judge(ManagedDomain domain, Answer seen, Context context) {
      judged.incrementAndGet();
      var text = seen.records(Rdata.Txt.class).getFirst().text();
      var judgement = new Judgement.Builder().fact("text", text).record("shared TXT", text);
      if (!text.contains("well") && !domain.name().toString().startsWith("calm")) {
        judgement.add(
            Finding.of(WORD, domain.name().toString(), "it says " + text).cause(SHARED + " TXT"));
      }
      return judgement.build(Outcome.OBSERVED);
    }

    @Override
    public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
      return true;
    }
  }

  private final class Hearing implements Watch.Listener {
    @Override
    public void looked(DomainState state) {
      // The table shows it.
    }

    @Override
    public void changed(List<Transition> transitions) {
      told.addAll(transitions);
    }

    @Override
    public void confirm(String domain, Duration in) {
      confirming.add(domain);
    }

    @Override
    public void sooner(String domain, Duration within) {
      asked.add(domain);
    }
  }

  private Doors.Door door(Deadline deadline) {
    return new Doors.Door() {
      @Override
      public List<Contradiction> contradictions() {
        return List.of();
      }

      @Override
      public Dns dns() {
        return questions -> questions.stream().map(WatchTest.this::answer).toList();
      }

      @Override
      public Smtp smtp() {
        throw new IllegalStateException("nobody speaks SMTP here");
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }
    };
  }

  private Answer answer(Question question) {
    return Optional.ofNullable(zone.get(question.name()))
        .<Answer>map(
            text ->
                new Answer.Found(
                    List.of(Rdata.Txt.of(text)), List.of(), Duration.ofMinutes(5), "", false))
        .orElseGet(() -> new Answer.NoSuchName(List.of(), Duration.ofMinutes(5), "", false));
  }

  private static ManagedDomain domain(String name) {
    return ManagedDomain.undeclared(DnsName.of(name));
  }

  private void turn(String name) {
    now = now.plusSeconds(60);
    watch.turn(name);
  }

  private DomainState state() {
    return table.of(DnsName.of(FIRST)).orElseThrow();
  }

  @Test
  void aLookThatSeesTheSameAgainMovesOnlyTheTimes() {
    zone.put(SHARED, "ill");
    watch.add(domain(FIRST), Optional.empty());
    for (var i = 0; i < 4; i++) {
      turn(FIRST);
    }
    var before = state();
    told.clear();
    judged.set(0);

    turn(FIRST);

    assertThat(judged).hasValue(0);
    assertThat(told).isEmpty();
    assertThat(state().checkedAt()).isEqualTo(now).isAfter(before.checkedAt());
    assertThat(state().probes().values())
        .singleElement()
        .satisfies(probe -> assertThat(probe.observedAt()).isEqualTo(now))
        .satisfies(probe -> assertThat(probe.facts()).contains("ill"));
    assertThat(state().verdict()).isEqualTo(Verdict.FAIL);
    assertThat(state().sameContent(before)).isTrue();
  }

  @Test
  void whatComesRightAfterManyLooksOfTheSameIsResolved() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "ill");
    for (var i = 0; i < 6; i++) {
      turn(FIRST);
    }
    zone.put(SHARED, "well");
    for (var i = 0; i < 3; i++) {
      turn(FIRST);
    }

    assertThat(told.getLast()).isInstanceOf(Transition.Resolved.class);
    assertThat(state().verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void aWaiverEndsOnTimeAlthoughNothingElseChanges() {
    zone.put(SHARED, "ill");
    var until = now.plus(Duration.ofMinutes(10));
    watch.add(
        domain(FIRST).waivers(List.of(new Waiver(WORD.id(), Optional.of(until), "agreed"))),
        Optional.empty());
    for (var i = 0; i < 5; i++) {
      turn(FIRST);
    }
    assertThat(told).isEmpty();

    now = until;
    turn(FIRST);
    turn(FIRST);

    assertThat(told.getLast()).isInstanceOf(Transition.Firing.class);
  }

  @Test
  void anotherDeclarationIsJudgedAtTheNextTurn() {
    zone.put(SHARED, "ill");
    watch.add(domain(FIRST), Optional.empty());
    for (var i = 0; i < 4; i++) {
      turn(FIRST);
    }
    watch.add(
        domain(FIRST).waivers(List.of(new Waiver(WORD.id(), Optional.empty(), "agreed"))),
        Optional.empty());

    turn(FIRST);

    assertThat(state().verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void whatAPersonAcceptsIsNoDriftAtTheNextTurnEither() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "well done");
    for (var i = 0; i < 4; i++) {
      turn(FIRST);
    }
    assertThat(watch.alerts()).extracting(Alert::phase).containsExactly(Alert.Phase.FIRING);

    watch.accept(FIRST, "alice");
    turn(FIRST);

    assertThat(told.getLast()).isInstanceOf(Transition.Resolved.class);
  }

  @Test
  void whoeverDependsOnWhatWentWrongIsLookedAtSoon() {
    for (var name : List.of(FIRST, "fabrikam.test", "tailspin.test")) {
      watch.add(domain(name), Optional.empty());
      turn(name);
    }
    watch.add(domain("unseen.test"), Optional.empty());
    zone.put(SHARED, "ill");

    turn(FIRST);

    await()
        .untilAsserted(
            () -> assertThat(asked).containsExactlyInAnyOrder("fabrikam.test", "tailspin.test"));
    assertThat(confirming).containsExactly(FIRST);
  }

  @Test
  void eachIsAskedForOnceHoweverManyFindThatItWentWrongAndWhoeverFiresWhenItCameRight() {
    var names = IntStream.range(0, 20).mapToObj(i -> "d%d.test".formatted(i)).toList();
    var calm = List.of("calm1.test", "calm2.test");
    Stream.concat(names.stream(), calm.stream())
        .forEach(
            name -> {
              watch.add(domain(name), Optional.empty());
              turn(name);
            });
    zone.put(SHARED, "ill");
    turn(names.getFirst());
    await().untilAsserted(() -> assertThat(asked).hasSize(names.size() - 1 + calm.size()));

    for (var look = 0; look < 3; look++) {
      calm.forEach(this::turn);
      names.forEach(this::turn);
    }
    assertThat(watch.alerts())
        .filteredOn(alert -> alert.labels().get("alertname").equals(WORD.id()))
        .hasSize(names.size())
        .allMatch(alert -> alert.phase() == Alert.Phase.FIRING);
    zone.put(SHARED, "well");
    turn(names.getFirst());
    await().untilAsserted(() -> assertThat(asked).hasSize(2 * (names.size() - 1) + calm.size()));

    names.forEach(
        name ->
            assertThat(asked)
                .filteredOn(name::equals)
                .hasSize(name.equals(names.getFirst()) ? 0 : 2));
    calm.forEach(name -> assertThat(asked).filteredOn(name::equals).hasSize(1));
  }

  @Test
  void whoeverWaitsForItsConfirmationIsNotAskedFor() {
    for (var name : List.of(FIRST, "fabrikam.test", "tailspin.test")) {
      watch.add(domain(name), Optional.empty());
      turn(name);
    }
    zone.put(SHARED, "ill");
    turn("fabrikam.test");
    turn(FIRST);

    await().untilAsserted(() -> assertThat(asked).contains("tailspin.test"));
    assertThat(asked).doesNotContain("fabrikam.test").doesNotHaveDuplicates();
  }

  @Test
  void looksBeforeConfirmAfterConfirmNothingWhoeverAskedForThem() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "ill");
    turn(FIRST);
    watch.turnNow(FIRST);
    now = now.plusSeconds(29);
    watch.turnNow(FIRST);
    assertThat(watch.alerts()).isNotEmpty().allMatch(a -> a.phase() == Alert.Phase.PENDING);

    now = now.plusSeconds(1);
    watch.turnNow(FIRST);

    assertThat(watch.alerts()).allMatch(a -> a.phase() == Alert.Phase.FIRING);
  }

  @Test
  void whatOneLookAloneSawIsNoHistory() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "ill");
    turn(FIRST);
    zone.put(SHARED, "well");
    turn(FIRST);
    turn(FIRST);

    assertThat(store.history().read(FIRST, watch.shared(FIRST), 0, 9)).isEmpty();
  }

  @Test
  void whatEnoughLooksSawIsHistorySinceTheFirstOfThem() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "ill");
    turn(FIRST);
    var first = now;
    watch.turnNow(FIRST);
    assertThat(store.history().read(FIRST, watch.shared(FIRST), 0, 9)).isEmpty();

    turn(FIRST);

    assertThat(store.history().read(FIRST, watch.shared(FIRST), 0, 9))
        .singleElement()
        .satisfies(change -> assertThat(change.at()).isEqualTo(first))
        .satisfies(change -> assertThat(change.after()).contains("ill"));
  }

  @Test
  void whatAPersonAcceptsAfterOneLookIsWhatThatLookSaw() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "well done");
    turn(FIRST);

    watch.accept(FIRST, "alice");

    assertThat(watch.baseline(FIRST).orElseThrow()).containsEntry("shared TXT", "well done");
    assertThat(watch.alerts()).isEmpty();
    assertThat(store.history().read(FIRST, watch.shared(FIRST), 0, 9))
        .extracting("kind")
        .containsExactlyInAnyOrder("accepted", "record");
  }

  @Test
  void aCleanLookDropsWhatIsPendingAtOnce() {
    watch.add(domain(FIRST), Optional.empty());
    turn(FIRST);
    zone.put(SHARED, "ill");
    turn(FIRST);
    zone.put(SHARED, "well");

    watch.turnNow(FIRST);

    assertThat(watch.alerts()).isEmpty();
  }
}
