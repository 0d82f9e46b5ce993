package maildrift.alerts.outbox;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DeliveriesTest {
  private static final Outcome DOWN = new Outcome.TryLater(Failure.SERVER_ERROR, "HTTP 500");
  private static final DeliveryTerms QUICK =
      new DeliveryTerms(
          4,
          List.of(Duration.ofMillis(1), Duration.ofMillis(20)),
          0.1,
          Duration.ofMinutes(5),
          Duration.ofHours(1));

  private final Outbox outbox = new InMemoryOutbox();
  private final List<String> disabled = new CopyOnWriteArrayList<>();
  private final List<String> dead = new CopyOnWriteArrayList<>();
  private Deliveries deliveries = deliveries(QUICK);

  @AfterEach
  void stop() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(5));
  }

  @Test
  void whatIsOwedArrivesOnceEach() {
    var receiver = new Heard(_ -> new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 200);

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(receiver.ids).hasSize(200).doesNotHaveDuplicates();
    await().until(() -> counts().sent() == 200);
  }

  @Test
  void whatDidNotReachAllIsADeadLetterForTheRestAndHoldsUpNothing() {
    var receiver =
        new Heard(
            owed ->
                owed.id().equals("oncall-0")
                    ? new Outcome.Delivered(Optional.of(new Outcome.Rest("rest", "not b@c.test")))
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 3);

    await().until(() -> outbox.backlog().isEmpty() && counts().sent() == 3);

    assertThat(receiver.ids).containsExactlyInAnyOrder("oncall-0", "oncall-1", "oncall-2");
    var letters = new ArrayList<DeadLetter>();
    outbox.eachDead(10, letters::add);
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.owed().receiver()).isEqualTo("oncall");
              assertThat(letter.owed().body()).isEqualTo("rest");
              assertThat(letter.owed().lastError()).contains("not b@c.test");
              assertThat(dead).containsExactly(letter.owed().id() + " not b@c.test");
            });
    assertThat(counts().dead()).isEqualTo(1);
  }

  @Test
  void neitherABugNorAnErrorEndsWhatServesAReceiver() throws InterruptedException {
    var failures = new AtomicInteger(2);
    InstantSource broken =
        () -> {
          if (Thread.currentThread().getName().startsWith("deliveries-")
              && failures.getAndDecrement() > 0) {
            if (failures.get() > 0) {
              throw new IllegalStateException("a bug");
            }
            throw new StackOverflowError();
          }
          return Instant.now();
        };
    var own = new Deliveries(outbox, QUICK, broken, new Listening());
    var receiver = new Heard(_ -> new Outcome.Delivered());
    own.receivers(Map.of("oncall", receiver));
    owe("oncall", 1);

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(own.stuck()).isEmpty();
    own.stop(Duration.ofSeconds(5));
  }

  @Test
  void whatFailsIsTriedAgainWithTheSameIdUntilItArrives() {
    var receiver = new Heard(owed -> owed.attempts() < 6 ? DOWN : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 1);

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(receiver.ids).hasSize(7).containsOnly("oncall-0");
    assertThat(counts().failed()).containsEntry(Failure.SERVER_ERROR, 6L);
  }

  @Test
  void aGroupHearsOfTheEndAfterTheBeginning() {
    var failures = new AtomicInteger();
    var receiver =
        new Heard(
            owed ->
                owed.sequence() % 2 == 0 && failures.incrementAndGet() % 3 != 0
                    ? DOWN
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    var owed = new ArrayList<Owed>();
    for (var i = 0; i < 40; i++) {
      owed.add(Owed.fresh("m" + i, "oncall", "group" + i / 4, i, "{}", Instant.now()));
    }
    outbox.owe(owed.reversed());
    deliveries.wake();

    await().until(() -> outbox.backlog().isEmpty());

    var arrived =
        receiver.arrived.stream().map(one -> one.groupKey() + " " + one.sequence()).toList();
    for (var group = 0; group < 10; group++) {
      var prefix = "group" + group + " ";
      assertThat(arrived.stream().filter(one -> one.startsWith(prefix)))
          .containsExactlyElementsOf(
              IntStream.range(group * 4, group * 4 + 4).mapToObj(i -> prefix + i).toList());
    }
  }

  @Test
  void aDeadReceiverDelaysNobodyElse() throws InterruptedException {
    var never = new CountDownLatch(1);
    var hanging =
        new Heard(
            _ -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return DOWN;
            });
    var receivers =
        IntStream.range(0, 9)
            .boxed()
            .collect(
                toMap(i -> "good" + i, _ -> (Notifier) new Heard(_ -> new Outcome.Delivered())));
    receivers.put("hanging", hanging);
    deliveries.receivers(receivers);
    owe("hanging", 100);
    receivers.keySet().stream()
        .filter(name -> !name.equals("hanging"))
        .forEach(name -> owe(name, 50));

    await().until(() -> outbox.backlog().keySet().equals(Set.of("hanging")));

    assertThat(pending("hanging")).isEqualTo(100);
    assertThat(hanging.ids).hasSize(4);
    assertThat(deliveries.stop(Duration.ofMillis(50))).isFalse();
    assertThat(pending("hanging")).isEqualTo(100);
    assertThat(outbox.claim("hanging", 100, Instant.now(), Duration.ofMinutes(1)))
        .hasSize(100)
        .allSatisfy(owed -> assertThat(owed.attempts()).isZero());
  }

  @Test
  void notMoreThanTheAllowedAreInFlightAndOnlyOneWhileItFails() {
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    var isUp = new AtomicBoolean(true);
    var receiver =
        new Heard(
            _ -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              LockSupport.parkNanos(1_000_000);
              now.decrementAndGet();
              return isUp.get() ? new Outcome.Delivered() : DOWN;
            });
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 300);
    await().until(() -> outbox.backlog().isEmpty());

    assertThat(most.get()).isBetween(1, 4);
  }

  @Test
  void whenAReceiverIsBackAllThatWaitsIsDueAtOnce() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    deliveries = deliveries(DeliveryTerms.DEFAULT); // 5 seconds at least, then minutes
    var isUp = new AtomicBoolean();
    var receiver = new Heard(_ -> isUp.get() ? new Outcome.Delivered() : DOWN);
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 20);
    await().until(() -> new HashSet<>(receiver.ids).size() == 20);
    isUp.set(true);

    outbox.owe(List.of(Owed.fresh("news", "oncall", "news", 1000, "{}", Instant.now())));
    deliveries.wake();

    await().atMost(Duration.ofSeconds(4)).until(() -> outbox.backlog().isEmpty());
  }

  @Test
  void aReceiverThatAsksForAPauseIsGivenIt() {
    var until = Instant.now().plusMillis(400);
    var receiver =
        new Heard(
            owed ->
                owed.attempts() == 0 && Instant.now().isBefore(until)
                    ? new Outcome.TryLater(Failure.THROTTLED, "HTTP 429", Optional.of(until))
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 1);
    await().until(() -> receiver.ids.size() == 1);
    owe("oncall-more", "oncall", 5);

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(Instant.now()).isAfterOrEqualTo(until);
    assertThat(receiver.arrived).hasSize(6);
    assertThat(receiver.ids).hasSize(7);
  }

  @Test
  void aPauseIsNotLongerThanReason() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    deliveries =
        deliveries(
            new DeliveryTerms(
                1, List.of(Duration.ofMillis(1)), 0, Duration.ofMinutes(5), Duration.ofMillis(50)));
    var receiver =
        new Heard(
            owed ->
                owed.attempts() == 0
                    ? new Outcome.TryLater(
                        Failure.THROTTLED,
                        "HTTP 429",
                        Optional.of(Instant.now().plus(Duration.ofDays(365))))
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 1);

    await().until(() -> outbox.backlog().isEmpty());
  }

  @Test
  void oneThatIsGoneIsDisabledAndWhatItIsOwedStays() {
    var receiver = new Heard(_ -> new Outcome.Gone("HTTP 410"));
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 1);
    await().until(() -> !disabled.isEmpty());
    owe("oncall-more", "oncall", 5);

    assertThat(disabled).containsExactly("oncall HTTP 410");
    assertThat(counts().disabled()).isTrue();
    assertThat(receiver.ids).hasSize(1);
    assertThat(pending("oncall")).isEqualTo(6);

    deliveries.receivers(Map.of("oncall", new Heard(_ -> new Outcome.Delivered())));
    await().until(() -> outbox.backlog().isEmpty());
  }

  @Test
  void whatIsRefusedIsTriedForTheWholeScheduleAndThenGivenUp() {
    var receiver =
        new Heard(
            owed ->
                owed.sequence() == 0
                    ? new Outcome.Refused(Failure.CLIENT_ERROR, "HTTP 422")
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    outbox.owe(
        List.of(
            Owed.fresh("poison", "oncall", "g", 0, "{}", Instant.now()),
            Owed.fresh("next", "oncall", "g", 1, "{}", Instant.now())));
    deliveries.wake();

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(receiver.ids).containsExactly("poison", "poison", "poison", "next");
    assertThat(dead).containsExactly("poison HTTP 422");
    assertThat(counts().dead()).isEqualTo(1);
  }

  @Test
  void aNotifierThatBreaksIsAFailureAndNotAnEnd() {
    var receiver =
        new Heard(
            owed -> {
              if (owed.attempts() == 0) {
                throw new IllegalStateException("bug");
              }
              return new Outcome.Delivered();
            });
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 3);

    await().until(() -> outbox.backlog().isEmpty());
    assertThat(counts().failed()).containsEntry(Failure.OTHER, 3L);
  }

  @Test
  void aReceiverThatIsNoLongerConfiguredIsNotSentToAndOweStays() {
    var gone = new Heard(_ -> new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", gone));
    deliveries.receivers(Map.of("mail", new Heard(_ -> new Outcome.Delivered())));
    owe("mail", 1);
    owe("oncall", 3);

    await().until(() -> outbox.backlog().keySet().equals(Set.of("oncall")));
    assertThat(deliveries.receivers()).containsExactly("mail");
    deliveries.receivers(Map.of("oncall", gone));
    await().until(() -> outbox.backlog().isEmpty());
  }

  @Test
  void aStopLetsWhatIsInFlightFinish() throws InterruptedException {
    var started = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var receiver =
        new Heard(
            _ -> {
              started.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                return DOWN;
              }
              return new Outcome.Delivered();
            });
    deliveries.receivers(Map.of("oncall", receiver));
    owe("oncall", 1);
    started.await();
    Thread.ofVirtual().start(goOn::countDown);

    assertThat(deliveries.stop(Duration.ofSeconds(10))).isTrue();
    assertThat(outbox.backlog()).isEmpty();
  }

  @Test
  void aStoreThatIsAwayForAWhileLosesNothing() {
    var broken = new AtomicInteger(3);
    var flaky = new Flaky(outbox, broken);
    deliveries = new Deliveries(flaky, QUICK, InstantSource.system(), new Listening());
    var receiver = new Heard(_ -> new Outcome.Delivered());
    var log = (Logger) LoggerFactory.getLogger(Deliveries.class);
    var said = new ListAppender<ILoggingEvent>();
    said.start();
    var level = log.getLevel();
    log.setLevel(Level.WARN);
    log.addAppender(said);
    try {
      deliveries.receivers(Map.of("oncall", receiver));
      owe("oncall", 1);

      await().until(() -> outbox.backlog().isEmpty());
      assertThat(receiver.ids).containsExactly("oncall-0");
      assertThat(broken.get()).isLessThan(1);
      // Each second for each receiver would be a flood.
      assertThat(said.list)
          .filteredOn(line -> line.getLevel() == Level.WARN)
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly("deliveries to oncall: the store does not answer, trying again");
    } finally {
      log.detachAppender(said);
      log.setLevel(level);
    }
  }

  @Test
  void whatPiledUpForADeadReceiverIsOneMessageAGroup() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    deliveries = deliveries(QUICK.mergeAfter(Duration.ZERO));
    var isUp = new AtomicBoolean();
    var receiver = new Heard(_ -> isUp.get() ? new Outcome.Delivered() : DOWN);
    deliveries.receivers(Map.of("oncall", receiver));
    for (var group = 0; group < 20; group++) {
      outbox.owe(
          List.of(
              Bodies.owed(group + "a", group * 3L, "g" + group, Bodies.firing("d" + group, 1)),
              Bodies.owed(group + "b", group * 3L + 1, "g" + group, Bodies.over("d" + group, 1, 2)),
              Bodies.owed(
                  group + "c", group * 3L + 2, "g" + group, Bodies.firing("e" + group, 3))));
    }
    deliveries.wake();
    await().until(() -> new HashSet<>(receiver.ids).size() >= 20);
    var tried = Set.copyOf(receiver.ids);
    isUp.set(true);

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(receiver.arrived.stream().map(Owed::groupKey)).hasSize(20).doesNotHaveDuplicates();
    assertThat(receiver.arrived)
        .allSatisfy(
            owed ->
                assertThat(Bodies.told(owed))
                    .containsExactly(
                        "firing e%s 3".formatted(owed.groupKey().substring(1)),
                        "resolved d%s 1 2".formatted(owed.groupKey().substring(1))));
    assertThat(tried).doesNotContain("0a", "0b", "0c");
  }

  @Test
  void whatIsRefusedTakesNothingElseDownWithIt() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    deliveries = deliveries(QUICK.mergeAfter(Duration.ZERO));
    var receiver =
        new Heard(
            owed ->
                owed.body().contains("poison")
                    ? new Outcome.Refused(Failure.CLIENT_ERROR, "HTTP 422")
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    outbox.owe(List.of(Bodies.owed("first", 1, "g", Bodies.firing("poison", 1))));
    deliveries.wake();
    await().until(() -> !receiver.ids.isEmpty());
    outbox.owe(List.of(Bodies.owed("next", 2, "g", Bodies.firing("good", 2))));
    deliveries.wake();

    await().until(() -> outbox.backlog().isEmpty());

    assertThat(receiver.arrived).extracting(Owed::id).containsExactly("next");
    assertThat(outbox.deadCounts()).containsEntry("oncall", 1L);
  }

  @Test
  void whatIsRefusedIsNotHurriedByWhatArrives() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    deliveries = deliveries(DeliveryTerms.DEFAULT);
    var receiver =
        new Heard(
            owed ->
                owed.id().equals("poison")
                    ? new Outcome.Refused(Failure.CLIENT_ERROR, "HTTP 422")
                    : new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver));
    outbox.owe(List.of(Owed.fresh("poison", "oncall", "p", 0, "{}", Instant.now())));
    deliveries.wake();
    await().until(() -> !receiver.ids.isEmpty());

    for (var i = 0; i < 12; i++) {
      owe("good" + i, "oncall", 1);
      await().until(() -> pending("oncall") == 1);
    }
    assertThat(receiver.ids.stream().filter("poison"::equals).count()).isLessThanOrEqualTo(3);
    assertThat(counts().failingSince()).isEmpty();
    assertThat(dead).isEmpty();
  }

  @Test
  void whatWasRefusedBeforeARestartTakesNothingElseDownWithIt() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    deliveries = deliveries(QUICK.mergeAfter(Duration.ZERO));
    outbox.owe(
        List.of(
            Bodies.owed("first", 1, "g", Bodies.firing("poison", 1)),
            Bodies.owed("next", 2, "g", Bodies.firing("good", 2))));
    outbox.claim("oncall", 1, Instant.now(), Duration.ofMinutes(1));
    outbox.retryLater("first", Instant.now(), "refused: HTTP 422");
    var receiver =
        new Heard(
            owed ->
                owed.body().contains("poison")
                    ? new Outcome.Refused(Failure.CLIENT_ERROR, "HTTP 422")
                    : new Outcome.Delivered());

    deliveries.receivers(Map.of("oncall", receiver));

    await().until(() -> outbox.backlog().isEmpty());
    assertThat(receiver.arrived).extracting(Owed::id).containsExactly("next");
  }

  @Test
  void whatTheOldConfigurationIsAnsweredDoesNotCountForTheNewOne() {
    var underWay = new CountDownLatch(1);
    var answers = new CountDownLatch(1);
    deliveries.receivers(
        Map.of(
            "oncall",
            new Heard(
                _ -> {
                  underWay.countDown();
                  try {
                    answers.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return new Outcome.Gone("HTTP 410");
                })));
    owe("oncall", 1);
    await().until(() -> underWay.getCount() == 0);

    deliveries.receivers(Map.of("oncall", new Heard(_ -> new Outcome.Delivered())));
    answers.countDown();

    await().until(() -> outbox.backlog().isEmpty());
    assertThat(disabled).isEmpty();
    assertThat(counts().disabled()).isFalse();
  }

  @Test
  void aPauseStaysAsLongAsItWasAskedForWhenTheClockIsSetBack() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    var clock = new Moved();
    deliveries = new Deliveries(outbox, DeliveryTerms.DEFAULT, clock, new Listening());
    var isUp = new AtomicBoolean();
    var receiver =
        new Heard(
            _ ->
                isUp.get()
                    ? new Outcome.Delivered()
                    : new Outcome.TryLater(
                        Failure.THROTTLED,
                        "HTTP 429",
                        Optional.of(clock.instant().plusSeconds(300))));
    deliveries.receivers(Map.of("oncall", receiver));
    outbox.owe(List.of(Owed.fresh("m", "oncall", "g", 1, "{}", clock.instant())));
    deliveries.wake();
    await().until(() -> receiver.ids.size() == 1);
    isUp.set(true);

    clock.by = Duration.ofHours(-1);
    var asked = clock.asked.get();
    deliveries.wake();
    await().until(() -> clock.asked.get() > asked);
    assertThat(outbox.backlog()).isNotEmpty();
    // Five minutes are five minutes, by whatever clock.
    clock.by = Duration.ofHours(-1).plusSeconds(301);
    deliveries.wake();

    await().until(() -> outbox.backlog().isEmpty());
    assertThat(receiver.ids).containsExactly("m", "m");
  }

  @Test
  void aRetryThatTheClockPutIntoTheFarFutureIsMadeAtOnce() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    var clock = new Moved();
    deliveries = new Deliveries(outbox, DeliveryTerms.DEFAULT, clock, new Listening());
    var isUp = new AtomicBoolean();
    var receiver = new Heard(_ -> isUp.get() ? new Outcome.Delivered() : DOWN);
    deliveries.receivers(Map.of("oncall", receiver));
    outbox.owe(List.of(Owed.fresh("m", "oncall", "g", 1, "{}", clock.instant())));
    deliveries.wake();
    await().until(() -> outbox.nextAttempt("oncall").filter(clock.instant()::isBefore).isPresent());
    isUp.set(true);

    clock.by = Duration.ofHours(-1);
    deliveries.wake();

    await().until(() -> outbox.backlog().isEmpty());
  }

  @Test
  void aClockThatJumpsOverALeaseSendsNothingTwice() throws InterruptedException {
    deliveries.stop(Duration.ofSeconds(1));
    var clock = new Moved();
    deliveries = new Deliveries(outbox, QUICK, clock, new Listening());
    var goOn = new CountDownLatch(1);
    var receiver =
        new Heard(
            owed -> {
              if (owed.id().equals("slow")) {
                try {
                  goOn.await();
                } catch (InterruptedException e) {
                  return DOWN;
                }
              }
              return new Outcome.Delivered();
            });
    deliveries.receivers(Map.of("oncall", receiver));
    outbox.owe(List.of(Owed.fresh("slow", "oncall", "g", 1, "{}", clock.instant())));
    deliveries.wake();
    await().until(() -> receiver.ids.contains("slow"));

    clock.by = Duration.ofHours(1);
    outbox.owe(List.of(Owed.fresh("other", "oncall", "h", 2, "{}", clock.instant())));
    deliveries.wake();
    await().until(() -> receiver.ids.contains("other"));
    goOn.countDown();

    await().until(() -> outbox.backlog().isEmpty());
    assertThat(receiver.ids).containsExactly("slow", "other");
  }

  @Test
  void oneThatWasGoneBeforeARestartIsNotAskedUntilAPersonSaysSo() {
    var receiver = new Heard(_ -> new Outcome.Delivered());
    deliveries.receivers(Map.of("oncall", receiver, "mail", receiver), Set.of("oncall"));
    owe("oncall", 2);
    owe("mail", 1);
    await().until(() -> outbox.backlog().keySet().equals(Set.of("oncall")));
    assertThat(receiver.ids).containsExactly("mail-0");
    assertThat(counts().disabled()).isTrue();

    deliveries.enable("oncall");

    await().until(() -> outbox.backlog().isEmpty());
    assertThat(counts().lastSuccess()).isPresent();
  }

  /** A clock that a person sets. */
  private static final class Moved implements InstantSource {
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Duration by = Duration.ZERO;

    @Override
    public Instant instant() {
      asked.incrementAndGet();
      return Instant.now().plus(by);
    }
  }

  @Test
  void theScheduleIsThatOfStandardWebhooks() {
    var random = new Random(1);

    assertThat(
            IntStream.range(0, 12)
                .mapToObj(
                    failures -> DeliveryTerms.DEFAULT.delay(failures, random).toMinutes() / 60.0)
                .toList())
        .satisfies(
            hours -> {
              assertThat(hours.get(3)).isBetween(1.8, 2.2);
              assertThat(hours.get(8)).isBetween(21.6, 26.4);
              assertThat(hours.get(11)).isBetween(21.6, 26.4);
            });
    assertThat(DeliveryTerms.DEFAULT.delay(0, random).toMillis()).isBetween(4500L, 5500L);
  }

  private Deliveries.Counts counts() {
    return Optional.ofNullable(deliveries.counts().get("oncall")).orElseThrow();
  }

  private long pending(String receiver) {
    return Optional.ofNullable(outbox.backlog().get(receiver))
        .map(Outbox.Backlog::pending)
        .orElse(0L);
  }

  private void owe(String receiver, int count) {
    owe(receiver, receiver, count);
  }

  private void owe(String prefix, String receiver, int count) {
    outbox.owe(
        IntStream.range(0, count)
            .mapToObj(
                i -> Owed.fresh(prefix + "-" + i, receiver, prefix + i, i, "{}", Instant.now()))
            .toList());
    deliveries.wake();
  }

  private Deliveries deliveries(DeliveryTerms terms) {
    return new Deliveries(outbox, terms, InstantSource.system(), new Listening());
  }

  private final class Listening implements Deliveries.Listener {
    @Override
    public void disabled(String receiver, String why) {
      disabled.add(receiver + " " + why);
    }

    @Override
    public void dead(Owed owed, String why) {
      dead.add(owed.id() + " " + why);
    }
  }

  /** A notifier that remembers what it was asked to send. */
  private static final class Heard implements Notifier {
    private final List<String> ids = new CopyOnWriteArrayList<>();
    private final List<Owed> arrived = new CopyOnWriteArrayList<>();
    private final Function<Owed, Outcome> answer;

    Heard(Function<Owed, Outcome> answer) {
      this.answer = answer;
    }

    @Override
    public Outcome send(Owed owed) {
      ids.add(owed.id());
      var outcome = answer.apply(owed);
      if (outcome instanceof Outcome.Delivered) {
        arrived.add(owed);
      }
      return outcome;
    }
  }

  /** An outbox whose store fails the first few times that something is marked. */
  private record Flaky(Outbox outbox, AtomicInteger broken) implements Outbox {
    @Override
    public void owe(List<Owed> notifications) {
      outbox.owe(notifications);
    }

    @Override
    public List<Owed> claim(String receiver, int limit, Instant now, Duration lease) {
      fail();
      return outbox.claim(receiver, limit, now, lease);
    }

    @Override
    public void delivered(String id) {
      fail();
      outbox.delivered(id);
    }

    @Override
    public void retryLater(String id, Instant notBefore, String error) {
      outbox.retryLater(id, notBefore, error);
    }

    @Override
    public void dead(String id, String error) {
      outbox.dead(id, error);
    }

    @Override
    public void release(String id) {
      outbox.release(id);
    }

    @Override
    public void hurry(String receiver, Instant now) {
      outbox.hurry(receiver, now);
    }

    @Override
    public Optional<Instant> nextAttempt(String receiver) {
      return outbox.nextAttempt(receiver);
    }

    @Override
    public Owed merge(Owed claimed, Instant now, Duration lease) {
      return outbox.merge(claimed, now, lease);
    }

    @Override
    public void replace(String id, Owed by) {
      outbox.replace(id, by);
    }

    @Override
    public void replaceFree(List<String> ids, List<Owed> by) {
      outbox.replaceFree(ids, by);
    }

    @Override
    public void eachWaiting(String receiver, int limit, Consumer<Owed> reader) {
      outbox.eachWaiting(receiver, limit, reader);
    }

    @Override
    public void eachDead(int limit, Consumer<DeadLetter> reader) {
      outbox.eachDead(limit, reader);
    }

    @Override
    public Map<String, Long> deadCounts() {
      return outbox.deadCounts();
    }

    @Override
    public Map<String, Backlog> backlog() {
      return new ConcurrentHashMap<>(outbox.backlog());
    }

    private void fail() {
      if (broken.getAndDecrement() > 0) {
        throw new IllegalStateException("the database is away");
      }
    }
  }
}
