package maildrift.alerts.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import org.junit.jupiter.api.Test;

/** Who takes an alert, and who hears of it when nobody does. */
class AcknowledgementTest {
  private static final String RULE = "netblocks.missing";

  private static Routing escalating() {
    return new Routing(
        List.of(
            new Route(List.of(), List.of("oncall"), false, Grouping.DEFAULT)
                .escalations(
                    List.of(
                        new Route.Escalation(Duration.ofMinutes(30), List.of("boss")),
                        new Route.Escalation(Duration.ofHours(2), List.of("owner", "board"))))),
        Map.of("oncall", true, "boss", true, "owner", true, "board", true));
  }

  private static World world() {
    return new World(Routing.toAll(Map.of("oncall", true), Grouping.DEFAULT));
  }

  @Test
  void whatWasTakenIsNotRepeatedAndItsEndIsTold() {
    var world = world();
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(1));
    assertThat(world.acknowledges("ada", "a.test", RULE)).isTrue();
    world.passes(Duration.ofDays(3));
    world.restart();
    world.passes(Duration.ofDays(3));
    assertThat(world.told).hasSize(1);

    world.mends("a.test", RULE);
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall resolved: -a.test");
    assertThat(world.taken).isEmpty();
  }

  @Test
  void itIsRepeatedForWhatNobodyTookAndNamesThatAlone() {
    var world = world();
    world.breaks("a.test", RULE, "critical");
    world.breaks("b.test", RULE, "critical");
    world.passes(Duration.ofMinutes(1));
    world.acknowledges("ada", "a.test", RULE);
    world.passes(Duration.ofHours(12));

    assertThat(world.told)
        .containsExactly("oncall first: +a.test +b.test", "oncall repeat: +b.test");
  }

  @Test
  void anAcknowledgementEndsWhenTheAlertGetsWorse() {
    var world = world();
    world.breaks("a.test", RULE, "warning");
    world.passes(Duration.ofMinutes(1));
    world.acknowledges("ada", "a.test", RULE);
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told.getLast()).isEqualTo("oncall worse: +a.test");
    assertThat(world.last().firing().getFirst().annotation("acknowledgement_ended"))
        .isEqualTo(
            "by ada at 2026-11-21T17:01:00Z: on it; ended at 2026-11-21T17:01:00Z: the severity rose from warning to critical");
    world.passes(Duration.ofHours(12));
    assertThat(world.told.getLast()).isEqualTo("oncall repeat: +a.test");
    assertThat(world.acknowledges("ada", "a.test", RULE)).isTrue();
  }

  @Test
  void anAcknowledgementEndsWhenItIsAboutSomethingElse() {
    var world = world();
    world.looks("a.test", RULE, "critical", "+ 192.0.2.0/24");
    world.looks("a.test", RULE, "critical", "+ 192.0.2.0/24");
    world.passes(Duration.ofMinutes(1));
    world.acknowledges("ada", "a.test", RULE);
    world.looks("a.test", RULE, "critical", "+ 198.51.100.0/24");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told.getLast()).isEqualTo("oncall changed: +a.test");
    assertThat(world.last().firing().getFirst().annotation("acknowledgement_ended"))
        .endsWith("what it is about changed");
  }

  @Test
  void whoseEndCameWhileNobodyWasThereIsSeenAtTheRestart() {
    var world = world();
    world.breaks("a.test", RULE, "warning");
    world.passes(Duration.ofMinutes(1));
    world.acknowledges("ada", "a.test", RULE);
    var before = world.dispatcher;
    world.dispatcher = before.anew(0); // a crash after the alert was stored
    world.breaks("a.test", RULE, "critical");
    world.restart();
    world.passes(Duration.ofMinutes(5));

    assertThat(world.taken.values()).noneMatch(taken -> taken.holds());
  }

  /** The store refused it: nothing follows from it, and what was due stays due. */
  @Test
  void whatIsUndoneHasNotHappened() {
    var world = world();
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(1));
    var alert = World.fingerprint("a.test", RULE);
    world.acknowledges("ada", "a.test", RULE);
    world.passes(Duration.ofDays(1));
    var before = world.dispatcher.acknowledgement(alert);

    world.dispatcher.unacknowledge(alert, "ada", world.now);
    assertThat(world.dispatcher.acknowledgements().owed()).isEmpty();
    world.dispatcher.undo(alert, before, world.now);
    world.passes(Duration.ofDays(1));
    assertThat(world.told).hasSize(1);
    assertThat(world.taken.get(alert)).isEqualTo(before.orElseThrow());

    world.givesBack("ada", "a.test", RULE);
    assertThat(world.told).hasSize(2);
    world.now = world.now.plus(Grouping.DEFAULT.repeatInterval());
    world.dispatcher.acknowledge(alert, "eve", "", world.now);
    world.dispatcher.due(world.now);
    world.dispatcher.undo(alert, Optional.empty(), world.now);
    world.passes(Duration.ZERO);
    assertThat(world.told).hasSize(3);
  }

  @Test
  void itIsKnownWhoWasToldOfWhatAndWhomARouteLeadsTo() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    var alert = World.fingerprint("a.test", RULE);
    assertThat(world.dispatcher.toldTo("oncall")).isEmpty();
    assertThat(world.dispatcher.leadingTo("oncall")).containsExactly(alert);
    world.passes(Duration.ofMinutes(1));
    assertThat(world.dispatcher.toldTo("oncall")).containsExactly(alert);
    assertThat(world.dispatcher.toldTo("boss")).isEmpty();
    assertThat(world.dispatcher.leadingTo("boss")).containsExactly(alert);
    assertThat(world.dispatcher.leadingTo("stranger")).isEmpty();

    world.mends("a.test", RULE);
    assertThat(world.dispatcher.toldTo("oncall")).containsExactly(alert);
    assertThat(world.dispatcher.leadingTo("oncall")).isEmpty();
  }

  @Test
  void onlyWhatFiresIsTakenAndOnlyWhatWasTakenIsGivenBack() {
    var world = world();
    assertThat(world.acknowledges("ada", "a.test", RULE)).isFalse();
    world.breaks("a.test", RULE, "critical");
    assertThat(world.givesBack("ada", "a.test", RULE)).isFalse();
    world.mends("a.test", RULE);
    assertThat(world.acknowledges("ada", "a.test", RULE)).isFalse();
  }

  @Test
  void whatNobodyTakesIsToldToOthersOneAfterTheOther() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofSeconds(30));
    world.passes(Duration.ofMinutes(29));
    assertThat(world.told).hasSize(1);
    world.passes(Duration.ofMinutes(1));
    assertThat(world.told).containsExactly("oncall first: +a.test", "boss escalation: +a.test");
    assertThat(world.last().firing().getFirst().annotation("escalation"))
        .isEqualTo(
            "nobody has acknowledged it within 30m; it has fired for 30m; told before: oncall at 2026-11-21T17:00:30Z");

    world.passes(Duration.ofMinutes(90));
    assertThat(world.told).hasSize(4).contains("owner escalation: +a.test");
    assertThat(world.last().firing().getFirst().annotation("escalation"))
        .contains("oncall at 2026-11-21T17:00:30Z, boss at 2026-11-21T17:30:30Z");

    world.mends("a.test", RULE);
    world.passes(Duration.ofMinutes(5));
    assertThat(world.told)
        .hasSize(8)
        .contains(
            "oncall resolved: -a.test",
            "boss resolved: -a.test",
            "owner resolved: -a.test",
            "board resolved: -a.test");
    assertThat(world.states).isEmpty();
  }

  @Test
  void whatIsTakenInTimeIsToldToNobodyElse() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(20));
    world.acknowledges("ada", "a.test", RULE);
    world.restart();
    world.passes(Duration.ofDays(2));
    assertThat(world.told).hasSize(1);

    assertThat(world.givesBack("ada", "a.test", RULE)).isTrue();
    world.passes(Duration.ofMinutes(29));
    assertThat(world.told).noneMatch(told -> told.startsWith("boss"));
    world.passes(Duration.ofMinutes(1));
    assertThat(world.told).contains("boss escalation: +a.test");
  }

  @Test
  void whoHasHeardOfItHearsOfItsEndThoughItWasTakenSince() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(31));
    world.acknowledges("ada", "a.test", RULE);
    world.passes(Duration.ofDays(1));
    assertThat(world.told).hasSize(2);
    world.mends("a.test", RULE);
    world.passes(Duration.ofMinutes(5));

    assertThat(world.told).hasSize(4).contains("boss resolved: -a.test");
  }

  @Test
  void restartsNeitherForgetNorRepeatAnEscalation() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    for (var restart = 0; restart < 150; restart++) {
      world.passes(Duration.ofMinutes(1));
      world.restart();
    }

    assertThat(world.told)
        .containsExactlyInAnyOrder(
            "oncall first: +a.test",
            "boss escalation: +a.test",
            "owner escalation: +a.test",
            "board escalation: +a.test");
  }

  @Test
  void whatCameDueWhileTheDaemonWasDownIsToldAtItsStart() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(1));
    world.now = world.now.plus(Duration.ofMinutes(40));
    world.restart();
    world.passes(Duration.ZERO);

    assertThat(world.told).contains("boss escalation: +a.test");
  }

  @Test
  void aSilenceHoldsTheEscalationBack() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(1));
    world.mutes(
        new Mutes(
            List.of(
                new Silence(
                    "s1",
                    List.of(Matcher.equal("domain", "a.test")),
                    World.START,
                    World.START.plus(Duration.ofHours(1)),
                    "alice",
                    "known")),
            List.of()));
    world.passes(Duration.ofMinutes(58));
    assertThat(world.told).hasSize(1);
    world.passes(Duration.ofMinutes(2));
    assertThat(world.told).containsExactly("oncall first: +a.test", "boss escalation: +a.test");
  }

  @Test
  void anInhibitionHoldsTheEscalationBack() {
    var world =
        new World(
            escalating()
                .inhibited(
                    List.of(
                        new InhibitRule(
                            "",
                            List.of(Matcher.equal("alertname", "ns.lame")),
                            List.of(Matcher.equal("alertname", RULE)),
                            List.of("domain")))));
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(1));
    world.breaks("a.test", "ns.lame", "critical", "a.test NS");
    world.acknowledges("ada", "a.test", "ns.lame");
    world.passes(Duration.ofHours(3));

    assertThat(world.told).containsExactly("oncall first: +a.test", "oncall first: +a.test");
  }

  @Test
  void aClockThatIsSetBackDelaysAnEscalationByNoMoreThanItsTime() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(10));
    world.now = world.now.minus(Duration.ofHours(5));
    world.passes(Duration.ofMinutes(30));

    assertThat(world.told).containsExactly("oncall first: +a.test", "boss escalation: +a.test");
  }

  @Test
  void aReloadWithAnotherTimeTellsNobodyTwice() {
    var world = new World(escalating());
    world.breaks("a.test", RULE, "critical");
    world.passes(Duration.ofMinutes(40));
    world.routing(
        new Routing(
            List.of(
                new Route(List.of(), List.of("oncall"), false, Grouping.DEFAULT)
                    .escalations(
                        List.of(new Route.Escalation(Duration.ofMinutes(50), List.of("boss"))))),
            Map.of("oncall", true, "boss", true)));
    world.passes(Duration.ofMinutes(40));

    assertThat(world.told).containsExactly("oncall first: +a.test", "boss escalation: +a.test");
  }
}
