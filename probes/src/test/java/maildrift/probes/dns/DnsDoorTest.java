package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import maildrift.probes.Deadline;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The door against real servers on loopback, well-behaved and not. */
class DnsDoorTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");

  /** Long, so that nothing is repeated only because the machine is busy. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Short, where a test waits for it. */
  private static final Duration IMPATIENT = Duration.ofMillis(600);

  /** What the machine may add when many tests run at once. */
  private static final Duration SLACK = Duration.ofMillis(1500);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final FakeDns dns =
      open(
          FakeDns.serving(
              "contoso.test 300 MX 10 mx.contoso.test",
              "contoso.test 300 TXT v=spf1 -all",
              "mx.contoso.test 300 A 192.0.2.1"));

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  @AfterEach
  void close() throws Exception {
    for (var closeable : opened.reversed()) {
      closeable.close();
    }
  }

  private static DnsServer at(FakeDns fake) {
    return DnsServer.parse(fake.hostAndPort());
  }

  private DnsDoor door(FakeDns... servers) {
    return open(new DnsDoor(settings(servers)));
  }

  private DnsDoor impatientDoor(FakeDns... servers) {
    return open(new DnsDoor(settings(servers).timeout(IMPATIENT)));
  }

  private static DnsSettings settings(FakeDns... servers) {
    return DnsSettings.of(Arrays.stream(servers).map(DnsDoorTest::at).toList())
        .timeout(TIMEOUT)
        .queriesPerSecond(100_000);
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  private static Answer askMx(DnsDoor door) {
    return door.fresh(soon()).ask(CONTOSO, RecordType.MX);
  }

  private static Answer.Failure failure(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Unanswered.class);
    return ((Answer.Unanswered) answer).failure();
  }

  @Test
  void whatIsPublishedIsFound() {
    var found = (Answer.Found) askMx(door(dns));

    assertThat(found.records()).containsExactly(new Rdata.Mx(10, DnsName.of("mx.contoso.test")));
    assertThat(found.ttl()).hasSeconds(300);
    assertThat(found.server()).isEqualTo(dns.hostAndPort());
    assertThat(found.validated()).isFalse();
  }

  /** It came to another's turn meanwhile, whose answer must not be lost for it. */
  @Test
  void aForgedAnswerThatComesLateDoesNotTakeTheNextServersTurn() {
    var late =
        open(FakeDns.serving()).delay(Duration.ofMillis(1300)).faults(Fault.WRONG_ID_AND_NO_TCP);
    dns.delay(Duration.ofMillis(600));
    var door = open(new DnsDoor(settings(late, dns).timeout(Duration.ofSeconds(3))));

    var begun = System.nanoTime();
    var answer = door.cached(soon()).ask(CONTOSO, RecordType.MX);

    assertThat(answer.records(Rdata.Mx.class)).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void manyQuestionsAreAnsweredInTheirOrder() {
    var answers =
        door(dns)
            .cached(soon())
            .ask(
                List.of(
                    new Question(CONTOSO, RecordType.TXT),
                    new Question(DnsName.of("gone.contoso.test"), RecordType.TXT),
                    new Question(CONTOSO, RecordType.AAAA),
                    new Question(DnsName.of("mx.contoso.test"), RecordType.A)));

    assertThat(answers)
        .extracting(answer -> answer.getClass().getSimpleName())
        .containsExactly("Found", "NoSuchName", "NoData", "Found");
  }

  @Test
  void rawOctetsAndStringsSurvive() {
    dns.txt("raw.contoso.test", "a\"b\\c\u001b[31m", "\u00ff\u0000");

    var texts = door(dns).fresh(soon()).ask(DnsName.of("raw.contoso.test"), RecordType.TXT);

    assertThat(texts.records(Rdata.Txt.class))
        .containsExactly(Rdata.Txt.of("a\"b\\c\u001b[31m", "\u00ff\u0000"));
  }

  @Test
  void internationalNamesAreAskedAsALabels() {
    dns.add("xn--fa-hia.test 300 TXT right", "fass.test 300 TXT wrong");

    var texts = door(dns).fresh(soon()).ask(DnsName.of("faß.test"), RecordType.TXT);

    assertThat(texts.records(Rdata.Txt.class)).containsExactly(Rdata.Txt.of("right"));
  }

  @ParameterizedTest
  @CsvSource({
    "SERVFAIL, SERVFAIL",
    "REFUSED, REFUSED",
    "NOTIMP, RCODE",
    "REFERRAL, RCODE",
    "WRONG_ID_AND_NO_TCP, MISMATCH",
    "GARBAGE_EVERYWHERE, MALFORMED",
  })
  void aServerThatCannotOrWillNotAnswerIsNotANo(Fault fault, Answer.Failure failure) {
    dns.faults(fault);

    assertThat(failure(askMx(door(dns)))).isEqualTo(failure);
  }

  @Test
  void silenceEndsWithTheDeadline() {
    dns.faults(Fault.SILENT);
    var start = System.nanoTime();

    assertThat(failure(askMx(impatientDoor(dns)))).isEqualTo(Answer.Failure.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(IMPATIENT, IMPATIENT.plus(SLACK));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"MUTE_TCP", "DRIPPING_TCP", "ENDLESS_TCP"})
  void slowTcpEndsWithTheDeadline(Fault fault) {
    dns.faults(Fault.TRUNCATED, fault);
    var start = System.nanoTime();

    assertThat(failure(askMx(impatientDoor(dns)))).isEqualTo(Answer.Failure.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IMPATIENT.plus(SLACK));
  }

  @Test
  void theLooksOwnDeadlineCounts() {
    dns.faults(Fault.SILENT);
    var start = System.nanoTime();

    var answer =
        door(dns).cached(Deadline.after(Duration.ofMillis(100))).ask(CONTOSO, RecordType.MX);

    assertThat(failure(answer)).isEqualTo(Answer.Failure.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aClosedPortIsToldAtOnce() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
    var door =
        open(
            new DnsDoor(
                DnsSettings.of(List.of(DnsServer.parse("127.0.0.1:" + port)))
                    .timeout(Duration.ofSeconds(10))));
    var start = System.nanoTime();

    assertThat(failure(askMx(door))).isEqualTo(Answer.Failure.NETWORK);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(door.stats().failures(Answer.Failure.NETWORK)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "TRUNCATED",
        "WRONG_ID",
        "FORGED_FIRST",
        "WRONG_QUESTION",
        "WRONG_CASE",
        "GARBAGE",
        "FORMERR_TO_EDNS",
      })
  void whatCannotBeTrustedOverUdpIsAskedOverTcpAtOnce(Fault fault) {
    dns.faults(fault);
    var door = door(dns);
    var start = System.nanoTime();

    assertThat(askMx(door).records(Rdata.Mx.class)).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("before any repeat")
        .isLessThan(Duration.ofMillis(1500));
    assertThat(dns.server().datagrams()).isEqualTo(1);
    assertThat(dns.server().connections()).isEqualTo(1);
  }

  @Test
  void forgeriesAreCountedAndNeverBelieved() {
    dns.faults(Fault.FORGED_FIRST);
    var door = door(dns);
    var questions = new ArrayList<Question>();
    for (var i = 0; i < 50; i++) {
      dns.add("d" + i + ".test 300 A 192.0.2." + i);
      questions.add(new Question(DnsName.of("d" + i + ".test"), RecordType.A));
    }

    var answers = door.fresh(soon()).ask(questions);

    for (var i = 0; i < 50; i++) {
      assertThat(answers.get(i).records(Rdata.Address.class))
          .singleElement()
          .extracting(Rdata.Address::text)
          .isEqualTo("192.0.2." + i);
    }
    assertThat(door.stats().failures(Answer.Failure.MISMATCH)).isPositive();
  }

  @Test
  void aLostDatagramIsRepeated() {
    dns.faults(Fault.LOSES_THE_FIRST);
    var door = open(new DnsDoor(settings(dns).timeout(Duration.ofSeconds(6))));

    assertThat(askMx(door).records(Rdata.Mx.class)).hasSize(1);
    assertThat(dns.server().datagrams()).isEqualTo(2);
    assertThat(door.stats().queries()).isEqualTo(2);
  }

  @Test
  void aLateAnswerIsTakenAndItsTwinIsNoForgery() {
    dns.delay(Duration.ofMillis(700));
    var door = open(new DnsDoor(settings(dns).timeout(Duration.ofSeconds(3))));

    assertThat(askMx(door).records(Rdata.Mx.class)).hasSize(1);
    dns.heal();
    for (var i = 0; i < 20; i++) {
      assertThat(askMx(door).records(Rdata.Mx.class)).hasSize(1);
    }
    assertThat(door.stats().failures(Answer.Failure.MISMATCH)).isZero();
  }

  @Test
  void theNextResolverIsAskedWhenOneFails() {
    var broken = open(FakeDns.serving().faults(Fault.SERVFAIL));
    var silent = open(FakeDns.serving().faults(Fault.SILENT));

    assertThat(askMx(impatientDoor(broken, dns)).records(Rdata.Mx.class)).hasSize(1);
    assertThat(askMx(impatientDoor(silent, broken, dns)).records(Rdata.Mx.class)).hasSize(1);
  }

  @Test
  void aDeadResolverIsSoonAskedLast() {
    var silent = open(FakeDns.serving().faults(Fault.SILENT));
    var door = impatientDoor(silent, dns);

    for (var i = 0; i < 10; i++) {
      assertThat(askMx(door).records(Rdata.Mx.class)).hasSize(1);
    }

    assertThat(silent.asked("contoso.test")).isLessThan(10);
    assertThat(dns.asked("contoso.test")).isGreaterThanOrEqualTo(10);
  }

  @Test
  void whenAllFailTheReasonNamesEach() {
    var broken = open(FakeDns.serving().faults(Fault.SERVFAIL));
    var silent = open(FakeDns.serving().faults(Fault.SILENT));

    var answer = (Answer.Unanswered) askMx(impatientDoor(silent, broken));

    assertThat(answer.failure()).isEqualTo(Answer.Failure.SERVFAIL);
    assertThat(answer.why())
        .contains(silent.hostAndPort() + ": no answer within")
        .contains(broken.hostAndPort() + ": SERVFAIL");
  }

  @Test
  void theResolversOwnReasonIsPassedOn() {
    dns.faults(Fault.SERVFAIL);
    dns.server().extendedError(6);

    assertThat(((Answer.Unanswered) askMx(door(dns))).why())
        .isEqualTo("SERVFAIL (EDE 6 DNSSEC bogus)");
  }

  @Test
  void aStaleAnswerIsNoAnswer() {
    dns.server().extendedError(3);

    assertThat(failure(askMx(door(dns)))).isEqualTo(Answer.Failure.SERVFAIL);
  }

  @Test
  void onlyAResolverOnThisMachineVouchesForDnssec() {
    dns.server().authenticated(true);

    assertThat(((Answer.Found) askMx(door(dns))).validated()).isTrue();
  }

  @Test
  void aChainThatTheServerDoesNotEndIsFollowed() {
    dns.add(
        "s1._domainkey.contoso.test 60 CNAME s1.provider.example",
        "s2._domainkey.contoso.test 60 CNAME gone.provider.example");
    var elsewhere = open(FakeDns.serving("s1.provider.example 20 TXT v=DKIM1; p="));
    // Each name is known to one of the two: the other one refuses.
    dns.fault("s1.provider.example", Fault.REFUSED);
    dns.fault("gone.provider.example", Fault.REFUSED);
    elsewhere.add("other.provider.example A 192.0.2.1");
    var door = door(dns, elsewhere);

    var found =
        (Answer.Found) door.cached(soon()).ask(CONTOSO.child("s1._domainkey"), RecordType.TXT);
    assertThat(found.aliases()).containsExactly(DnsName.of("s1.provider.example"));
    assertThat(found.ttl()).hasSeconds(20);
    assertThat(door.cached(soon()).ask(CONTOSO.child("s2._domainkey"), RecordType.TXT))
        .isInstanceOfSatisfying(
            Answer.NoSuchName.class,
            none ->
                assertThat(none.aliases()).containsExactly(DnsName.of("gone.provider.example")));
  }

  @Test
  void aLoopOverSeveralAnswersEnds() {
    dns.add("a.one.test CNAME a.two.example");
    var other = open(FakeDns.serving("a.two.example CNAME a.one.test"));
    dns.fault("a.two.example", Fault.REFUSED);

    assertThat(
            failure(door(dns, other).cached(soon()).ask(DnsName.of("a.one.test"), RecordType.TXT)))
        .isEqualTo(Answer.Failure.CHAIN);
  }

  @Test
  void theCacheAnswersFirstLooksAndNotConfirmations() {
    var door = door(dns);
    for (var i = 0; i < 5; i++) {
      assertThat(door.cached(soon()).ask(CONTOSO, RecordType.MX).records(Rdata.Mx.class))
          .hasSize(1);
    }
    assertThat(dns.asked("contoso.test", "MX")).isEqualTo(1);
    assertThat(door.stats().cacheHits()).isEqualTo(4);

    dns.remove("contoso.test", "MX");
    assertThat(door.cached(soon()).ask(CONTOSO, RecordType.MX).isAbsent()).isFalse();
    assertThat(askMx(door).isAbsent()).isTrue();
  }

  @Test
  void aThousandLooksShareOneQuestion() throws Exception {
    dns.delay(Duration.ofMillis(200));
    var door = door(dns);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var looks = new ArrayList<java.util.concurrent.Future<Answer>>();
      for (var i = 0; i < 1000; i++) {
        looks.add(threads.submit(() -> door.cached(soon()).ask(CONTOSO, RecordType.TXT)));
      }
      for (var look : looks) {
        assertThat(look.get().records(Rdata.Txt.class)).hasSize(1);
      }
    }
    assertThat(dns.asked("contoso.test", "TXT")).isEqualTo(1);
  }

  @Test
  void confirmationsGoToTheConfirmingServers() {
    var second = open(FakeDns.serving("contoso.test 300 MX 20 other.contoso.test"));
    var door = open(new DnsDoor(settings(dns).confirmWith(List.of(at(second)))));

    assertThat(askMx(door).records(Rdata.Mx.class))
        .containsExactly(new Rdata.Mx(20, DnsName.of("other.contoso.test")));
    assertThat(dns.asked("contoso.test")).isZero();
  }

  @Test
  void ourOwnRateLimitHoldsQuestionsBack() {
    var door = open(new DnsDoor(settings(dns).queriesPerSecond(100)));
    var questions = new ArrayList<Question>();
    for (var i = 0; i < 60; i++) {
      questions.add(new Question(DnsName.of("d" + i + ".test"), RecordType.A));
    }
    var start = System.nanoTime();

    assertThat(door.fresh(soon()).ask(questions)).allMatch(Answer::isAbsent);
    // 33 go at once, 27 more need 270 ms.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
    assertThat(
            door.fresh(Deadline.after(Duration.ofMillis(50))).ask(questions).stream()
                .filter(Answer.Unanswered.class::isInstance))
        .isNotEmpty();
  }

  @Test
  void mutatedResponsesAreAlwaysAValueInTime() {
    var fuzz = new Random(7);
    dns.server()
        .mangle(
            wire -> {
              var mutant = wire.clone();
              synchronized (fuzz) {
                for (var i = 0; i < 3; i++) {
                  mutant[fuzz.nextInt(2, mutant.length)] = (byte) fuzz.nextInt(256);
                }
              }
              return mutant;
            });
    var questions = new ArrayList<Question>();
    for (var i = 0; i < 20; i++) {
      for (var type : RecordType.values()) {
        questions.add(new Question(CONTOSO, type));
      }
    }
    var start = System.nanoTime();

    assertThat(impatientDoor(dns).fresh(soon()).ask(questions))
        .hasSize(20 * RecordType.values().length);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void sourcePortsAreManyAndSocketsLongLived() {
    var door = door(dns);
    for (var i = 0; i < 500; i++) {
      assertThat(askMx(door).isAbsent()).isFalse();
    }
    assertThat(dns.server().sourcePorts()).hasSizeBetween(40, 64);
  }

  @Test
  void aClosedDoorAnswersThatItIsClosed() {
    var door = new DnsDoor(settings(dns));
    door.close();

    assertThat(failure(askMx(door))).isEqualTo(Answer.Failure.NETWORK);
  }

  @Test
  void settingsSayWhatIsWrong() {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> DnsSettings.of(List.of()))
        .hasMessage("dns.resolvers must name at least one server");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> settings(dns).queriesPerSecond(0))
        .hasMessage("dns.queries_per_second must be 1 to 1000000, was 0");
    assertThat(settings(dns).authoritative(Map.of()).delegation()).isTrue();
    assertThat(DnsSettings.only(List.of(at(dns))).delegation()).isFalse();
  }
}
