package maildrift.monitor.service;

import java.time.Duration;

/** One message of sd_notify(3): assignments, one a line. */
public record Notice(String text) {
  /** systemd shows one line; what is longer than a terminal helps nobody. */
  private static final int MOST_STATUS = 200;

  /** All is started, or the reload that was begun is done. */
  static Notice ready(String status) {
    return new Notice("READY=1\nSTATUS=" + oneLine(status));
  }

  /**
   * @param monotonicMicros of CLOCK_MONOTONIC, by which systemd knows which reload is meant
   */
  static Notice reloading(long monotonicMicros) {
    return new Notice(
        "RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=reads the configuration again"
            .formatted(monotonicMicros));
  }

  static Notice stopping() {
    return new Notice("STOPPING=1\nSTATUS=writes what it has and ends");
  }

  /** It takes longer to start, but it goes on: so much more from now. */
  static Notice starting(Duration more, String status) {
    return new Notice(
        "EXTEND_TIMEOUT_USEC=%d\nSTATUS=%s".formatted(more.toNanos() / 1000, oneLine(status)));
  }

  static Notice alive(String status) {
    return new Notice("WATCHDOG=1\nSTATUS=" + oneLine(status));
  }

  static Notice status(String status) {
    return new Notice("STATUS=" + oneLine(status));
  }

  /** Reasons come from elsewhere; a line break in one would begin another assignment. */
  private static String oneLine(String text) {
    var line = new StringBuilder();
    text.codePoints()
        .limit(MOST_STATUS)
        .map(point -> Character.isISOControl(point) ? ' ' : point)
        .forEach(line::appendCodePoint);
    return line.toString();
  }
}
