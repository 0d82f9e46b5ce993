package maildrift.probes.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One connected UDP socket and the questions under way on it. The kernel drops what does not come
 * from the server's address; the source port is random.
 */
final class UdpSocket {
  /** Questions under way at once; beyond that another socket is chosen. */
  static final int SLOTS = 1024;

  private static final int BUFFER = 4 << 20;
  private static final int LOWEST_PORT = 32_768;
  private static final int PORTS = 28_232;
  private static final int PORT_ATTEMPTS = 8;

  final Upstream upstream;
  final int index;
  final DatagramChannel channel;
  private final AtomicReferenceArray<@Nullable Sent> slots = new AtomicReferenceArray<>(SLOTS);

  /** The id that last ended in a slot, so that a late second answer is not taken for a forgery. */
  private final AtomicIntegerArray ended = new AtomicIntegerArray(SLOTS);

  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger used = new AtomicInteger();
  private final AtomicLong nextDue = new AtomicLong(Long.MAX_VALUE);
  private final int useLimit;
  private final long ageLimit;
  private volatile boolean retired;

  /** One query under way on one socket. */
  static final class Sent {
    private final Exchange exchange;
    private final UdpSocket socket;
    private final Query query;

    Sent(Exchange exchange, UdpSocket socket, Query query) {
      this.exchange = exchange;
      this.socket = socket;
      this.query = query;
    }

    Exchange exchange() {
      return exchange;
    }

    UdpSocket socket() {
      return socket;
    }

    Query query() {
      return query;
    }
  }

  private UdpSocket(Upstream upstream, int index, DatagramChannel channel, RandomBits random) {
    this.upstream = upstream;
    this.index = index;
    this.channel = channel;
    this.useLimit = 8192 + random.below(8192);
    this.ageLimit = System.nanoTime() + (60 + random.below(60)) * 1_000_000_000L;
    for (var i = 0; i < SLOTS; i++) {
      ended.set(i, -1);
    }
  }

  static UdpSocket open(Upstream upstream, int index, RandomBits random) throws IOException {
    var channel = DatagramChannel.open();
    try {
      // First of all: a blocking channel would be closed by an interrupt of whoever opens it.
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
      bind(channel, random);
      channel.connect(upstream.server.socketAddress());
      return new UdpSocket(upstream, index, channel, random);
    } catch (IOException failed) {
      channel.close();
      throw failed;
    }
  }

  private static void bind(DatagramChannel channel, RandomBits random) throws IOException {
    for (var attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      try {
        channel.bind(new InetSocketAddress(LOWEST_PORT + random.below(PORTS)));
        return;
      } catch (IOException _) {
        // Taken; another one.
      }
    }
    channel.bind(null);
  }

  /** False: its slot is taken or the socket is on its way out; choose again. */
  boolean register(Sent sent, long due) {
    pending.incrementAndGet();
    if (retired || !slots.compareAndSet(slot(sent.query.id()), null, sent)) {
      left();
      return false;
    }
    used.incrementAndGet();
    dueAt(due);
    return true;
  }

  void release(Sent sent) {
    var slot = slot(sent.query.id());
    if (slots.compareAndSet(slot, sent, null)) {
      ended.set(slot, sent.query.id());
      left();
    }
  }

  private void left() {
    if (pending.decrementAndGet() == 0 && retired) {
      close();
    }
  }

  @Nullable Sent find(int id) {
    var sent = slots.get(slot(id));
    return sent != null && sent.query.id() == id ? sent : null;
  }

  boolean hasEnded(int id) {
    return ended.get(slot(id)) == id;
  }

  @Nullable Sent at(int slot) {
    return slots.get(slot);
  }

  private static int slot(int id) {
    return id & (SLOTS - 1);
  }

  boolean isIdle() {
    return pending.get() == 0;
  }

  boolean isRetired() {
    return retired;
  }

  boolean isWornOut(long now) {
    return used.get() >= useLimit || now - ageLimit > 0;
  }

  /** Takes no new questions, and closes when the last one has ended. */
  void retire() {
    retired = true;
    if (isIdle()) {
      close();
    }
  }

  void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // A socket that cannot be closed is gone already.
    }
  }

  /** Something has to be done at this time, at the latest. */
  void dueAt(long time) {
    var current = nextDue.get();
    while (time < current && !nextDue.compareAndSet(current, time)) {
      current = nextDue.get();
    }
  }

  long nextDue() {
    return nextDue.get();
  }

  void resetDue() {
    nextDue.set(Long.MAX_VALUE);
  }
}
