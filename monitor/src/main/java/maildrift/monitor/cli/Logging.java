package maildrift.monitor.cli;

import ch.qos.logback.classic.Level;
import org.slf4j.LoggerFactory;

/** How much is logged; where and how it looks is in logback.xml. */
final class Logging {
  private Logging() {}

  /**
   * The daemon tells what it does; commands only what went wrong. {@code -v} tells more of both.
   */
  static void set(boolean verbose) {
    level("maildrift", verbose ? Level.DEBUG : Level.INFO);
  }

  static void quiet(boolean verbose) {
    level("maildrift", verbose ? Level.DEBUG : Level.ERROR);
  }

  private static void level(String name, Level level) {
    if (LoggerFactory.getLogger(name) instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(level);
    }
  }
}
