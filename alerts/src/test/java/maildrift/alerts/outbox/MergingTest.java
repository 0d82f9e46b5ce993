package maildrift.alerts.outbox;

import static maildrift.alerts.outbox.Bodies.firing;
import static maildrift.alerts.outbox.Bodies.over;
import static maildrift.alerts.outbox.Bodies.owed;
import static org.assertj.core.api.Assertions.assertThat;

import maildrift.alerts.Notification;
import org.junit.jupiter.api.Test;

class MergingTest {
  @Test
  void ofEachAlertTheLastWordCounts() {
    var merged =
        merged(
            owed("m1", 1, "g", firing("a", 1), firing("b", 1)),
            owed("m2", 2, "g", firing("a", 1), over("b", 1, 5)),
            owed("m3", 3, "g", firing("a", 1), firing("c", 7)));

    assertThat(Bodies.told(merged)).containsExactly("firing a 1", "firing c 7", "resolved b 1 5");
    assertThat(merged.sequence()).isEqualTo(3);
  }

  @Test
  void oneThatBeganAndEndedMeanwhileIsToldAsEnded() {
    assertThat(
            Bodies.told(
                merged(owed("m1", 1, "g", firing("a", 1)), owed("m2", 2, "g", over("a", 1, 9)))))
        .containsExactly("resolved a 1 9");
  }

  @Test
  void oneThatCameBackSaysWhenItHadBeenThereBefore() {
    var merged =
        merged(
            owed("m1", 1, "g", firing("a", 1)),
            owed("m2", 2, "g", over("a", 1, 9)),
            owed("m3", 3, "g", firing("a", 20)));

    assertThat(Bodies.told(merged)).containsExactly("firing a 20");
    assertThat(description(merged))
        .isEqualTo(
            "so\nBefore this could be delivered it had also fired from 2026-11-21T17:00:01Z to 2026-11-21T17:00:09Z.");
  }

  @Test
  void whatWasMergedIsMergedAgainWithoutForgetting() {
    var once = merged(owed("m1", 1, "g", over("a", 1, 9)), owed("m2", 2, "g", firing("a", 20)));
    var twice = merged(once, owed("m3", 3, "g", firing("a", 20)));
    var thrice = merged(twice, owed("m4", 4, "g", firing("a", 40)));

    assertThat(description(twice)).contains("from 2026-11-21T17:00:01Z to 2026-11-21T17:00:09Z");
    assertThat(description(thrice))
        .contains("from 2026-11-21T17:00:01Z to 2026-11-21T17:00:09Z, from 2026-11-21T17:00:20Z");
  }

  @Test
  void oneThatComesAndGoesADayLongStaysShort() {
    var merging = new Merging(owed("m0", 0, "g", firing("a", 0)));
    for (var i = 1; i < 2_000; i++) {
      assertThat(merging.add(owed("m" + i, i, "g", firing("a", i)))).isTrue();
    }
    var merged = merging.merged("new");

    assertThat(merged.body()).hasSizeLessThan(3_000);
    assertThat(description(merged)).contains("from 2026-11-21T17:00:00Z", "and 1994 times between");
  }

  @Test
  void whatIsMergedStaysInItsThread() {
    var merged =
        merged(
            inThread(owed("m2", 2, "g", firing("a", 1))),
            inThread(owed("m3", 3, "g", over("a", 1, 9))));

    assertThat(Notification.parse(merged.body()).thread()).isEqualTo("m1");
  }

  private static Owed inThread(Owed owed) {
    var body = Notification.parse(owed.body());
    return Owed.fresh(
        owed.id(),
        owed.receiver(),
        owed.groupKey(),
        owed.sequence(),
        new Notification(
                body.receiver(),
                body.groupKey(),
                body.reason(),
                body.groupLabels(),
                body.items(),
                body.externalUrl(),
                "m1")
            .toJson(),
        owed.createdAt());
  }

  @Test
  void whatCannotBeReadIsMergedWithNothing() {
    var unreadable = Owed.fresh("m1", "oncall", "g", 1, "{}", OutboxContract.NOW);
    var first = new Merging(unreadable);
    var second = new Merging(owed("m0", 0, "g", firing("a", 1)));

    assertThat(first.add(owed("m2", 2, "g", firing("a", 1)))).isFalse();
    assertThat(first.isMerged()).isFalse();
    assertThat(second.add(unreadable)).isFalse();
    assertThat(second.isMerged()).isFalse();
  }

  private static Owed merged(Owed... owed) {
    var merging = new Merging(owed[0]);
    for (var i = 1; i < owed.length; i++) {
      assertThat(merging.add(owed[i])).isTrue();
    }
    return merging.merged("new");
  }

  private static String description(Owed owed) {
    return Notification.parse(owed.body()).items().getFirst().annotation("description");
  }
}
