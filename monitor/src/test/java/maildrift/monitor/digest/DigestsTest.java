package maildrift.monitor.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.alerts.outbox.Owed;
import maildrift.monitor.config.DigestConfig;
import maildrift.monitor.schedule.CronTimes;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.MemoryStore;
import org.junit.jupiter.api.Test;

class DigestsTest {
  private static final Duration WEEK = Duration.ofDays(7);

  private final MemoryStore store = new MemoryStore();
  private final SetClock clock = new SetClock(Instant.parse("2026-11-25T12:00:00Z"));
  private final Digests digests = digests();

  @Test
  void theFirstComesAtTheNextTimeAndEachOnlyOnce() {
    digests.look();
    assertThat(owed()).isEmpty();
    assertThat(digests.lastMade()).isEmpty();

    clock.at("2026-11-30T05:59:59Z");
    digests.look();
    assertThat(owed()).isEmpty();

    clock.at("2026-11-30T06:00:01Z");
    digests.look();
    digests.look();
    assertThat(owed())
        .singleElement()
        .satisfies(
            owed -> {
              assertThat(owed.receiver()).isEqualTo("mail");
              assertThat(ReadyMail.parse(owed.body()))
                  .hasValueSatisfying(
                      mail -> {
                        assertThat(mail.to()).containsExactly("it@contoso.test");
                        assertThat(mail.from()).contains("md@contoso.test");
                        assertThat(mail.text()).contains("a.test").doesNotContain("Ada");
                      });
            });
    assertThat(digests.lastMade()).contains(clock.instant());
  }

  @Test
  void whatWasMissedIsMadeUpForOnce() {
    digests.look();
    clock.at(clock.instant().plus(WEEK.multipliedBy(4)));

    var afterTheRestart = digests();
    afterTheRestart.restore();
    afterTheRestart.look();
    afterTheRestart.look();

    assertThat(owed()).hasSize(1);
  }

  @Test
  void aRestartRightAfterwardsDoublesNone() {
    digests.look();
    clock.at("2026-11-30T06:00:01Z");
    digests.look();

    var afterTheRestart = digests();
    afterTheRestart.restore();
    afterTheRestart.look();

    assertThat(owed()).hasSize(1);
  }

  @Test
  void aClockThatIsSetBackOrForthDoublesAndSkipsNone() {
    digests.look();
    clock.at("2026-11-30T06:30:00Z");
    digests.look();
    clock.at("2026-11-30T05:30:00Z");
    digests.look();
    clock.at("2026-11-30T06:00:30Z");
    digests.look();
    assertThat(owed()).as("an hour back").hasSize(1);

    clock.at("2027-11-30T06:00:00Z");
    digests.look();
    clock.at("2026-12-01T06:00:00Z");
    digests.look();
    assertThat(owed()).as("a year ahead and back").hasSize(2);

    clock.at("2026-12-07T06:00:01Z");
    digests.look();
    assertThat(owed()).as("the week after is told of").hasSize(3);
  }

  @Test
  void sevenIsSevenWhenTheTimeChanges() {
    clock.at("2027-03-24T12:00:00Z");
    digests.look();
    clock.at("2027-03-29T04:59:59Z");
    digests.look();
    assertThat(owed()).isEmpty();
    clock.at("2027-03-29T05:00:00Z");
    digests.look();
    assertThat(owed()).hasSize(1);
  }

  @Test
  void oneBesidesTheScheduleChangesNothingOfIt() {
    digests.look();
    assertThat(digests.send("contoso")).contains("mail");
    assertThat(digests.send("nobody")).isEmpty();
    assertThat(owed()).hasSize(1);

    clock.at("2026-11-30T06:00:01Z");
    digests.look();
    assertThat(owed()).hasSize(2).extracting(Owed::sequence).containsExactly(1L, 2L);
  }

  private List<Owed> owed() {
    var all = new java.util.ArrayList<Owed>();
    // One of a group at a time: what is claimed is delivered to see the next.
    while (true) {
      var some = store.outbox().claim("mail", 10, Instant.MAX, Duration.ZERO);
      if (some.isEmpty()) {
        break;
      }
      some.forEach(one -> store.outbox().delivered(one.id()));
      all.addAll(some);
    }
    all.forEach(one -> store.outbox().owe(List.of(one)));
    return all;
  }

  private Digests digests() {
    return new Digests(store, clock, new Known(), () -> {});
  }

  private static final class Known implements Digests.Source {
    @Override
    public Optional<DigestConfig> digest(String tenant) {
      return tenant.equals("contoso")
          ? Optional.of(
              new DigestConfig(
                  "mail",
                  List.of("it@contoso.test"),
                  Optional.of("md@contoso.test"),
                  new CronTimes("0 0 7 ? * MON", ZoneId.of("Europe/Berlin"))))
          : Optional.empty();
    }

    @Override
    public List<DomainState> states() {
      return List.of(DomainState.unseen(Fixtures.domain("a.test")));
    }

    @Override
    public List<Alert> alerts() {
      return List.of();
    }

    @Override
    public List<Mutes.Why> muted(Alert alert) {
      return List.of();
    }

    @Override
    public List<Silence> silences() {
      return List.of();
    }

    @Override
    public List<Change> history(String domain, int offset, int limit) {
      return List.of(
          new Change(
              Instant.parse("2026-11-25T13:00:00Z"),
              domain,
              "contoso",
              "mx.extra",
              Optional.empty(),
              Optional.of("by Ada: on it"),
              Change.ACKNOWLEDGED));
    }

    @Override
    public String page() {
      return "https://maildrift.test";
    }
  }

  /** A clock that stands where a test sets it. */
  private static final class SetClock extends Clock {
    private Instant now;

    SetClock(Instant now) {
      this.now = now;
    }

    void at(String time) {
      at(Instant.parse(time));
    }

    void at(Instant time) {
      now = time;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return Clock.fixed(now, zone);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
