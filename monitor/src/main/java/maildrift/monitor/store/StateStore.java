package maildrift.monitor.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.outbox.Outbox;
import maildrift.alerts.route.GroupState;
import maildrift.monitor.checklist.Tick;
import maildrift.probes.network.Cidr;

/**
 * What survives a restart. There is one way to write: a {@link Batch}, accepted as a whole once it
 * is on the disk.
 *
 * <p>While the disk is full or the database away, batches wait in their order and are tried again
 * until they are written or the store is closed; {@link #health} says so. A batch that can never be
 * written (a bug) fails alone. When many wait, {@link #submit} blocks: memory is bounded, and
 * nothing is dropped.
 */
public interface StateStore extends AutoCloseable {

  /**
   * Hands a batch over. Batches take effect in the order of the calls; several are committed
   * together. Blocks only while too much waits already: not for the event loop.
   *
   * @return completed when the batch is durable; fails with {@link StoreFailure} when it can never
   *     be written or the store closed before it was
   */
  CompletableFuture<Void> submit(Batch batch);

  /**
   * {@link #submit} and wait until it is durable.
   *
   * @throws StoreFailure when it can never be written, the store closed, or the caller was
   *     interrupted (the batch is then still under way)
   */
  default void commit(Batch batch) {
    Waiting.forIt(submit(batch));
  }

  /** For domains whose look brought nothing new, in one batch: domain to the time of the look. */
  default CompletableFuture<Void> markChecked(Map<String, Instant> checked) {
    var batch = Batch.builder();
    checked.forEach(batch::checked);
    return submit(batch.build());
  }

  /** Every domain's latest, in the order of names, streamed. */
  void eachState(Consumer<StateRow> reader);

  Optional<StateRow> state(String domain);

  void eachSeen(Consumer<SeenRecord> reader);

  /** The domain's records as last seen, in the order of names. */
  List<SeenRecord> seen(String domain);

  void eachBaseline(Consumer<Baseline> reader);

  Optional<Baseline> baseline(String domain);

  void eachAlert(Consumer<DomainAlert> reader);

  void eachGroup(Consumer<GroupState> reader);

  List<KeptSilence> silences();

  /** Who has taken which alert, in no order. */
  List<Acknowledgement> acknowledgements();

  /** The domains that were added over the API, in the order of names. */
  List<KeptDomain> domains();

  /** What persons ticked in checklists, in no order. */
  List<Tick> ticks();

  /**
   * The times that alerts of a tenant fired: those that still do, and those that ended since; the
   * newest first.
   *
   * @param tenant its id; empty: the domains that have none
   */
  List<Episode> episodes(String tenant, Instant since, int limit);

  /** The last digest of every tenant that ever had one. */
  List<DigestMark> digests();

  /** The receivers that said 410, in the order of names. */
  List<GoneReceiver> goneReceivers();

  /** When maildrift did not run, the oldest first. */
  List<Absence> absences();

  /** When maildrift last said that it is there. */
  Optional<Instant> lastAlive();

  void eachNetwork(Consumer<PublishedNetwork> reader);

  /** Per source the networks that are no longer published, with the time they were seen gone. */
  Map<String, Map<Cidr, Instant>> withdrawn();

  /** What is owed to receivers; shares this store's commits. */
  Outbox outbox();

  /** The highest {@code sequence} that was ever owed here, delivered ones included; 0 at first. */
  long lastSequence();

  History history();

  Health health();

  /**
   * How often writing was begun or ended, well or not: it grows while the writer moves, also where
   * the disk is full or the database away, and stands still where it hangs.
   */
  long tries();

  /**
   * Removes what is older: history, silences and alerts that ended, networks that were withdrawn
   * before.
   *
   * @return how many rows
   */
  int expire(Instant before);

  /**
   * Copies everything while the store is in use.
   *
   * @param directory is made when it is missing; files of the same name are replaced when the new
   *     ones are complete
   * @return the files
   * @throws StoreFailure that names the tool, for stores that have a better one
   */
  List<Path> backup(Path directory);

  /** Where its files are; empty: it has none that {@link #backup} could copy. */
  Optional<Path> directory();

  /**
   * Runs once, with the reason, when another process has taken the store although this one had it:
   * nothing more can be read or written, and this process should end.
   */
  default void whenTaken(Consumer<String> told) {}

  /** Writes what waits, for a few seconds at most, and closes; what could not be written fails. */
  @Override
  void close();
}
