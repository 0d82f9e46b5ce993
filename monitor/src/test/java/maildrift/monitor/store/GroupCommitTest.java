package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GroupCommitTest {
  private final FakeDisk disk = new FakeDisk();

  /** Remembers what was written; fails, refuses or waits as it is told. */
  private static final class FakeDisk implements GroupCommit.Disk {
    private final List<Batch> written = new ArrayList<>();
    private volatile boolean full;
    private final Semaphore pass = new Semaphore(Integer.MAX_VALUE);

    @Override
    public void write(Batch batch) {
      pass.acquireUninterruptibly();
      if (full) {
        throw new StoreFailure("No space left on device");
      }
      if (batch.writes().stream().anyMatch(write -> write.key().row().equals("bad.test"))) {
        throw new IllegalArgumentException("value too long");
      }
      synchronized (this) {
        written.add(batch);
      }
    }

    @Override
    public boolean isHopeless(Throwable failure) {
      return failure instanceof IllegalArgumentException;
    }

    synchronized List<Batch> written() {
      return List.copyOf(written);
    }
  }

  private static Batch batch(String domain) {
    return Batch.builder().state(StoreContract.state(domain, "1")).build();
  }

  @Test
  void whatWaitsIsWrittenTogether() throws Exception {
    disk.pass.drainPermits();
    try (var commits = new GroupCommit(disk)) {
      var first = commits.submit(batch("first.test"));
      await().until(disk.pass::hasQueuedThreads);
      var others =
          IntStream.range(0, 150).mapToObj(i -> commits.submit(batch("d" + i + ".test"))).toList();

      disk.pass.release(2);
      first.get();
      for (var other : others) {
        other.get();
      }

      assertThat(disk.written()).extracting(Batch::rows).containsExactly(1, 150);
    }
  }

  @Test
  void nothingIsAcceptedBeforeItIsDurable() throws Exception {
    disk.pass.drainPermits();
    try (var commits = new GroupCommit(disk)) {
      var commit = commits.submit(batch("a.test"));
      await().until(disk.pass::hasQueuedThreads);
      assertThat(commit).isNotDone();
      assertThat(commits.tries()).as("it was begun, and has not ended").isOne();

      disk.pass.release(1);
      commit.get(10, TimeUnit.SECONDS);
      assertThat(commits.tries()).isEqualTo(2);
    }
  }

  @Test
  void aFullDiskIsToldAndTriedAgainUntilThereIsRoomAndTheOrderIsKept() throws Exception {
    disk.full = true;
    try (var commits = new GroupCommit(disk)) {
      var first = commits.submit(batch("a.test"));
      await().until(() -> commits.trouble().isPresent());
      var second = commits.submit(batch("b.test"));

      assertThat(commits.trouble()).contains("No space left on device");
      assertThat(commits.waiting()).isEqualTo(2);
      assertThat(first).isNotDone();
      var before = commits.tries();
      await().until(() -> commits.tries() > before);

      disk.full = false;
      first.get();
      second.get();
      assertThat(commits.trouble()).isEmpty();
      assertThat(disk.written())
          .extracting(batch -> batch.writes().getFirst().key().row())
          .containsExactly("a.test", "b.test");
    }
  }

  @Test
  void aBatchThatCanNeverBeWrittenFailsAlone() throws Exception {
    disk.pass.drainPermits();
    try (var commits = new GroupCommit(disk)) {
      var before = commits.submit(batch("before.test"));
      await().until(disk.pass::hasQueuedThreads);
      var good = commits.submit(batch("good.test"));
      var bad = commits.submit(batch("bad.test"));
      var other = commits.submit(batch("other.test"));

      disk.pass.release(100);
      before.get();
      good.get();
      other.get();
      assertThatThrownBy(bad::join)
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("value too long");
      assertThat(commits.trouble()).isEmpty();
    }
  }

  @Test
  void forgettingIsATransactionOfItsOwn() throws Exception {
    disk.pass.drainPermits();
    try (var commits = new GroupCommit(disk)) {
      var before = commits.submit(batch("before.test"));
      await().until(disk.pass::hasQueuedThreads);
      var written = commits.submit(batch("a.test"));
      var forgotten = commits.submit(Batch.builder().forget("a.test").build());
      var again = commits.submit(batch("a.test"));

      disk.pass.release(100);
      before.get();
      written.get();
      forgotten.get();
      again.get();
      assertThat(disk.written()).hasSize(4);
    }
  }

  @Test
  void whoeverBringsTooMuchWaits() throws Exception {
    disk.pass.drainPermits();
    var big =
        new StateRow(
            "big.test",
            new byte[StateRow.MAX_CONTENT],
            "pass",
            StoreContract.NOW,
            java.util.Optional.empty());
    try (var commits = new GroupCommit(disk)) {
      var accepted = new Semaphore(0);
      var done = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(
              () -> {
                for (var i = 0; i < 100; i++) {
                  commits.submit(Batch.builder().state(big).build()).isDone();
                  accepted.release();
                }
                done.countDown();
              });
      await().until(() -> accepted.availablePermits() >= 60);
      assertThat(done.await(300, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(accepted.availablePermits()).isLessThan(70);

      disk.pass.release(1_000);
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(disk.written()).isNotEmpty();
  }

  @Test
  void atTheEndWhatWaitsIsWritten() throws Exception {
    disk.pass.drainPermits();
    var commits = new GroupCommit(disk);
    var pending = IntStream.range(0, 10).mapToObj(i -> commits.submit(batch("d" + i))).toList();
    disk.pass.release(100);
    commits.close();

    for (var one : pending) {
      one.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatCannotBeWrittenAtTheEndFails() {
    disk.full = true;
    var commits = new GroupCommit(disk);
    var lost = commits.submit(batch("a.test"));
    commits.close();

    assertThatThrownBy(lost::join).hasMessageContaining("No space left on device");
  }
}
