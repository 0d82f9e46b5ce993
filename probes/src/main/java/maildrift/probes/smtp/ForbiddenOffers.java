package maildrift.probes.smtp;

import com.google.common.collect.ImmutableList;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Concessions.Concession;
import maildrift.probes.smtp.Smtp.Target;

/**
 * Offers a server what is forbidden, to see whether it takes it: two connections, each ends at the
 * server's hello, and no handshake is ever completed.
 */
final class ForbiddenOffers {

  /** Replies before TLS, then some hundred octets of hello. */
  private static final long OCTETS = 64 * 1024;

  /** A warning that the handshake is cancelled, and the farewell (RFC 5246 §7.2). */
  private static final byte[] FAREWELL = HexFormat.of().parseHex("1503010002015a15030100020100");

  private final SmtpSettings settings;
  private final Turns turns;
  private final Function<BoundedSocket, String> helo;

  ForbiddenOffers(SmtpSettings settings, Turns turns, Function<BoundedSocket, String> helo) {
    this.settings = settings;
    this.turns = turns;
    this.helo = helo;
  }

  private enum Offer {
    OLD_VERSIONS(ClientHello.TLS_1_1, Suites.ALL),
    WEAK_SUITES(ClientHello.TLS_1_2, Suites.WEAK);

    private final int version;
    private final ImmutableList<Integer> suites;

    Offer(int version, List<Integer> suites) {
      this.version = version;
      this.suites = ImmutableList.copyOf(suites);
    }

    byte[] hello(Target target) {
      return ClientHello.of(
          version,
          suites,
          Optional.of(target.host()).filter(_ -> target.named()).filter(Offer::isName));
    }

    /** None is sent for an address (RFC 6066 §3), nor for what is no host name. */
    private static boolean isName(DnsName host) {
      var text = host.toString();
      return Cidr.octets(text).isEmpty()
          && text.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || isMark(c)));
    }

    private static boolean isMark(int c) {
      return c == '.' || c == '-' || c == '_';
    }
  }

  /** Both offers at once, within one look's time. */
  Concessions look(Target target, Deadline deadline) {
    if (!settings.allowPrivate()
        && !target.declared()
        && SpecialAddresses.contains(target.address())) {
      return Concessions.unseen(target.address().getHostAddress() + " is no public address");
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var version = threads.submit(() -> inTurn(target, Offer.OLD_VERSIONS, deadline));
      var cipher = threads.submit(() -> inTurn(target, Offer.WEAK_SUITES, deadline));
      return new Concessions(result(version), result(cipher));
    }
  }

  private static Concession result(Future<Concession> offer) {
    try {
      return offer.get();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      offer.cancel(true);
      return new Concessions.Unseen("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("making an offer", e.getCause());
    }
  }

  private Concession inTurn(Target target, Offer offer, Deadline deadline) {
    try {
      var turn = turns.take(target.address(), deadline);
      if (turn.isEmpty()) {
        return new Concessions.Unseen("no turn for its address before the deadline");
      }
      try (var _ = turn.get()) {
        return make(offer, target, deadline.atMost(settings.timeout()));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Concessions.Unseen("interrupted");
    }
  }

  private Concession make(Offer offer, Target target, Deadline deadline) {
    try (var socket = new BoundedSocket(deadline, OCTETS)) {
      socket.connect(new InetSocketAddress(target.address(), target.port()), socket.millisLeft());
      socket.setTcpNoDelay(true);
      var talk = new Conversation(socket.getInputStream(), socket.getOutputStream());
      var refusal = upToStartTls(talk, helo.apply(socket));
      return refusal.isPresent() ? refusal.get() : hello(offer, target, socket);
    } catch (IOException e) {
      return new Concessions.Unseen(Handshake.why(e));
    }
  }

  /** Empty when the server waits for our hello. */
  private static Optional<Concession> upToStartTls(Conversation talk, String helo)
      throws IOException {
    var banner = talk.reply();
    if (banner.code() != 220) {
      return unseen("its banner is " + banner);
    }
    var greeting = talk.ask("EHLO " + helo);
    if (!greeting.isPositive()) {
      return unseen("its answer to EHLO is " + greeting);
    }
    if (greeting.lines().stream()
        .noneMatch(line -> line.strip().toUpperCase(Locale.ROOT).equals("STARTTLS"))) {
      return unseen("it does not offer STARTTLS this time");
    }
    var ready = talk.ask("STARTTLS");
    if (ready.code() != 220) {
      return unseen("its reply to STARTTLS is " + ready);
    }
    return talk.hasLeftover()
        ? unseen("it sends text in the clear after its reply to STARTTLS")
        : Optional.empty();
  }

  private static Optional<Concession> unseen(String why) {
    return Optional.of(new Concessions.Unseen(why));
  }

  private static Concession hello(Offer offer, Target target, BoundedSocket socket)
      throws IOException {
    socket.getOutputStream().write(offer.hello(target));
    try {
      return switch (ServerHello.read(socket.getInputStream())) {
        case ServerHello.Alerted(var description) -> alerted(description);
        case ServerHello.Chosen(var version, var suite) -> {
          leave(socket);
          yield chosen(offer, version, suite);
        }
      };
    } catch (ProtocolException e) {
      return new Concessions.Unseen(Handshake.why(e));
    } catch (EOFException | SocketException _) {
      // Schannel hangs up instead of sending an alert.
      return Concessions.HANG_UP;
    }
  }

  /** What says that the offer is not acceptable; any other trouble says nothing. */
  private static Concession alerted(int description) {
    return switch (description) {
      case 40 -> new Concessions.Refused("handshake_failure");
      case 47 -> new Concessions.Refused("illegal_parameter");
      case 70 -> new Concessions.Refused("protocol_version");
      case 71 -> new Concessions.Refused("insufficient_security");
      // What OpenSSL 3 says to old versions at its own security level: it has no signature for
      // them.
      case 80 -> new Concessions.Refused("internal_error");
      case 86 -> new Concessions.Refused("inappropriate_fallback");
      case 109 -> new Concessions.Refused("missing_extension");
      case 0, 90 -> Concessions.HANG_UP;
      default -> new Concessions.Unseen("its answer is alert " + description);
    };
  }

  private static Concession chosen(Offer offer, int version, int suite) {
    var name = Suites.name(suite).filter(_ -> offer.suites.contains(suite));
    return name.isEmpty() || version > offer.version || version < 0x0300
        ? new Concessions.Unseen("it chose what was not offered")
        : new Concessions.Made(protocol(version), name.get());
  }

  private static String protocol(int version) {
    return version == 0x0300 ? "SSLv3" : "TLSv1." + (version - 0x0301);
  }

  private static void leave(BoundedSocket socket) {
    try {
      socket.getOutputStream().write(FAREWELL);
    } catch (IOException _) {
      // We know what we wanted to know.
    }
  }
}
