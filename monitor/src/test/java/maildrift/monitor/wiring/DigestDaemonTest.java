package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMultipart;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreUnusable;
import maildrift.monitor.store.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestDaemonTest {
  private final GreenMail mail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP).dynamicPort());

  @TempDir Path folder;

  @BeforeEach
  void startMail() {
    mail.start();
  }

  @AfterEach
  void stopMail() {
    mail.stop();
  }

  @Test
  void aTenantGetsItsWeekByMailOnceAlsoWhenItWasMissed() throws Exception {
    var clock = new TestClock();
    try (var world = new Daemon.World(folder).with("contoso.test", "other.test")) {
      try (var daemon = world.start(store(), clock, sections())) {
        world.drift("contoso.test");
        daemon.look("contoso.test").look("contoso.test");
        assertThat(daemon.firing()).isNotEmpty();
        daemon.digests().look();
        assertThat(mail.getReceivedMessages()).as("the first comes at its time").isEmpty();

        var preview = daemon.get("/api/v1/digest?tenant=contoso");
        assertThat(preview.statusCode()).isEqualTo(200);
        assertThat(preview.body()).contains("contoso.test MX", "10 mx1.contoso.test", "mx2");
        assertThat(daemon.get("/api/v1/digest").statusCode()).isEqualTo(400);
        assertThat(daemon.get("/api/v1/digest?tenant=nobody").statusCode()).isEqualTo(404);
        assertThat(daemon.post("/api/v1/digest/send?tenant=", "{}").statusCode()).isEqualTo(409);
      }
      // It was down when several were due.
      clock.advance(Duration.ofDays(22));
      try (var daemon = world.start(store(), clock, sections())) {
        await()
            .atMost(Daemon.LONG)
            .untilAsserted(() -> assertThat(mail.getReceivedMessages()).hasSize(1));
        daemon.digests().look();
        daemon.awaitQuiet();

        var messages = mail.getReceivedMessages();
        assertThat(messages).hasSize(1);
        assertThat(messages[0].getAllRecipients())
            .extracting(Object::toString)
            .containsExactly("it@contoso.test");
        assertThat(messages[0].getSubject()).startsWith("maildrift digest for Contoso AG");
        var parts = (MimeMultipart) messages[0].getContent();
        assertThat((String) parts.getBodyPart(0).getContent())
            .contains("[fail] contoso.test", "Fires now", "old: 10 mx1.contoso.test")
            .doesNotContain("other.test");
        assertThat((String) parts.getBodyPart(1).getContent()).contains("Contoso AG", "<h2");
        assertThat(daemon.get("/metrics").body())
            .contains("maildrift_digest_last_made_timestamp_seconds 1.");
      }
    }
  }

  private StateStore store() throws StoreUnusable {
    return Stores.open("jdbc:h2:file:./digest", folder, Clock.systemUTC());
  }

  private String[] sections() {
    return new String[] {
      "tenants: {contoso: {name: Contoso AG}}",
      "domains: [{name: contoso.test, tenant: contoso, %s}, {name: other.test, %s}]"
          .formatted(Daemon.ONLY_MX, Daemon.ONLY_MX),
      """
      alerts:
        receivers:
          noc: {mail: {to: noc@example.test, from: md@example.test, smtp: "127.0.0.1:%d", starttls: none}}
          hook: {webhook: {url: "@HOOK@"}}
        routes: [{match: {}, receivers: [hook]}]
        digest:
          tenants: {contoso: {receiver: noc, to: it@contoso.test}}
      """
          .formatted(mail.getSmtp().getPort())
    };
  }
}
