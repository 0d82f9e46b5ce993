package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers concede, by servers that say what they like and by OpenSSL's. */
class ConcessionsTest {
  private static final Concessions.Concession HANGS_UP = new Concessions.Refused("it hangs up");

  private final SmtpDoor door =
      new SmtpDoor(
          SmtpSettings.DEFAULT.allowPrivate(true).timeout(Duration.ofSeconds(5)).pace(10, 1000));
  private final SharedSmtp shared = new SharedSmtp(door, Duration.ofMinutes(5));

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  private Concessions of(FakeSmtp server) {
    return door.concessions(List.of(server.target())).getFirst();
  }

  private static FakeSmtp answering(String hex) {
    return FakeSmtp.afterStartTls(
        peer -> {
          peer.say("220 go\r\n");
          peer.readSome();
          peer.send(HexFormat.of().parseHex(hex));
          peer.hold();
        });
  }

  private static String chosen(String version, String suite) {
    return "160301002a" + "02000026" + version + "ab".repeat(32) + "00" + suite + "00";
  }

  @Test
  void aServerThatChoosesHasConceded() {
    try (var server = answering(chosen("0301", "000a"))) {
      var made = new Concessions.Made("TLSv1.0", "TLS_RSA_WITH_3DES_EDE_CBC_SHA");

      assertThat(of(server)).isEqualTo(new Concessions(made, made));
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void whatWasNotOfferedIsNoConcession() {
    // To the first offer the version is too new, to the second the suite is too good.
    try (var server = answering(chosen("0303", "c014"))) {
      var unseen = new Concessions.Unseen("it chose what was not offered");

      assertThat(of(server)).isEqualTo(new Concessions(unseen, unseen));
    }
  }

  @Test
  void alertsThatSayNoAreRefusalsAndOthersSayNothing() {
    try (var server = FakeSmtp.alerting(70)) {
      assertThat(of(server).version()).isEqualTo(new Concessions.Refused("protocol_version"));
    }
    try (var server = FakeSmtp.alerting(112)) {
      assertThat(of(server).version()).isEqualTo(new Concessions.Unseen("its answer is alert 112"));
    }
  }

  @Test
  void whoHangsUpAtTheHelloRefusesIt() {
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              peer.say("220 go\r\n");
              peer.readSome();
            })) {
      assertThat(of(server)).isEqualTo(new Concessions(HANGS_UP, HANGS_UP));
    }
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              peer.say("220 go\r\n");
              peer.readSome();
              peer.reset();
            })) {
      assertThat(of(server)).isEqualTo(new Concessions(HANGS_UP, HANGS_UP));
    }
  }

  @Test
  void whoIsNotHeardOrSpeaksNoTlsSaysNothing() {
    try (var server = answering("1603010100" + "02")) {
      assertThat(of(server).version()).isEqualTo(new Concessions.Unseen("no answer in time"));
    }
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              peer.say("220 go\r\n");
              peer.readSome();
              peer.say("500 what?\r\n");
            })) {
      assertThat(of(server).version()).isEqualTo(new Concessions.Unseen("no TLS in its answer"));
    }
    try (var server = FakeSmtp.greeting("421 busy")) {
      assertThat(of(server).version()).isEqualTo(new Concessions.Unseen("its banner is 421 busy"));
    }
    try (var server = FakeSmtp.answeringEhlo("250 mx.test\r\n")) {
      assertThat(of(server).cipher())
          .isEqualTo(new Concessions.Unseen("it does not offer STARTTLS this time"));
    }
  }

  @Test
  void aPrivateAddressIsOfferedNothing() {
    var strict = new SmtpDoor(SmtpSettings.DEFAULT);
    try (var server = FakeSmtp.alerting(70)) {
      assertThat(strict.concessions(List.of(server.target())).getFirst().version())
          .isEqualTo(new Concessions.Unseen("127.0.0.1 is no public address"));
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aModernServerRefusesBoth() {
    try (var server = FakeSmtp.polite("mx.test", TestCa.root("Root").leaf("mx.test"))) {
      var target = new Smtp.Target(DnsName.of("mx.test"), server.address(), server.port());

      assertThat(door.concessions(List.of(target)).getFirst())
          .isEqualTo(
              new Concessions(
                  new Concessions.Refused("protocol_version"),
                  new Concessions.Refused("handshake_failure")));
    }
  }

  // ---- Shared by all domains behind a server, and rare

  @Test
  void threeHundredDomainsMakeTwoConnections() throws Exception {
    try (var server = FakeSmtp.alerting(70);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var looks = new ArrayList<Future<List<Concessions>>>();
      for (var i = 0; i < 300; i++) {
        looks.add(
            threads.submit(() -> shared.within(soon()).concessions(List.of(server.target()))));
      }
      for (var look : looks) {
        assertThat(look.get()).isEqualTo(looks.getFirst().get());
      }
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aConfirmationAsksOnlyThoseWhoConcededSomething() {
    try (var strict = FakeSmtp.alerting(70);
        var lax = answering(chosen("0301", "000a"))) {
      var targets = List.of(strict.target(), lax.target());
      var first = shared.within(soon()).concessions(targets);

      assertThat(shared.fresh(soon()).concessions(targets)).isEqualTo(first);
      assertThat(strict.connections()).isEqualTo(2);
      assertThat(lax.connections()).isEqualTo(4);
      shared.forget();
      shared.within(soon()).concessions(targets);
      assertThat(strict.connections()).isEqualTo(4);
    }
  }

  @Test
  void aFailureDoesNotTakeThePlaceOfWhatWasSeen() {
    var round = new AtomicInteger();
    try (var server =
        FakeSmtp.of(
            peer -> {
              if (round.getAndIncrement() >= 2) {
                peer.say("421 busy\r\n");
                return;
              }
              peer.say("220 mx.test\r\n");
              peer.hears();
              peer.say("250-mx.test\r\n250 STARTTLS\r\n");
              peer.hears();
              peer.say("220 go\r\n");
              peer.readSome();
              peer.send(HexFormat.of().parseHex(chosen("0301", "000a")));
              peer.hold();
            })) {
      var targets = List.of(server.target());
      var first = shared.within(soon()).concessions(targets);

      assertThat(shared.fresh(soon()).concessions(targets).getFirst().version())
          .isEqualTo(new Concessions.Unseen("its banner is 421 busy"));
      assertThat(shared.within(soon()).concessions(targets)).isEqualTo(first);
      assertThat(server.connections()).isEqualTo(4);
    }
  }

  @Test
  void oneThatConcededAndHangsUpOnceIsAskedOnceMore() {
    var round = new AtomicInteger();
    try (var server =
        FakeSmtp.afterStartTls(
            peer -> {
              var lax = round.getAndIncrement() < 2;
              peer.say("220 go\r\n");
              peer.readSome();
              if (lax) {
                peer.send(HexFormat.of().parseHex(chosen("0301", "000a")));
                peer.hold();
              }
            })) {
      var targets = List.of(server.target());
      var first = shared.within(soon()).concessions(targets);

      var once = shared.fresh(soon()).concessions(targets).getFirst();
      assertThat(once.version()).isInstanceOf(Concessions.Unseen.class);
      assertThat(once.cipher()).isInstanceOf(Concessions.Unseen.class);
      assertThat(shared.within(soon()).concessions(targets)).isEqualTo(first);

      var twice = shared.fresh(soon()).concessions(targets);
      assertThat(twice).containsExactly(new Concessions(HANGS_UP, HANGS_UP));
      assertThat(shared.within(soon()).concessions(targets)).isEqualTo(twice);
    }
  }

  @Test
  void whoeverDoesNotWantItOffersNothing() {
    var none = new SmtpDoor(SmtpSettings.DEFAULT.allowPrivate(true).offersForbidden(false));
    try (var server = FakeSmtp.alerting(70)) {
      var targets = List.of(server.target());

      assertThat(none.concessions(targets)).isEmpty();
      assertThat(new SharedSmtp(none, Duration.ofMinutes(5)).within(soon()).concessions(targets))
          .isEmpty();
      assertThat(server.connections()).isZero();
    }
  }

  // ---- OpenSSL

  @TempDir Path folder;

  @Test
  void opensslWithTls11AndNothingNewerConcedesIt() throws Exception {
    var seen = openssl("-tls1_1", "-cipher", "ALL:@SECLEVEL=0");

    assertThat(seen.version())
        .isInstanceOfSatisfying(
            Concessions.Made.class, made -> assertThat(made.protocol()).isEqualTo("TLSv1.1"));
  }

  @Test
  void opensslWithoutEncryptionConcedesThat() throws Exception {
    var seen = openssl("-tls1_2", "-cipher", "eNULL:@SECLEVEL=0");

    assertThat(seen)
        .isEqualTo(
            new Concessions(
                new Concessions.Refused("protocol_version"),
                new Concessions.Made("TLSv1.2", "TLS_ECDHE_RSA_WITH_NULL_SHA")));
  }

  @Test
  void opensslWithoutAuthenticationConcedesThat() throws Exception {
    var seen = openssl("-cipher", "HIGH:aNULL:@SECLEVEL=0", "-no_tls1", "-no_tls1_1");

    assertThat(seen.cipher())
        .isEqualTo(new Concessions.Made("TLSv1.2", "TLS_DH_anon_WITH_AES_256_GCM_SHA384"));
    assertThat(seen.version()).isEqualTo(new Concessions.Refused("protocol_version"));
  }

  @Test
  void opensslAsItComesConcedesNothing() throws Exception {
    var seen = openssl();

    assertThat(seen.version()).isInstanceOf(Concessions.Refused.class);
    assertThat(seen.cipher()).isInstanceOf(Concessions.Refused.class);
  }

  /** Its server behind a greeting of ours: it speaks no SMTP itself. */
  private Concessions openssl(String... options) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl");
    var key = folder.resolve("key.pem").toString();
    var certificate = folder.resolve("certificate.pem").toString();
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=mx.test",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        certificate);
    var command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-key",
                key,
                "-cert",
                certificate));
    command.addAll(List.of(options));
    var server = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      var port = port(server);
      try (var greeter = FakeSmtp.afterStartTls(peer -> pass(peer, port))) {
        return of(greeter);
      }
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static void run(String... command) throws Exception {
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private static int port(Process server) throws IOException {
    var lines =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("ACCEPT ")) {
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
      }
    }
    throw new IOException("openssl does not listen");
  }

  private static void pass(FakeSmtp.Peer peer, int port) throws IOException {
    peer.say("220 go\r\n");
    try (var backend = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  peer.socket().getInputStream().transferTo(backend.getOutputStream());
                } catch (IOException _) {
                  // The client has left.
                }
              });
      backend.getInputStream().transferTo(peer.socket().getOutputStream());
    }
  }
}
