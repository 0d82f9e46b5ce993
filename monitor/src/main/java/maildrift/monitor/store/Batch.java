package maildrift.monitor.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Alert;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.Owed;
import maildrift.alerts.route.GroupState;
import maildrift.monitor.checklist.Tick;

/**
 * Writes that become true together or not at all. Of two writes to one row the later counts; {@link
 * Builder#forget} comes before all else in its batch.
 */
public final class Batch {
  private final List<Write> writes;

  private Batch(Collection<Write> writes) {
    this.writes = List.copyOf(writes);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** How many rows it writes. */
  public int rows() {
    return writes.size();
  }

  public boolean isEmpty() {
    return writes.isEmpty();
  }

  List<Write> writes() {
    return writes;
  }

  long weight() {
    return writes.stream().mapToLong(Write::weight).sum();
  }

  /** Forgetting is ordered against other writes, so such a batch is a transaction of its own. */
  boolean mergeable() {
    return writes.stream().noneMatch(Write.Forget.class::isInstance);
  }

  /** All in one, in their order. */
  static Batch merged(Collection<Batch> batches) {
    var builder = new Builder();
    batches.forEach(batch -> batch.writes.forEach(builder::add));
    return builder.build();
  }

  @Override
  public String toString() {
    return "Batch of " + writes.size() + " rows";
  }

  /** Collects writes; for one thread. */
  public static final class Builder {
    private final Map<Write.Key, Write> writes = new LinkedHashMap<>();

    private Builder() {}

    Builder add(Write write) {
      writes.merge(write.key(), write, (earlier, later) -> later.after(earlier));
      return this;
    }

    /** See {@link maildrift.alerts.outbox.Outbox#replaceFree}. */
    public Builder replaceFree(List<String> ids, List<Owed> by, Instant now) {
      return add(new Write.Replace(ids, by, Optional.empty(), Optional.of(now)));
    }

    /** It is owed no more. */
    public Builder delivered(String id) {
      return add(new Write.Delivered(id));
    }

    /** The latest of a domain. */
    public Builder state(StateRow row) {
      return add(new Write.PutState(row));
    }

    /** The domain was looked at and all is as before; nothing happens where there is no state. */
    public Builder checked(String domain, Instant at) {
      return add(new Write.Checked(domain, at));
    }

    /**
     * Removes state, seen records, baseline and ticks of a domain. Its alerts stay until they are
     * dropped one by one, because receivers may still be owed their resolution.
     */
    public Builder forget(String domain) {
      return add(new Write.Forget(domain));
    }

    public Builder seen(SeenRecord record) {
      return add(new Write.PutSeen(record));
    }

    /** The record is proved gone. */
    public Builder dropSeen(String domain, String record) {
      return add(new Write.DropSeen(domain, record));
    }

    /** Replaces the domain's whole baseline. */
    public Builder baseline(Baseline baseline) {
      return add(new Write.PutBaseline(baseline));
    }

    public Builder dropBaseline(String domain) {
      return add(new Write.DropBaseline(domain));
    }

    public Builder alert(String domain, Alert alert) {
      return add(new Write.PutAlert(new DomainAlert(domain, alert)));
    }

    public Builder dropAlert(String fingerprint) {
      return add(new Write.DropAlert(fingerprint));
    }

    /** Removes one that is over, unless it has come back since. */
    public Builder forgetAlert(Alert over) {
      return add(new Write.ForgetAlert(over.fingerprint(), over.endsAt().orElse(over.updatedAt())));
    }

    public Builder group(GroupState group) {
      return add(new Write.PutGroup(group));
    }

    public Builder dropGroup(String key) {
      return add(new Write.DropGroup(key));
    }

    /** A notification that is owed from the moment this batch is committed. */
    public Builder owe(Owed owed) {
      return add(new Write.Owe(owed));
    }

    public Builder silence(KeptSilence silence) {
      return add(new Write.PutSilence(silence));
    }

    public Builder dropSilence(String id) {
      return add(new Write.DropSilence(id));
    }

    public Builder acknowledgement(Acknowledgement taken) {
      return add(new Write.PutAcknowledgement(taken));
    }

    public Builder dropAcknowledgement(String fingerprint) {
      return add(new Write.DropAcknowledgement(fingerprint));
    }

    public Builder domain(KeptDomain domain) {
      return add(new Write.PutDomain(domain));
    }

    public Builder dropDomain(String name) {
      return add(new Write.DropDomain(name));
    }

    public Builder network(PublishedNetwork network) {
      return add(new Write.PutNetwork(network));
    }

    public Builder tick(Tick tick) {
      return add(new Write.PutTick(tick));
    }

    public Builder dropTick(String domain, String checklist, String step) {
      return add(new Write.DropTick(domain, checklist, step));
    }

    /** That a tenant's digest was made; with the mail that is owed. */
    public Builder digest(DigestMark mark) {
      return add(new Write.PutDigest(mark));
    }

    public Builder gone(GoneReceiver receiver) {
      return add(new Write.PutGone(receiver));
    }

    public Builder dropGone(String receiver) {
      return add(new Write.DropGone(receiver));
    }

    public Builder absence(Absence absence) {
      return add(new Write.PutAbsence(absence));
    }

    /** maildrift is there at this time, as it can say after a restart. */
    public Builder alive(Instant at) {
      return add(new Write.Alive(at));
    }

    /** A line of the history; readable there soon after the commit. */
    public Builder change(Change change) {
      return add(new Write.Changed(change));
    }

    public Batch build() {
      return new Batch(new ArrayList<>(writes.values()));
    }
  }
}
