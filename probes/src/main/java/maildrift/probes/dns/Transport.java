package maildrift.probes.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import maildrift.probes.dns.UdpSocket.Sent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends questions to resolvers and brings back what they say: pipelined over a pool of long-lived
 * connected UDP sockets with random ports, ids and letter case, and over TCP at once when an answer
 * is truncated or does not fit its question. Asynchronous; one thread receives, keeps the time and
 * calls back, so callbacks must not block.
 *
 * <p>A datagram with an id that nobody asked with is taken for an attack on the whole socket: all
 * questions on it go to TCP, and the socket is replaced (as BIND does for its one question a
 * socket).
 */
final class Transport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  private static final int STRIPES = 8;
  private static final int DATAGRAMS_A_TURN = 64;
  private static final int SOCKET_ATTEMPTS = 8;

  private final DnsStats stats;
  private final TcpClient tcp;
  private final Selector selector;
  private final Thread thread;
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

  /** Waiting for the rate limit. Only the thread's. */
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::at));

  private final ByteBuffer received = ByteBuffer.allocateDirect(65_535);
  private final byte[] message = new byte[65_535];

  /** Senders with something due earlier wake the thread. */
  private volatile long sleepsUntil = Long.MIN_VALUE;

  /** Nothing on any socket is due before this; lowered by senders, found anew by the thread. */
  private final AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);

  private volatile boolean closed;

  private record Delayed(long at, Exchange exchange) {}

  /** What a sender needs for itself; a few of them, so that senders seldom wait for each other. */
  private static final class Stripe {
    final RandomBits random = new RandomBits();
    final ByteBuffer buffer = ByteBuffer.allocateDirect(512);
  }

  Transport(DnsStats stats, TcpClient tcp) {
    this.stats = stats;
    this.tcp = tcp;
    for (var i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
    try {
      this.selector = Selector.open();
    } catch (IOException failed) {
      throw new UncheckedIOException("no selector for DNS", failed);
    }
    this.thread = Thread.ofPlatform().daemon().name("dns").start(this::run);
  }

  /**
   * Asks the servers in order until one answers.
   *
   * @param latest until when our own rate limit may hold the question back
   * @param timeout the whole time from the first message on, repeats and TCP included
   * @param heard called once, on the transport's thread or a virtual one; never from within this
   *     call unless the transport is closed
   */
  void ask(
      Question question,
      List<Upstream> upstreams,
      long latest,
      Duration timeout,
      Exchange.Heard heard) {
    ask(question, Query.Mode.PLAIN, upstreams, latest, timeout, heard);
  }

  /** As above; other modes than the plain one give {@link Reply.Whole}. */
  void ask(
      Question question,
      Query.Mode mode,
      List<Upstream> upstreams,
      long latest,
      Duration timeout,
      Exchange.Heard heard) {
    var now = System.nanoTime();
    var exchange =
        new Exchange(question, mode, inOrder(upstreams, now), latest, timeout.toNanos(), heard);
    if (closed) {
      exchange.finish(closing());
      return;
    }
    if (!exchange.nextServer()) {
      post(
          () ->
              exchange.finish(
                  new Reply.Failed(Answer.Failure.NETWORK, "no name server is configured")));
      return;
    }
    takeTurn(exchange, now, true);
  }

  private static Reply closing() {
    return new Reply.Failed(Answer.Failure.NETWORK, "the DNS client is closed");
  }

  /** As configured, except that those which did not answer lately come last. */
  private static List<Upstream> inOrder(List<Upstream> upstreams, long now) {
    if (upstreams.size() < 2) {
      return upstreams;
    }
    List<Upstream> suspects = List.of();
    for (var upstream : upstreams) {
      if (upstream.isSuspect(now)) {
        suspects = suspects.isEmpty() ? new ArrayList<>() : suspects;
        suspects.add(upstream);
      }
    }
    if (suspects.isEmpty()) {
      return upstreams;
    }
    var order = new ArrayList<>(upstreams);
    order.removeAll(suspects);
    order.addAll(suspects);
    return order;
  }

  /** Sends to the server whose turn it is, now or when its rate allows. */
  private void takeTurn(Exchange exchange, long now, boolean first) {
    var at = exchange.server().rate.take(now, first ? exchange.latest : exchange.deadline);
    if (at == Long.MIN_VALUE) {
      post(
          () -> {
            stats.failed(Answer.Failure.TIMEOUT);
            exchange.finish(
                new Reply.Failed(
                    Answer.Failure.TIMEOUT,
                    "held back by our own limit of queries a second until the deadline"));
          });
      return;
    }
    if (first) {
      exchange.deadline = Math.min(at + exchange.timeout, exchange.latest);
    }
    if (at > now) {
      post(() -> delayed.add(new Delayed(at, exchange)));
    } else {
      exchange.beginTurn(now);
      send(exchange);
    }
  }

  private void send(Exchange exchange) {
    var upstream = exchange.server();
    try {
      for (var attempt = 0; attempt < SOCKET_ATTEMPTS; attempt++) {
        if (trySend(exchange, upstream)) {
          return;
        }
      }
      fail(exchange, upstream, "too many questions under way");
    } catch (IOException failed) {
      fail(exchange, upstream, TcpClient.reason(failed));
    }
  }

  private boolean trySend(Exchange exchange, Upstream upstream) throws IOException {
    var stripe = stripe();
    synchronized (stripe) {
      var socket = choose(upstream, stripe.random);
      var query = Query.of(exchange.question, stripe.random, true, true, true, exchange.mode);
      var sent = new Sent(exchange, socket, query);
      exchange.sent(sent);
      // Once it is registered, the other thread may finish it at any moment.
      var due = exchange.due;
      if (!socket.register(sent, due)) {
        exchange.notSent(sent);
        return false;
      }
      write(sent, stripe);
      lowerEarliest(due);
      if (due < sleepsUntil) {
        wakeUp();
      }
      return true;
    }
  }

  private void lowerEarliest(long due) {
    var current = earliest.get();
    while (due < current && !earliest.compareAndSet(current, due)) {
      current = earliest.get();
    }
  }

  private void wakeUp() {
    if (selector.isOpen()) {
      selector.wakeup();
    }
  }

  private Stripe stripe() {
    var id = Thread.currentThread().threadId();
    return stripes[id == thread.threadId() ? 0 : (int) (id % (STRIPES - 1)) + 1];
  }

  /**
   * A datagram that the kernel does not take is a lost one; the repeat or another server follows.
   */
  private void write(Sent sent, Stripe stripe) {
    stats.sent();
    try {
      stripe.buffer.clear().put(sent.query().wire()).flip();
      var _ = sent.socket().channel.write(stripe.buffer);
    } catch (PortUnreachableException _) {
      post(() -> unreachable(sent.socket()));
    } catch (ClosedChannelException _) {
      // Closed under our hands; another socket is as good.
      post(
          () -> {
            if (sent.exchange().current == sent) {
              sent.exchange().leaveUdp();
              send(sent.exchange());
            }
          });
    } catch (IOException failed) {
      post(
          () -> {
            if (sent.exchange().current == sent) {
              serverFailed(
                  sent.exchange(),
                  sent.socket().upstream,
                  Answer.Failure.NETWORK,
                  TcpClient.reason(failed));
            }
          });
    }
  }

  private UdpSocket choose(Upstream upstream, RandomBits random) throws IOException {
    var index = random.below(upstream.sockets.length());
    var socket = upstream.sockets.get(index);
    if (socket != null && !socket.isRetired() && !socket.isWornOut(System.nanoTime())) {
      return socket;
    }
    var fresh = UdpSocket.open(upstream, index, random);
    if (!upstream.sockets.compareAndSet(index, socket, fresh)) {
      fresh.close();
      var other = upstream.sockets.get(index);
      return other == null ? choose(upstream, random) : other;
    }
    try {
      fresh.channel.register(selector, SelectionKey.OP_READ, fresh);
    } catch (ClosedSelectorException _) {
      fresh.close();
      throw new IOException("the DNS client is closed");
    }
    // The thread polls a new channel only from its next select on.
    wakeUp();
    if (socket != null) {
      socket.retire();
    }
    return fresh;
  }

  private void fail(Exchange exchange, Upstream upstream, String why) {
    post(() -> serverFailed(exchange, upstream, Answer.Failure.NETWORK, why));
  }

  private void post(Runnable event) {
    events.add(event);
    if (Thread.currentThread().threadId() != thread.threadId()) {
      wakeUp();
      if (closed && !thread.isAlive()) {
        runEvents();
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (IOException | RuntimeException failed) {
        LOG.error("DNS: a turn of the transport failed; it goes on", failed);
      }
    }
    shutDown();
  }

  private void turn() throws IOException {
    runEvents();
    var now = System.nanoTime();
    for (var next = delayed.peek(); next != null && next.at <= now; next = delayed.peek()) {
      delayed.remove();
      next.exchange.beginTurn(now);
      send(next.exchange);
    }
    if (earliest.get() <= now) {
      // Forgotten first: who lowers it meanwhile is seen below or stays on record.
      earliest.set(Long.MAX_VALUE);
      for (var key : selector.keys()) {
        var socket = socket(key);
        if (socket.nextDue() <= now) {
          sweep(socket, now);
        }
        lowerEarliest(socket.nextDue());
      }
    }
    // From here on every sender wakes us, until we know how long we may sleep.
    sleepsUntil = Long.MAX_VALUE;
    var waiting = delayed.isEmpty() ? Long.MAX_VALUE : delayed.element().at;
    var next = Math.min(waiting, earliest.get());
    sleepsUntil = next;
    if (!events.isEmpty() || next <= now) {
      selector.selectNow(this::readable);
    } else if (next == Long.MAX_VALUE) {
      selector.select(this::readable);
    } else {
      selector.select(this::readable, TimeUnit.NANOSECONDS.toMillis(next - now) + 1);
    }
    sleepsUntil = Long.MIN_VALUE;
  }

  private void runEvents() {
    for (var event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
  }

  private static UdpSocket socket(SelectionKey key) {
    return (UdpSocket) key.attachment();
  }

  /** Looks at every question under way on the socket: what is due? */
  private void sweep(UdpSocket socket, long now) {
    socket.resetDue();
    for (var slot = 0; slot < UdpSocket.SLOTS; slot++) {
      var sent = socket.at(slot);
      if (sent != null) {
        if (sent.exchange().due <= now) {
          timer(sent, now);
        }
        if (sent.exchange().current == sent) {
          socket.dueAt(sent.exchange().due);
        }
      }
    }
  }

  private void timer(Sent sent, long now) {
    var exchange = sent.exchange();
    if (exchange.current != sent) {
      return;
    }
    if (now < exchange.turnEnd) {
      exchange.repeated();
      exchange.server().rate.take(now, Long.MAX_VALUE);
      var stripe = stripe();
      synchronized (stripe) {
        write(sent, stripe);
      }
      return;
    }
    stats.failed(Answer.Failure.TIMEOUT);
    var upstream = exchange.server();
    upstream.failed(now);
    exchange.silent(upstream, TimeUnit.NANOSECONDS.toMillis(now - exchange.turnStart));
    next(exchange, now);
  }

  private void next(Exchange exchange, long now) {
    exchange.current = null;
    if (now >= exchange.deadline || !exchange.nextServer()) {
      exchange.finish(exchange.failure());
    } else {
      takeTurn(exchange, now, false);
    }
  }

  private void readable(SelectionKey key) {
    sleepsUntil = Long.MIN_VALUE;
    var socket = socket(key);
    for (var i = 0; i < DATAGRAMS_A_TURN; i++) {
      try {
        received.clear();
        var length = socket.channel.read(received);
        if (length <= 0) {
          return;
        }
        received.get(0, message, 0, length);
        receive(socket, length);
      } catch (PortUnreachableException _) {
        unreachable(socket);
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException failed) {
        LOG.debug("DNS: a socket to {} failed", socket.upstream.name(), failed);
        unreachable(socket);
        return;
      }
    }
  }

  private void receive(UdpSocket socket, int length) {
    var id = length < 2 ? -1 : ((message[0] & 0xff) << 8) | (message[1] & 0xff);
    var sent = id < 0 ? null : socket.find(id);
    if (sent == null) {
      if (id < 0 || !socket.hasEnded(id)) {
        forged(socket);
      }
      return;
    }
    var exchange = sent.exchange();
    var upstream = socket.upstream;
    var reply =
        Response.read(message, length, exchange.question, sent.query(), upstream.source, true);
    switch (reply) {
      case Reply.Said _, Reply.Continues _, Reply.Whole _ -> {
        upstream.answered();
        exchange.finish(reply);
      }
      case Reply.Truncated _ -> {
        upstream.answered();
        overTcp(exchange, upstream, true, null);
      }
      case Reply.NoEdns _ -> {
        upstream.answered();
        overTcp(exchange, upstream, false, null);
      }
      case Reply.Failed failed -> {
        if (failed.failure() == Answer.Failure.MISMATCH
            || failed.failure() == Answer.Failure.MALFORMED) {
          stats.failed(failed.failure());
          overTcp(exchange, upstream, true, failed);
        } else {
          upstream.answered();
          serverFailed(exchange, upstream, failed.failure(), failed.why());
        }
      }
    }
  }

  /** Somebody guesses: no answer that comes over this socket is believed any more. */
  private void forged(UdpSocket socket) {
    stats.failed(Answer.Failure.MISMATCH);
    var why = new Reply.Failed(Answer.Failure.MISMATCH, "a datagram with another id");
    socket.retire();
    forEach(socket, sent -> overTcp(sent.exchange(), socket.upstream, true, why));
  }

  private void unreachable(UdpSocket socket) {
    socket.upstream.failed(System.nanoTime());
    forEach(
        socket,
        sent -> {
          if (sent.exchange().current == sent) {
            serverFailed(
                sent.exchange(), socket.upstream, Answer.Failure.NETWORK, "the port is closed");
          }
        });
  }

  private static void forEach(UdpSocket socket, Consumer<Sent> action) {
    for (var slot = 0; slot < UdpSocket.SLOTS; slot++) {
      var sent = socket.at(slot);
      if (sent != null) {
        action.accept(sent);
      }
    }
  }

  private void serverFailed(
      Exchange exchange, Upstream upstream, Answer.Failure failure, String why) {
    stats.failed(failure);
    exchange.failed(upstream, failure, why);
    if (!exchange.isDone() && exchange.server() == upstream) {
      next(exchange, System.nanoTime());
    }
  }

  private void overTcp(
      Exchange exchange, Upstream upstream, boolean edns, Reply.@Nullable Failed because) {
    if (exchange.isDone()) {
      return;
    }
    if (exchange.server() != upstream) {
      // Another has its turn, and may yet answer over UDP.
      exchange.leaveUdp(upstream);
      return;
    }
    exchange.leaveUdp();
    var deadline = exchange.tcpDeadline(System.nanoTime());
    var stripe = stripe();
    Query query;
    synchronized (stripe) {
      query = Query.of(exchange.question, stripe.random, true, true, edns, exchange.mode);
    }
    Thread.ofVirtual()
        .start(
            () -> {
              var reply =
                  tcp.ask(upstream.server, exchange.question, query, upstream.source, deadline);
              post(() -> heardOverTcp(exchange, upstream, reply, because));
            });
  }

  private void heardOverTcp(
      Exchange exchange, Upstream upstream, Reply reply, Reply.@Nullable Failed because) {
    switch (reply) {
      case Reply.Said _, Reply.Continues _, Reply.Whole _ -> exchange.finish(reply);
      case Reply.Failed failed -> tcpFailed(exchange, upstream, failed, because);
      case Reply.Truncated _, Reply.NoEdns _ ->
          tcpFailed(exchange, upstream, new Reply.Failed(Answer.Failure.RCODE, "FORMERR"), because);
    }
  }

  private void tcpFailed(
      Exchange exchange, Upstream upstream, Reply.Failed failed, Reply.@Nullable Failed because) {
    var said =
        switch (failed.failure()) {
          case SERVFAIL, REFUSED, RCODE, CHAIN, MISMATCH, MALFORMED -> true;
          case TIMEOUT, NETWORK, INCONSISTENT, DISPUTED, UNASKABLE -> false;
        };
    // What the server says over TCP counts; that it says nothing there leaves us with the mismatch.
    var failure = said || because == null ? failed.failure() : because.failure();
    var why = because == null ? "over TCP: " : because.why() + "; over TCP: ";
    serverFailed(exchange, upstream, failure, why + failed.why());
  }

  /** Ends all that is under way as unanswered, and the thread. */
  @Override
  public void close() {
    closed = true;
    wakeUp();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void shutDown() {
    runEvents();
    delayed.forEach(waiting -> waiting.exchange.finish(closing()));
    for (var key : selector.keys()) {
      var socket = socket(key);
      forEach(socket, sent -> sent.exchange().finish(closing()));
      socket.close();
    }
    try {
      selector.close();
    } catch (IOException failed) {
      LOG.debug("DNS: the selector did not close", failed);
    }
  }
}
