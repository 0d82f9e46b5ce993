package maildrift.monitor.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.Secret;
import maildrift.monitor.config.WebConfig;
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

  private static final String HASH = BCrypt.withDefaults().hashToString(4, "right".toCharArray());
  private static final HttpConfig USERS =
      new HttpConfig(
          HttpConfig.DEFAULT.listen(),
          Optional.of(
              new WebConfig(
                  Path.of("web.yml"),
                  Optional.empty(),
                  Map.of("alice", new Secret(HASH)),
                  true,
                  Map.of())),
          Set.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          false);

  private int login(String user, String password, String from) {
    var pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    try {
      access.caller(USERS, Optional.of("Basic " + pair), from);
      return 200;
    } catch (Refusal refusal) {
      return refusal.status();
    }
  }

  @Test
  void aUserIsGuessedAtFromManyAddressesOnlySoOften() {
    assertThat(login("alice", "right", "203.0.113.7")).isEqualTo(200);
    var statuses =
        IntStream.range(0, 80)
            .mapToObj(i -> login("alice", "wrong" + i, "198.51.100." + i))
            .toList();
    assertThat(statuses).startsWith(401).endsWith(429);
    assertThat(access.failures(Access.Failure.PASSWORD)).isEqualTo(60);
    assertThat(access.failures(Access.Failure.TOO_MANY)).isEqualTo(20);

    // Where she has been before she gets in all the same; others are not concerned.
    assertThat(login("alice", "right", "203.0.113.7")).isEqualTo(200);
    assertThat(login("bob", "wrong", "203.0.113.8")).isEqualTo(401);
  }

  @Test
  void oneNetworkOfIpv6IsOneSource() {
    assertThat(Access.source("2001:db8:0:1::1")).isEqualTo(Access.source("2001:db8:0:1:ffff::2"));
    assertThat(Access.source("2001:db8:0:1::1")).isNotEqualTo(Access.source("2001:db8:0:2::1"));
    assertThat(Access.source("192.0.2.1")).isEqualTo("192.0.2.1");
    var statuses =
        IntStream.range(0, 40).mapToObj(i -> refused("wrong", "2001:db8::" + i)).toList();
    assertThat(statuses).startsWith(401).endsWith(429);
  }
}
