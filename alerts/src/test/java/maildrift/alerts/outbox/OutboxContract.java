package maildrift.alerts.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every outbox does: the one in memory, H2's and PostgreSQL's. */
public abstract class OutboxContract {
  protected static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");
  private static final Duration LEASE = Duration.ofMinutes(2);

  /** A new, empty outbox. */
  protected abstract Outbox outbox();

  @Test
  void whatIsOwedIsClaimedAsItWas() {
    var outbox = outbox();
    var one = owed("m1", "oncall", "{cause=\"a\"}", 1);
    outbox.owe(List.of(one));

    assertThat(outbox.claim("oncall", 10, NOW, LEASE)).containsExactly(one);
  }

  @Test
  void aClaimedOneIsNotGivenTwice() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));

    outbox.claim("oncall", 10, NOW, LEASE);

    assertThat(outbox.claim("oncall", 10, NOW, LEASE)).isEmpty();
    assertThat(outbox.nextAttempt("oncall")).isEmpty();
  }

  @Test
  void aClaimWhoseWorkerDiedIsGivenAgainWhenTheLeaseHasPassed() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));

    outbox.claim("oncall", 10, NOW, LEASE);

    assertThat(outbox.claim("oncall", 10, NOW.plus(LEASE).minusSeconds(1), LEASE)).isEmpty();
    assertThat(ids(outbox.claim("oncall", 10, NOW.plus(LEASE), LEASE))).containsExactly("m1");
  }

  @Test
  void aReleasedOneIsGivenAgainAtOnceAndItsAttemptDoesNotCount() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));

    outbox.claim("oncall", 10, NOW, LEASE);
    outbox.release("m1");

    assertThat(outbox.claim("oncall", 10, NOW, LEASE))
        .singleElement()
        .satisfies(one -> assertThat(one.attempts()).isZero());
  }

  @Test
  void withinAGroupTheNextOneWaitsUntilTheOneBeforeIsDelivered() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            owed("resolved", "oncall", "g", 2),
            owed("firing", "oncall", "g", 1),
            owed("other", "oncall", "h", 3)));

    assertThat(ids(outbox.claim("oncall", 10, NOW, LEASE))).containsExactly("firing", "other");
    assertThat(outbox.claim("oncall", 10, NOW, LEASE)).isEmpty();
    outbox.retryLater("firing", NOW.plusSeconds(300), "HTTP 500");
    assertThat(outbox.claim("oncall", 10, NOW, LEASE)).isEmpty();

    outbox.claim("oncall", 10, NOW.plusSeconds(300), LEASE);
    outbox.delivered("firing");

    assertThat(ids(outbox.claim("oncall", 10, NOW.plusSeconds(300), LEASE))).contains("resolved");
  }

  @Test
  void theSameGroupOfAnotherReceiverDoesNotWait() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1), owed("m2", "mail", "g", 2)));

    outbox.claim("oncall", 10, NOW, LEASE);

    assertThat(ids(outbox.claim("mail", 10, NOW, LEASE))).containsExactly("m2");
  }

  @Test
  void aFailedOneComesBackAtItsTimeWithTheSameIdAndOneAttemptMore() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));

    outbox.claim("oncall", 10, NOW, LEASE);
    outbox.retryLater("m1", NOW.plusSeconds(5), "HTTP 500");

    assertThat(outbox.nextAttempt("oncall")).contains(NOW.plusSeconds(5));
    assertThat(outbox.claim("oncall", 10, NOW.plusSeconds(4), LEASE)).isEmpty();
    assertThat(outbox.claim("oncall", 10, NOW.plusSeconds(5), LEASE))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.id()).isEqualTo("m1");
              assertThat(one.attempts()).isEqualTo(1);
              assertThat(one.lastError()).contains("HTTP 500");
            });
  }

  @Test
  void aReceiverThatAnswersAgainGetsWhatWaitedAtOnce() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1), owed("m2", "mail", "g", 2)));
    for (var receiver : List.of("oncall", "mail")) {
      outbox
          .claim(receiver, 10, NOW, LEASE)
          .forEach(one -> outbox.retryLater(one.id(), NOW.plusSeconds(36_000), "refused"));
    }

    outbox.hurry("oncall", NOW.plusSeconds(1));

    assertThat(ids(outbox.claim("oncall", 10, NOW.plusSeconds(1), LEASE))).containsExactly("m1");
    assertThat(outbox.claim("mail", 10, NOW.plusSeconds(1), LEASE)).isEmpty();
  }

  @Test
  void whatIsDeliveredOrDeadIsOwedNoMore() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1), owed("m2", "oncall", "h", 2)));

    outbox.claim("oncall", 10, NOW, LEASE);
    outbox.delivered("m1");
    outbox.dead("m2", "no such mailbox");

    assertThat(outbox.backlog()).isEmpty();
    assertThat(outbox.claim("oncall", 10, NOW.plus(LEASE), LEASE)).isEmpty();
    assertThat(outbox.nextAttempt("oncall")).isEqualTo(Optional.empty());
  }

  @Test
  void aDeadOneDoesNotBlockItsGroup() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1), owed("m2", "oncall", "g", 2)));

    outbox.claim("oncall", 10, NOW, LEASE);
    outbox.dead("m1", "refused");

    assertThat(ids(outbox.claim("oncall", 10, NOW, LEASE))).containsExactly("m2");
  }

  @Test
  void anIdThatIsUnknownIsIgnored() {
    var outbox = outbox();

    outbox.delivered("nobody");
    outbox.release("nobody");
    outbox.dead("nobody", "why");
    outbox.retryLater("nobody", NOW, "why");

    assertThat(outbox.backlog()).isEmpty();
  }

  @Test
  void owingTheSameIdAgainChangesNothing() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));
    outbox.claim("oncall", 10, NOW, LEASE);
    outbox.retryLater("m1", NOW.plusSeconds(5), "HTTP 500");

    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));

    assertThat(outbox.claim("oncall", 10, NOW, LEASE)).isEmpty();
    assertThat(outbox.backlog().get("oncall"))
        .satisfies(backlog -> assertThat(backlog.pending()).isEqualTo(1));
  }

  @Test
  void theLimitTakesTheOldest() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            owed("m3", "oncall", "c", 3),
            owed("m1", "oncall", "a", 1),
            owed("m2", "oncall", "b", 2)));

    assertThat(ids(outbox.claim("oncall", 2, NOW, LEASE))).containsExactly("m1", "m2");
    assertThat(ids(outbox.claim("oncall", 2, NOW, LEASE))).containsExactly("m3");
  }

  @Test
  void theBacklogCountsByReceiverAndKnowsTheOldest() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            Owed.fresh("m1", "oncall", "a", 1, "{}", NOW.minusSeconds(60)),
            owed("m2", "oncall", "a", 2),
            owed("m3", "mail", "a", 3)));

    assertThat(outbox.backlog())
        .containsEntry("oncall", new Outbox.Backlog(2, NOW.minusSeconds(60)))
        .containsEntry("mail", new Outbox.Backlog(1, NOW));
  }

  @Test
  void nothingOwedHasNoNextAttempt() {
    assertThat(outbox().nextAttempt("oncall")).isEmpty();
  }

  @Test
  void whatPiledUpBehindAClaimedOneBecomesOneUnderANewId() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            Bodies.owed("m1", 1, "g", Bodies.firing("a", 1)),
            Bodies.owed("m2", 2, "g", Bodies.over("a", 1, 5), Bodies.firing("b", 5)),
            Bodies.owed("other", 3, "h", Bodies.firing("c", 1)),
            Bodies.owed("m4", 4, "g", Bodies.firing("b", 5))));
    outbox.claim("oncall", 1, NOW, LEASE);
    outbox.retryLater("m1", NOW.plusSeconds(5), "HTTP 500");
    var head = outbox.claim("oncall", 9, NOW.plusSeconds(5), LEASE).getFirst();

    var merged = outbox.merge(head, NOW.plusSeconds(5), LEASE);

    assertThat(merged.id()).isNotIn("m1", "m2", "m4");
    assertThat(merged.attempts()).isEqualTo(1);
    assertThat(merged.lastError()).contains("HTTP 500");
    assertThat(merged.createdAt()).isEqualTo(NOW);
    assertThat(Bodies.told(merged)).containsExactly("firing b 5", "resolved a 1 5");
    assertThat(outbox.backlog()).containsEntry("oncall", new Outbox.Backlog(2, NOW));
    // It is still claimed, and is given again as it is when its worker dies.
    assertThat(outbox.claim("oncall", 9, NOW.plusSeconds(6), LEASE)).isEmpty();
    assertThat(outbox.claim("oncall", 9, NOW.plusSeconds(5).plus(LEASE), LEASE)).contains(merged);
    outbox.delivered(merged.id());
    outbox.delivered("other");
    assertThat(outbox.backlog()).isEmpty();
  }

  @Test
  void oneAloneIsNotMergedAndNeitherIsWhatWasGivenUp() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            Bodies.owed("dead", 1, "g", Bodies.firing("a", 1)),
            Bodies.owed("m2", 2, "g", Bodies.firing("b", 1)),
            Bodies.owed("m3", 3, "h", Bodies.firing("c", 1))));
    outbox.claim("oncall", 9, NOW, LEASE);
    outbox.dead("dead", "no");
    var claimed = outbox.claim("oncall", 1, NOW, LEASE).getFirst();

    assertThat(outbox.merge(claimed, NOW, LEASE)).isEqualTo(claimed);
    assertThat(claimed.id()).isEqualTo("m2");
  }

  @Test
  void whatIsGivenUpIsKeptForAPersonWhoSendsItAgain() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1), owed("m2", "oncall", "h", 2)));
    outbox.claim("oncall", 10, NOW, LEASE);
    outbox.dead("m1", "HTTP 400");
    var letters = new ArrayList<DeadLetter>();
    outbox.eachDead(10, letters::add);

    assertThat(outbox.deadCounts()).containsExactly(Map.entry("oncall", 1L));
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.owed().id()).isEqualTo("m1");
              assertThat(letter.owed().attempts()).isEqualTo(1);
              assertThat(letter.owed().lastError()).contains("HTTP 400");
            });

    outbox.replaceFree(List.of("m1"), List.of(owed("again", "oncall", "g", 1)));

    assertThat(outbox.deadCounts()).isEmpty();
    assertThat(ids(outbox.claim("oncall", 10, NOW, LEASE))).containsExactly("again");
  }

  @Test
  void whatIsBeingSentOrHasArrivedIsNotOwedAgainInItsPlace() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            owed("sent", "old", "g", 1),
            owed("waits", "old", "h", 2),
            owed("free", "old", "i", 3)));
    assertThat(outbox.claim("old", 1, Instant.now(), LEASE)).hasSize(1);

    outbox.replaceFree(List.of("sent", "waits"), List.of(owed("n1", "new", "g", 4)));
    outbox.replaceFree(List.of("waits", "arrived"), List.of(owed("n2", "new", "g", 5)));
    outbox.replaceFree(
        List.of("free"), List.of(owed("n3", "new", "i", 6), owed("rest", "old", "i", 7)));

    assertThat(outbox.backlog()).containsEntry("new", new Outbox.Backlog(1, NOW));
    assertThat(outbox.backlog()).containsEntry("old", new Outbox.Backlog(3, NOW));
    outbox.release("sent");
    outbox.replaceFree(List.of("sent", "waits"), List.of(owed("n4", "new", "g", 8)));
    assertThat(outbox.backlog()).containsEntry("new", new Outbox.Backlog(2, NOW));
    assertThat(outbox.backlog()).containsEntry("old", new Outbox.Backlog(1, NOW));
  }

  @Test
  void whoSendsOneOwesAnotherInItsPlace() {
    var outbox = outbox();
    outbox.owe(List.of(owed("m1", "oncall", "g", 1)));
    outbox.claim("oncall", 1, Instant.now(), LEASE);

    outbox.replace("m1", owed("rest", "oncall", "h", 2));

    assertThat(ids(outbox.claim("oncall", 9, NOW, LEASE))).containsExactly("rest");
  }

  @Test
  void whatWaitsIsReadOldestFirst() {
    var outbox = outbox();
    outbox.owe(
        List.of(
            owed("m2", "oncall", "g", 2), owed("m1", "oncall", "h", 1), owed("x", "mail", "h", 3)));
    var read = new ArrayList<String>();

    outbox.eachWaiting("oncall", 1, one -> read.add(one.id()));
    outbox.eachWaiting("oncall", 9, one -> read.add(one.id()));

    assertThat(read).containsExactly("m1", "m1", "m2");
  }

  protected static Owed owed(String id, String receiver, String groupKey, long sequence) {
    return Owed.fresh(id, receiver, groupKey, sequence, "{\"status\":\"firing\"}", NOW);
  }

  private static List<String> ids(List<Owed> owed) {
    return owed.stream().map(Owed::id).toList();
  }
}
