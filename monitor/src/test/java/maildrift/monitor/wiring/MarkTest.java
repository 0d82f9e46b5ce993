package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import maildrift.alerts.notify.Headers;
import maildrift.alerts.notify.Secret;
import org.junit.jupiter.api.Test;

class MarkTest {
  @Test
  void anotherSecretInAHeaderIsAnotherConfiguration() {
    assertThat(Mark.of(authorization("Bearer one")))
        .isEqualTo(Mark.of(authorization("Bearer one")))
        .isNotEqualTo(Mark.of(authorization("Bearer two")));
  }

  private static Headers authorization(String value) {
    return new Headers(new TreeMap<>(Map.of("Authorization", new Secret.Text(value))));
  }
}
