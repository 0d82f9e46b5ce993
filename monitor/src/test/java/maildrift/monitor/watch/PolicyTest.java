package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.Severity;
import maildrift.alerts.state.Policies;
import maildrift.alerts.state.Policy;
import maildrift.alerts.state.PolicyChange;
import maildrift.alerts.state.Transition;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Contradiction;
import maildrift.monitor.check.Doors;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a finding comes to fire: each kind of look says what a test lets it say. */
class PolicyTest {
  private static final Rule RULE = Rule.warning("it.is", "it must not be").remedy("mend it");
  private static final String DOMAIN = "contoso.test";
  private static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final Map<Look, Character> says = new EnumMap<>(Look.class);
  private final List<Look> asked = new ArrayList<>();
  private final List<Duration> confirming = new ArrayList<>();
  private final List<Transition> told = new ArrayList<>();
  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private Watch watch = watch(2, PolicyChange.NONE);

  private Watch watch(int confirmations, PolicyChange warnings) {
    var made =
        new Watch(
            new CheckRunner(
                List.of(new ItProbe()),
                (look, deadline) -> door(look, deadline),
                (_, _) -> {},
                clock),
            store,
            new StateTable(),
            new Published(),
            new Hearing(),
            () -> false,
            clock,
            new Watch.Terms(
                new ScheduleConfig(INTERVAL, CONFIRM_AFTER, confirmations, Duration.ofHours(6)),
                true,
                new Policies(Policy.DEFAULT, Map.of(Severity.WARNING, warnings), Map.of())));
    made.add(ManagedDomain.undeclared(DnsName.of(DOMAIN)), Optional.empty());
    return made;
  }

  private static PolicyChange holding(Duration time) {
    return new PolicyChange(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(time), Optional.empty());
  }

  /**
   * One letter a kind of look: regular, second opinion, authoritative; s seen, c clean, h hidden.
   */
  private void say(String regularSecondAuthoritative) {
    says.put(Look.REGULAR, regularSecondAuthoritative.charAt(0));
    says.put(Look.SECOND_OPINION, regularSecondAuthoritative.charAt(1));
    says.put(Look.AUTHORITATIVE, regularSecondAuthoritative.charAt(2));
  }

  private void turn(Duration after) {
    now = now.plus(after);
    asked.clear();
    watch.turn(DOMAIN);
  }

  private String phase() {
    return watch.alerts().stream()
        .findFirst()
        .map(alert -> alert.isFlapping() ? "flapping" : alert.phase().word())
        .orElse("none");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "sss,firing", // everybody agrees
    "scc,none", // the second opinion denies it
    "ssc,none", // the authoritative servers deny it
    "shs,pending", // nobody could say: it stays in doubt
    "ssh,pending",
    "shh,pending",
    "shc,pending", // while the second opinion cannot see, they are not bothered
  })
  void itFiresOnlyWhenASecondOpinionAndTheAuthoritativeServersAgree(String says, String phase) {
    say(says);
    turn(Duration.ZERO);
    assertThat(phase()).isEqualTo("pending");
    assertThat(confirming).containsExactly(CONFIRM_AFTER);

    turn(CONFIRM_AFTER);

    assertThat(phase()).isEqualTo(phase);
  }

  @Test
  void whatCouldNotBeSeenIsNoConfirmationHoweverOftenItIsTried() {
    say("shh");
    for (var look = 0; look < 20; look++) {
      turn(CONFIRM_AFTER);
    }
    assertThat(phase()).isEqualTo("pending");
    assertThat(watch.alerts().getFirst().looks()).isEqualTo(1);

    say("sss");
    turn(CONFIRM_AFTER);

    assertThat(phase()).isEqualTo("firing");
  }

  @Test
  void ofThreeLooksTheLastAsksTheAuthoritativeServers() {
    watch = watch(3, PolicyChange.NONE);
    say("sss");
    turn(Duration.ZERO);
    turn(CONFIRM_AFTER);
    assertThat(asked).containsExactly(Look.SECOND_OPINION);
    assertThat(phase()).isEqualTo("pending");

    turn(CONFIRM_AFTER);

    assertThat(asked).containsExactly(Look.SECOND_OPINION, Look.AUTHORITATIVE);
    assertThat(phase()).isEqualTo("firing");
  }

  @Test
  void forHoldsItWithoutAskingTheAuthoritativeServersAllTheTime() {
    watch = watch(2, holding(Duration.ofMinutes(12)));
    say("sss");
    turn(Duration.ZERO);
    turn(INTERVAL);
    turn(INTERVAL);
    assertThat(asked).containsExactly(Look.REGULAR);
    assertThat(phase()).isEqualTo("pending");
    assertThat(confirming.getLast()).isEqualTo(Duration.ofMinutes(2));

    turn(Duration.ofMinutes(2));

    assertThat(asked).containsExactly(Look.SECOND_OPINION, Look.AUTHORITATIVE);
    assertThat(phase()).isEqualTo("firing");
    assertThat(watch.alerts().getFirst().startsAt()).isEqualTo(now.minus(Duration.ofMinutes(12)));
  }

  @Test
  void aNightAsleepIsNoTimeInWhichLooksAgreed() {
    watch = watch(2, holding(Duration.ofHours(1)));
    say("sss");
    turn(Duration.ZERO);

    turn(Duration.ofHours(9));

    assertThat(phase()).isEqualTo("pending");
    assertThat(watch.alerts().getFirst().course().held()).isEqualTo(INTERVAL.multipliedBy(2));
  }

  @Test
  void aRecordThatFlapsAtEveryIntervalForTwoHoursIsToldThreeTimesAndOnceMoreWhenItIsSteady() {
    for (var round = 0; round < 12; round++) {
      say("sss");
      turn(INTERVAL.minus(CONFIRM_AFTER));
      turn(CONFIRM_AFTER);
      say("ccc");
      turn(INTERVAL);
      if (round == 6) {
        restart();
      }
    }
    var flapping = tellings();
    assertThat(flapping).containsExactly("firing", "resolved", "flapping");

    for (var look = 0; look < 20; look++) {
      turn(INTERVAL);
    }

    assertThat(tellings()).containsExactly("firing", "resolved", "flapping", "resolved");
  }

  /** Another watch takes up what the store kept. */
  private void restart() {
    var kept = new ArrayList<Alert>();
    store.eachAlert(alert -> kept.add(alert.alert()));
    watch = watch(2, PolicyChange.NONE);
    watch.add(
        ManagedDomain.undeclared(DnsName.of(DOMAIN)),
        Optional.of(
            new Watch.Remembered(
                DomainState.unseen(ManagedDomain.undeclared(DnsName.of(DOMAIN))),
                kept,
                Map.of(),
                Map.of(),
                Map.of())));
  }

  /** What a receiver hears of one alert: each time that it becomes something else. */
  private List<String> tellings() {
    var tellings = new ArrayList<String>();
    var last = "resolved";
    for (var transition : told) {
      var alert = transition.alert();
      var next = alert.isFlapping() ? "flapping" : alert.phase().word();
      if (alert.phase() != Alert.Phase.PENDING && !next.equals(last)) {
        tellings.add(next);
        last = next;
      }
    }
    return tellings;
  }

  private final class ItProbe implements Probe<Look> {
    @Override
    public String name() {
      return "it";
    }

    @Override
    public List<Rule> rules() {
      return List.of(RULE);
    }

    @Override
    public Look observe(ManagedDomain domain, Network network) {
      return asked.getLast();
    }

    @Override
    public Judgement judge(ManagedDomain domain, Look look, Context context) {
      var judgement = new Judgement.Builder();
      switch (says.getOrDefault(look, 'c')) {
        case 's' -> judgement.add(Finding.of(RULE, DOMAIN, "it is"));
        case 'h' -> judgement.add(Gap.of("it", DOMAIN + " TXT", "timeout", RULE.id()));
        default -> {}
      }
      return judgement.build(Outcome.OBSERVED);
    }
  }

  private final class Hearing implements Watch.Listener {
    @Override
    public void looked(DomainState state) {
      // Nobody asks.
    }

    @Override
    public void changed(List<Transition> transitions) {
      told.addAll(transitions);
    }

    @Override
    public void confirm(String domain, Duration in) {
      confirming.add(in);
    }

    @Override
    public void sooner(String domain, Duration within) {
      // There is one domain.
    }
  }

  private Doors.Door door(Look look, Deadline deadline) {
    asked.add(look);
    return new Doors.Door() {
      @Override
      public List<Contradiction> contradictions() {
        return List.of();
      }

      @Override
      public Dns dns() {
        throw new IllegalStateException("nobody asks DNS here");
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
}
