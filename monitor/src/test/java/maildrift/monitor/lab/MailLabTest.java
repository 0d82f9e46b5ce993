package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.monitor.reliability.Figures;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real Postfix receives our mail; it is read back, and rendered by a real browser (D9). */
@Tag("lab")
@Tag("reliability")
class MailLabTest {
  private static final String HOST = "smtp.example.net";
  private static final String OLD = "v=spf1 ip4:192.0.2.0/24 -all";
  private static final String NEW = "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all";

  private Path folder = Path.of("");
  private Path root = Path.of("");
  private Mailbox mailbox;

  @BeforeEach
  void open() throws Exception {
    Programs.require("postfix", "openssl", "python3");
    Programs.requireRoot();
    // Not JUnit's: Postfix is several users, and all of them must get in.
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "maildrift-mail");
    Files.setPosixFilePermissions(
        folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    var ca = new TestCa(Files.createDirectory(folder.resolve("ca")));
    root = ca.root();
    // The certificate is for localhost: that is whom we are told to connect to.
    mailbox =
        new Mailbox(
            Files.createDirectory(folder.resolve("postfix")),
            HOST,
            "127.0.0.1",
            ca.server("smtp", "localhost", HOST));
  }

  @AfterEach
  void close() throws Exception {
    if (mailbox != null) {
      mailbox.close();
    }
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  private String alerts(String more) {
    return """
    alerts:
      group_wait: 2s
      group_interval: 1s
      receivers:
        mail: {mail: {to: [noc@example.net], from: maildrift@example.org, smtp: "localhost:%d", starttls: required, ca_file: %s}}
      routes: [{match: {}, receivers: [mail]}]
    %s"""
        .formatted(mailbox.port(), root, more);
  }

  @Test
  void aMailFiresAndItsAnswerResolves() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "D9-thread",
            "a real Postfix that demands STARTTLS takes our mail after the certificate was checked; Python's parser reads it back",
            "text and HTML, resolved in the thread of firing, Auto-Submitted, each header once, no defect",
            MailLabTest.class),
        () -> {
          try (var world = new Daemon.World(folder).with("contoso.test");
              var daemon =
                  world.start(
                      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX),
                      alerts(""))) {
            world.drift("contoso.test");
            daemon.look("contoso.test");
            var firing = mailbox.mails(1).getFirst();
            world.restore("contoso.test");
            daemon.look("contoso.test");
            var mails = mailbox.mails(2);
            var resolved = mails.getLast();

            for (var mail : mails) {
              assertThat(mail.defects()).isEmpty();
              assertThat(mail.structure()).isEqualTo("multipart/alternative text/plain text/html");
              assertThat(mail.header("Auto-Submitted")).isEqualTo("auto-generated");
              assertThat(mail.header("To")).isEqualTo("noc@example.net");
              assertThat(mail.header("From")).isEqualTo("maildrift@example.org");
              assertThat(mail.header("MIME-Version")).isEqualTo("1.0");
              assertThat(mail.header("Message-ID")).endsWith("@example.org>");
              // What DKIM signs must be there once, or a forged second one would be read.
              for (var name :
                  List.of(
                      "From",
                      "To",
                      "Subject",
                      "Date",
                      "Message-ID",
                      "MIME-Version",
                      "Content-Type")) {
                assertThat(mail.count(name)).as(name).isOne();
              }
              assertThat(mail.bareHead()).isTrue();
              assertThat(mail.longestLine()).isLessThanOrEqualTo(998);
              assertThat(mail.text()).contains("contoso.test").contains("mx2.contoso.test");
              assertThat(mail.html()).contains("contoso.test").doesNotContain("<script");
              assertThat(mail.header("Received")).contains("ESMTPS");
            }
            assertThat(resolved.header("In-Reply-To")).isEqualTo(firing.header("Message-ID"));
            assertThat(resolved.header("References")).contains(firing.header("Message-ID"));
            show(firing, "mail-firing");
            show(resolved, "mail-resolved");
            return "2 mails over STARTTLS, threaded; subjects “%s” and “%s”"
                .formatted(firing.header("Subject"), resolved.header("Subject"));
          }
        });
  }

  @Test
  void nothingIsSentToWhomTheCertificateDoesNotName() throws Exception {
    Figures.measure(
        Figures.Case.of(
            "D9-certificate",
            "the same Postfix, whose authority nobody trusts",
            "no mail leaves, the notification stays owed",
            MailLabTest.class),
        () -> {
          try (var world = new Daemon.World(folder).with("contoso.test");
              var daemon =
                  world.start(
                      "domains: [{name: contoso.test, %s}]".formatted(Daemon.ONLY_MX),
                      alerts("").replace(", ca_file: " + root, ""))) {
            world.drift("contoso.test");
            daemon.look("contoso.test");
            org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                    () ->
                        daemon
                                .metric(
                                    "maildrift_notifications_failed_total{reason=\"network\",receiver=\"mail\"}")
                                .or(
                                    () ->
                                        daemon.metric(
                                            "maildrift_notifications_failed_total{receiver=\"mail\",reason=\"tls\"}"))
                                .filter(count -> !count.equals("0.0"))
                                .isPresent()
                            || daemon
                                .get("/metrics")
                                .body()
                                .lines()
                                .anyMatch(
                                    line ->
                                        line.startsWith("maildrift_notifications_failed_total{")
                                            && line.contains("receiver=\"mail\"")
                                            && !line.endsWith(" 0.0")));
            assertThat(mailbox.log()).contains("connect from").doesNotContain("from=<");
            return "no mail; the failure is counted";
          }
        });
  }

  @Test
  void oneRecordOfThreeHundredDomainsIsOneMail() throws Exception {
    var count = Figures.size("maildrift.reliability.mail", 40, 300);
    Figures.measure(
        Figures.Case.of(
            "D4-one-record",
            "a provider changes the record that %d domains include".formatted(count),
            "one mail that names the record, old and new, the first 20 domains, a count and a link",
            MailLabTest.class),
        () -> {
          try (var world = new Daemon.World(folder)) {
            world.names.set("_spf.provider.test 0 TXT " + OLD);
            try (var daemon = world.start(including(world, count), alerts(""))) {
              world.names.set("_spf.provider.test 0 TXT " + NEW);
              daemon.look("d000.test");
              var mail = mailbox.mails(1).getFirst();
              var named =
                  IntStream.range(0, count)
                      .filter(i -> mail.text().contains("d%03d.test".formatted(i)))
                      .count();
              show(mail, "mail-one-record");
              assertThat(mail.text()).contains("_spf.provider.test");
              assertThat(mail.text()).contains("198.51.100.0/24");
              assertThat(named).isEqualTo(20);
              assertThat(mail.text()).contains("http://");
              assertThat(mail.text() + mail.header("Subject")).contains("" + count);
              // Nothing comes after it.
              org.awaitility.Awaitility.await()
                  .during(Duration.ofSeconds(3))
                  .atMost(Duration.ofSeconds(10))
                  .until(() -> mailbox.mails(1).size() == 1);
              return "1 mail, “%s”, %d domains named".formatted(mail.header("Subject"), named);
            }
          }
        });
  }

  private static String including(Daemon.World world, int count) {
    var skip =
        ProbeCatalog.all().stream()
            .map(Probe::name)
            .filter(name -> !name.equals("spf"))
            .collect(Collectors.joining(", "));
    return IntStream.range(0, count)
        .mapToObj("d%03d.test"::formatted)
        .peek(name -> world.names.add(name + " 0 TXT v=spf1 include:_spf.provider.test ~all"))
        .map(name -> "  - {name: %s, skip: [%s]}\n".formatted(name, skip))
        .collect(Collectors.joining("", "domains:\n", ""));
  }

  /** Keeps a mail's HTML, and its picture where Chromium is at hand. */
  private static void show(Mailbox.Mail mail, String name) throws Exception {
    var folder = Files.createDirectories(Path.of("target", "reliability-mail").toAbsolutePath());
    Files.writeString(folder.resolve(name + ".html"), mail.html());
    Files.writeString(folder.resolve(name + ".txt"), mail.text());
    if (Figures.isFull() && Programs.isInstalled("chromium")) {
      Programs.tryTo(
          folder,
          "",
          "chromium",
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--window-size=900,1400",
          "--screenshot=" + folder.resolve(name + ".png"),
          folder.resolve(name + ".html").toUri().toString());
    }
  }
}
