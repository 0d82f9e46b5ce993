package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import maildrift.monitor.check.Contradiction;
import maildrift.monitor.check.Doors;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.Test;

class ResolvingTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private Instant now = Instant.parse("2026-11-28T17:00:00Z");
  private final InstantSource source = () -> now;
  private final Clock clock = source.withZone(ZoneOffset.UTC);

  @Test
  void aTimeInWhichMaildriftSleptIsNoTimeInWhichTheResolversWereSilent() {
    var presence = new Presence(source, System::nanoTime);
    var resolving = new Resolving(presence, clock);
    resolving.answered();

    now = now.plus(Duration.ofHours(7));

    assertThat(resolving.unusable(HOUR)).isFalse();
    for (var i = 0; i < 1_801; i++) {
      now = now.plusSeconds(2);
      presence.tick();
    }
    assertThat(resolving.unusable(HOUR)).isTrue();
    resolving.answered();
    assertThat(resolving.unusable(HOUR)).isFalse();
  }

  /** The loops that ask and that blame turn by themselves: nobody is blamed before he was asked. */
  @Test
  void whoWasNotAskedIsNotBlamed() {
    var resolving = new Resolving(Presence.always(source), clock);
    var network = new OwnNetwork(clock, resolving, (_, _) -> new Mute());
    var after = Duration.ofSeconds(5);
    var silent = new SilentResolvers(resolving, network, () -> after, List::of);
    resolving.answered();

    now = now.plus(after.multipliedBy(2));
    assertThat(resolving.unusable(after)).isTrue();
    assertThat(silent.problems(now)).as("nothing was asked for longer than that").isEmpty();

    network.look(List.of(), after);
    assertThat(silent.problems(now)).as("asked, and not answered").hasSize(1);
  }

  @Test
  void theSameTimeAwakeIs() {
    var resolving = new Resolving(Presence.always(source), clock);
    resolving.answered();

    now = now.plus(Duration.ofHours(7));

    assertThat(resolving.unusable(HOUR)).isTrue();
  }

  /** Nobody answers. */
  private static final class Mute implements Doors.Door {
    @Override
    public List<Contradiction> contradictions() {
      return List.of();
    }

    @Override
    public Dns dns() {
      return questions ->
          questions.stream()
              .<Answer>map(
                  _ -> new Answer.Unanswered(Answer.Failure.TIMEOUT, "timed out", "192.0.2.1"))
              .toList();
    }

    @Override
    public Smtp smtp() {
      throw new AssertionError("asked");
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(HOUR);
    }
  }
}
