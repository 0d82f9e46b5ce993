package maildrift.monitor.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far long work has come, on one line of stderr; only when that is a terminal and there is more
 * than a handful to do. The input's reader tells what there is to do, the printer what is done.
 */
final class Progress {
  private static final int WORTH_IT = 5;
  private static final int BAR = 24;
  private static final long PAUSE = Duration.ofMillis(100).toNanos();
  private static final double NANOS = 1e9;

  private final PrintStream err;
  private final boolean isTerminal;
  private final long begun = System.nanoTime();
  private final AtomicLong found = new AtomicLong();
  private volatile boolean foundAll;
  private long done;
  private long drawn = begun;
  private boolean isDrawn;

  Progress(PrintStream err, boolean isTerminal) {
    this.err = err;
    this.isTerminal = isTerminal;
  }

  static Progress standard() {
    return new Progress(System.err, Terminal.readsErrors());
  }

  /** One more is to be looked at. */
  void found() {
    found.incrementAndGet();
  }

  /** No more will be found. */
  void foundAll() {
    foundAll = true;
  }

  void step() {
    done++;
    if (System.nanoTime() - drawn >= PAUSE) {
      draw();
    }
  }

  /** Shows how it stands to somebody who waits. */
  void show() {
    if (!isDrawn) {
      draw();
    }
  }

  private void draw() {
    if (isTerminal && found.get() >= WORTH_IT) {
      drawn = System.nanoTime();
      isDrawn = true;
      err.print("\r\u001b[K" + line(done, found.get(), foundAll, (drawn - begun) / NANOS));
      err.flush();
    }
  }

  /** Takes the line away before something else is printed. */
  void clear() {
    if (isDrawn) {
      isDrawn = false;
      err.print("\r\u001b[K");
      err.flush();
    }
  }

  /** While the input is still being read nobody knows how much there is. */
  static String line(long done, long found, boolean foundAll, double seconds) {
    var rate = seconds > 0 ? done / seconds : 0;
    if (!foundAll) {
      return "%d looked at, %.0f/s".formatted(done, rate);
    }
    var filled = (int) (found == 0 ? BAR : BAR * done / found);
    var left =
        done == 0 ? "" : ", %d s left".formatted(Math.round((found - done) / Math.max(rate, 1e-3)));
    return "[%s%s] %d of %d, %.0f/s%s"
        .formatted("#".repeat(filled), ".".repeat(BAR - filled), done, found, rate, left);
  }
}
