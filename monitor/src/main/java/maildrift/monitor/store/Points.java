package maildrift.monitor.store;

/** Where the kill test may end the process. */
@FunctionalInterface
interface Points {
  Points NONE = _ -> {};

  enum Point {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    AFTER_BARRIER
  }

  void reached(Point point);
}
