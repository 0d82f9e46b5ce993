package maildrift.alerts.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.mute.Maintenance;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.state.AlertBook;
import maildrift.alerts.state.AlertTerms;
import org.junit.jupiter.api.Test;

/** Who is told what, and when. */
class DispatcherTest {
  private static final Instant START = World.START;
  private static final String NETBLOCKS = World.NETBLOCKS;
  private static final Grouping BY_CAUSE = Grouping.DEFAULT;

  @Test
  void aGroupIsToldAfterItsWaitAndNotBefore() {
    var world = new World(all("oncall"));
    world.breaks("contoso.test", "netblocks.missing", "critical");

    assertThat(world.told).isEmpty();
    world.passes(Duration.ofSeconds(29));
    assertThat(world.told).isEmpty();
    world.passes(Duration.ofSeconds(1));
    assertThat(world.told).containsExactly("oncall first: +contoso.test");
  }

  @Test
  void oneCauseThatHitsManyDomainsIsOneNotificationThatNamesThemAll() {
    var world = new World(all("oncall"));
    for (var i = 0; i < 300; i++) {
      world.breaks("d%03d.test".formatted(i), "netblocks.missing", "critical");
    }

    world.passes(Duration.ofSeconds(30));

    assertThat(world.owed).hasSize(1);
    assertThat(world.last().firing()).hasSize(300);
    assertThat(world.last().groupLabels()).isEqualTo(Labels.of(Map.of("cause", NETBLOCKS)));
    assertThat(world.last().groupKey()).isEqualTo("{}/{}:{cause=\"" + NETBLOCKS + "\"}");
  }

  @Test
  void whatJoinsIsToldAfterTheGroupIntervalTogetherWithWhatFires() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.breaks("b.test", "netblocks.missing", "critical");

    world.passes(Duration.ofSeconds(299));
    assertThat(world.told).hasSize(1);
    world.passes(Duration.ofSeconds(1));

    assertThat(world.told.getLast()).isEqualTo("oncall new_alerts: +a.test +b.test");
  }

  @Test
  void whatEndsIsToldOnce() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.breaks("b.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(5));
    world.mends("b.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told)
        .containsExactly(
            "oncall first: +a.test +b.test",
            "oncall resolved: +b.test -a.test",
            "oncall resolved: -b.test");
    world.passes(Duration.ofDays(2));
    assertThat(world.told).hasSize(3);
  }

  /** Mail programs show as one thread what is one; the same trouble a year later is another. */
  @Test
  void whatIsToldOfAGroupUntilItFallsSilentIsOneThread() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    var first = world.owed.getFirst().id();
    assertThat(world.last().thread()).isEqualTo(first);

    world.restart();
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
    assertThat(world.last().thread()).isEqualTo(first);

    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofHours(1));
    assertThat(world.told.getLast()).isEqualTo("oncall first: +a.test");
    assertThat(world.last().thread()).isNotEqualTo(first).isEqualTo(world.owed.getLast().id());
  }

  @Test
  void whatEndedBeforeItWasToldIsNeverTold() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(10));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofDays(1));

    assertThat(world.told).isEmpty();
    assertThat(world.states).isEmpty();
  }

  @Test
  void whatFiresOnIsRepeated() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.passes(Duration.ofHours(12).minusSeconds(1));
    assertThat(world.told).hasSize(1);
    world.passes(Duration.ofSeconds(1));
    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall repeat: +a.test");
  }

  @Test
  void aResolvedAlertIsForgottenOnlyWhenEverybodyKnows() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mends("a.test", "netblocks.missing");
    assertThat(world.book).isNotEmpty();

    world.passes(Duration.ofMinutes(5));
    assertThat(world.told).hasSize(2);
    assertThat(world.states).isEmpty();
    world.passes(AlertTerms.DEFAULT.flapWindow());
    assertThat(world.book).isEmpty();
    assertThat(world.dispatcher.nextDue()).isEmpty();
  }

  @Test
  void anAlertThatComesBackBeforeItsEndWasToldIsNotToldAtAll() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofHours(2));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofSeconds(0));
    world.looks("a.test", "netblocks.missing", "critical", "");
    world.passes(Duration.ofMinutes(30));
    assertThat(world.told).hasSize(1); // pending again: neither over nor news

    world.looks("a.test", "netblocks.missing", "critical", "");
    world.passes(Duration.ofHours(1));
    assertThat(world.told).hasSize(1);
  }

  @Test
  void anAlertThatKeepsComingAndGoingIsToldToFlapThenNothingThenWhatItIs() {
    var world = new World(all("oncall"));
    var rule = "netblocks.missing";
    for (var round = 0; round < 12; round++) {
      world.breaks("a.test", rule, "critical");
      world.passes(Duration.ofMinutes(5));
      world.mends("a.test", rule);
      world.passes(Duration.ofMinutes(5));
    }
    assertThat(world.told)
        .containsExactly(
            "oncall first: +a.test", "oncall resolved: -a.test", "oncall first: +a.test");

    world.restart();
    for (var look = 0; look < 30; look++) {
      world.breaks("a.test", rule, "critical");
      world.passes(Duration.ofMinutes(5));
    }

    assertThat(world.told.subList(3, world.told.size())).containsExactly("oncall steady: +a.test");
  }

  @Test
  void aPendingReturnThatVanishesIsToldAsOver() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofSeconds(60));
    world.looks("a.test", "netblocks.missing", "critical", "");
    world.passes(Duration.ofMinutes(10));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
  }

  /** As while nobody can look: the end that was seen is owed. */
  @Test
  void aReturnThatIsNeverConfirmedDoesNotKeepTheEndBackForEver() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofSeconds(60));
    world.looks("a.test", "netblocks.missing", "critical", "");
    world.restart();
    world.passes(Duration.ofMinutes(110));
    assertThat(world.told).hasSize(1);
    world.passes(Duration.ofMinutes(10));

    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
    var item = world.last().items().getFirst();
    assertThat(item.endsAt().orElseThrow())
        .isEqualTo(START.plusSeconds(30))
        .isAfterOrEqualTo(item.startsAt());
    assertThat(item.annotation("resolution")).contains("not confirmed");
    world.passes(Duration.ofDays(2));
    assertThat(world.told).hasSize(2);
    world.looks("a.test", "netblocks.missing", "critical", "");
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall first: +a.test");
  }

  @Test
  void aWorseSeverityIsToldAndABetterOneIsNot() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "tls.expiry", "warning");
    world.passes(Duration.ofSeconds(30));
    world.breaks("a.test", "tls.expiry", "critical");
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall worse: +a.test");

    world.breaks("a.test", "tls.expiry", "warning");
    world.passes(Duration.ofHours(1));
    assertThat(world.told).hasSize(2);
  }

  @Test
  void anotherDiffIsToldButOneThatComesAndGoesIsNotToldAgain() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    for (var round = 0; round < 10; round++) {
      world.looks("a.test", "netblocks.missing", "critical", "+ 192.0.2.0/24");
      world.passes(Duration.ofMinutes(6));
      world.looks("a.test", "netblocks.missing", "critical", "");
      world.passes(Duration.ofMinutes(6));
    }

    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall changed: +a.test");
  }

  @Test
  void aRecordThatIsNeverTheSameIsToldAFewTimesOnly() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    for (var round = 0; round < 50; round++) {
      world.passes(Duration.ofMinutes(6));
      world.looks("a.test", "netblocks.missing", "critical", "+ 192.0.2." + round + "/32");
    }

    assertThat(world.told).hasSize(4);
  }

  @Test
  void theFirstRouteThatMatchesWinsUnlessItGoesOn() {
    var critical = List.of(Matcher.equal("severity", "critical"));
    var routing =
        new Routing(
            List.of(
                new Route(critical, List.of("oncall", "mail"), true, BY_CAUSE),
                new Route(
                    List.of(Matcher.parse("domain=~\".+\\\\.test\"")),
                    List.of("am"),
                    false,
                    BY_CAUSE),
                new Route(List.of(), List.of("rest"), false, BY_CAUSE)),
            Map.of("oncall", true, "mail", true, "am", true, "rest", true));
    var world = new World(routing);
    world.breaks("a.test", "netblocks.missing", "critical");
    world.breaks("b.test", "spf.lookups", "warning");
    world.breaks("c.example", "spf.lookups", "warning");
    world.passes(Duration.ofSeconds(30));

    assertThat(world.told)
        .containsExactlyInAnyOrder(
            "oncall first: +a.test",
            "mail first: +a.test",
            "am first: +a.test +b.test",
            "rest first: +c.example");
  }

  @Test
  void aRouteMayGroupByAllLabelsAndHaveItsOwnTimes() {
    var each =
        new Grouping(List.of("..."), Duration.ZERO, Duration.ofSeconds(10), Duration.ofMinutes(1));
    var world = new World(Routing.toAll(Map.of("am", true), each));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.breaks("b.test", "netblocks.missing", "critical");

    assertThat(world.told).containsExactly("am first: +a.test", "am first: +b.test");
    world.passes(Duration.ofMinutes(1));
    assertThat(world.told).hasSize(4);
  }

  @Test
  void anAlertWhoseSeverityChangesItsRouteIsToldThereAndIsOverHere() {
    var world = new World(bySeverity("mail", "oncall"));
    world.breaks("a.test", "tls.expiry", "warning");
    world.passes(Duration.ofSeconds(30));
    world.breaks("a.test", "tls.expiry", "critical");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told)
        .containsExactly("mail first: +a.test", "oncall first: +a.test", "mail resolved: -a.test");
    assertThat(world.last().resolved().getFirst().annotation("resolution"))
        .isEqualTo("it goes on as critical, told to oncall");
    world.mends("a.test", "tls.expiry");
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
    assertThat(world.told).hasSize(4);
  }

  @Test
  void withinOneReceiverAChangeOfRouteIsNeverToldAsAnEnd() {
    var world = new World(bySeverity("oncall", "oncall"));
    world.breaks("a.test", "tls.expiry", "warning");
    world.passes(Duration.ofSeconds(30));
    world.breaks("a.test", "tls.expiry", "critical");
    world.passes(Duration.ofHours(1));

    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall worse: +a.test");
  }

  @Test
  void aSilencedAlertIsToldWhenTheSilenceEndsAndItStillFires() {
    var world = new World(all("oncall"));
    world.mutes(silence("domain", "a.test", Duration.ofHours(1)));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(59));
    assertThat(world.told).isEmpty();

    world.passes(Duration.ofMinutes(2));
    assertThat(world.told).containsExactly("oncall first: +a.test");
    assertThat(world.last().firing().getFirst().annotation(Dispatcher.HELD_BACK))
        .isEqualTo(
            "held back by silence “known” by alice since 2026-11-21T17:00:00Z, until 2026-11-21T18:00:00Z");
  }

  @Test
  void aSilenceStopsTheRepetitionButNotTheEnd() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mutes(silence("domain", "a.test", Duration.ofDays(3)));
    world.passes(Duration.ofDays(1));
    assertThat(world.told).hasSize(1);

    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
  }

  @Test
  void maintenanceMutesItsDomainsOnly() {
    var world = new World(all("oncall"));
    world.mutes(
        new Mutes(
            List.of(),
            List.of(new Maintenance(Set.of("a.test"), START, Duration.ofHours(1), "migration"))));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.breaks("b.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(30));
    assertThat(world.told).containsExactly("oncall first: +b.test");

    world.passes(Duration.ofMinutes(31));
    assertThat(world.told.getLast()).isEqualTo("oncall new_alerts: +a.test +b.test");
  }

  private static Mutes work(Instant from) {
    return new Mutes(
        List.of(),
        List.of(new Maintenance(Set.of("a.test"), from, Duration.ofHours(1), "to inline")));
  }

  @Test
  void whatFiresWithinMaintenanceAndStillFiresIsToldAtItsEndWithTheReason() {
    var world = new World(all("oncall"));
    world.mutes(work(START));
    world.passes(Duration.ofMinutes(10));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(49));
    assertThat(world.told).isEmpty();

    world.passes(Duration.ofMinutes(2));

    assertThat(world.told).containsExactly("oncall first: +a.test");
    assertThat(world.last().firing().getFirst().annotation(Dispatcher.HELD_BACK))
        .isEqualTo(
            "held back by maintenance “to inline” since 2026-11-21T17:10:00Z, until 2026-11-21T18:00:00Z");
  }

  @Test
  void whatFiresAfterMaintenanceWasNotHeldBack() {
    var world = new World(all("oncall"));
    world.mutes(work(START));
    world.passes(Duration.ofMinutes(61));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(1));

    assertThat(world.last().firing().getFirst().annotations())
        .doesNotContainKey(Dispatcher.HELD_BACK);
  }

  @Test
  void whatComesAndGoesWithinMaintenanceIsNeverToldOf() {
    var world = new World(all("oncall"));
    world.mutes(work(START));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(10));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofHours(2));

    assertThat(world.told).isEmpty();
  }

  @Test
  void whatWasToldBeforeMaintenanceIsResolvedWithinItAndNotToldAnew() {
    var world = new World(all("oncall"));
    world.mutes(work(START.plus(Duration.ofMinutes(10))));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.breaks("a.test", "mx.extra", "critical");
    world.passes(Duration.ofMinutes(20));
    assertThat(world.told).hasSize(1);

    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(30));
    assertThat(world.told).hasSize(2);
    assertThat(world.last().resolved()).hasSize(1);
    assertThat(world.last().firing()).isEmpty();

    world.passes(Duration.ofMinutes(30));
    assertThat(world.told).hasSize(2);

    world.mends("a.test", "mx.extra");
    world.passes(Duration.ofMinutes(10));
    assertThat(world.told).hasSize(3);
    assertThat(world.last().resolved()).hasSize(1);
  }

  @Test
  void aSilenceThatIsExpiredByHandLetsTheAlertThrough() {
    var world = new World(all("oncall"));
    var silence = silence("domain", "a.test", Duration.ofDays(1));
    world.mutes(silence);
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofHours(1));

    world.mutes(new Mutes(List.of(silence.silences().getFirst().expire(world.now)), List.of()));
    world.passes(Duration.ofSeconds(30));

    assertThat(world.told).containsExactly("oncall first: +a.test");
  }

  @Test
  void aReceiverThatWantsNoEndsHearsNone() {
    var world = new World(Routing.toAll(Map.of("oncall", false), BY_CAUSE));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofDays(1));

    assertThat(world.told).containsExactly("oncall first: +a.test");
    assertThat(world.states).isEmpty();
  }

  @Test
  void aReloadWithTheSameRoutesInAnotherOrderTellsNobodyAnything() {
    var critical =
        new Route(
            List.of(Matcher.equal("severity", "critical")), List.of("oncall"), false, BY_CAUSE);
    var contoso =
        new Route(List.of(Matcher.equal("tenant", "other")), List.of("am"), false, BY_CAUSE);
    var receivers = Map.of("oncall", true, "am", true);
    var world = new World(new Routing(List.of(critical, contoso), receivers));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    for (var reload = 0; reload < 100; reload++) {
      world.routing(
          new Routing(
              reload % 2 == 0 ? List.of(contoso, critical) : List.of(critical, contoso),
              receivers));
      world.passes(Duration.ofSeconds(60));
    }

    assertThat(world.told).hasSize(1);
  }

  @Test
  void aReloadThatGroupsOtherwiseDoesNotTellAgainWhatIsKnown() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.routing(
        Routing.toAll(
            Map.of("oncall", true),
            new Grouping(
                List.of("tenant"),
                BY_CAUSE.groupWait(),
                BY_CAUSE.groupInterval(),
                BY_CAUSE.repeatInterval())));
    world.passes(Duration.ofHours(1));
    assertThat(world.told).hasSize(1);

    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
  }

  /** Order is kept, and incidents and threads are closed, by group. */
  @Test
  void whatWasToldBeforeAReloadIsToldOnInItsGroupUntilItIsOver() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    var before = world.last();
    world.routing(
        Routing.toAll(
            Map.of("oncall", true),
            new Grouping(
                List.of("tenant"),
                BY_CAUSE.groupWait(),
                BY_CAUSE.groupInterval(),
                BY_CAUSE.repeatInterval())));
    world.breaks("b.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(10));
    assertThat(world.told.getLast()).isEqualTo("oncall first: +b.test");
    assertThat(world.last().groupKey()).contains("tenant").isNotEqualTo(before.groupKey());

    world.restart();
    world.mends("a.test", "netblocks.missing");
    world.passes(Duration.ofMinutes(10));
    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
    assertThat(world.owed.getLast().groupKey()).isEqualTo(before.groupKey());
    assertThat(world.last().groupKey()).isEqualTo(before.groupKey());
    assertThat(world.last().groupLabels()).isEqualTo(before.groupLabels());
    assertThat(world.last().thread()).isEqualTo(before.thread());

    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(10));
    assertThat(world.told.getLast()).isEqualTo("oncall new_alerts: +a.test +b.test");
    assertThat(world.states).hasSize(1);
  }

  @Test
  void aReceiverThatVanishesIsToldNothingAndTheNewOneHearsAll() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.routing(all("night-shift"));
    world.passes(Duration.ofHours(1));

    assertThat(world.told).containsExactly("oncall first: +a.test", "night-shift first: +a.test");
    assertThat(world.states.values())
        .extracting(GroupState::receiver)
        .containsExactly("night-shift");
  }

  @Test
  void aRestartOwesWhatWasStillToBeOwedAndNothingTwice() {
    var world = new World(all("oncall"));
    world.breaks("told.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.mends("told.test", "netblocks.missing");
    world.breaks("new.test", "spf.lookups", "warning", "new.test TXT");
    world.restart();

    world.passes(Duration.ofSeconds(30));
    assertThat(world.told).containsExactly("oncall first: +told.test", "oncall first: +new.test");
    world.restart();
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told)
        .containsExactly(
            "oncall first: +told.test", "oncall first: +new.test", "oncall resolved: -told.test");
    for (var restart = 0; restart < 50; restart++) {
      world.restart();
      world.passes(Duration.ofSeconds(10));
    }
    assertThat(world.told).hasSize(3);
    world.passes(Duration.ofHours(12));
    assertThat(world.told.getLast()).isEqualTo("oncall repeat: +new.test");
  }

  @Test
  void whatEndedBeforeARestartIsToldByTheTimesOfItsRoute() {
    var quick =
        new Grouping(List.of("cause"), Duration.ZERO, Duration.ofSeconds(1), Duration.ofHours(12));
    var world = new World(Routing.toAll(Map.of("oncall", true), quick));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ZERO);
    world.mends("a.test", "netblocks.missing");
    world.restart();

    world.passes(Duration.ofSeconds(2));

    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall resolved: -a.test");
  }

  @Test
  void aRestartCountsTheWaitFromWhenTheAlertFired() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.now = world.now.plusSeconds(600);
    world.restart();

    world.passes(Duration.ZERO);

    assertThat(world.told).containsExactly("oncall first: +a.test");
  }

  @Test
  void aClockThatIsSetBackKeepsNobodyWaiting() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.now = world.now.minus(Duration.ofHours(1));
    world.breaks("b.test", "netblocks.missing", "critical");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told.getLast()).isEqualTo("oncall new_alerts: +a.test +b.test");
  }

  @Test
  void aClockThatIsSetBackComesUponTheEndOfASilenceAgain() {
    var world = new World(all("oncall"));
    world.mutes(
        new Mutes(
            List.of(
                silence("b.test", START.minusSeconds(3_600), START.minusSeconds(1_800)),
                silence("c.test", START, START.plusSeconds(36_000))),
            List.of()));
    world.passes(Duration.ZERO);
    world.now = START.minusSeconds(3_000);
    world.breaks("b.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(1_199));
    assertThat(world.told).isEmpty();
    world.passes(Duration.ofSeconds(31));

    assertThat(world.told).containsExactly("oncall first: +b.test");
  }

  @Test
  void aClockThatIsDisciplinedChangesNothingUntilItsStepsAddUp() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));

    assertThat(world.dispatcher.due(world.now.minusMillis(1)).isEmpty()).isTrue();
    assertThat(world.dispatcher.due(world.now.minusMillis(1_500)).isEmpty()).isTrue();
    assertThat(world.dispatcher.due(world.now.minusMillis(3_000)).states()).hasSize(1);
  }

  private static Silence silence(String domain, Instant from, Instant to) {
    return new Silence(
        "not " + domain, List.of(Matcher.equal("domain", domain)), from, to, "alice", "known");
  }

  @Test
  void aRemovedDomainIsToldAsOverWithTheReason() {
    var world = new World(all("oncall"));
    world.breaks("a.test", "netblocks.missing", "critical");
    world.passes(Duration.ofSeconds(30));
    world.apply(
        AlertBook.closeAll(world.book.values(), "a.test is no longer monitored", world.now));
    world.passes(Duration.ofMinutes(5));

    assertThat(world.last().resolved().getFirst().annotation("resolution"))
        .isEqualTo("a.test is no longer monitored");
  }

  @Test
  void theRefreshedAlertsAreThoseThatWereToldAndFire() {
    var world = new World(all("am"));
    world.breaks("a.test", "netblocks.missing", "critical");
    assertThat(world.dispatcher.toldFiring("am")).isEmpty();
    world.passes(Duration.ofSeconds(30));
    assertThat(world.dispatcher.toldFiring("am")).hasSize(1);
    world.mends("a.test", "netblocks.missing");
    assertThat(world.dispatcher.toldFiring("am")).isEmpty();
  }

  @Test
  void twentyThousandDomainsOfOneCauseAreOneGroupInNoTime() {
    var world = new World(all("oncall"));
    var started = System.nanoTime();
    for (var i = 0; i < 20_000; i++) {
      world.breaks("d" + i + ".test", "netblocks.missing", "critical");
    }
    world.passes(Duration.ofSeconds(30));
    var took = Duration.ofNanos(System.nanoTime() - started);

    assertThat(world.owed).hasSize(1);
    assertThat(took).isLessThan(Duration.ofSeconds(20));
  }

  private static Routing underLame() {
    return all("oncall")
        .inhibited(
            List.of(
                new InhibitRule(
                    "nobody serves the zone",
                    List.of(Matcher.equal("alertname", "ns.lame")),
                    List.of(Matcher.parse("alertname!=ns.lame")),
                    List.of("domain"))));
  }

  @Test
  void whatAGraverAlertHidesIsToldWhenThatEndsWithTheReason() {
    var world = new World(underLame());
    world.breaks("a.test", "ns.lame", "critical", "a.test NS");
    world.breaks("a.test", "spf.present", "warning");
    world.breaks("b.test", "spf.present", "warning");
    world.passes(Duration.ofHours(1));
    assertThat(world.told)
        .containsExactlyInAnyOrder("oncall first: +a.test", "oncall first: +b.test");
    assertThat(world.dispatcher.nextDue()).isPresent(); // repetitions alone

    world.mends("a.test", "ns.lame");
    world.passes(Duration.ofMinutes(10));
    assertThat(world.told).hasSize(4).contains("oncall resolved: -a.test");
    assertThat(world.told).contains("oncall new_alerts: +a.test +b.test");
    assertThat(world.notification("new_alerts").firing().getFirst().annotation("held_back"))
        .isEqualTo(
            "held back by ns.lame of a.test since 2026-11-21T17:00:00Z, until it ended at 2026-11-21T18:00:00Z");
  }

  @Test
  void whatWasToldBeforeItWasHiddenIsNeitherRepeatedNorLost() {
    var world = new World(underLame());
    world.breaks("a.test", "spf.present", "warning");
    world.passes(Duration.ofMinutes(1));
    world.breaks("a.test", "ns.lame", "critical", "a.test NS");
    world.passes(Duration.ofDays(1));
    assertThat(world.told)
        .containsExactly(
            "oncall first: +a.test",
            "oncall first: +a.test",
            "oncall repeat: +a.test"); // of ns.lame alone

    world.restart();
    world.mends("a.test", "spf.present");
    world.passes(Duration.ofMinutes(10));
    assertThat(world.told.getLast()).isEqualTo("oncall resolved: -a.test");
    assertThat(world.last().resolved().getFirst().labels().get("alertname"))
        .isEqualTo("spf.present");
  }

  @Test
  void aRestartUnderAGraverAlertTellsNothingMore() {
    var world = new World(underLame());
    world.breaks("a.test", "ns.lame", "critical", "a.test NS");
    world.breaks("a.test", "spf.present", "warning");
    world.passes(Duration.ofMinutes(1));
    world.restart();
    world.passes(Duration.ofMinutes(30));
    assertThat(world.told).hasSize(1);

    world.routing(all("oncall"));
    world.passes(Duration.ofMinutes(1));
    assertThat(world.told).hasSize(2);
  }

  private static Routing all(String receiver) {
    return Routing.toAll(Map.of(receiver, true), BY_CAUSE);
  }

  private static Routing bySeverity(String warning, String critical) {
    return new Routing(
        List.of(
            new Route(
                List.of(Matcher.equal("severity", "critical")), List.of(critical), false, BY_CAUSE),
            new Route(List.of(), List.of(warning), false, BY_CAUSE)),
        Stream.of(warning, critical).distinct().collect(Collectors.toMap(name -> name, _ -> true)));
  }

  private static Mutes silence(String name, String value, Duration length) {
    return new Mutes(
        List.of(
            new Silence(
                "s1",
                List.of(Matcher.equal(name, value)),
                START,
                START.plus(length),
                "alice",
                "known")),
        List.of());
  }
}
