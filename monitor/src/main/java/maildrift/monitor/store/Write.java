package maildrift.monitor.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import maildrift.alerts.Alert;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.GroupState;
import maildrift.monitor.checklist.Tick;

/**
 * One thing to be written. A later write of the same {@link #key} takes the place of an earlier.
 */
sealed interface Write {
  /** The row that it is about. */
  Key key();

  /** Both in one: what is left to write when this one follows {@code earlier}. */
  default Write after(Write earlier) {
    return this;
  }

  /** Octets of memory while it waits, roughly. */
  default int weight() {
    return 500;
  }

  /** A table and the row's name in it. */
  record Key(Table table, String row, String column) {
    Key(Table table, String row) {
      this(table, row, "");
    }
  }

  /** What is written where; forgetting a domain is a place of its own. */
  enum Table {
    FORGOTTEN,
    STATE,
    SEEN,
    BASELINE,
    ALERT,
    GROUP,
    OWED,
    REPLACED,
    SILENCE,
    ACKNOWLEDGEMENT,
    DOMAIN,
    NETWORK,
    TICK,
    DIGEST,
    GONE,
    ABSENCE,
    ALIVE,
    CHANGE
  }

  record PutState(StateRow row) implements Write {
    @Override
    public Key key() {
      return new Key(Table.STATE, row.domain());
    }

    @Override
    public int weight() {
      return 500 + row.content().length;
    }
  }

  /** Looked at again, all as before. */
  record Checked(String domain, Instant at) implements Write {
    public Checked {
      at = Micros.of(at);
    }

    @Override
    public Key key() {
      return new Key(Table.STATE, domain);
    }

    @Override
    public Write after(Write earlier) {
      return earlier instanceof PutState(var row) ? new PutState(row.checked(at)) : this;
    }

    @Override
    public int weight() {
      return 100;
    }
  }

  /** State, seen records, baseline and ticks of a domain that is no longer managed. */
  record Forget(String domain) implements Write {
    @Override
    public Key key() {
      return new Key(Table.FORGOTTEN, domain);
    }
  }

  record PutSeen(SeenRecord seen) implements Write {
    @Override
    public Key key() {
      return new Key(Table.SEEN, seen.domain(), seen.record());
    }

    @Override
    public int weight() {
      return 500 + seen.value().length();
    }
  }

  record DropSeen(String domain, String name) implements Write {
    @Override
    public Key key() {
      return new Key(Table.SEEN, domain, name);
    }
  }

  record PutBaseline(Baseline baseline) implements Write {
    @Override
    public Key key() {
      return new Key(Table.BASELINE, baseline.domain());
    }

    @Override
    public int weight() {
      return 500 + baseline.records().values().stream().mapToInt(String::length).sum();
    }
  }

  record DropBaseline(String domain) implements Write {
    @Override
    public Key key() {
      return new Key(Table.BASELINE, domain);
    }
  }

  record PutAlert(DomainAlert alert) implements Write {
    @Override
    public Key key() {
      return new Key(Table.ALERT, alert.alert().fingerprint());
    }

    @Override
    public int weight() {
      return 2_000;
    }
  }

  record DropAlert(String fingerprint) implements Write {
    @Override
    public Key key() {
      return new Key(Table.ALERT, fingerprint);
    }
  }

  /** It is over and everybody knows; nothing happens where it has come back since. */
  record ForgetAlert(String fingerprint, Instant endedAt) implements Write {
    public ForgetAlert {
      endedAt = Micros.of(endedAt);
    }

    @Override
    public Key key() {
      return new Key(Table.ALERT, fingerprint);
    }

    boolean isMeant(Alert alert) {
      return alert.phase() == Alert.Phase.RESOLVED
          && alert.endsAt().map(Micros::of).filter(endedAt::equals).isPresent();
    }

    @Override
    public Write after(Write earlier) {
      return switch (earlier) {
        case PutAlert put -> isMeant(put.alert().alert()) ? new DropAlert(fingerprint) : put;
        case DropAlert drop -> drop;
        default -> this;
      };
    }
  }

  record PutGroup(GroupState group) implements Write {
    @Override
    public Key key() {
      return new Key(Table.GROUP, group.key());
    }

    @Override
    public int weight() {
      return 500 + 100 * group.told().size();
    }
  }

  record DropGroup(String group) implements Write {
    @Override
    public Key key() {
      return new Key(Table.GROUP, group);
    }
  }

  record Owe(Owed owed) implements Write {
    @Override
    public Key key() {
      return new Key(Table.OWED, owed.id());
    }

    @Override
    public int weight() {
      return 500 + 2 * owed.body().length();
    }
  }

  /** It arrived. */
  record Delivered(String id) implements Write {
    @Override
    public Key key() {
      return new Key(Table.OWED, id);
    }
  }

  /** It did not arrive and is tried again. */
  record Failed(String id, Instant notBefore, String error) implements Write {
    @Override
    public Key key() {
      return new Key(Table.OWED, id);
    }

    @Override
    public Write after(Write earlier) {
      return earlier instanceof Owe(var owed) ? new Owe(owed.failed(notBefore, error)) : this;
    }
  }

  /** It is tried no more by itself. */
  record Dead(String id, Instant at, String error) implements Write {
    @Override
    public Key key() {
      return new Key(Table.OWED, id);
    }
  }

  /**
   * Some in the place of others, under which ids they may be owed or given up.
   *
   * @param claim who is about to send them, and until when they are his; empty: they wait
   * @param free nothing happens unless the others are all there and nobody is sending them at this
   *     time; empty: who replaces them has claimed them
   */
  record Replace(List<String> ids, List<Owed> by, Optional<Claim> claim, Optional<Instant> free)
      implements Write {
    public Replace {
      ids = List.copyOf(ids);
      by = List.copyOf(by);
      free = free.map(Micros::of);
    }

    @Override
    public Key key() {
      return new Key(Table.REPLACED, by.getFirst().id());
    }

    @Override
    public int weight() {
      return 500 + 100 * ids.size() + by.stream().mapToInt(one -> 2 * one.body().length()).sum();
    }
  }

  record Claim(String worker, Instant until) {}

  record PutSilence(KeptSilence silence) implements Write {
    @Override
    public Key key() {
      return new Key(Table.SILENCE, silence.id());
    }
  }

  record DropSilence(String id) implements Write {
    @Override
    public Key key() {
      return new Key(Table.SILENCE, id);
    }
  }

  /** Who has taken an alert, or had until lately. */
  record PutAcknowledgement(Acknowledgement taken) implements Write {
    public PutAcknowledgement {
      taken =
          new Acknowledgement(
              taken.fingerprint(),
              Texts.storable(taken.by()),
              Micros.of(taken.at()),
              Texts.storable(taken.comment()),
              taken.severity(),
              taken.content(),
              taken
                  .ended()
                  .map(
                      end ->
                          new Acknowledgement.Ended(
                              Micros.of(end.at()), Texts.storable(end.why()))));
    }

    @Override
    public Key key() {
      return new Key(Table.ACKNOWLEDGEMENT, taken.fingerprint());
    }

    @Override
    public int weight() {
      return 500 + taken.comment().length();
    }
  }

  record DropAcknowledgement(String fingerprint) implements Write {
    @Override
    public Key key() {
      return new Key(Table.ACKNOWLEDGEMENT, fingerprint);
    }
  }

  record PutDomain(KeptDomain domain) implements Write {
    @Override
    public Key key() {
      return new Key(Table.DOMAIN, domain.name());
    }
  }

  record DropDomain(String name) implements Write {
    @Override
    public Key key() {
      return new Key(Table.DOMAIN, name);
    }
  }

  record PutNetwork(PublishedNetwork network) implements Write {
    @Override
    public Key key() {
      return new Key(Table.NETWORK, network.source(), network.network().toString());
    }
  }

  record PutGone(GoneReceiver gone) implements Write {
    @Override
    public Key key() {
      return new Key(Table.GONE, gone.receiver());
    }
  }

  record DropGone(String receiver) implements Write {
    @Override
    public Key key() {
      return new Key(Table.GONE, receiver);
    }
  }

  record PutAbsence(Absence absence) implements Write {
    @Override
    public Key key() {
      return new Key(Table.ABSENCE, absence.from().toString());
    }
  }

  /** maildrift is there at this time. */
  record Alive(Instant at) implements Write {
    @Override
    public Key key() {
      return new Key(Table.ALIVE, "");
    }

    @Override
    public int weight() {
      return 100;
    }
  }

  record PutTick(Tick tick) implements Write {
    public PutTick {
      tick =
          new Tick(
              tick.domain(),
              tick.checklist(),
              tick.step(),
              tick.migration().map(Micros::of),
              Texts.storable(tick.by()),
              Micros.of(tick.at()),
              Texts.storable(tick.note()));
    }

    @Override
    public Key key() {
      return tickKey(tick.domain(), tick.checklist(), tick.step());
    }

    @Override
    public int weight() {
      return 500 + tick.note().length();
    }
  }

  record DropTick(String domain, String checklist, String step) implements Write {
    @Override
    public Key key() {
      return tickKey(domain, checklist, step);
    }
  }

  record PutDigest(DigestMark mark) implements Write {
    @Override
    public Key key() {
      return new Key(Table.DIGEST, mark.tenant());
    }

    @Override
    public int weight() {
      return 500 + mark.figures().length();
    }
  }

  private static Key tickKey(String domain, String checklist, String step) {
    return new Key(Table.TICK, domain, checklist + "/" + step);
  }

  /**
   * A line for the history.
   *
   * @param id makes moving it into the history's own file repeatable
   */
  record Changed(String id, Change change) implements Write {
    public Changed(Change change) {
      this(UUID.randomUUID().toString(), change);
    }

    @Override
    public Key key() {
      return new Key(Table.CHANGE, id);
    }

    @Override
    public int weight() {
      return 500 + length(change.before()) + length(change.after());
    }

    private static int length(Optional<String> text) {
      return text.map(String::length).orElse(0);
    }
  }
}
