package maildrift.monitor.service;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The service manager's end: a real datagram socket, at a path or an abstract name. */
@SuppressWarnings("restricted") // calls into libc are what this class is for
final class Listener implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int MOST_BYTES = 4096;

  private final int descriptor;

  Listener(String name) throws Throwable {
    try (var arena = Arena.ofConfined()) {
      descriptor =
          (int) call("socket", JAVA_INT, JAVA_INT, JAVA_INT).invoke(AF_UNIX, SOCK_DGRAM, 0);
      var patience = arena.allocate(16, 8);
      patience.set(JAVA_LONG, 0, 10L);
      var _ =
          (int)
              call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT)
                  .invoke(descriptor, SOL_SOCKET, SO_RCVTIMEO, patience, 16);
      var path = name.getBytes(StandardCharsets.UTF_8);
      var isAbstract = name.startsWith("@");
      var address = arena.allocate(2 + path.length + (isAbstract ? 0 : 1), 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
      if (isAbstract) {
        address.set(JAVA_BYTE, 2, (byte) 0);
      }
      var bound =
          (int)
              call("bind", JAVA_INT, ADDRESS, JAVA_INT)
                  .invoke(descriptor, address, (int) address.byteSize());
      if (bound != 0) {
        throw new IllegalStateException("cannot listen at " + name);
      }
    }
  }

  /** The next message; waits for it. */
  String next() throws Throwable {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(MOST_BYTES);
      var received =
          (int)
              call("recv", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)
                  .invoke(descriptor, buffer, (long) MOST_BYTES, 0);
      if (received < 0) {
        throw new AssertionError("no message came");
      }
      return new String(buffer.asSlice(0, received).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  /** Longs come back as ints here: no message is that long. */
  private static MethodHandle call(String name, java.lang.foreign.MemoryLayout... arguments) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  @Override
  public void close() {
    try {
      var _ = (int) call("close", JAVA_INT).invoke(descriptor);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }
}
