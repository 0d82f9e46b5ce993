package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.FakeSmtp.Peer;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrialsTest {
  private static final TestCa.Leaf LEAF = TestCa.root("Lab Root").leaf("mx.test");
  private static final SmtpSettings LAB =
      SmtpSettings.DEFAULT
          .allowPrivate(true)
          .helo(DnsName.of("monitor.test"))
          .timeout(Duration.ofSeconds(5))
          .pace(2, 1000)
          .trials(EnumSet.allOf(Trial.class));

  private static Smtp.Attempt attempt(FakeSmtp server, Trial trial) {
    return new Smtp.Attempt(
        server.target(),
        trial,
        trial == Trial.POSTMASTER ? Optional.of(DnsName.of("contoso.test")) : Optional.empty());
  }

  private static Tried make(FakeSmtp server, Trial trial) {
    return new SmtpDoor(LAB).attempt(attempt(server, trial));
  }

  // ---- postmaster and plaintext

  /** Without STARTTLS; MAIL and RCPT are answered so. */
  private static FakeSmtp answering(
      List<String> heard, String extensions, String mail, String recipient) {
    return FakeSmtp.of(
        peer -> {
          peer.say("220 mx.test\r\n");
          for (var line = peer.line(); !line.isEmpty(); line = peer.line()) {
            heard.add(line.strip());
            peer.say(
                switch (line.substring(0, 4)) {
                  case "EHLO" -> extensions;
                  case "MAIL" -> mail + "\r\n";
                  case "RCPT" -> recipient + "\r\n";
                  case "QUIT" -> "221 bye\r\n";
                  default -> "250 ok\r\n";
                });
          }
        });
  }

  private static final String PLAIN = "250-mx.test\r\n250 SIZE 1000\r\n";
  private static final String OFFERING = "250-mx.test\r\n250 STARTTLS\r\n";

  @ParameterizedTest
  @CsvSource({
    "250 2.1.5 ok, Done",
    "252 2.1.5 perhaps, Done",
    "550 5.1.1 no such user, Declined",
    "550 5.7.1 your address is listed, Unseen",
    "554 5.7.1 relay access denied, Unseen",
    "450 4.2.0 greylisted, Unseen",
  })
  void thePostmasterIsAskedForAndTakenBack(String reply, String expected) {
    var heard = Collections.synchronizedList(new ArrayList<String>());
    try (var server = answering(heard, PLAIN, "250 ok", reply)) {
      assertThat(make(server, Trial.POSTMASTER).getClass().getSimpleName()).isEqualTo(expected);
      assertThat(heard)
          .containsExactly(
              "EHLO monitor.test",
              "MAIL FROM:<>",
              "RCPT TO:<postmaster@contoso.test>",
              "RSET",
              "QUIT");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "250 2.1.0 ok, Done",
    "530 5.7.0 Must issue a STARTTLS command first, Declined",
    "554 5.7.0 use STARTTLS first, Declined",
    "550 5.7.1 your address is listed, Unseen",
    "451 4.3.0 later, Unseen",
  })
  void mailIsBegunWithoutTlsAndTakenBack(String reply, String expected) {
    var heard = Collections.synchronizedList(new ArrayList<String>());
    try (var server = answering(heard, OFFERING, reply, "250 ok")) {
      assertThat(make(server, Trial.PLAINTEXT).getClass().getSimpleName()).isEqualTo(expected);
      assertThat(heard).containsExactly("EHLO monitor.test", "MAIL FROM:<>", "RSET", "QUIT");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "250 2.1.5 ok, Done",
    "530 5.7.0 Must issue a STARTTLS command first, Declined",
    "550 5.1.1 no such user, Unseen",
    "451 4.7.1 greylisted, Unseen",
  })
  void aPrivateLegIsAskedForARecipientToo(String reply, String expected) {
    var heard = Collections.synchronizedList(new ArrayList<String>());
    try (var server = answering(heard, OFFERING, "250 ok", reply)) {
      var attempt =
          new Smtp.Attempt(
              server.target(), Trial.PLAINTEXT, Optional.of(DnsName.of("contoso.test")));

      assertThat(new SmtpDoor(LAB).attempt(attempt).getClass().getSimpleName()).isEqualTo(expected);
      assertThat(heard)
          .containsExactly(
              "EHLO monitor.test",
              "MAIL FROM:<>",
              "RCPT TO:<postmaster@contoso.test>",
              "RSET",
              "QUIT");
    }
  }

  // ---- Injection

  private static SSLSocket secure(Peer peer) throws IOException {
    var secure =
        (SSLSocket)
            LEAF.context().getSocketFactory().createSocket(peer.socket(), "client", 0, true);
    secure.setUseClientMode(false);
    secure.startHandshake();
    return secure;
  }

  /** Answers inside TLS: first so, then what EHLO and QUIT get. */
  private static void inside(Peer peer, String first) throws IOException {
    inside(peer, first, "221 bye\r\n");
  }

  private static void inside(Peer peer, String first, String farewell) throws IOException {
    try (var socket = secure(peer)) {
      var out = socket.getOutputStream();
      out.write(first.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        var reply =
            line.startsWith("EHLO")
                ? "250-mx.test\r\n250 REQUIRETLS\r\n"
                : line.startsWith("QUIT") ? farewell : "250 ok\r\n";
        out.write(reply.getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    }
  }

  @Test
  void aServerThatExecutesWhatCameInTheClearIsFound() {
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              var injected = peer.line();
              peer.say("220 go\r\n");
              inside(peer, injected.startsWith("NOOP") ? "250 2.0.0 Ok\r\n" : "");
            })) {
      assertThat(make(server, Trial.INJECTION)).isEqualTo(new Tried.Done("250 2.0.0 Ok"));
    }
  }

  @Test
  void aServerThatOnlySaysFarewellOtherwiseIsNotAccused() {
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              var _ = peer.line();
              peer.say("220 go\r\n");
              inside(peer, "", "250 bye\r\n");
            })) {
      assertThat(
              new SmtpDoor(LAB.timeout(Duration.ofSeconds(2)))
                  .attempt(attempt(server, Trial.INJECTION)))
          .isInstanceOf(Tried.Unseen.class);
    }
  }

  @Test
  void aServerThatThrowsItAwayIsSound() {
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              var _ = peer.line();
              peer.say("220 go\r\n");
              inside(peer, "");
            })) {
      assertThat(make(server, Trial.INJECTION)).isInstanceOf(Tried.Declined.class);
    }
  }

  @Test
  void aServerThatRefusesTheSegmentIsSound() {
    try (var server = FakeSmtp.afterStartTls(peer -> peer.say("554 5.5.0 synchronization\r\n"))) {
      assertThat(make(server, Trial.INJECTION))
          .isEqualTo(new Tried.Declined("554 5.5.0 synchronization"));
    }
  }

  @Test
  void aServerThatAnswersInTheClearOrHangsUpSaysNothing() {
    try (var clear = FakeSmtp.afterStartTls(peer -> peer.say("220 go\r\n250 2.0.0 Ok\r\n"));
        var gone = FakeSmtp.afterStartTls(Peer::reset)) {
      assertThat(make(clear, Trial.INJECTION)).isInstanceOf(Tried.Unseen.class);
      assertThat(make(gone, Trial.INJECTION)).isInstanceOf(Tried.Unseen.class);
    }
  }

  @Test
  void aHostileServerIsBoundedAsInALook() {
    try (var endless = FakeSmtp.endless("220-hello\r\n");
        var silent = FakeSmtp.silent()) {
      var door = new SmtpDoor(LAB.timeout(Duration.ofMillis(300)));

      assertThat(door.attempt(attempt(endless, Trial.PLAINTEXT))).isInstanceOf(Tried.Unseen.class);
      assertThat(door.attempt(attempt(silent, Trial.PLAINTEXT))).isInstanceOf(Tried.Unseen.class);
    }
  }

  // ---- Only when it is wanted, and seldom

  @Test
  void nothingIsTriedThatNobodyAskedFor() {
    try (var server = FakeSmtp.silent()) {
      assertThat(
              new SmtpDoor(LAB.trials(Set.of(Trial.PLAINTEXT)))
                  .attempt(attempt(server, Trial.INJECTION)))
          .isInstanceOf(Tried.Unseen.class);
      assertThat(SmtpSettings.DEFAULT.trials()).isEmpty();
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aTrialServesAllDomainsAndOnlyAConfirmationRepeatsIt() {
    try (var server = answering(new ArrayList<>(), OFFERING, "250 ok", "250 ok")) {
      var shared = new SharedSmtp(new SmtpDoor(LAB), Duration.ofHours(1));
      var attempts = List.of(attempt(server, Trial.PLAINTEXT));

      var first = shared.within(deadline()).attempt(attempts);
      var second = shared.within(deadline()).attempt(attempts);
      assertThat(server.connections()).isEqualTo(1);
      assertThat(second).isEqualTo(first).containsExactly(new Tried.Done("250 ok"));

      assertThat(shared.fresh(deadline()).attempt(attempts)).isEqualTo(first);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  private static Deadline deadline() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  // ---- What a look reads inside TLS

  @Test
  void aLookReadsTheExtensionsInsideTls() {
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              peer.say("220 go\r\n");
              inside(peer, "");
            })) {
      var look = (SmtpLook.Spoke) new SmtpDoor(LAB).look(List.of(server.target())).getFirst();

      assertThat(((SmtpLook.Handshake) look.tls()).extensions()).contains(List.of("REQUIRETLS"));
      assertThat(look.extensions()).containsExactly("SIZE 1000", "STARTTLS");
    }
  }

  @Test
  void aServerThatIsSilentInsideTlsCostsNoMoreThanAMoment() {
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              peer.say("220 go\r\n");
              var _ = secure(peer);
              peer.hold();
            })) {
      var look =
          (SmtpLook.Spoke)
              new SmtpDoor(LAB.timeout(Duration.ofSeconds(4)))
                  .look(List.of(server.target()))
                  .getFirst();

      assertThat(((SmtpLook.Handshake) look.tls()).extensions()).isEmpty();
    }
  }
}
