package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final Question QUESTION = question("contoso.test");

  private final AtomicLong now = new AtomicLong(1_000);
  private final DnsStats stats = new DnsStats();
  private AnswerCache cache = new AnswerCache(1 << 20, Duration.ofMinutes(5), now::get, stats);
  private final List<Question> asked = new ArrayList<>();
  private final List<Consumer<Answer>> underWay = new ArrayList<>();

  private static Question question(String name) {
    return new Question(DnsName.of(name), RecordType.TXT);
  }

  private static Answer found(long ttl) {
    return new Answer.Found(
        List.of(Rdata.Txt.of("v=spf1 -all")), List.of(), Duration.ofSeconds(ttl), "s", false);
  }

  private List<Answer> ask(Question question) {
    var heard = new ArrayList<Answer>();
    cache.ask(
        question,
        heard::add,
        (sent, back) -> {
          asked.add(sent);
          underWay.add(back);
        });
    return heard;
  }

  private void answer(Answer answer) {
    underWay.removeFirst().accept(answer);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void anAnswerLivesAsLongAsItsTtlWhichCountsDown() {
    var _ = ask(QUESTION);
    answer(found(60));

    pass(Duration.ofSeconds(20));
    assertThat(ask(QUESTION)).containsExactly(found(40));
    assertThat(cache.peek(QUESTION)).contains(found(40));
    pass(Duration.ofSeconds(39));
    assertThat(ask(QUESTION)).containsExactly(found(1));
    pass(Duration.ofSeconds(1));
    assertThat(ask(QUESTION)).isEmpty();
    assertThat(asked).hasSize(2);
    assertThat(stats.cacheHits()).isEqualTo(2);
  }

  @Test
  void nothingIsServedBeyondTheMaximumAge() {
    cache = new AnswerCache(1 << 20, Duration.ofSeconds(10), now::get, stats);
    var _ = ask(QUESTION);
    answer(found(86_400));

    pass(Duration.ofSeconds(9));
    assertThat(ask(QUESTION)).hasSize(1);
    pass(Duration.ofSeconds(1));
    assertThat(ask(QUESTION)).isEmpty();
  }

  @Test
  void negativeAnswersAreKeptForTheirTtlAndNotAtAllWithoutOne() {
    var none = new Answer.NoSuchName(List.of(), Duration.ofSeconds(30), "s", false);
    var _ = ask(QUESTION);
    answer(none);
    assertThat(ask(QUESTION)).containsExactly(none);
    pass(Duration.ofSeconds(30));
    assertThat(ask(QUESTION)).isEmpty();

    answer(new Answer.NoData(List.of(), Duration.ZERO, "s", false));
    assertThat(ask(QUESTION)).isEmpty();
    assertThat(asked).hasSize(3);
  }

  @Test
  void failuresAreKeptForSeconds() {
    var failure = new Answer.Unanswered(Answer.Failure.SERVFAIL, "SERVFAIL", "s");
    var _ = ask(QUESTION);
    answer(failure);

    assertThat(ask(QUESTION)).containsExactly(failure);
    pass(AnswerCache.FAILURES);
    assertThat(ask(QUESTION)).isEmpty();
    assertThat(AnswerCache.FAILURES).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
  }

  @Test
  void aQuestionUnderWayIsShared() {
    var first = ask(QUESTION);
    var second = ask(QUESTION);
    var third = ask(QUESTION);
    assertThat(asked).hasSize(1);

    answer(found(0));
    assertThat(List.of(first, second, third)).allMatch(heard -> heard.equals(List.of(found(0))));
    assertThat(ask(QUESTION)).as("a TTL of zero is for those who waited").isEmpty();
  }

  @Test
  void itIsBoundedAndKeepsWhatIsUsed() {
    cache = new AnswerCache(20_000, Duration.ofMinutes(5), now::get, stats);
    var _ = ask(QUESTION);
    answer(found(3600));
    for (var i = 0; i < 10_000; i++) {
      var _ = ask(question("d" + i + ".test"));
      answer(found(3600));
      assertThat(ask(QUESTION)).hasSize(1);
    }

    assertThat(cache.weight()).isLessThanOrEqualTo(20_000);
    assertThat(cache.size()).isLessThan(100);
  }

  @Test
  void oneQuestionAskedForEverDoesNotFillIt() {
    cache = new AnswerCache(20_000, Duration.ofMinutes(5), now::get, stats);
    for (var i = 0; i < 10_000; i++) {
      var _ = ask(QUESTION);
      answer(found(1));
      pass(Duration.ofSeconds(2));
    }

    assertThat(cache.weight()).isLessThanOrEqualTo(20_000);
    assertThat(cache.size()).isEqualTo(1);
  }
}
