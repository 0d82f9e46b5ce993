package maildrift.monitor.cli;

/**
 * How far long work has come, on one line of stderr; only when that is a terminal and there is more
 * than a handful to do.
 */
final class Progress {
  private static final int WORTH_IT = 5;

  private final int total;
  private final boolean shown;
  private int done;

  Progress(int total) {
    this.total = total;
    this.shown = total >= WORTH_IT && Terminal.readsErrors();
  }

  void step() {
    done++;
    if (shown) {
      System.err.print("\r%d of %d looked at".formatted(done, total));
      System.err.flush();
    }
  }

  /** Takes the line away before something else is printed. */
  void clear() {
    if (shown) {
      System.err.print("\r\u001b[K");
      System.err.flush();
    }
  }
}
