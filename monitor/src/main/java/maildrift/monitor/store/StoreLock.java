package maildrift.monitor.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * Keeps every other process away from a store for as long as it is open, and another store of this
 * process too; the system gives it up when the process dies.
 *
 * <p>The file also holds a mark: how many commits the store has had. H2 goes back to an older state
 * of a damaged file without a word, down to an empty one; a store with fewer commits than its mark
 * has lost some.
 */
final class StoreLock implements AutoCloseable {
  private static final int DIGITS = 19;

  private final Path file;
  private final FileChannel channel;

  private StoreLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static Path file(H2File place) {
    return place.base().resolveSibling(place.base().getFileName() + ".lock");
  }

  static StoreLock take(H2File place) throws StoreUnusable {
    var file = file(place);
    try {
      var channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (isLocked(channel)) {
        return new StoreLock(file, channel);
      }
      channel.close();
    } catch (IOException failed) {
      throw new StoreUnusable(
          "the store's lock %s cannot be taken (%s); see to its directory, or set store.url"
              .formatted(file, H2File.why(failed)),
          failed);
    }
    throw new StoreUnusable(
        ("the store %s is in use by another maildrift (it holds %s); end that one first, or give each"
                + " its own store.url")
            .formatted(place.file(), file));
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  Path file() {
    return file;
  }

  /** How many commits the store had when somebody last looked; empty where nobody did. */
  OptionalLong mark() {
    try {
      var buffer = ByteBuffer.allocate(DIGITS);
      var length = channel.read(buffer, 0);
      var text = new String(buffer.array(), 0, Math.max(0, length), StandardCharsets.US_ASCII);
      return length == DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9')
          ? OptionalLong.of(Long.parseLong(text))
          : OptionalLong.empty();
    } catch (IOException | NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  /** Sets the mark, after those commits are durable. Only for threads that nobody interrupts. */
  void mark(long commits) throws IOException {
    var text = ("%0" + DIGITS + "d\n").formatted(commits);
    var buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (buffer.hasRemaining()) {
      channel.write(buffer, buffer.position());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
