package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Alert;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Contradiction;
import maildrift.monitor.check.Doors;
import maildrift.monitor.config.ScheduleConfig;
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
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.Test;

/**
 * Looks that only confirm, by some of the probes: the others' findings are neither seen nor gone.
 */
class PartialLookTest {
  private static final String DOMAIN = "contoso.test";

  private final Set<String> ill = new HashSet<>();
  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private final Watch watch =
      new Watch(
          new CheckRunner(
              List.of(
                  new Needing("first", "second"),
                  new Needing("second", "third"),
                  new Needing("third")),
              (_, deadline) -> new NoDoor(deadline),
              (_, _) -> {},
              clock),
          store,
          new StateTable(),
          new Published(),
          new Nobody(),
          () -> false,
          clock,
          new Watch.Terms(
              new ScheduleConfig(
                  Duration.ofMinutes(5), Duration.ofSeconds(30), 2, Duration.ofHours(6)),
              true));

  /** Finds that it is ill, if those that it needs were looked at, too. */
  private final class Needing implements Probe<Boolean> {
    private final String name;
    private final Set<String> needed;
    private final Rule rule;

    Needing(String name, String... needed) {
      this.name = name;
      this.needed = Set.of(needed);
      this.rule = Rule.warning(name + ".ill", "it is ill");
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<Rule> rules() {
      return List.of(rule);
    }

    @Override
    public Set<String> siblings() {
      return needed;
    }

    @Override
    public Boolean observe(ManagedDomain domain, Network network) {
      return ill.contains(name);
    }

    @Override
    public Judgement judge(ManagedDomain domain, Boolean isIll, Context context) {
      return new Judgement.Builder().fact("ill", isIll).build(Outcome.OBSERVED);
    }

    @Override
    public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
      return siblings.keySet().containsAll(needed) && Boolean.TRUE.equals(own.facts().get("ill"))
          ? own.plus(Finding.of(rule, domain.name().toString(), "ill"))
          : own;
    }
  }

  private record NoDoor(Deadline deadline) implements Doors.Door {
    @Override
    public List<Contradiction> contradictions() {
      return List.of();
    }

    @Override
    public Dns dns() {
      throw new AssertionError("asked");
    }

    @Override
    public Smtp smtp() {
      throw new AssertionError("asked");
    }
  }

  private void turn() {
    now = now.plusSeconds(60);
    watch.turn(DOMAIN);
  }

  @Test
  void whatASiblingNeedsIsLookedAtTooSoThatNothingOfItIsTakenForMended() {
    watch.add(ManagedDomain.undeclared(DnsName.of(DOMAIN)), Optional.empty());
    ill.add("second");
    turn();
    turn();
    assertThat(watch.alerts()).allMatch(alert -> alert.phase() == Alert.Phase.FIRING).hasSize(1);

    ill.add("first");
    turn();
    turn();

    assertThat(watch.alerts())
        .hasSize(2)
        .allMatch(alert -> alert.phase() == Alert.Phase.FIRING)
        .allMatch(alert -> alert.looks() == 0);
  }
}
