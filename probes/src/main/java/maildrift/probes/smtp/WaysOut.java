package maildrift.probes.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * By which ways connections have got out of here lately. That a server is silent says something of
 * the server only where another one would have been heard.
 */
final class WaysOut {
  private static final Duration PERIOD = Duration.ofMinutes(10);
  private static final int SMTP = 25;

  private final ConcurrentHashMap<Way, Lately> lately = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  WaysOut() {
    this(System::nanoTime);
  }

  WaysOut(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private enum Place {
    LOOPBACK,
    INSIDE,
    INTERNET;

    static Place of(InetAddress address) {
      return address.isLoopbackAddress()
          ? LOOPBACK
          : SpecialAddresses.contains(address) ? INSIDE : INTERNET;
    }
  }

  /** What often works or fails as a whole; port 25 is the one that networks like to close. */
  private record Way(Place to, boolean isIpv6, boolean isSmtp) {
    static Way of(InetSocketAddress server, boolean isSmtp) {
      return new Way(
          Place.of(server.getAddress()), server.getAddress() instanceof Inet6Address, isSmtp);
    }
  }

  private record Connection(InetSocketAddress to, long at) {}

  /** The last connection, and the last one that went elsewhere. */
  private record Lately(Connection last, Optional<Connection> other) {
    Lately then(Connection next) {
      return new Lately(next, next.to.equals(last.to) ? other : Optional.of(last));
    }

    Stream<Connection> all() {
      return Stream.concat(Stream.of(last), other.stream());
    }
  }

  void worked(InetSocketAddress server) {
    var now = new Connection(server, nanoTime.getAsLong());
    lately.merge(
        Way.of(server, server.getPort() == SMTP),
        new Lately(now, Optional.empty()),
        (before, _) -> before.then(now));
  }

  /** Whether a connection to another server than this one came about by the same way just now. */
  boolean isOpenTo(InetSocketAddress server) {
    var now = nanoTime.getAsLong();
    return Stream.of(true, false)
        .filter(isSmtp -> isSmtp || server.getPort() != SMTP)
        .flatMap(isSmtp -> Optional.ofNullable(lately.get(Way.of(server, isSmtp))).stream())
        .flatMap(Lately::all)
        .anyMatch(one -> !one.to.equals(server) && now - one.at < PERIOD.toNanos());
  }
}
