package maildrift.monitor.service;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * A datagram socket of the kind AF_UNIX, which Java has not; so libc is called. The numbers are
 * those of Linux, where alone systemd is.
 */
@SuppressWarnings("restricted") // calls into libc are what this class is for
final class NotifySocket implements ServiceManager.Way {
  private static final short AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDTIMEO = 21;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int CLOCK_MONOTONIC = 1;

  /** sun_path, its closing NUL included. */
  private static final int MOST_PATH = 108;

  /** A service manager that does not read must not hold up the daemon. */
  private static final long PATIENCE_SECONDS = 2;

  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_OF =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final byte[] address;
  private final MethodHandle socket;
  private final MethodHandle setsockopt;
  private final MethodHandle sendto;
  private final MethodHandle close;
  private final MethodHandle clockGettime;

  /**
   * @param name a path, or an abstract name that begins with {@code @}
   * @throws IllegalArgumentException that says what is wrong with the name
   */
  NotifySocket(String name) {
    address = address(name);
    socket = call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    setsockopt =
        call(
            "setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    sendto =
        call(
            "sendto",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    close = call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    clockGettime = call("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  }

  private static MethodHandle call(String name, FunctionDescriptor shape) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, ERRNO);
  }

  /** What follows the family in sockaddr_un. */
  static byte[] address(String name) {
    if (!name.startsWith("/") && !name.startsWith("@")) {
      throw new IllegalArgumentException("it must begin with / or @");
    }
    var path = name.getBytes(StandardCharsets.UTF_8);
    if (name.startsWith("@")) {
      // An abstract name begins with NUL and is as long as it is said to be.
      path[0] = 0;
    } else {
      path = java.util.Arrays.copyOf(path, path.length + 1);
    }
    if (path.length > MOST_PATH) {
      throw new IllegalArgumentException("it is longer than a socket's name may be");
    }
    return path;
  }

  @Override
  public void send(String message) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var state = arena.allocate(Linker.Option.captureStateLayout());
      var descriptor = (int) socket.invoke(state, (int) AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (descriptor < 0) {
        throw failed("socket", state);
      }
      try {
        var patience = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
        patience.set(JAVA_LONG, 0, PATIENCE_SECONDS);
        var _ =
            (int)
                setsockopt.invoke(
                    state,
                    descriptor,
                    SOL_SOCKET,
                    SO_SNDTIMEO,
                    patience,
                    (int) patience.byteSize());
        var text = arena.allocateFrom(JAVA_BYTE, message.getBytes(StandardCharsets.UTF_8));
        var to = sockaddr(arena);
        var sent =
            (long)
                sendto.invoke(
                    state,
                    descriptor,
                    text,
                    text.byteSize(),
                    MSG_NOSIGNAL,
                    to,
                    (int) to.byteSize());
        if (sent < 0) {
          throw failed("sendto", state);
        }
      } finally {
        var _ = (int) close.invoke(state, descriptor);
      }
    } catch (IOException | RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private MemorySegment sockaddr(Arena arena) {
    var family = JAVA_SHORT.byteSize();
    var to = arena.allocate(family + address.length, JAVA_SHORT.byteAlignment());
    to.set(JAVA_SHORT, 0, AF_UNIX);
    MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, family, address.length);
    return to;
  }

  private static IOException failed(String call, MemorySegment state) {
    return new IOException("%s: errno %d".formatted(call, (int) ERRNO_OF.get(state, 0L)));
  }

  /** Not System.nanoTime(), whose beginning Java leaves open. */
  @Override
  public long monotonicMicros() {
    try (var arena = Arena.ofConfined()) {
      var state = arena.allocate(Linker.Option.captureStateLayout());
      var time = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
      var _ = (int) clockGettime.invoke(state, CLOCK_MONOTONIC, time);
      return time.get(JAVA_LONG, 0) * 1_000_000 + time.get(JAVA_LONG, 8) / 1_000;
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
