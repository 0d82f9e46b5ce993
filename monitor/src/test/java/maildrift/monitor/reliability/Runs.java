package maildrift.monitor.reliability;

/** How long the tests of this package may take: {@code -Dmaildrift.reliability=full} runs all. */
final class Runs {
  private Runs() {}

  static boolean isFull() {
    return "full".equals(System.getProperty("maildrift.reliability"));
  }

  static int of(int brief, int full) {
    return isFull() ? full : brief;
  }

  /** What repeats a test. */
  static String command(Class<?> test) {
    return "./verify -pl monitor -am -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false%s"
        .formatted(test.getSimpleName(), isFull() ? " -Dmaildrift.reliability=full" : "");
  }
}
