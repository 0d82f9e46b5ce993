package maildrift.monitor.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import maildrift.alerts.outbox.DeadLetter;
import maildrift.alerts.outbox.MessageIds;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.outbox.Owed;
import org.jdbi.v3.core.Handle;

/**
 * The outbox in the state's database. What ends a notification goes the way of every batch and is
 * durable when the call returns; a claim is not, because a lost one costs a second delivery at
 * most.
 */
final class SqlOutbox implements Outbox {
  private final SqlStore store;
  private final Database database;
  private final OwedTable table;
  private final String worker;
  private final Clock clock;

  SqlOutbox(SqlStore store, Database database, OwedTable table, String worker, Clock clock) {
    this.store = store;
    this.database = database;
    this.table = table;
    this.worker = worker;
    this.clock = clock;
  }

  @Override
  public void owe(List<Owed> notifications) {
    var batch = Batch.builder();
    notifications.forEach(batch::owe);
    store.commit(batch.build());
  }

  @Override
  public List<Owed> claim(String receiver, int limit, Instant now, Duration lease) {
    return store.betweenBarriers(
        undurable ->
            database.write(
                handle -> table.claim(handle, receiver, limit, now, lease, worker, undurable)));
  }

  /** Between two commits, so that neither waits for a row of the other. */
  private void between(Consumer<Handle> work) {
    store.betweenBarriers(
        _ ->
            database.write(
                handle -> {
                  work.accept(handle);
                  return true;
                }));
  }

  @Override
  public void delivered(String id) {
    store.commit(Batch.builder().add(new Write.Delivered(id)).build());
  }

  @Override
  public void retryLater(String id, Instant notBefore, String error) {
    store.commit(Batch.builder().add(new Write.Failed(id, notBefore, error)).build());
  }

  @Override
  public void dead(String id, String error) {
    store.commit(Batch.builder().add(new Write.Dead(id, clock.instant(), error)).build());
  }

  @Override
  public void release(String id) {
    between(handle -> table.release(handle, id));
  }

  @Override
  public void hurry(String receiver, Instant now) {
    between(handle -> table.hurry(handle, receiver, now));
  }

  @Override
  public Owed merge(Owed claimed, Instant now, Duration lease) {
    var merging = database.inTransaction(handle -> table.merging(handle, claimed));
    if (!merging.isMerged()) {
      return claimed;
    }
    var merged = merging.merged(MessageIds.next());
    replace(
        new Write.Replace(
            merging.ids(),
            List.of(merged),
            Optional.of(new Write.Claim(worker, now.plus(lease))),
            Optional.empty()));
    return merged;
  }

  @Override
  public void replace(String id, Owed by) {
    replace(new Write.Replace(List.of(id), List.of(by), Optional.empty(), Optional.empty()));
  }

  @Override
  public void replaceFree(List<String> ids, List<Owed> by) {
    replace(new Write.Replace(ids, by, Optional.empty(), Optional.of(clock.instant())));
  }

  private void replace(Write.Replace replacement) {
    store.commit(Batch.builder().add(replacement).build());
  }

  @Override
  public void eachWaiting(String receiver, int limit, Consumer<Owed> reader) {
    database.useTransaction(handle -> table.eachWaiting(handle, receiver, limit, reader));
  }

  @Override
  public void eachDead(int limit, Consumer<DeadLetter> reader) {
    database.useTransaction(handle -> table.eachDead(handle, limit, reader));
  }

  @Override
  public Map<String, Long> deadCounts() {
    return database.inTransaction(table::deadCounts);
  }

  @Override
  public Optional<Instant> nextAttempt(String receiver) {
    return database.inTransaction(handle -> table.nextAttempt(handle, receiver));
  }

  @Override
  public Map<String, Backlog> backlog() {
    return database.inTransaction(table::backlog);
  }
}
