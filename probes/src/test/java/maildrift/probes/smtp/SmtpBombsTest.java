package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever a server does, a look ends at its deadline and takes little memory. */
class SmtpBombsTest {
  private static final Duration TIMEOUT = Duration.ofMillis(1500);
  private static final SmtpDoor DOOR =
      new SmtpDoor(SmtpSettings.DEFAULT.allowPrivate(true).timeout(TIMEOUT).pace(10, 1000));

  private record Bomb(String name, Supplier<FakeSmtp> server, Class<?> seen) {}

  private static final List<Bomb> BOMBS =
      List.of(
          new Bomb("no banner", FakeSmtp::silent, SmtpLook.Unobservable.class),
          new Bomb(
              "a banner of one octet each 200 ms",
              () -> FakeSmtp.dripping("220 mx.test ESMTP ", 200),
              SmtpLook.Unobservable.class),
          new Bomb(
              "an endless multi-line banner",
              () -> FakeSmtp.endless("220-mx.test\r\n"),
              SmtpLook.Unobservable.class),
          new Bomb(
              "a line without end",
              () -> FakeSmtp.endless("220 " + "x".repeat(60_000)),
              SmtpLook.Unobservable.class),
          new Bomb(
              "10,000 EHLO lines",
              () -> FakeSmtp.answeringEhlo("250-X\r\n".repeat(9_999) + "250 STARTTLS\r\n"),
              SmtpLook.Unobservable.class),
          new Bomb(
              "no answer to EHLO", () -> FakeSmtp.answeringEhlo(""), SmtpLook.Unobservable.class),
          new Bomb(
              "no answer to STARTTLS",
              () -> FakeSmtp.afterStartTls(FakeSmtp.Peer::hold),
              SmtpLook.Interrupted.class),
          new Bomb(
              "no answer to the client hello",
              () ->
                  FakeSmtp.afterStartTls(
                      peer -> {
                        peer.say("220 go\r\n");
                        peer.hold();
                      }),
              SmtpLook.Interrupted.class),
          new Bomb(
              "a handshake of one octet each 100 ms",
              () ->
                  FakeSmtp.afterStartTls(
                      peer -> {
                        peer.say("220 go\r\n");
                        peer.readSome();
                        peer.send(HexFormat.of().parseHex("160303" + "4000" + "02"));
                        while (true) {
                          peer.send(new byte[1]);
                          peer.pause(100);
                        }
                      }),
              SmtpLook.Interrupted.class),
          new Bomb(
              "a handshake message of 16 MB",
              () ->
                  FakeSmtp.afterStartTls(
                      peer -> {
                        peer.say("220 go\r\n");
                        peer.readSome();
                        var record = new byte[5 + 0x4000];
                        System.arraycopy(
                            HexFormat.of().parseHex("160303400002ffffff"), 0, record, 0, 9);
                        for (var i = 0; i < 1_000; i++) {
                          peer.send(record);
                        }
                      }),
              SmtpLook.NoHandshake.class),
          new Bomb(
              "warning alerts without end",
              () ->
                  FakeSmtp.afterStartTls(
                      peer -> {
                        peer.say("220 go\r\n");
                        peer.readSome();
                        while (true) {
                          peer.send(HexFormat.of().parseHex("15030300020170"));
                        }
                      }),
              SmtpLook.NoHandshake.class));

  @TestFactory
  Stream<DynamicTest> everyBombEndsInTime() {
    return BOMBS.stream().map(bomb -> DynamicTest.dynamicTest(bomb.name(), () -> endsInTime(bomb)));
  }

  private static void endsInTime(Bomb bomb) {
    try (var server = bomb.server().get()) {
      var began = System.nanoTime();
      var look = DOOR.look(List.of(server.target())).getFirst();

      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isLessThan(TIMEOUT.multipliedBy(11).dividedBy(10).plusSeconds(1));
      // Our own bounds and what both kernels buffer; the bombs themselves have no end.
      assertThat(server.sent()).isLessThan(16L * 1024 * 1024);
      var seen = look instanceof SmtpLook.Spoke spoke ? spoke.tls() : look;
      assertThat(seen).as(look.toString()).isInstanceOf(bomb.seen());
    }
  }

  @TestFactory
  Stream<DynamicTest> chainsBeyondTenCertificatesAreNotRead() {
    return Stream.of(9, 10, 1_000)
        .map(
            others ->
                DynamicTest.dynamicTest(
                    others + " certificates besides the leaf", () -> chainOf(others)));
  }

  private static void chainOf(int others) {
    var ca = TestCa.root("Lab Root");
    var more = new ArrayList<X509Certificate>();
    for (var i = 0; i < others; i++) {
      more.add(ca.certificate());
    }
    var leaf = ca.leaf("mx.test").sending(more);
    try (var server = FakeSmtp.polite("mx.test", leaf)) {
      var target = new Smtp.Target(DnsName.of("mx.test"), server.address(), server.port());
      var look = (SmtpLook.Spoke) DOOR.look(List.of(target)).getFirst();

      assertThat(look.tls())
          .isInstanceOf(others < 10 ? SmtpLook.Handshake.class : SmtpLook.NoHandshake.class);
    }
  }
}
