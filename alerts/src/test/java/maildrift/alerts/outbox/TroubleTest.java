package maildrift.alerts.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TroubleTest {
  @Test
  void itIsSaidOnceUntilItIsAnotherOrOver() {
    var trouble = new Trouble();
    assertThat(trouble.end()).isFalse();
    assertThat(trouble.isNew(new IllegalStateException("refused"))).isTrue();
    assertThat(trouble.isNew(new IllegalStateException("refused"))).isFalse();
    assertThat(trouble.isNew(new IllegalStateException("too many clients"))).isTrue();
    assertThat(trouble.end()).isTrue();
    assertThat(trouble.end()).isFalse();
    assertThat(trouble.isNew(new IllegalStateException("too many clients"))).isTrue();
  }
}
