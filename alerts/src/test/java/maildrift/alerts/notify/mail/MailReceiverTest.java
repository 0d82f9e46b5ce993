package maildrift.alerts.notify.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.Notification;
import maildrift.alerts.ReadyMail;
import maildrift.alerts.notify.Login;
import maildrift.alerts.notify.Mailbox;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Server;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Trial;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.TestCertificates;
import maildrift.alerts.notify.mail.MailReceiver.StartTls;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailReceiverTest {
  private static final Tools TOOLS = Tools.standard(InstantSource.system());

  @Test
  void aMailIsTextAndHtmlAndSaysThatAMachineWroteIt() throws Exception {
    var server = greenMail();
    try {
      assertThat(plain(server.getSmtp().getPort()).open(TOOLS).send(owed()))
          .isEqualTo(new Outcome.Delivered());

      var mail = server.getReceivedMessages()[0];
      assertThat(mail.getSubject())
          .isEqualTo("[FIRING:2] netblocks.missing (critical): de._netblocks.mimecast.test TXT");
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(mail.getMessageID()).isEqualTo("<msg_0123456789abcdef@example.test>");
      assertThat(mail.getHeader("References")).isNull();
      assertThat(mail.getHeader("To")).containsExactly("noc@example.test");
      assertThat(part(mail, 0))
          .contains("FIRING netblocks.missing (critical) since 2026-11-21 17:00 UTC")
          .contains("Domains (2):", "d0.test, d1.test", "add this line:", "192.0.2.0/24");
      assertThat(part(mail, 1)).contains("<pre", "d0.test", "d1.test");
    } finally {
      server.stop();
    }
  }

  @Test
  void theMailsOfAGroupAreOneThreadThatItsFirstMessageBegins() throws Exception {
    var server = greenMail();
    try {
      var notifier = plain(server.getSmtp().getPort()).open(TOOLS);
      notifier.send(inThread("msg_1", "msg_1"));
      notifier.send(inThread("msg_2", "msg_1"));
      notifier.send(inThread("msg_1", "msg_1"));

      var mails = server.getReceivedMessages();
      var first = mails[0].getMessageID();
      assertThat(first).matches("<[0-9a-f]{16}\\.msg_1@example\\.test>");
      assertThat(mails[0].getHeader("References")).isNull();
      assertThat(mails[1].getMessageID()).isEqualTo("<msg_2@example.test>");
      assertThat(mails[1].getHeader("References")).containsExactly(first);
      assertThat(mails[1].getHeader("In-Reply-To")).containsExactly(first);
      assertThat(mails[2].getMessageID()).isEqualTo(first);
      assertThat(mails[2].getSentDate()).isEqualTo(mails[0].getSentDate());
    } finally {
      server.stop();
    }
  }

  private static Owed inThread(String id, String thread) {
    var plain = Samples.netblocks(2);
    var notification =
        new Notification(
            plain.receiver(),
            plain.groupKey(),
            plain.reason(),
            plain.groupLabels(),
            plain.items(),
            plain.externalUrl(),
            thread);
    return Owed.fresh(id, "mail", plain.groupKey(), 1, notification.toJson(), Samples.STARTED);
  }

  /** What a DKIM signature covers must survive every server on the way. */
  @Test
  void whatGoesOutHasEachHeaderOnceAndIsAsciiInShortLines() throws Exception {
    try (var server = new TinySmtp(Optional.empty())) {
      var hostile =
          Map.of(
              "summary",
              "Grüße \u202e\r\nBcc: x@y.test " + "x".repeat(3_000),
              "remedy",
              "From here:\n.\n..\nFrom there");
      plain(server.port()).open(TOOLS).send(Samples.owed("mail", Samples.saying(hostile)));

      assertThat(server.data)
          .allSatisfy(
              line -> {
                assertThat(line.length()).isLessThanOrEqualTo(78);
                assertThat(line.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t'))
                    .isTrue();
              });
      var head = server.data.subList(0, server.data.indexOf(""));
      for (var name :
          List.of(
              "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted")) {
        assertThat(head.stream().filter(line -> line.startsWith(name + ":"))).hasSize(1);
      }
      assertThat(head).noneMatch(line -> line.startsWith("Bcc"));
    }
  }

  @Test
  void aMailOfOneTenantComesFromItsSenderAndAnyOtherFromThatOfAll() throws Exception {
    var server = greenMail();
    try {
      var notifier =
          receiver(
                  server.getSmtp().getPort(),
                  StartTls.NONE,
                  Map.of("contoso", "alerts@contoso.test"))
              .open(TOOLS);
      notifier.send(owed());
      notifier.send(
          Samples.owed(
              "mail",
              Samples.notification(
                  List.of(
                      Samples.item("a.test", "contoso", Map.of(), Optional.empty()),
                      Samples.item("b.test", "fabrikam", Map.of(), Optional.empty())))));

      var mails = server.getReceivedMessages();
      assertThat(mails[0].getHeader("From")).containsExactly("alerts@contoso.test");
      assertThat(mails[0].getHeader("Return-Path")).containsExactly("<alerts@contoso.test>");
      assertThat(mails[1].getHeader("From")).containsExactly("maildrift@example.test");
      assertThat(mails[1].getHeader("Reply-To")).containsExactly("noc@example.test");
      assertThat(mails[1].getHeader("To")).containsExactly("noc@example.test, it@example.test");
    } finally {
      server.stop();
    }
  }

  @Test
  void whoIsPutOffIsTriedAgainAndTheOthersGetItOnce() throws Exception {
    try (var server = new TinySmtp(Optional.empty())) {
      server.answerTo.put("it@example.test", "451 4.7.1 greylisted");
      var notifier = receiver(server.port(), StartTls.NONE, Map.of()).open(TOOLS);

      assertThat(notifier.send(owed()))
          .isInstanceOfSatisfying(
              Outcome.TryLater.class,
              later -> assertThat(later.why()).startsWith("not all have it"));
      server.said.clear();
      server.answerTo.clear();
      assertThat(notifier.send(owed())).isEqualTo(new Outcome.Delivered());

      assertThat(server.said.stream().filter(line -> line.startsWith("RCPT")))
          .containsExactly("RCPT TO:<it@example.test>");
      assertThat(server.data).contains("To: noc@example.test, it@example.test");
    }
  }

  @Test
  void whoIsRefusedOrPutOffForLongDoesNotHoldUpTheOthersAndIsNotForgotten() throws Exception {
    try (var server = new TinySmtp(Optional.empty())) {
      var notifier = receiver(server.port(), StartTls.NONE, Map.of()).open(TOOLS);
      server.answerTo.put("it@example.test", "550 5.1.1 no such mailbox");
      assertIsKeptFor("it@example.test", notifier.send(owed()));

      server.answerTo.put("it@example.test", "452 4.2.2 full");
      // What the server as a whole did before is nothing that this recipient did.
      var often = owed();
      for (var i = 0; i < 3; i++) {
        often = often.failed(Samples.STARTED, "down");
      }
      for (var i = 0; i < 3; i++) {
        assertThat(notifier.send(often)).isInstanceOf(Outcome.TryLater.class);
        often = often.failed(Samples.STARTED, "full");
        server.answerTo.put("noc@example.test", "500 asked again");
      }
      assertIsKeptFor("it@example.test", notifier.send(often));
    }
  }

  private static void assertIsKeptFor(String to, Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> {
              var rest = delivered.rest().orElseThrow();
              var mail = ReadyMail.parse(rest.body()).orElseThrow();
              assertThat(rest.why()).startsWith("the others have it, not " + to + ": ");
              assertThat(mail.to()).containsExactly(to);
              assertThat(mail.from()).contains("maildrift@example.test");
              assertThat(mail.text()).contains("FIRING netblocks.missing");
            });
  }

  @Test
  void tlsFromTheFirstOctetIsVerifiedToo(@TempDir Path folder) throws Exception {
    var certificates = TestCertificates.of("localhost");
    var pem = folder.resolve("ca.pem");
    Files.writeString(pem, certificates.pem());
    try (var server = new TinySmtp(Optional.of(certificates.server()))) {
      server.isImplicit = true;
      assertThat(implicit("localhost", server, Optional.of(pem)))
          .isEqualTo(new Outcome.Delivered());
      assertThat(server.said).contains("TLS:MAIL FROM:<maildrift@example.test>");
      server.said.clear();

      assertThat(failure(implicit("localhost", server, Optional.empty()))).isEqualTo(Failure.TLS);
      assertThat(failure(implicit("127.0.0.1", server, Optional.of(pem)))).isEqualTo(Failure.TLS);
      assertThat(server.said).noneMatch(line -> line.contains("MAIL FROM"));
    }
  }

  private static Outcome implicit(String host, TinySmtp server, Optional<Path> authorities) {
    return new MailReceiver(
            List.of("noc@example.test"),
            "maildrift@example.test",
            new TreeMap<>(),
            Optional.empty(),
            new Server(host, server.port()),
            StartTls.IMPLICIT,
            Optional.empty(),
            authorities,
            true,
            Duration.ofSeconds(5),
            true)
        .open(TOOLS)
        .send(owed());
  }

  @Test
  void anAddressThatIsNotAsciiNeedsAServerThatTakesIt() throws Exception {
    try (var server = new TinySmtp(Optional.empty())) {
      var notifier =
          new MailReceiver(
                  List.of("grüße@example.test"),
                  "maildrift@example.test",
                  new Server("127.0.0.1", server.port()),
                  StartTls.NONE,
                  Optional.empty(),
                  false,
                  Duration.ofSeconds(5),
                  true)
              .open(TOOLS);
      assertThat(failure(notifier.send(owed()))).isEqualTo(Failure.REJECTED);
      assertThat(server.said).noneMatch(line -> line.startsWith("MAIL"));

      server.offers = "SMTPUTF8";
      assertThat(notifier.send(owed())).isEqualTo(new Outcome.Delivered());
      assertThat(server.said)
          .contains("MAIL FROM:<maildrift@example.test> SMTPUTF8", "RCPT TO:<grüße@example.test>");
    }
  }

  @Test
  void theSendersNameIsForPeople() throws Exception {
    var sender = new Mailbox("Größe, \"mail\"", "maildrift@example.test");
    try (var server = new TinySmtp(Optional.empty())) {
      var receiver =
          new MailReceiver(
              List.of("noc@example.test"),
              sender.toString(),
              new Server("127.0.0.1", server.port()),
              StartTls.NONE,
              Optional.empty(),
              false,
              Duration.ofSeconds(5),
              true);

      assertThat(receiver.open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
      assertThat(server.said).contains("MAIL FROM:<maildrift@example.test>");
      var mail =
          MailMessage.of(
              Session.getInstance(new Properties()), Draft.of(owed(), receiver), owed(), receiver);
      var from = (InternetAddress) mail.getFrom()[0];
      assertThat(from.getPersonal()).isEqualTo(sender.name());
      assertThat(from.getAddress()).isEqualTo(sender.address());
      assertThat(mail.getHeader("From")[0]).startsWith("=?UTF-8?").matches("[ -~]+");
      assertThat(mail.getMessageID()).endsWith("@example.test>");
    }
  }

  private static MailReceiver receiver(int port, StartTls tls, Map<String, String> senders) {
    return new MailReceiver(
        List.of("noc@example.test", "it@example.test"),
        "maildrift@example.test",
        new TreeMap<>(senders),
        Optional.of("noc@example.test"),
        new Server("127.0.0.1", port),
        tls,
        Optional.empty(),
        Optional.empty(),
        false,
        Duration.ofSeconds(10),
        true);
  }

  @Test
  void aMailThatIsReadyGoesAsItIsToWhomItSays() throws Exception {
    var server = greenMail();
    try {
      var ready =
          new ReadyMail(
              List.of("it@contoso.test"),
              Optional.of("md@contoso.test"),
              "Week 48\r\nBcc: all@x.test",
              "Grüße\n",
              "<p>Grüße</p>");

      assertThat(
              plain(server.getSmtp().getPort())
                  .open(TOOLS)
                  .send(
                      Owed.fresh("msg_d", "mail", "digest/t", 1, ready.toJson(), Samples.STARTED)))
          .isEqualTo(new Outcome.Delivered());

      var mail = server.getReceivedMessages()[0];
      assertThat(mail.getAllRecipients())
          .extracting(Object::toString)
          .containsOnly("it@contoso.test");
      assertThat(mail.getFrom()).extracting(Object::toString).containsOnly("md@contoso.test");
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(part(mail, 0).strip()).isEqualTo("Grüße");
      assertThat(part(mail, 1).strip()).isEqualTo("<p>Grüße</p>");
    } finally {
      server.stop();
    }
  }

  @Test
  void aTrialSaysWhatTheServerSaid() throws Exception {
    try (var server = new TinySmtp(Optional.empty())) {
      assertThat(Trial.of("mail", plain(server.port()), TOOLS, "https://m.test", false).answers())
          .containsExactly("250 ok");
      server.answerToRcpt = "550 5.1.1 no such mailbox";
      assertThat(Trial.of("mail", plain(server.port()), TOOLS, "https://m.test", false).outcome())
          .startsWith("refused: ");
    }
  }

  @Test
  void aPasswordIsUsedToLogIn() throws Exception {
    var server = greenMail();
    try {
      server.setUser("noc@example.test", "maildrift", "right");
      server.getManagers().getUserManager().setAuthRequired(true);
      var port = server.getSmtp().getPort();

      assertThat(login(port, "right").open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
      assertThat(login(port, "wrong").open(TOOLS).send(owed()))
          .isInstanceOfSatisfying(
              Outcome.TryLater.class,
              later -> assertThat(later.failure()).isEqualTo(Failure.AUTHENTICATION));
    } finally {
      server.stop();
    }
  }

  @Test
  void requiredTlsVerifiesTheNameAndSendsNothingWithoutIt() throws Exception {
    var certificates = TestCertificates.of("smtp.example.test");
    try (var server = new TinySmtp(Optional.of(certificates.server()))) {
      assertThat(tls("smtp.example.test", server, certificates.client()))
          .isEqualTo(new Outcome.Delivered());
      assertThat(server.said).contains("STARTTLS", "TLS:MAIL FROM:<maildrift@example.test>");
      server.said.clear();

      assertThat(failure(tls("other.example.test", server, certificates.client())))
          .isEqualTo(Failure.TLS);
      assertThat(failure(tls("smtp.example.test", server, SSLContext.getDefault())))
          .isEqualTo(Failure.TLS);
      assertThat(server.said).noneMatch(line -> line.contains("MAIL FROM"));
    }
    try (var server = new TinySmtp(Optional.empty())) {
      assertThat(tls("smtp.example.test", server, certificates.client()))
          .isInstanceOf(Outcome.TryLater.class);
      assertThat(server.said).noneMatch(line -> line.contains("MAIL FROM"));
    }
  }

  @Test
  void optionalTlsIsUsedIfItIsThere() throws Exception {
    var certificates = TestCertificates.of("whoever.test");
    for (var tls : List.of(Optional.of(certificates.server()), Optional.<SSLContext>empty())) {
      try (var server = new TinySmtp(tls)) {
        var receiver =
            new MailReceiver(
                List.of("noc@example.test"),
                "maildrift@example.test",
                new Server("127.0.0.1", server.port()),
                StartTls.OPTIONAL,
                Optional.empty(),
                false,
                Duration.ofSeconds(10),
                true);

        assertThat(receiver.open(TOOLS).send(owed())).isEqualTo(new Outcome.Delivered());
        assertThat(server.said.stream().anyMatch(line -> line.startsWith("TLS:MAIL FROM")))
            .isEqualTo(tls.isPresent());
      }
    }
  }

  @Test
  void aServerThatSaysNothingIsLeftAtTheDeadline() throws Exception {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var receiver =
          new MailReceiver(
              List.of("noc@example.test"),
              "maildrift@example.test",
              new Server("127.0.0.1", silent.getLocalPort()),
              StartTls.NONE,
              Optional.empty(),
              false,
              Duration.ofMillis(500),
              true);

      assertThat(failure(receiver.open(TOOLS).send(owed()))).isEqualTo(Failure.TIMEOUT);
    }
  }

  @Test
  void aRefusalIsARefusalAndATemporaryOneIsNot() throws Exception {
    try (var server = new TinySmtp(Optional.empty())) {
      server.answerToRcpt = "550 5.1.1 no such mailbox";
      assertThat(plain(server.port()).open(TOOLS).send(owed()))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.failure()).isEqualTo(Failure.REJECTED));
      server.answerToRcpt = "451 4.7.1 greylisted";
      assertThat(failure(plain(server.port()).open(TOOLS).send(owed())))
          .isEqualTo(Failure.THROTTLED);
    }
  }

  @Test
  void aNameThatLeadsInsideNeedsTheOperatorsWord() {
    var receiver =
        new MailReceiver(
            List.of("noc@example.test"),
            "maildrift@example.test",
            new Server("smtp.example.test", 25),
            StartTls.NONE,
            Optional.empty(),
            false,
            Duration.ofSeconds(5),
            true);

    assertThat(
            failure(
                receiver.open(here((SSLSocketFactory) SSLSocketFactory.getDefault())).send(owed())))
        .isEqualTo(Failure.ADDRESS);
  }

  @Test
  void hostileTextsCannotWriteHeadersOrMarkup() throws Exception {
    var server = greenMail();
    try {
      var hostile =
          Map.of(
              "summary", "a\r\nBcc: victim@example.test\r\n\r\n<script>alert(1)</script>\u202e",
              "remedy", "\"><img src=x onerror=alert(1)>\u001b[31m");
      plain(server.getSmtp().getPort())
          .open(TOOLS)
          .send(Samples.owed("mail", Samples.saying(hostile)));

      var mail = server.getReceivedMessages()[0];
      assertThat(server.getReceivedMessages()).hasSize(1);
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(part(mail, 1)).doesNotContain("<script", "<img", "\u202e", "\u001b");
      assertThat(part(mail, 0)).doesNotContain("\u202e", "\u001b");
    } finally {
      server.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a@b.test\r\nBcc: c@d.test", "no address", "", "a@b.test, c@d.test", "<a@b.test"})
  void badAddressesAreRefused(String address) {
    assertThatThrownBy(
            () ->
                new MailReceiver(
                    List.of(address),
                    "maildrift@example.test",
                    new Server("127.0.0.1", 25),
                    StartTls.NONE,
                    Optional.empty(),
                    false,
                    Duration.ofSeconds(5),
                    true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("to is not a mail address");
  }

  @Test
  void aPasswordNeedsVerifiedTls() {
    assertThatThrownBy(
            () ->
                new MailReceiver(
                    List.of("noc@example.test"),
                    "maildrift@example.test",
                    new Server("smtp.example.test", 587),
                    StartTls.OPTIONAL,
                    Optional.of(new Login("maildrift", Secret.of("geheim"))),
                    false,
                    Duration.ofSeconds(30),
                    true))
        .hasMessage("a password is sent over verified TLS only: starttls must be required");
  }

  private static GreenMail greenMail() {
    var server =
        new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP).dynamicPort());
    server.start();
    return server;
  }

  private static Owed owed() {
    return Samples.owed("mail", Samples.netblocks(2));
  }

  private static MailReceiver plain(int port) {
    return receiver(port, Optional.empty());
  }

  private static MailReceiver login(int port, String password) {
    return receiver(port, Optional.of(new Login("maildrift", Secret.of(password))));
  }

  private static MailReceiver receiver(int port, Optional<Login> login) {
    return new MailReceiver(
        List.of("noc@example.test"),
        "maildrift@example.test",
        new Server("127.0.0.1", port),
        StartTls.NONE,
        login,
        false,
        Duration.ofSeconds(10),
        true);
  }

  private static Outcome tls(String host, TinySmtp server, SSLContext trusted) {
    return new MailReceiver(
            List.of("noc@example.test"),
            "maildrift@example.test",
            new Server(host, server.port()),
            StartTls.REQUIRED,
            Optional.empty(),
            true,
            Duration.ofSeconds(10),
            true)
        .open(here(trusted.getSocketFactory()))
        .send(owed());
  }

  /** Every name is on this machine. */
  private static Tools here(SSLSocketFactory tls) {
    return new Tools(
        GuardedHttp.standard(),
        _ -> List.of(InetAddress.getLoopbackAddress()),
        tls,
        InstantSource.system());
  }

  private static Failure failure(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.TryLater.class);
    return ((Outcome.TryLater) outcome).failure();
  }

  private static String part(MimeMessage mail, int index) throws Exception {
    return ((MimeMultipart) mail.getContent())
        .getBodyPart(index)
        .getContent()
        .toString()
        .replace("\r\n", "\n");
  }

  /** An SMTP server of a few lines that does what GreenMail does not: STARTTLS, and refusals. */
  private static final class TinySmtp implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Optional<SSLContext> tls;
    private volatile String answerToRcpt = "250 ok";

    final List<String> data = new CopyOnWriteArrayList<>();
    final Map<String, String> answerTo = new ConcurrentHashMap<>();
    volatile String offers = "";
    volatile boolean isImplicit;

    TinySmtp(Optional<SSLContext> tls) throws IOException {
      this.tls = tls;
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return server.getLocalPort();
    }

    private void accept() {
      while (!server.isClosed()) {
        try (var socket = server.accept()) {
          if (isImplicit) {
            secure(socket);
          } else {
            say(socket, "220 smtp.example.test");
            talk(socket, "");
          }
        } catch (IOException e) {
          // The client left, as it does when it does not like the certificate.
        }
      }
    }

    private void secure(Socket socket) throws IOException {
      try (var secured =
          (SSLSocket)
              tls.orElseThrow()
                  .getSocketFactory()
                  .createSocket(socket, null, socket.getPort(), true)) {
        secured.setUseClientMode(false);
        if (isImplicit) {
          say(secured, "220 smtp.example.test");
        }
        talk(secured, "TLS:");
      }
    }

    private void talk(Socket socket, String prefix) throws IOException {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      var inData = false;
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        if (inData) {
          inData = !line.equals(".");
          if (inData) {
            data.add(line);
          } else {
            say(socket, "250 ok");
          }
          continue;
        }
        said.add(prefix + line);
        if (line.startsWith("EHLO")) {
          say(
              socket,
              tls.isPresent() && prefix.isEmpty()
                  ? "250-here\r\n250 STARTTLS"
                  : offers.isEmpty() ? "250 here" : "250-here\r\n250 " + offers);
        } else if (line.startsWith("STARTTLS")) {
          say(socket, "220 go on");
          secure(socket);
          return;
        } else if (line.startsWith("DATA")) {
          inData = true;
          data.clear();
          say(socket, "354 go on");
        } else if (line.startsWith("RCPT")) {
          var to = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
          say(socket, answerTo.getOrDefault(to, answerToRcpt));
        } else if (line.startsWith("QUIT")) {
          say(socket, "221 bye");
          return;
        } else {
          say(socket, "250 ok");
        }
      }
    }

    private static void say(Socket socket, String line) throws IOException {
      socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
