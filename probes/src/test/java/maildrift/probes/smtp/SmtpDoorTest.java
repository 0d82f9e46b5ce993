package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.server.MailServer;
import maildrift.probes.smtp.server.MailServer.Manner;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.Test;

class SmtpDoorTest {
  private static final SmtpSettings LAB =
      SmtpSettings.DEFAULT.allowPrivate(true).timeout(Duration.ofSeconds(5)).pace(10, 1000);

  private final SmtpDoor door = new SmtpDoor(LAB);

  private SmtpLook look(FakeSmtp server) {
    return door.look(List.of(server.target())).getFirst();
  }

  private static Smtp.Target target(MailServer server, String host) {
    return new Smtp.Target(DnsName.of(host), server.address(), server.port());
  }

  private SmtpLook look(MailServer server) {
    return door.look(List.of(target(server, "mx.test"))).getFirst();
  }

  private static SmtpLook.Tls tls(SmtpLook look) {
    assertThat(look).isInstanceOf(SmtpLook.Spoke.class);
    return ((SmtpLook.Spoke) look).tls();
  }

  @Test
  void aGoodServerShowsBannerExtensionsAndTheChainAsSent() {
    var leaf = TestCa.root("Lab Root").intermediate("Lab CA").leaf("mx.test");
    try (var server = FakeSmtp.polite("mx.test", leaf)) {
      var look = (SmtpLook.Spoke) look(server);

      assertThat(look.banner()).isEqualTo("mx.test ESMTP");
      assertThat(look.extensions()).contains("SIZE 35882577", "STARTTLS");
      var handshake = (SmtpLook.Handshake) look.tls();
      assertThat(handshake.protocol()).isEqualTo("TLSv1.3");
      assertThat(handshake.cipher()).startsWith("TLS_");
      assertThat(handshake.chain()).containsExactlyElementsOf(leaf.der());
    }
  }

  @Test
  void anUntrustedAndExpiredCertificateIsSeenAllTheSame() {
    var leaf =
        TestCa.root("Lab Root")
            .leaf(
                TestCa.wish("other.test")
                    .valid(Instant.now().minusSeconds(9000), Duration.ofSeconds(60)));
    try (var server = FakeSmtp.polite("mx.test", leaf)) {
      assertThat(tls(look(server))).isInstanceOf(SmtpLook.Handshake.class);
    }
  }

  @Test
  void aRenewedCertificateIsSeenAtOnceAndNoSessionIsResumed() {
    var ca = TestCa.root("Lab Root");
    var old = ca.leaf("mx.test");
    var renewed = ca.leaf("mx.test");
    try (var server = FakeSmtp.polite("mx.test", old)) {
      look(server);
      server.manner(server.manner().tls(renewed.context()));

      assertThat(((SmtpLook.Handshake) tls(look(server))).chain())
          .containsExactlyElementsOf(renewed.der());
    }
  }

  @Test
  void theHostNameIsSentForServersThatHaveSeveral() throws Exception {
    var asked = new AtomicReference<String>();
    var leaf = TestCa.root("Lab Root").leaf("mx.test");
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              peer.say("220 go\r\n");
              var secure =
                  (SSLSocket)
                      leaf.context()
                          .getSocketFactory()
                          .createSocket(peer.socket(), "client", 0, true);
              secure.setUseClientMode(false);
              var parameters = secure.getSSLParameters();
              parameters.setSNIMatchers(
                  List.of(
                      new SNIMatcher(0) {
                        @Override
                        public boolean matches(SNIServerName name) {
                          asked.set(new String(name.getEncoded(), StandardCharsets.US_ASCII));
                          return true;
                        }
                      }));
              secure.setSSLParameters(parameters);
              secure.startHandshake();
            })) {
      assertThat(tls(look(server))).isInstanceOf(SmtpLook.Handshake.class);
      assertThat(asked).hasValue("mx.test");
    }
  }

  @Test
  void withoutStartTlsItIsNotOffered() {
    try (var server = MailServer.start(Manner.named("mx.test"))) {
      assertThat(tls(look(server))).isEqualTo(new SmtpLook.NotOffered());
    }
  }

  @Test
  void aServerThatKnowsOnlyHeloHasNoExtensions() {
    var replies = List.of("500 what\r\n", "250 mx.test\r\n", "221 bye\r\n").iterator();
    try (var server =
        FakeSmtp.of(
            peer -> {
              peer.say("220 mx.test\r\n");
              while (peer.hears()) {
                peer.say(replies.next());
              }
            })) {
      var look = (SmtpLook.Spoke) look(server);

      assertThat(look.extensions()).isEmpty();
      assertThat(look.tls()).isEqualTo(new SmtpLook.NotOffered());
    }
  }

  @Test
  void itSaysEhloStartTlsAndQuitAndNothingOfMail() {
    var heard = Collections.synchronizedList(new ArrayList<String>());
    try (var server =
        FakeSmtp.of(
            peer -> {
              peer.say("220 mx.test\r\n");
              for (var line = peer.line(); !line.isEmpty(); line = peer.line()) {
                heard.add(line.strip());
                peer.say(line.startsWith("QUIT") ? "221 bye\r\n" : "250 mx.test\r\n");
              }
            })) {
      new SmtpDoor(LAB.helo(DnsName.of("monitor.test"))).look(List.of(server.target()));

      assertThat(heard).containsExactly("EHLO monitor.test", "QUIT");
    }
  }

  @Test
  void withoutANameOfItsOwnItSaysItsAddress() {
    var heard = new AtomicReference<>("");
    try (var server =
        FakeSmtp.of(
            peer -> {
              peer.say("220 mx.test\r\n");
              heard.set(peer.line().strip());
            })) {
      look(server);

      assertThat(heard).hasValue("EHLO [127.0.0.1]");
    }
  }

  @Test
  void aRefusedStartTlsIsDeclinedAndATemporaryRefusalIsInterrupted() {
    try (var server =
            FakeSmtp.afterStartTls(
                peer -> {
                  peer.say("554 5.7.3 no TLS for you\r\n");
                  peer.hears();
                });
        var busy =
            FakeSmtp.afterStartTls(
                peer -> {
                  peer.say("454 4.7.0 TLS not available\r\n");
                  peer.hears();
                })) {
      assertThat(tls(look(server))).isEqualTo(new SmtpLook.Declined("554 5.7.3 no TLS for you"));
      assertThat(tls(look(busy)))
          .isEqualTo(
              new SmtpLook.Interrupted("its reply to STARTTLS is 454 4.7.0 TLS not available"));
    }
  }

  @Test
  void anOldServerIsToldApartFromOneWithoutStartTls() {
    try (var old = FakeSmtp.onlyTls10();
        var alert = FakeSmtp.alerting(70);
        var ciphers = FakeSmtp.alerting(40)) {
      assertThat(tls(look(old)))
          .isInstanceOfSatisfying(
              SmtpLook.NoHandshake.class, seen -> assertThat(seen.tooOld()).isTrue());
      assertThat(tls(look(alert)))
          .isInstanceOfSatisfying(
              SmtpLook.NoHandshake.class, seen -> assertThat(seen.tooOld()).isTrue());
      assertThat(tls(look(ciphers)))
          .isInstanceOfSatisfying(
              SmtpLook.NoHandshake.class,
              seen -> {
                assertThat(seen.tooOld()).isFalse();
                assertThat(seen.why()).contains("handshake_failure");
              });
    }
  }

  @Test
  void plainTextAfterTheStartTlsReplyIsNoHandshakeWheneverItArrives() {
    try (var atOnce =
            FakeSmtp.afterStartTls(
                peer -> {
                  peer.say("220 go\r\n250 injected\r\n");
                  peer.hold();
                });
        var later =
            FakeSmtp.afterStartTls(
                peer -> {
                  peer.say("220 go\r\n");
                  peer.readSome();
                  peer.say("250 injected\r\n");
                  peer.hold();
                })) {
      assertThat(tls(look(atOnce))).isInstanceOf(SmtpLook.NoHandshake.class);
      assertThat(tls(look(later))).isInstanceOf(SmtpLook.NoHandshake.class);
    }
  }

  @Test
  void aResetACloseOrAnInternalErrorInTheHandshakeSaysNothingAboutTls() {
    try (var closing =
            FakeSmtp.afterStartTls(
                peer -> {
                  peer.say("220 go\r\n");
                  peer.readSome();
                });
        var resetting =
            FakeSmtp.afterStartTls(
                peer -> {
                  peer.say("220 go\r\n");
                  peer.readSome();
                  peer.reset();
                });
        var closingBefore = FakeSmtp.afterStartTls(_ -> {});
        var failing = FakeSmtp.alerting(80)) {
      for (var server : List.of(closing, resetting, closingBefore, failing)) {
        assertThat(tls(look(server))).isInstanceOf(SmtpLook.Interrupted.class);
      }
    }
  }

  @Test
  void aServerThatDoesNotSpeakOrTurnsUsAwayIsUnobservable() throws IOException {
    var greetings =
        List.of(
            "421 4.3.2 too busy",
            "450 greylisted",
            "554 5.7.1 your address is listed",
            "SSH-2.0-OpenSSH_9.2",
            "HTTP/1.1 400 Bad Request");
    for (var greeting : greetings) {
      try (var server = FakeSmtp.greeting(greeting)) {
        assertThat(look(server))
            .isInstanceOfSatisfying(
                SmtpLook.Unobservable.class, seen -> assertThat(seen.why()).contains(greeting));
      }
    }
    try (var busy = FakeSmtp.answeringEhlo("421 later\r\n");
        var closing = FakeSmtp.of(_ -> {})) {
      assertThat(look(busy)).isInstanceOf(SmtpLook.Unobservable.class);
      assertThat(look(closing)).isInstanceOf(SmtpLook.Unobservable.class);
    }
    var closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    var port = closed.getLocalPort();
    closed.close();
    assertThat(
            door.look(
                List.of(
                    new Smtp.Target(
                        DnsName.of("mx.test"), InetAddress.ofLiteral("127.0.0.1"), port))))
        .allMatch(SmtpLook.Unobservable.class::isInstance);
  }

  @Test
  void privateAddressesAreNotContactedUnlessAllowed() {
    try (var server = MailServer.start(Manner.named("mx.test"))) {
      var careful = new SmtpDoor(LAB.allowPrivate(false));

      assertThat(careful.look(List.of(target(server, "mx.test"))))
          .allMatch(SmtpLook.Refused.class::isInstance);
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aPrivateAddressThatTheOperatorWroteIsContacted() {
    try (var server = MailServer.start(Manner.named("mx.test"))) {
      var careful = new SmtpDoor(LAB.allowPrivate(false));
      var declared = new Smtp.Target(DnsName.of("mx.test"), server.address(), server.port(), true);

      assertThat(careful.look(List.of(declared))).allMatch(SmtpLook.Spoke.class::isInstance);
    }
  }

  @Test
  void anIpv6ServerIsLookedAt() {
    var leaf = TestCa.root("Lab Root").leaf("mx.test");
    try (var server =
        MailServer.start(
            InetAddress.ofLiteral("::1"), 0, Manner.named("mx.test").tls(leaf.context()))) {
      assertThat(tls(look(server))).isInstanceOf(SmtpLook.Handshake.class);
    }
  }

  @Test
  void theCallersDeadlineHoldsWhenItIsEarlier() {
    try (var server = FakeSmtp.silent()) {
      var began = System.nanoTime();
      var look =
          door.within(Deadline.after(Duration.ofMillis(300)))
              .look(List.of(server.target(), server.target(), server.target()));

      assertThat(look).hasSize(3).allMatch(SmtpLook.Unobservable.class::isInstance);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void oneAddressGetsAFewConnectionsInASecond() {
    try (var server = FakeSmtp.greeting("421 busy")) {
      var polite = new SmtpDoor(LAB.pace(4, 10));
      var began = System.nanoTime();
      polite.look(Collections.nCopies(15, server.target()));

      assertThat(server.connections()).isEqualTo(15);
      // Ten at once, five more at ten a second.
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThanOrEqualTo(Duration.ofMillis(490));
    }
  }

  @Test
  void oneAddressGetsTwoConnectionsAtATime() {
    try (var server = FakeSmtp.silent()) {
      var polite = new SmtpDoor(LAB.pace(2, 1000));
      var looking =
          Thread.ofVirtual().start(() -> polite.look(Collections.nCopies(6, server.target())));

      await().until(() -> server.connections() == 2);
      await().during(Duration.ofMillis(200)).until(() -> server.connections() == 2);
      looking.interrupt();
    }
  }

  @Test
  void controlCharactersNeverComeThrough() {
    try (var server = FakeSmtp.greeting("220 mx.test \u001b[31m\u0007\u0000 \u00e2\u0080\u00ae")) {
      var look = (SmtpLook.Spoke) look(server);

      assertThat(look.banner()).isEqualTo("mx.test \\x1b[31m\\x07\\x00 \\u202e");
    }
  }
}
