package maildrift.probes.dns;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several questions to one name server, over one UDP socket or one TCP connection of their own.
 * Blocking, for virtual threads; bounded in time by the deadline and in number by a semaphore. For
 * servers that are asked now and then: the resolvers, which are asked all the time, have the {@link
 * Transport}.
 */
final class ServerClient {
  private static final int MAX_SOCKETS = 256;
  private static final int MAX_CONNECTIONS_A_LOOK = 4;
  private static final int MAX_DATAGRAM = 4096;

  /** How it begins to say that a server was silent, and not we. */
  static final String SILENCE = "no answer within ";

  private static final int AA = 0x04;
  private static final int RA = 0x80;
  private static final int NOERROR = 0;
  private static final int NXDOMAIN = 3;
  private static final int NOTAUTH = 9;

  private final Semaphore sockets = new Semaphore(MAX_SOCKETS);
  private final DnsStats stats;
  private final Function<DnsServer, RateLimit> rates;
  private final RandomBits random = new RandomBits();

  ServerClient(DnsStats stats, Function<DnsServer, RateLimit> rates) {
    this.stats = stats;
    this.rates = rates;
  }

  /** Where the answers are collected; what is still missing at the end was not heard. */
  private final class Round {
    private final DnsServer server;
    private final List<Question> questions;
    private final Response.Source source;
    private final Query[] queries;
    private final @Nullable Said[] said;
    private final boolean overUdp;
    private int missing;

    /** The question's place of the last answer that needs to be asked again without EDNS. */
    private int withoutEdns = -1;

    /** Referrals are wanted, not answers. */
    private final Optional<DnsName> delegated;

    /** Empty until the server has said whom it refers to, or that it knows of nobody. */
    private Optional<List<DnsName>> referral = Optional.empty();

    Round(
        DnsServer server,
        List<Question> questions,
        DnsName zone,
        boolean overUdp,
        Optional<DnsName> delegated) {
      this.server = server;
      this.questions = questions;
      // Without the server's name: what two servers say alike is equal.
      this.source = new Response.Source("", false, zone, false);
      this.queries = new Query[questions.size()];
      this.said = new Said[questions.size()];
      this.overUdp = overUdp;
      this.missing = questions.size();
      this.delegated = delegated;
      for (var i = 0; i < queries.length; i++) {
        queries[i] = query(i);
      }
    }

    /** With an id that none of the others has. */
    private Query query(int place) {
      while (true) {
        Query query;
        synchronized (random) {
          query = Query.of(questions.get(place), random, overUdp, false, true);
        }
        if (place(query.id(), place) < 0) {
          return query;
        }
      }
    }

    private int place(int id, int before) {
      for (var i = 0; i < before; i++) {
        if (queries[i].id() == id) {
          return i;
        }
      }
      return -1;
    }

    boolean isOpen(int place) {
      return said[place] == null;
    }

    boolean isComplete() {
      return missing == 0;
    }

    /** Takes a message in; one that answers no open question is ignored. */
    void heard(byte[] message, int length) {
      if (length < Query.HEADER) {
        return;
      }
      var place = place(((message[0] & 0xff) << 8) | (message[1] & 0xff), queries.length);
      if (place < 0 || !isOpen(place)) {
        return;
      }
      var query = queries[place];
      var reply = Response.read(message, length, questions.get(place), query, source, overUdp);
      if (reply instanceof Reply.NoEdns) {
        queries[place] = query.withoutEdns();
        withoutEdns = place;
      } else {
        var all = said(reply, message);
        delegated
            .filter(_ -> isAnswer(all, message))
            .ifPresent(
                zone -> referral = Optional.of(Response.referral(message, length, query, zone)));
        end(place, all);
      }
    }

    /** The place of a question that is to be asked again without EDNS; negative: there is none. */
    int takeWithoutEdns() {
      var place = withoutEdns;
      withoutEdns = -1;
      return place;
    }

    private void end(int place, Said value) {
      if (value instanceof Said.Unheard unheard) {
        stats.failed(unheard.failure());
      }
      said[place] = value;
      missing -= 1;
    }

    List<Said> result(Answer.Failure failure, String why) {
      var all = new ArrayList<Said>(said.length);
      for (var i = 0; i < said.length; i++) {
        var known = said[i];
        if (known == null) {
          stats.failed(failure);
          known = new Said.Unheard(failure, why);
        }
        all.add(known);
      }
      return all;
    }
  }

  /** Whether it speaks of the zone: what is refused is not denied. */
  private static boolean isAnswer(Said said, byte[] message) {
    var code = message[3] & 0x0f;
    return switch (said) {
      case Said.Answered _, Said.NotServed _ -> code == NOERROR || code == NXDOMAIN;
      case Said.Truncated _, Said.Unheard _ -> false;
    };
  }

  private static Said said(Reply reply, byte[] message) {
    var authoritative = (message[2] & AA) != 0;
    return switch (reply) {
      case Reply.Said said ->
          authoritative ? new Said.Answered(said.answer()) : withoutAuthority(message);
      case Reply.Continues chain ->
          authoritative
              ? new Said.Answered(new Answer.NoData(chain.aliases(), chain.ttl(), "", false))
              : withoutAuthority(message);
      case Reply.Truncated _ -> new Said.Truncated();
      case Reply.Failed failed -> failed(failed, message);
      case Reply.NoEdns _, Reply.Whole _ -> new Said.Unheard(Answer.Failure.RCODE, "FORMERR");
    };
  }

  private static Said failed(Reply.Failed failed, byte[] message) {
    var code = message[3] & 0x0f;
    var isReferral =
        failed.failure() == Answer.Failure.RCODE && code == 0 && (message[2] & AA) == 0;
    return failed.failure() == Answer.Failure.REFUSED
            || (failed.failure() == Answer.Failure.RCODE && code == NOTAUTH)
            || isReferral
        ? new Said.NotServed(failed.why())
        : new Said.Unheard(failed.failure(), failed.why());
  }

  private static Said withoutAuthority(byte[] message) {
    return new Said.NotServed(
        (message[3] & RA) != 0
            ? "an answer without authority: it recurses, but does not serve the zone"
            : "an answer without authority");
  }

  /** In the questions' order. Never throws. */
  List<Said> overUdp(DnsServer server, List<Question> questions, DnsName zone, Limit limit) {
    return udp(new Round(server, questions, zone, true, Optional.empty()), limit);
  }

  /** In the questions' order. Never throws. */
  List<Said> overTcp(DnsServer server, List<Question> questions, DnsName zone, Limit limit) {
    return tcp(new Round(server, questions, zone, false, Optional.empty()), limit);
  }

  /**
   * Whom a parent's server refers to for a zone: no names when it does not refer to it, and empty
   * when it was not heard.
   */
  Optional<List<DnsName>> referral(DnsServer server, DnsName zone, Limit limit) {
    var question = List.of(new Question(zone, RecordType.NS));
    var round = new Round(server, question, DnsName.ROOT, true, Optional.of(zone));
    if (!(udp(round, limit).getFirst() instanceof Said.Truncated)) {
      return round.referral;
    }
    var again = new Round(server, question, DnsName.ROOT, false, Optional.of(zone));
    tcp(again, limit);
    return again.referral;
  }

  /**
   * How long to try.
   *
   * @param timeout nanoseconds for one server, from the first message on
   * @param deadline when all must have ended, on the clock of {@link System#nanoTime()}
   */
  record Limit(long timeout, long deadline) {
    long from(long now) {
      return Math.min(deadline, now + timeout);
    }
  }

  private List<Said> udp(Round round, Limit limit) {
    if (!acquire(limit.deadline())) {
      return round.result(Answer.Failure.TIMEOUT, "no free socket");
    }
    try (var socket = new DatagramSocket()) {
      socket.connect(round.server.socketAddress());
      return exchange(socket, round, limit);
    } catch (SocketTimeoutException _) {
      return silent(round, limit);
    } catch (PortUnreachableException _) {
      return round.result(Answer.Failure.NETWORK, TcpClient.REFUSED);
    } catch (IOException failed) {
      return round.result(Answer.Failure.NETWORK, TcpClient.reason(failed));
    } finally {
      sockets.release();
    }
  }

  /** Asked again at a sixth and at half of the time, as the resolvers are. */
  private List<Said> exchange(DatagramSocket socket, Round round, Limit limit) throws IOException {
    var start = System.nanoTime();
    var end = limit.from(start);
    var repeats = List.of(start, start + (end - start) / 6, start + (end - start) / 2, end);
    var buffer = new byte[MAX_DATAGRAM];
    for (var turn = 0; turn + 1 < repeats.size(); turn++) {
      if (!send(socket, round, end)) {
        return heldBack(round);
      }
      try {
        while (!round.isComplete()) {
          socket.setSoTimeout(millis(repeats.get(turn + 1)));
          var packet = new DatagramPacket(buffer, buffer.length);
          socket.receive(packet);
          round.heard(packet.getData(), packet.getLength());
          var again = round.takeWithoutEdns();
          if (again >= 0) {
            if (!paced(round.server, end)) {
              return heldBack(round);
            }
            send(socket, round.queries[again]);
          }
        }
        break;
      } catch (SocketTimeoutException _) {
        // Lost on the way, perhaps; what is open is asked again.
      }
    }
    return silent(round, limit);
  }

  private static List<Said> heldBack(Round round) {
    return round.result(
        Answer.Failure.TIMEOUT,
        "held back by our own limit of queries a second until the deadline");
  }

  private boolean send(DatagramSocket socket, Round round, long end) throws IOException {
    for (var i = 0; i < round.queries.length; i++) {
      if (round.isOpen(i)) {
        if (!paced(round.server, end)) {
          return false;
        }
        send(socket, round.queries[i]);
      }
    }
    return true;
  }

  private void send(DatagramSocket socket, Query query) throws IOException {
    stats.sent();
    socket.send(new DatagramPacket(query.wire(), query.wire().length));
  }

  private List<Said> tcp(Round round, Limit limit) {
    if (!acquire(limit.deadline())) {
      return round.result(Answer.Failure.TIMEOUT, "no free socket");
    }
    var end = limit.from(System.nanoTime());
    try {
      // Some servers close after each answer; a few connections must do.
      for (var i = 0; i < MAX_CONNECTIONS_A_LOOK && !round.isComplete(); i++) {
        var before = round.missing;
        try {
          connection(round, end);
        } catch (EOFException closed) {
          if (round.missing == before) {
            throw closed;
          }
        }
      }
      return round.result(Answer.Failure.NETWORK, "the connection was closed");
    } catch (HeldBack _) {
      return heldBack(round);
    } catch (SocketTimeoutException _) {
      return silent(round, limit);
    } catch (IOException failed) {
      return round.result(Answer.Failure.NETWORK, TcpClient.reason(failed));
    } finally {
      sockets.release();
    }
  }

  /** By our own limit of queries a second; that is not the server's silence. */
  private static final class HeldBack extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private void connection(Round round, long end) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(round.server.socketAddress(), millis(end));
      socket.setTcpNoDelay(true);
      // All at once (RFC 7766 §6.2.1.1), one after the other where our rate says so.
      for (var i = 0; i < round.queries.length; i++) {
        if (round.isOpen(i)) {
          if (!paced(round.server, end)) {
            throw new HeldBack();
          }
          send(socket, round.queries[i]);
        }
      }
      while (!round.isComplete()) {
        var head = read(socket, 2, end);
        var length = ((head[0] & 0xff) << 8) | (head[1] & 0xff);
        round.heard(read(socket, length, end), length);
        var again = round.takeWithoutEdns();
        if (again >= 0) {
          if (!paced(round.server, end)) {
            throw new HeldBack();
          }
          send(socket, round.queries[again]);
        }
      }
    }
  }

  private void send(Socket socket, Query query) throws IOException {
    var wire = query.wire();
    var framed = new byte[wire.length + 2];
    framed[0] = (byte) (wire.length >> 8);
    framed[1] = (byte) wire.length;
    System.arraycopy(wire, 0, framed, 2, wire.length);
    stats.sent();
    socket.getOutputStream().write(framed);
  }

  private static List<Said> silent(Round round, Limit limit) {
    return round.result(
        Answer.Failure.TIMEOUT,
        SILENCE + "%d ms".formatted(TimeUnit.NANOSECONDS.toMillis(limit.timeout())));
  }

  private boolean acquire(long deadline) {
    try {
      return sockets.tryAcquire(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits until our own limit of queries a second lets one more go; false: not by then. */
  private boolean paced(DnsServer server, long end) {
    var now = System.nanoTime();
    var at = rates.apply(server).take(now, end);
    if (at == Long.MIN_VALUE) {
      return false;
    }
    try {
      if (at > now) {
        Thread.sleep(java.time.Duration.ofNanos(at - now));
      }
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Rounded up, since zero would mean for ever. */
  private static int millis(long end) throws SocketTimeoutException {
    var left = end - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) Math.min(TimeUnit.MINUTES.toMillis(5), left / 1_000_000 + 1);
  }

  private static byte[] read(Socket socket, int length, long end) throws IOException {
    var bytes = new byte[length];
    InputStream in = socket.getInputStream();
    for (var at = 0; at < length; ) {
      socket.setSoTimeout(millis(end));
      var count = in.read(bytes, at, length - at);
      if (count < 0) {
        throw new EOFException("the connection was closed");
      }
      at += count;
    }
    return bytes;
  }
}
