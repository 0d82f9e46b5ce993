package maildrift.monitor.metrics;

/** Takes a scrape's text piece by piece, and holds its writer up while the reader is slow. */
@FunctionalInterface
public interface Sink {
  /**
   * Takes the beginning of an array, which is filled anew after the call.
   *
   * @throws java.io.UncheckedIOException when the reader is gone
   */
  void write(byte[] bytes, int length);
}
