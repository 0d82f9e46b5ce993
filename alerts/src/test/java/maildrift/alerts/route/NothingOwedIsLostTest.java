package maildrift.alerts.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.alerts.Alert.Phase;
import maildrift.alerts.Matcher;
import maildrift.alerts.Notification;
import maildrift.alerts.mute.Hours;
import maildrift.alerts.mute.InhibitRule;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.mute.TimeInterval;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Alerts come, change and go, are silenced, inhibited, taken and given back, while hours pass and
 * the daemon crashes, at random. What each receiver believes, read from what it was told and from
 * nothing else, is held against a model that knows only what fires.
 */
class NothingOwedIsLostTest {
  private static final int STEPS = 150;
  private static final List<String> DOMAINS = List.of("a.test", "b.test", "c.test");
  private static final List<String> RULES = List.of("mx.extra", "spf.present", "ns.lame");
  private static final Duration ESCALATES = Duration.ofMinutes(30);

  private static Routing routing() {
    return routing(Grouping.DEFAULT.by());
  }

  private static Routing routing(List<String> by) {
    var usual = Grouping.DEFAULT;
    var grouping =
        new Grouping(by, usual.groupWait(), usual.groupInterval(), usual.repeatInterval());
    var daytime =
        new TimeInterval(
            List.of(new TimeInterval.Times(8 * 60, 18 * 60)),
            Set.of(),
            List.of(),
            Set.of(),
            List.of(),
            ZoneOffset.UTC);
    return new Routing(
            List.of(
                new Route(List.of(), List.of("oncall"), true, grouping)
                    .escalations(List.of(new Route.Escalation(ESCALATES, List.of("boss")))),
                new Route(List.of(), List.of("office"), false, grouping)
                    .hours(
                        new Hours(List.of(new Hours.Named("day", List.of(daytime))), List.of()))),
            Map.of("oncall", true, "boss", true, "office", true))
        .inhibited(
            List.of(
                new InhibitRule(
                    "nobody serves the zone",
                    List.of(Matcher.equal("alertname", "ns.lame")),
                    List.of(Matcher.parse("alertname!=ns.lame")),
                    List.of("domain"))));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597})
  void everyEndAndEveryBeginningIsToldOnce(long seed) {
    var random = new Random(seed);
    var world = new World(routing());
    for (var step = 0; step < STEPS; step++) {
      act(world, random);
      world.passes(Duration.ofSeconds(random.nextInt(2_000)));
    }
    world.mutes(Mutes.NONE);
    for (var domain : DOMAINS) {
      mend(world, domain, "ns.lame");
    }
    world.passes(Duration.ofDays(2));

    var believed = believed(world);
    var firing = in(world, Phase.FIRING);
    assertThat(believed.getOrDefault("oncall", Set.of())).as("oncall").isEqualTo(firing);
    assertThat(believed.getOrDefault("office", Set.of())).as("office").isEqualTo(firing);
    var untaken =
        firing.stream()
            .filter(
                alert -> world.dispatcher.acknowledgement(alert).filter(a -> a.holds()).isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(believed.getOrDefault("boss", Set.of())).as("boss").containsAll(untaken);
    assertThat(firing).as("boss").containsAll(believed.getOrDefault("boss", Set.of()));

    for (var domain : DOMAINS) {
      RULES.forEach(rule -> mend(world, domain, rule));
    }
    world.passes(Duration.ofDays(2));
    assertThat(believed(world).values()).allSatisfy(left -> assertThat(left).isEmpty());
    assertThat(world.states).isEmpty();
    assertThat(world.taken).isEmpty();
    assertThat(world.dispatcher.nextDue()).isEmpty();
  }

  private static void act(World world, Random random) {
    var domain = DOMAINS.get(random.nextInt(DOMAINS.size()));
    var rule = RULES.get(random.nextInt(RULES.size()));
    var severity = random.nextBoolean() ? "critical" : "warning";
    switch (random.nextInt(13)) {
      case 0, 1, 2 -> world.breaks(domain, rule, severity);
      case 3, 4 -> world.mends(domain, rule);
      case 5 -> world.looks(domain, rule, severity, "+ " + random.nextInt(3));
      case 6 -> world.mutes(silence(domain, world.now, random));
      case 7 -> world.mutes(Mutes.NONE);
      case 8 -> world.acknowledges("ada", domain, rule);
      case 9 -> world.givesBack("ada", domain, rule);
      case 10 -> world.restart();
      case 11 -> world.routing(random.nextBoolean() ? routing(List.of("tenant")) : routing());
      default -> {
        // The alert was stored; before anything was decided, the daemon was killed.
        var killed = world.dispatcher;
        world.dispatcher = killed.anew(0);
        world.crashes(domain, rule, severity);
        world.restart();
      }
    }
  }

  private static Mutes silence(String domain, Instant now, Random random) {
    return new Mutes(
        List.of(
            new Silence(
                "s" + random.nextInt(),
                List.of(Matcher.equal("domain", domain)),
                now,
                now.plusSeconds(60 + random.nextInt(20_000)),
                "alice",
                "known")),
        List.of());
  }

  /** One that keeps coming back needs several looks that do not see it. */
  private static void mend(World world, String domain, String rule) {
    for (var look = 0; look < 40 && isThere(world, domain, rule); look++) {
      world.mends(domain, rule);
      world.passes(Duration.ofMinutes(10));
    }
  }

  private static boolean isThere(World world, String domain, String rule) {
    var alert = world.book.get(World.fingerprint(domain, rule));
    return alert != null && alert.phase() != Phase.RESOLVED;
  }

  private static Set<String> in(World world, Phase phase) {
    return world.book.values().stream()
        .filter(alert -> alert.phase() == phase)
        .map(Alert::fingerprint)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What each receiver takes to be firing; nothing in it was told in vain. */
  private static Map<String, Set<String>> believed(World world) {
    var believed = new HashMap<String, Set<String>>();
    var last = new HashMap<String, Instant>();
    for (var owed : world.owed) {
      var told = Notification.parse(owed.body());
      var own = believed.computeIfAbsent(owed.receiver(), _ -> new TreeSet<>());
      var fresh = told.firing().stream().filter(item -> own.add(item.fingerprint())).count();
      var over = new HashSet<String>();
      for (var item : told.resolved()) {
        assertThat(own.remove(item.fingerprint()))
            .as("%s hears of the end of what it heard of: %s", owed.receiver(), owed.body())
            .isTrue();
        // Routes stay as they are: what is told as over is over, and not only for this receiver.
        assertThat(item.annotation("resolution")).as(owed.body()).isEmpty();
        over.add(item.fingerprint());
      }
      switch (told.reason()) {
        case "first", "new_alerts", "escalation" -> assertThat(fresh).as(owed.body()).isPositive();
        case "resolved" -> assertThat(over).as(owed.body()).isNotEmpty();
        case "repeat" -> {
          assertThat(fresh).as(owed.body()).isZero();
          assertThat(owed.createdAt())
              .isAfterOrEqualTo(
                  last.getOrDefault(owed.receiver() + owed.groupKey(), Instant.EPOCH)
                      .plus(Grouping.DEFAULT.repeatInterval()));
        }
        default -> assertThat(fresh).as(owed.body()).isNotNegative();
      }
      last.put(owed.receiver() + owed.groupKey(), owed.createdAt());
    }
    return believed;
  }
}
