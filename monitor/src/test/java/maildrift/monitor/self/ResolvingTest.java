package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
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

  @Test
  void theSameTimeAwakeIs() {
    var resolving = new Resolving(Presence.always(source), clock);
    resolving.answered();

    now = now.plus(Duration.ofHours(7));

    assertThat(resolving.unusable(HOUR)).isTrue();
  }
}
