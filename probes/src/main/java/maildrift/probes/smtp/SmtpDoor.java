package maildrift.probes.smtp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import maildrift.probes.Deadline;
import maildrift.probes.smtp.Conversation.Reply;

/**
 * Looks at mail servers over the network: banner, EHLO, STARTTLS, handshake, QUIT. It never sends
 * mail. One connection a look, paced per address; every read ends at the look's deadline and is
 * bounded in size. Nothing is remembered: {@link SharedSmtp} does that.
 */
public final class SmtpDoor implements Smtp {

  /** Octets read before TLS, and after STARTTLS (ten certificates are rarely more than 20 KiB). */
  private static final long PLAIN_OCTETS = 64 * 1024;

  private static final long TLS_OCTETS = 256 * 1024;

  /** How long a look may stand in the queue of its address before it begins. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** For EHLO inside TLS, which tells little: nobody waits long for it. */
  private static final Duration GREETING = Duration.ofSeconds(3);

  private final SmtpSettings settings;
  private final Turns turns;
  private final WaysOut ways = new WaysOut();
  private final Trials trials;
  private final ForbiddenOffers offers;

  public SmtpDoor(SmtpSettings settings) {
    this.settings = settings;
    this.turns = new Turns(settings);
    this.trials = new Trials(settings, turns, ways, this::helo);
    this.offers = new ForbiddenOffers(settings, turns, this::helo);
  }

  public SmtpSettings settings() {
    return settings;
  }

  @Override
  public int port() {
    return settings.port();
  }

  @Override
  public List<SmtpLook> look(List<Target> targets) {
    return look(targets, Deadline.after(PATIENCE.plus(settings.timeout())));
  }

  @Override
  public Set<Trial> trials() {
    return settings.trials();
  }

  @Override
  public List<Tried> attempt(List<Attempt> attempts) {
    return attempts.stream().map(this::attempt).toList();
  }

  Tried attempt(Attempt attempt) {
    return trials.make(attempt, Deadline.after(PATIENCE.plus(settings.timeout())));
  }

  @Override
  public List<Concessions> concessions(List<Target> targets) {
    return concessions(targets, Deadline.after(PATIENCE.plus(settings.timeout())));
  }

  private List<Concessions> concessions(List<Target> targets, Deadline deadline) {
    return settings.offersForbidden()
        ? targets.stream().map(target -> offers.look(target, deadline)).toList()
        : List.of();
  }

  boolean offersForbidden() {
    return settings.offersForbidden();
  }

  /** The same door (and the same pacing), for one check that must end by {@code deadline}. */
  public Smtp within(Deadline deadline) {
    return new Smtp() {
      @Override
      public List<SmtpLook> look(List<Target> targets) {
        return SmtpDoor.this.look(targets, deadline);
      }

      @Override
      public Set<Trial> trials() {
        return SmtpDoor.this.trials();
      }

      @Override
      public List<Tried> attempt(List<Attempt> attempts) {
        return attempts.stream().map(attempt -> trials.make(attempt, deadline)).toList();
      }

      @Override
      public List<Concessions> concessions(List<Target> targets) {
        return SmtpDoor.this.concessions(targets, deadline);
      }

      @Override
      public int port() {
        return SmtpDoor.this.port();
      }
    };
  }

  private List<SmtpLook> look(List<Target> targets, Deadline deadline) {
    if (targets.size() == 1) {
      return List.of(look(targets.getFirst(), deadline));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var looks = new ArrayList<Future<SmtpLook>>(targets.size());
      for (var target : targets) {
        looks.add(threads.submit(() -> look(target, deadline)));
      }
      var seen = new ArrayList<SmtpLook>(targets.size());
      for (var i = 0; i < targets.size(); i++) {
        seen.add(result(looks.get(i), targets.get(i)));
      }
      return seen;
    }
  }

  private static SmtpLook result(Future<SmtpLook> look, Target target) {
    try {
      return look.get();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      look.cancel(true);
      return new SmtpLook.Unobservable(target, "interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("looking at " + target, e.getCause());
    }
  }

  /** Looks at one target; waiting for its turn does not count against the look's own time-out. */
  SmtpLook look(Target target, Deadline deadline) {
    return look(target, deadline, () -> {});
  }

  /**
   * As above, with as much patience as needed.
   *
   * @param begins called when its turn has come, before anything is sent
   */
  SmtpLook look(Target target, Runnable begins) {
    return look(target, Deadline.after(PATIENCE.plus(settings.timeout())), begins);
  }

  private SmtpLook look(Target target, Deadline deadline, Runnable begins) {
    if (!settings.allowPrivate()
        && !target.declared()
        && SpecialAddresses.contains(target.address())) {
      return new SmtpLook.Refused(
          target,
          target.address().getHostAddress()
              + " is no public address; set smtp.allow_private to look at it");
    }
    try {
      var turn = turns.take(target.address(), deadline);
      if (turn.isEmpty()) {
        return new SmtpLook.Unobservable(target, "no turn for its address before the deadline");
      }
      try (var _ = turn.get()) {
        begins.run();
        return visit(target, deadline.atMost(settings.timeout()));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new SmtpLook.Unobservable(target, "interrupted");
    }
  }

  private SmtpLook visit(Target target, Deadline deadline) {
    try (var socket = new BoundedSocket(deadline, PLAIN_OCTETS)) {
      try {
        var server = new InetSocketAddress(target.address(), target.port());
        socket.connect(server, socket.millisLeft());
        ways.worked(server);
      } catch (IOException e) {
        return unconnected(target, e);
      }
      socket.setTcpNoDelay(true);
      if (target.wrapped()) {
        return wrapped(target, socket);
      }
      var talk = new Conversation(socket.getInputStream(), socket.getOutputStream());
      return talk(target, socket, talk);
    } catch (IOException e) {
      return new SmtpLook.Unobservable(target, Handshake.why(e));
    }
  }

  /** Only the handshake: what is spoken inside is not ours to know. */
  private static SmtpLook wrapped(Target target, BoundedSocket socket) {
    socket.allow(socket.deadline(), TLS_OCTETS);
    var result = Handshake.over(socket, target.host());
    result
        .socket()
        .ifPresent(
            secure -> {
              try {
                secure.close();
              } catch (IOException _) {
                // The look is done; only the farewell failed.
              }
            });
    return new SmtpLook.Spoke(target, "", List.of(), result.tls());
  }

  private static SmtpLook unconnected(Target target, IOException failed) {
    if (lacksIpv6(target)) {
      return new SmtpLook.Refused(target, "this machine has no IPv6");
    }
    return new SmtpLook.Unobservable(target, "no connection: " + Handshake.why(failed));
  }

  /** It is our fault that nobody answered there. */
  static boolean lacksIpv6(Target target) {
    return target.address() instanceof Inet6Address
        && !target.address().isLoopbackAddress()
        && !hasIpv6();
  }

  /** Asked only after a failure, so that a machine without IPv6 is not taken for a dead server. */
  private static boolean hasIpv6() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(
              address ->
                  address instanceof Inet6Address
                      && !address.isLoopbackAddress()
                      && !address.isLinkLocalAddress());
    } catch (SocketException _) {
      return true;
    }
  }

  private SmtpLook talk(Target target, BoundedSocket socket, Conversation talk) throws IOException {
    var stage = "the banner";
    Reply banner;
    Reply greeting;
    try {
      banner = talk.reply();
      if (banner.code() != 220) {
        quit(socket, talk);
        return new SmtpLook.Unobservable(target, "its banner is " + banner);
      }
      stage = "EHLO";
      greeting = talk.ask("EHLO " + helo(socket));
      if (greeting.code() / 100 == 5) {
        stage = "HELO";
        greeting = new Reply(talk.ask("HELO " + helo(socket)).code(), List.of(""));
      }
      if (!greeting.isPositive()) {
        quit(socket, talk);
        return new SmtpLook.Unobservable(target, "its answer to " + stage + " is " + greeting);
      }
    } catch (IOException e) {
      return new SmtpLook.Unobservable(target, Handshake.why(e) + ", waiting for " + stage);
    }
    var extensions = greeting.lines().subList(1, greeting.lines().size());
    SmtpLook.Tls tls;
    if (extensions.stream().anyMatch(SmtpDoor::isStartTls)) {
      tls = startTls(target, socket, talk);
    } else {
      quit(socket, talk);
      tls = new SmtpLook.NotOffered();
    }
    return new SmtpLook.Spoke(target, banner.lines().getFirst(), extensions, tls);
  }

  private static boolean isStartTls(String extension) {
    var keyword = extension.strip().toUpperCase(Locale.ROOT);
    return keyword.equals("STARTTLS") || keyword.startsWith("STARTTLS ");
  }

  /** RFC 3207 §4. */
  private SmtpLook.Tls startTls(Target target, BoundedSocket socket, Conversation talk) {
    Reply ready;
    try {
      ready = talk.ask("STARTTLS");
    } catch (IOException e) {
      return new SmtpLook.Interrupted(Handshake.why(e) + ", waiting for the reply to STARTTLS");
    }
    if (ready.code() != 220) {
      quit(socket, talk);
      return ready.code() / 100 == 5
          ? new SmtpLook.Declined(ready.toString())
          : new SmtpLook.Interrupted("its reply to STARTTLS is " + ready);
    }
    if (talk.hasLeftover()) {
      // Whoever could put that there, could be somebody between us and the server (CVE-2011-0411).
      return new SmtpLook.NoHandshake("it sends text in the clear after its reply to STARTTLS");
    }
    socket.allow(socket.deadline(), TLS_OCTETS);
    var result = Handshake.over(socket, Optional.of(target.host()).filter(_ -> target.named()));
    if (result.socket().isPresent() && result.tls() instanceof SmtpLook.Handshake handshake) {
      return inside(target, socket, result.socket().get(), handshake);
    }
    return result.tls();
  }

  /** RFC 3207 §4.2: what is offered inside TLS may be more than outside. */
  private SmtpLook.Tls inside(
      Target target, BoundedSocket socket, SSLSocket secure, SmtpLook.Handshake handshake) {
    var seen = handshake;
    try {
      var talk = new Conversation(secure.getInputStream(), secure.getOutputStream());
      if (target.named()) {
        socket.allow(socket.deadline().atMost(GREETING), PLAIN_OCTETS);
        var greeting = talk.ask("EHLO " + helo(socket));
        if (greeting.isPositive()) {
          seen = handshake.extensions(greeting.lines().subList(1, greeting.lines().size()));
        }
      }
      quit(socket, talk);
    } catch (IOException _) {
      // What the look is for is known; only the rest of the talk failed.
    }
    return seen;
  }

  /** Politeness, at most a second of it. */
  private static void quit(BoundedSocket socket, Conversation talk) {
    try {
      socket.allow(socket.deadline().atMost(FAREWELL), Conversation.MAX_LINE * 4L);
      talk.ask("QUIT");
    } catch (IOException _) {
      // We were leaving anyway.
    }
  }

  private String helo(BoundedSocket socket) {
    if (settings.helo().isPresent()) {
      return settings.helo().get().toString();
    }
    var own = socket.getLocalAddress();
    return own instanceof Inet6Address six
        ? "[IPv6:" + withoutZone(six.getHostAddress()) + "]"
        : "[" + own.getHostAddress() + "]";
  }

  private static String withoutZone(String address) {
    var zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
