package maildrift.probes.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import maildrift.probes.dns.UdpSocket.Sent;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way through the servers that may answer it. It is begun by whoever asks; from
 * then on only the transport's thread changes it.
 *
 * <p>The time is divided among the servers: each in turn is asked, and asked again when nothing
 * comes, before the next one's turn. A late answer to an earlier turn is still welcome.
 */
final class Exchange {
  private static final int MIN_TURNS = 3;
  private static final int MAX_TURNS = 6;

  final Question question;
  final Query.Mode mode;
  final List<Upstream> servers;

  /** When waiting for our own rate limit must end. */
  final long latest;

  final long timeout;
  private final Heard heard;
  private final AtomicBoolean done = new AtomicBoolean();

  /** On the clock of {@link System#nanoTime()}; set when the first message is sent. */
  long deadline;

  long turnStart;
  long turnEnd;
  private int repeats;
  private int turn = -1;

  /** When the timer has to look at it. */
  long due;

  /** The message whose answer is waited for; older ones may still be answered. */
  @Nullable Sent current;

  private final List<Sent> all = new ArrayList<>(1);
  private long failedServers;
  private long silentServers;
  private Answer.@Nullable Failure failure;
  private @Nullable StringBuilder why;

  /** Told once what came of it. */
  @FunctionalInterface
  interface Heard {
    void heard(Reply reply, Exchange exchange);
  }

  Exchange(
      Question question,
      Query.Mode mode,
      List<Upstream> servers,
      long latest,
      long timeout,
      Heard heard) {
    this.question = question;
    this.mode = mode;
    this.servers = servers;
    this.latest = latest;
    this.timeout = timeout;
    this.heard = heard;
  }

  boolean isDone() {
    return done.get();
  }

  Upstream server() {
    return servers.get(Math.max(turn, 0) % servers.size());
  }

  /** On to the next server that has not failed; false: there is none. */
  boolean nextServer() {
    for (var i = 1; i <= servers.size(); i++) {
      if (!hasFailed((turn + i) % servers.size())) {
        turn += i;
        return true;
      }
    }
    return false;
  }

  private boolean hasFailed(int index) {
    return (failedServers & (1L << index)) != 0;
  }

  void beginTurn(long now) {
    turnStart = now;
    repeats = 0;
    turnEnd = Math.min(deadline, now + turnLength());
    due = nextDue();
  }

  private long turnLength() {
    var turns = servers.size() == 1 ? 1 : Math.clamp(servers.size(), MIN_TURNS, MAX_TURNS);
    return timeout / turns;
  }

  /** A turn over TCP may take what is left, unless another server waits for its own. */
  long tcpDeadline(long now) {
    var others = false;
    for (var i = 0; i < servers.size(); i++) {
      others |= i != turn % servers.size() && !hasFailed(i);
    }
    return others ? Math.min(deadline, now + turnLength()) : deadline;
  }

  void repeated() {
    repeats += 1;
    due = nextDue();
  }

  /** With one server at a sixth and at half of the time, with several once at half of the turn. */
  private long nextDue() {
    var length = turnLength();
    var again =
        servers.size() > 1
            ? (repeats == 0 ? length / 2 : length)
            : repeats == 0 ? length / 6 : repeats == 1 ? length / 2 : length;
    return Math.min(turnEnd, turnStart + again);
  }

  void sent(Sent sent) {
    current = sent;
    all.add(sent);
  }

  void notSent(Sent sent) {
    current = null;
    all.remove(sent);
  }

  /** Nothing over UDP counts any more. */
  void leaveUdp() {
    current = null;
    all.forEach(sent -> sent.socket().release(sent));
    all.clear();
  }

  /** What this server still says over UDP counts no more; it is another's turn. */
  void leaveUdp(Upstream server) {
    for (var sent : List.copyOf(all)) {
      if (sent != current && sent.socket().upstream == server) {
        sent.socket().release(sent);
        all.remove(sent);
      }
    }
  }

  /** This server has said that it cannot help, and is not asked again for this question. */
  void failed(Upstream server, Answer.Failure reason, String text) {
    var index = servers.indexOf(server);
    if (index < 0 || hasFailed(index)) {
      return;
    }
    failedServers |= 1L << index;
    note(server, reason, text);
  }

  /** This server has not answered in its turn; it may yet get another. */
  void silent(Upstream server, long millis) {
    var index = 1L << servers.indexOf(server);
    if ((silentServers & index) == 0) {
      silentServers |= index;
      note(server, Answer.Failure.TIMEOUT, "no answer within " + millis + " ms");
    }
  }

  private void note(Upstream server, Answer.Failure reason, String text) {
    var known = why;
    if (known == null) {
      known = new StringBuilder();
      why = known;
    } else {
      known.append("; ");
    }
    if (servers.size() > 1) {
      known.append(server.name()).append(": ");
    }
    known.append(text);
    // What a server said tells more than another one's silence.
    if (failure == null || failure == Answer.Failure.TIMEOUT) {
      failure = reason;
    }
  }

  Reply.Failed failure() {
    var reason = failure;
    var text = why;
    return new Reply.Failed(
        reason == null ? Answer.Failure.TIMEOUT : reason,
        text == null ? "no answer" : text.toString());
  }

  /** The first result counts. */
  void finish(Reply reply) {
    if (done.compareAndSet(false, true)) {
      leaveUdp();
      heard.heard(reply, this);
    }
  }
}
