package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProbingTest {
  private static final Caller ALL = new Caller("prometheus", false, Optional.empty());
  private static final Caller RED = new Caller("red", false, Optional.of(Set.of("red")));

  private final Probing probing = new Probing();

  /** What happens while so many looks of this caller are under way. */
  private void during(int looks, Caller caller, Runnable what) {
    if (looks == 0) {
      what.run();
    } else {
      probing.look(
          caller,
          () -> {
            during(looks - 1, caller, what);
            return "";
          });
    }
  }

  private void isBusy(Caller caller) {
    assertThatThrownBy(() -> probing.look(caller, () -> "looked"))
        .asInstanceOf(type(Refusal.class))
        .satisfies(
            refusal -> {
              assertThat(refusal.status()).isEqualTo(503);
              assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(5));
            });
  }

  @Test
  void onlySoManyLookAtOnceAndOfOneWhoIsLimitedFew() {
    during(
        Probing.MOST_OF_A_LIMITED,
        RED,
        () -> {
          isBusy(RED);
          during(Probing.MOST - Probing.MOST_OF_A_LIMITED, ALL, () -> isBusy(ALL));
          assertThat(probing.<String>look(ALL, () -> "looked")).isEqualTo("looked");
        });
    assertThat(probing.<String>look(RED, () -> "looked")).isEqualTo("looked");
  }
}
