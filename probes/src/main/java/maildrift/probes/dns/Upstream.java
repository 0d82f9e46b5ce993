package maildrift.probes.dns;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** One resolver as the transport sees it: its sockets, its rate, and whether it answers. */
final class Upstream {
  /** After so many failures in a row it is asked last. */
  private static final int SUSPECT_AFTER = 3;

  private static final long SUSPECT_NANOS = 5_000_000_000L;

  final DnsServer server;
  final Response.Source source;
  final RateLimit rate;

  /** Opened one by one as they are chosen. */
  final AtomicReferenceArray<@Nullable UdpSocket> sockets;

  private final AtomicInteger failuresInARow = new AtomicInteger();
  private final AtomicLong suspectUntil = new AtomicLong();

  /** Only a resolver on this machine can vouch for DNSSEC: the way to it cannot be forged. */
  Upstream(DnsServer server, int sockets, int queriesPerSecond) {
    this(server, sockets, queriesPerSecond, server.address().isLoopbackAddress());
  }

  /**
   * As above.
   *
   * @param validates its AD bit counts
   */
  Upstream(DnsServer server, int sockets, int queriesPerSecond, boolean validates) {
    this.server = server;
    this.source = new Response.Source(server.toString(), validates, DnsName.ROOT, true);
    this.rate = new RateLimit(queriesPerSecond, System.nanoTime());
    this.sockets = new AtomicReferenceArray<>(sockets);
  }

  String name() {
    return source.name();
  }

  void answered() {
    if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
  }

  void failed(long now) {
    if (failuresInARow.incrementAndGet() >= SUSPECT_AFTER) {
      suspectUntil.set(now + SUSPECT_NANOS);
    }
  }

  /** It failed that much longer ago. */
  void older(Duration by) {
    suspectUntil.addAndGet(-by.toNanos());
  }

  /**
   * Whether others should be asked first. When the time is up, one caller is told no and so tries
   * it, while for the others it stays suspect until it has answered.
   */
  boolean isSuspect(long now) {
    if (failuresInARow.get() < SUSPECT_AFTER) {
      return false;
    }
    var until = suspectUntil.get();
    return now - until < 0 || !suspectUntil.compareAndSet(until, now + SUSPECT_NANOS);
  }
}
