package maildrift.monitor.web;

import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of an answer of any length, sent in pieces while it is written. No more than a few
 * pieces are in memory: whoever writes waits for a reader that is slow, on his own thread. An
 * answer that fits in one piece has a Content-Length.
 */
final class Streamed extends OutputStream {
  private static final int PIECE = 64 * 1024;
  private static final int UNDER_WAY = 6;

  /** An idle connection is closed before. */
  private static final long SECONDS_FOR_A_PIECE = 90;

  private final HttpServerResponse response;
  private final ArrayDeque<Sent> underWay = new ArrayDeque<>();
  private byte[] piece = new byte[PIECE];
  private int size;

  private record Sent(Future<Void> future, Piece piece) {}

  @SuppressWarnings("ArrayRecordComponent") // on its way to the socket; never compared
  private record Piece(byte[] bytes) {}

  Streamed(HttpServerResponse response) {
    this.response = response;
  }

  /** Whether the reader has got a part of the answer, so that it can be no other any more. */
  boolean hasBegun() {
    return response.headWritten();
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    var from = offset;
    var end = offset + length;
    while (from < end) {
      if (size == PIECE) {
        send();
      }
      var next = Math.min(PIECE - size, end - from);
      System.arraycopy(bytes, from, piece, size, next);
      size += next;
      from += next;
    }
  }

  private void send() throws IOException {
    if (!response.headWritten()) {
      response.setChunked(true);
    }
    var future = response.write(BufferInternal.buffer(Unpooled.wrappedBuffer(piece, 0, size)));
    underWay.add(new Sent(future, new Piece(piece)));
    size = 0;
    if (underWay.size() < UNDER_WAY) {
      piece = new byte[PIECE];
    } else {
      // Sent: nobody reads it any more, and it can be filled again.
      piece = arrived(underWay.remove());
    }
  }

  private static byte[] arrived(Sent sent) throws IOException {
    try {
      sent.future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(SECONDS_FOR_A_PIECE, TimeUnit.SECONDS);
      return sent.piece().bytes();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException | TimeoutException failure) {
      throw new IOException("the reader is gone", failure);
    }
  }

  /** The end of the answer; without it the reader sees that something is missing. */
  @Override
  public void close() throws IOException {
    response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(Arrays.copyOf(piece, size))));
    size = 0;
  }
}
