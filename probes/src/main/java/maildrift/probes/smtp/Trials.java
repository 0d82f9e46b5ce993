package maildrift.probes.smtp;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;
import maildrift.probes.Deadline;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Conversation.Reply;
import maildrift.probes.smtp.Smtp.Attempt;

/** Holds the conversations of {@link Trial}, one connection each, bounded as a look is. */
final class Trials {
  private static final long OCTETS = 256 * 1024;

  /** What Java says of a RST. */
  private static final String REFUSED = "Connection refused";

  /** That much less than the whole time-out may be left when the waiting begins. */
  private static final Duration HASTE = Duration.ofMillis(250);

  private final SmtpSettings settings;
  private final Turns turns;
  private final WaysOut ways;
  private final Function<BoundedSocket, String> helo;

  Trials(SmtpSettings settings, Turns turns, WaysOut ways, Function<BoundedSocket, String> helo) {
    this.settings = settings;
    this.turns = turns;
    this.ways = ways;
    this.helo = helo;
  }

  Tried make(Attempt attempt, Deadline deadline) {
    var target = attempt.target();
    if (attempt.trial() != Trial.PORT && !settings.trials().contains(attempt.trial())) {
      return new Tried.Unseen("the configuration does not ask for it");
    }
    if (!settings.allowPrivate()
        && !target.declared()
        && SpecialAddresses.contains(target.address())) {
      return new Tried.Unseen(target.address().getHostAddress() + " is no public address");
    }
    try {
      var turn = turns.take(target.address(), deadline);
      if (turn.isEmpty()) {
        return new Tried.Unseen("no turn for its address before the deadline");
      }
      try (var _ = turn.get()) {
        var limit = deadline.atMost(settings.timeout());
        return attempt.trial() == Trial.PORT ? knock(target, limit) : talk(attempt, limit);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Tried.Unseen("interrupted");
    }
  }

  /**
   * A port that refuses us is closed to us, and that is what is wanted. So is one that says nothing
   * for the whole of our patience, if others are heard from here; else it may be us.
   */
  private Tried knock(Smtp.Target target, Deadline deadline) {
    var server = new InetSocketAddress(target.address(), target.port());
    var isWholeWait = deadline.remaining().compareTo(settings.timeout().minus(HASTE)) >= 0;
    try (var socket = new BoundedSocket(deadline, OCTETS)) {
      socket.connect(server, socket.millisLeft());
      ways.worked(server);
      return new Tried.Done(Cidr.text(socket.getLocalAddress()));
    } catch (IOException e) {
      return SmtpDoor.lacksIpv6(target)
          ? new Tried.Unseen("this machine has no IPv6")
          : closed(e, isWholeWait, ways.isOpenTo(server));
    }
  }

  /**
   * What it means that no connection came about. "No route", "unreachable" and all else is said on
   * the way, by whom is not known.
   *
   * @param isWholeWait the server had all the time that it is given
   * @param isWayOpen others are heard from here
   */
  static Tried closed(IOException failed, boolean isWholeWait, boolean isWayOpen) {
    var why = Handshake.why(failed);
    if (failed instanceof ConnectException && why.startsWith(REFUSED)) {
      return new Tried.Declined(why);
    }
    if (!(failed instanceof SocketTimeoutException) && !why.contains("timed out")) {
      return new Tried.Unseen(why);
    }
    if (!isWholeWait) {
      return new Tried.Unseen("no time left to wait for an answer");
    }
    return isWayOpen
        ? new Tried.Declined(why)
        : new Tried.Unseen(why + "; no other mail server was heard from here either");
  }

  private Tried talk(Attempt attempt, Deadline deadline) {
    var target = attempt.target();
    try (var socket = new BoundedSocket(deadline, OCTETS)) {
      var server = new InetSocketAddress(target.address(), target.port());
      socket.connect(server, socket.millisLeft());
      ways.worked(server);
      socket.setTcpNoDelay(true);
      var talk = new Conversation(socket.getInputStream(), socket.getOutputStream());
      var banner = talk.reply();
      if (banner.code() != 220) {
        return new Tried.Unseen("its banner is " + banner);
      }
      var greeting = talk.ask("EHLO " + helo.apply(socket));
      if (!greeting.isPositive()) {
        return new Tried.Unseen("its answer to EHLO is " + greeting);
      }
      var offersTls =
          greeting.lines().stream()
              .skip(1)
              .anyMatch(line -> line.strip().toUpperCase(Locale.ROOT).equals("STARTTLS"));
      return switch (attempt.trial()) {
        case PLAINTEXT -> plaintext(attempt, talk, offersTls);
        case INJECTION -> offersTls ? injection(attempt, socket, talk) : notOffered(talk);
        case POSTMASTER -> offersTls ? secured(attempt, socket, talk) : postmaster(attempt, talk);
        case PORT -> throw new IllegalStateException("nothing is said to a port");
      };
    } catch (IOException e) {
      return new Tried.Unseen(Handshake.why(e));
    }
  }

  private static Tried notOffered(Conversation talk) {
    leave(talk);
    return new Tried.Unseen("it does not offer STARTTLS");
  }

  /** RFC 3207 §4: 530 is the reply of a server that wants STARTTLS first. */
  private static Tried plaintext(Attempt attempt, Conversation talk, boolean offersTls)
      throws IOException {
    var command = "MAIL FROM";
    var reply = talk.ask("MAIL FROM:<>");
    if (reply.isPositive() && attempt.domain().isPresent()) {
      // Many servers hold back whatever they mind until they know the recipient.
      command = "RCPT TO";
      reply = talk.ask(recipient(attempt));
    }
    leave(talk);
    if (reply.isPositive()) {
      return new Tried.Done(reply.toString());
    }
    return reply.code() / 100 == 5 && (reply.code() == 530 || speaksOfTls(reply))
        ? offersTls
            ? new Tried.Declined(reply.toString())
            : new Tried.Unseen("it wants STARTTLS, which it does not offer: " + reply)
        : new Tried.Unseen("its answer to %s is %s".formatted(command, reply));
  }

  private static String recipient(Attempt attempt) {
    return "RCPT TO:<postmaster@%s>".formatted(attempt.domain().orElseThrow());
  }

  private static boolean speaksOfTls(Reply reply) {
    return reply.lines().stream()
        .anyMatch(line -> line.toUpperCase(Locale.ROOT).contains("STARTTLS"));
  }

  /**
   * A server that keeps what came with STARTTLS executes it inside TLS: then there is one reply
   * more than there were commands inside.
   */
  private Tried injection(Attempt attempt, BoundedSocket socket, Conversation talk)
      throws IOException {
    var ready = talk.ask("STARTTLS\r\nNOOP");
    if (ready.code() != 220) {
      leave(talk);
      return ready.code() / 100 == 5
          ? new Tried.Declined(ready.toString())
          : new Tried.Unseen("its reply to STARTTLS is " + ready);
    }
    if (talk.hasLeftover()) {
      return new Tried.Unseen("it goes on in the clear after its reply to STARTTLS");
    }
    var secure = handshake(attempt, socket);
    if (secure.isEmpty()) {
      return new Tried.Unseen("no handshake after the two commands");
    }
    var inside = new Conversation(secure.get().getInputStream(), secure.get().getOutputStream());
    var first = inside.ask("EHLO " + helo.apply(socket));
    var second = inside.ask("QUIT");
    if (second.code() == 221) {
      return new Tried.Declined(second.toString());
    }
    if (!first.isPositive() || !second.isPositive()) {
      return new Tried.Unseen("its replies are %s and %s".formatted(first, second));
    }
    // Only a reply too many proves it: not every server says 221 to QUIT.
    var third = inside.reply();
    return third.code() == 221
        ? new Tried.Done(first.toString())
        : new Tried.Unseen("its replies are %s, %s and %s".formatted(first, second, third));
  }

  private Tried secured(Attempt attempt, BoundedSocket socket, Conversation talk)
      throws IOException {
    var ready = talk.ask("STARTTLS");
    if (ready.code() != 220 || talk.hasLeftover()) {
      leave(talk);
      return new Tried.Unseen("its reply to STARTTLS is " + ready);
    }
    var secure = handshake(attempt, socket);
    if (secure.isEmpty()) {
      return new Tried.Unseen("the handshake fails");
    }
    var inside = new Conversation(secure.get().getInputStream(), secure.get().getOutputStream());
    var greeting = inside.ask("EHLO " + helo.apply(socket));
    return greeting.isPositive()
        ? postmaster(attempt, inside)
        : new Tried.Unseen("its answer to EHLO is " + greeting);
  }

  private static Optional<SSLSocket> handshake(Attempt attempt, BoundedSocket socket) {
    return Handshake.over(socket, Optional.of(attempt.target().host())).socket();
  }

  private static Tried postmaster(Attempt attempt, Conversation talk) throws IOException {
    var sender = talk.ask("MAIL FROM:<>");
    if (!sender.isPositive()) {
      leave(talk);
      return new Tried.Unseen("its answer to MAIL FROM:<> is " + sender);
    }
    var recipient = talk.ask(recipient(attempt));
    leave(talk);
    return recipient.isPositive()
        ? new Tried.Done(recipient.toString())
        // 550 to 554 speak of the mailbox (RFC 5321 §4.2.3); what else is 5xx speaks of us.
        : List.of(550, 551, 553).contains(recipient.code()) && !speaksOfUs(recipient)
            ? new Tried.Declined(recipient.toString())
            : new Tried.Unseen("its answer to RCPT TO is " + recipient);
  }

  /** Enhanced codes 5.7.x are about the sender (RFC 3463 §3.8), not about the mailbox. */
  private static boolean speaksOfUs(Reply reply) {
    return reply.lines().getFirst().startsWith("5.7.");
  }

  /** Takes back what was begun; whatever is answered is of no interest. */
  private static void leave(Conversation talk) {
    try {
      talk.ask("RSET");
      talk.ask("QUIT");
    } catch (IOException _) {
      // We were leaving anyway.
    }
  }
}
