package maildrift.probes.smtp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import maildrift.probes.Deadline;

/**
 * A socket whose reads end at a deadline and after so many octets, however slowly or richly the
 * other side sends. JSSE reads through it too, so that a handshake is bounded in the same way. What
 * we write is so little that it always fits into the send buffer.
 */
public final class BoundedSocket extends Socket {
  private Deadline deadline;
  private long budget;

  public BoundedSocket(Deadline deadline, long budget) {
    this.deadline = deadline;
    this.budget = budget;
  }

  public Deadline deadline() {
    return deadline;
  }

  /** From now on: an earlier deadline, perhaps, and so many octets more. */
  public void allow(Deadline until, long octets) {
    deadline = until;
    budget = octets;
  }

  /** What is left, as the JDK's time-outs want it: at least 1, since 0 means for ever. */
  public int millisLeft() throws SocketTimeoutException {
    if (deadline.passed()) {
      throw new SocketTimeoutException("the time for this look is over");
    }
    return Math.clamp(deadline.remaining().toMillis(), 1, Integer.MAX_VALUE);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (length > 0 && budget <= 0) {
          throw new TooMuch("it sends more than we read");
        }
        setSoTimeout(millisLeft());
        var count = super.read(into, offset, (int) Math.min(length, Math.max(budget, 0)));
        budget -= Math.max(count, 0);
        return count;
      }
    };
  }

  /** More than we are ready to read. */
  public static final class TooMuch extends IOException {
    TooMuch(String message) {
      super(message);
    }
  }
}
