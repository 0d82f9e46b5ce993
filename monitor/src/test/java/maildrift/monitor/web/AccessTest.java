package maildrift.monitor.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
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

  private static HttpConfig withTokens(
      Optional<WebConfig> web, Optional<Set<String>> tenants, HttpConfig.Access role) {
    return new HttpConfig(
        HttpConfig.DEFAULT.listen(),
        web,
        Set.of(),
        Map.of(),
        List.of(new HttpConfig.ApiToken("ci", new Secret(TOKEN), role, tenants)),
        Optional.empty(),
        false);
  }

  /** Browsers ask for a user and a password, and know nothing of tokens. */
  @Test
  void aTokenIsThePasswordOfItsName() {
    assertThat(basic(access, CONFIG, "ci", TOKEN, HERE)).isEqualTo(new Caller("ci", true, ALL));
    var limited =
        withTokens(Optional.empty(), Optional.of(Set.of("contoso")), HttpConfig.Access.VIEWER);
    assertThat(basic(access, limited, "ci", TOKEN, HERE))
        .isEqualTo(new Caller("ci", false, Optional.of(Set.of("contoso"))));

    var wrong =
        IntStream.range(0, 40)
            .map(i -> refusedBasic(CONFIG, i % 2 == 0 ? "ci" : "other", i % 2 == 0 ? "x" : TOKEN))
            .boxed()
            .toList();
    assertThat(wrong).startsWith(401, 401).endsWith(429);
    assertThat(access.failures(Access.Failure.TOKEN)).isEqualTo(30);
    assertThat(basic(access, CONFIG, "ci", TOKEN, HERE).name()).isEqualTo("ci");
  }

  @Test
  void besideUsersATokenIsAPasswordToo() {
    var both = withTokens(USERS.web(), Optional.empty(), HttpConfig.Access.VIEWER);
    assertThat(basic(access, both, "ci", TOKEN, HERE)).isEqualTo(new Caller("ci", false, ALL));
    assertThat(basic(access, both, "alice", "right", HERE).name()).isEqualTo("alice");
    assertThat(refusedBasic(both, "alice", TOKEN)).isEqualTo(401);
    assertThat(refusedBasic(both, "ci", "right")).isEqualTo(401);
    assertThat(access.failures(Access.Failure.PASSWORD)).isEqualTo(2);
  }

  private static final Optional<Set<String>> ALL = Optional.empty();

  private static Caller basic(
      Access access, HttpConfig config, String user, String password, String from) {
    var pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    return access.caller(config, Optional.of("Basic " + pair), from);
  }

  private int refusedBasic(HttpConfig config, String user, String password) {
    return catchThrowableOfType(Refusal.class, () -> basic(access, config, user, password, HERE))
        .status();
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
    return login(access, user, password, from);
  }

  private static int login(Access access, String user, String password, String from) {
    try {
      basic(access, USERS, user, password, from);
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

  /** Passwords that are compared once the latch is open, and what compared them. */
  private record Held(CountDownLatch latch, Set<Thread> threads, AtomicInteger compared)
      implements Passwords.Comparison {
    Held() {
      this(new CountDownLatch(1), ConcurrentHashMap.newKeySet(), new AtomicInteger());
    }

    @Override
    public boolean isRight(String password, String hash) {
      threads.add(Thread.currentThread());
      compared.incrementAndGet();
      try {
        latch.await();
      } catch (InterruptedException _) {
        return false;
      }
      return password.equals("right");
    }
  }

  private static List<Future<Integer>> logins(
      ExecutorService threads, int number, IntFunction<Integer> login) {
    return IntStream.range(0, number).mapToObj(i -> threads.submit(() -> login.apply(i))).toList();
  }

  private static List<Integer> statuses(List<Future<Integer>> logins) throws Exception {
    var all = new ArrayList<Integer>();
    for (var login : logins) {
      all.add(login.get(20, TimeUnit.SECONDS));
    }
    return all;
  }

  /** On the carriers of virtual threads it would stop looks, deliveries and health. */
  @Test
  void passwordsAreVerifiedOnFewThreadsOfTheirOwnWithAShortQueue() throws Exception {
    var held = new Held();
    var most = Passwords.THREADS + Passwords.MOST_WAITING;
    try (var busy = new Access(new Passwords(held));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var many =
          logins(threads, most + 20, i -> login(busy, "alice", "wrong" + i, "198.51.100." + i));
      // Nothing ends but what finds no place.
      await().until(() -> many.stream().filter(Future::isDone).count() == 20);
      assertThat(busy.failures(Access.Failure.TOO_MANY)).isEqualTo(20);
      assertThat(login(busy, "alice", "right", "203.0.113.7")).isEqualTo(429);

      held.latch().countDown();
      assertThat(statuses(many)).containsOnly(401, 429);
    }
    assertThat(held.threads())
        .hasSizeBetween(1, Passwords.THREADS)
        .allSatisfy(
            thread -> {
              assertThat(thread.isVirtual()).isFalse();
              assertThat(thread.getPriority()).isEqualTo(Thread.MIN_PRIORITY);
            });
  }

  @Test
  void oneSourceDoesNotTakeEveryPlaceInTheQueue() throws Exception {
    var held = new Held();
    try (var busy = new Access(new Passwords(held));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var many = logins(threads, 50, i -> login(busy, "alice", "wrong" + i, HERE));
      await()
          .until(
              () ->
                  many.stream().filter(Future::isDone).count() == 50 - Passwords.MOST_OF_A_SOURCE);
      var other = threads.submit(() -> login(busy, "alice", "right", "203.0.113.7"));
      held.latch().countDown();
      assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(200);
      assertThat(statuses(many)).containsOnly(401, 429);
      // As many wrong ones as there may be, however many came at once.
      assertThat(busy.failures(Access.Failure.PASSWORD)).isBetween(30L, 30L + Passwords.THREADS);
    }
  }

  @Test
  void aRightPasswordThatIsUsedOftenAtOnceIsVerifiedOnceAndNeverCountsAsWrong() throws Exception {
    var held = new Held();
    try (var busy = new Access(new Passwords(held));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var many = logins(threads, 100, _ -> login(busy, "alice", "right", HERE));
      held.latch().countDown();
      assertThat(statuses(many)).containsOnly(200);
      assertThat(held.compared()).hasValue(1);
    }
  }
}
