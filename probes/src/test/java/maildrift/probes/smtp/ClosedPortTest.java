package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When a port that lets nobody in counts as closed, and when we are the ones who hear nobody. */
final class ClosedPortTest {
  private static final Class<?> CLOSED = Tried.Declined.class;
  private static final Class<?> UNSEEN = Tried.Unseen.class;

  static Stream<Arguments> failures() {
    var refused = new ConnectException("Connection refused");
    var silent = new SocketTimeoutException("Connect timed out");
    return Stream.of(
        Arguments.of(refused, false, false, CLOSED),
        Arguments.of(new NoRouteToHostException("No route to host"), true, true, UNSEEN),
        Arguments.of(new ConnectException("Network is unreachable"), true, true, UNSEEN),
        Arguments.of(new SocketException("Too many open files"), true, true, UNSEEN),
        Arguments.of(silent, true, true, CLOSED),
        Arguments.of(silent, true, false, UNSEEN),
        Arguments.of(silent, false, true, UNSEEN),
        Arguments.of(new ConnectException("Connection timed out"), true, true, CLOSED),
        Arguments.of(new ConnectException("Connection timed out"), true, false, UNSEEN));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void onlyARefusalIsSaidByTheServer(
      IOException failed, boolean isWholeWait, boolean isWayOpen, Class<?> expected) {
    assertThat(Trials.closed(failed, isWholeWait, isWayOpen)).isInstanceOf(expected);
  }

  @Test
  void silenceClosesAPortOnlyWhereOthersAreHeard() throws IOException {
    try (var full = new FullServer();
        var other = FakeSmtp.greeting("220 mx.test")) {
      var door =
          new SmtpDoor(
              SmtpSettings.DEFAULT.allowPrivate(true).timeout(Duration.ofMillis(500)).pace(2, 100));

      assertThat(door.attempt(full.knock())).isInstanceOf(Tried.Unseen.class);

      door.look(List.of(other.target()));

      assertThat(door.attempt(full.knock())).isInstanceOf(Tried.Declined.class);
    }
  }

  @Test
  void aWaitThatWasCutShortTellsNothing() throws IOException {
    try (var full = new FullServer();
        var other = FakeSmtp.greeting("220 mx.test")) {
      var door = new SmtpDoor(SmtpSettings.DEFAULT.allowPrivate(true).pace(2, 100));
      door.look(List.of(other.target()));

      assertThat(door.within(Deadline.after(Duration.ofMillis(300))).attempt(List.of(full.knock())))
          .singleElement()
          .isInstanceOf(Tried.Unseen.class);
    }
  }

  /** Its queue is full, so that the kernel says nothing to whoever comes next. */
  private static final class FullServer implements AutoCloseable {
    private final ServerSocket listener =
        new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final List<Socket> queue = new ArrayList<>();

    FullServer() throws IOException {
      for (var i = 0; i < 8; i++) {
        var waiting = new Socket();
        queue.add(waiting);
        try {
          waiting.connect(listener.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException _) {
          return;
        }
      }
      throw new IOException("this kernel's queues have no end");
    }

    Smtp.Attempt knock() {
      return new Smtp.Attempt(
          new Smtp.Target(
              DnsName.of("gw.test"), listener.getInetAddress(), listener.getLocalPort()),
          Trial.PORT,
          Optional.empty());
    }

    @Override
    public void close() throws IOException {
      for (var waiting : queue) {
        waiting.close();
      }
      listener.close();
    }
  }

  // ---- Which way is open

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1:25, 192.0.2.2:25, true",
    "192.0.2.1:25, 192.0.2.1:25, false",
    "192.0.2.1:587, 192.0.2.2:25, false",
    "192.0.2.1:25, 192.0.2.2:2525, true",
    "192.0.2.1:587, 192.0.2.2:2525, true",
    "127.0.0.1:25, 192.0.2.2:25, false",
    "192.0.2.1:25, 9.9.9.9:25, false",
    "192.0.2.1:25, [2001:db8::2]:25, false",
  })
  void aWayIsThatOfItsKind(String worked, String asked, boolean isOpen) {
    var ways = new WaysOut();
    ways.worked(server(worked));

    assertThat(ways.isOpenTo(server(asked))).isEqualTo(isOpen);
  }

  @Test
  void theServerItselfDoesNotHideThatAnotherWasHeard() {
    var ways = new WaysOut();
    ways.worked(server("192.0.2.1:25"));
    ways.worked(server("192.0.2.2:25"));
    ways.worked(server("192.0.2.2:25"));

    assertThat(ways.isOpenTo(server("192.0.2.2:25"))).isTrue();
  }

  @Test
  void aWayIsForgotten() {
    var clock = new AtomicLong();
    var ways = new WaysOut(clock::get);
    ways.worked(server("192.0.2.1:25"));

    clock.addAndGet(Duration.ofMinutes(9).toNanos());
    assertThat(ways.isOpenTo(server("192.0.2.2:25"))).isTrue();

    clock.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(ways.isOpenTo(server("192.0.2.2:25"))).isFalse();
  }

  private static InetSocketAddress server(String written) {
    var at = written.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.ofLiteral(written.substring(0, at).replaceAll("[\\[\\]]", "")),
        Integer.parseInt(written.substring(at + 1)));
  }
}
