package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.Secret;
import org.junit.jupiter.api.Test;

class AccessTest {
  private static final String TOKEN = "ci-token-0123456789abcdef";
  private static final String HERE = "198.51.100.1";
  private static final HttpConfig CONFIG =
      new HttpConfig(
          HttpConfig.DEFAULT.listen(),
          Optional.empty(),
          Set.of(),
          Map.of(),
          List.of(
              new HttpConfig.ApiToken(
                  "ci", new Secret(TOKEN), HttpConfig.Access.OPERATOR, Optional.empty())),
          Optional.empty(),
          false);

  private final Access access = new Access();

  private Caller caller(String token, String from) {
    return access.caller(CONFIG, Optional.of("Bearer " + token), from);
  }

  private int refused(String token, String from) {
    return catchThrowableOfType(Refusal.class, () -> caller(token, from)).status();
  }

  @Test
  void whoHasARightTokenIsNotLockedOutByWrongOnesFromTheSameAddress() {
    var statuses = IntStream.range(0, 40).map(i -> refused("wrong" + i, HERE)).boxed().toList();

    assertThat(statuses.getFirst()).isEqualTo(401);
    assertThat(statuses.getLast()).isEqualTo(429);
    assertThat(caller(TOKEN, HERE).operator()).isTrue();
    assertThat(refused("wrong", "198.51.100.2")).isEqualTo(401);
  }
}
