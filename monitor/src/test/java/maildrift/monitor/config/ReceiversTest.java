package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.Login;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Server;
import maildrift.alerts.notify.alertmanager.AlertmanagerReceiver;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.alerts.notify.ntfy.NtfyReceiver;
import maildrift.alerts.notify.pagerduty.PagerDutyReceiver;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import maildrift.monitor.schedule.CronTimes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the receivers that are written in a configuration. */
final class ReceiversTest {
  @TempDir private Path folder;

  @Test
  void aWebhookSignsWithASecretThatIsReadWhenItIsUsed() throws Exception {
    var receiver =
        read("{webhook: {url: 'https://hooks.test/x', secret_file: hook.key, timeout: 10s}}");

    assertThat(receiver)
        .isEqualTo(
            new WebhookReceiver(
                URI.create("https://hooks.test/x"),
                List.of(Secret.in(folder.resolve("hook.key"))),
                false,
                Duration.ofSeconds(10),
                true));
    Files.writeString(folder.resolve("hook.key"), "rotated\n");
    assertThat(((WebhookReceiver) receiver).secrets().getFirst().reveal()).isEqualTo("rotated");
  }

  @Test
  void aReceiverPrintsNeitherItsSecretNorThePathOfItsUrl() {
    assertThat(read("{webhook: {url_file: chat.url, secret: '${env:HOOK}'}}").toString())
        .contains("hooks.test")
        .doesNotContain("geheim");
  }

  @Test
  void mailLogsInOverVerifiedTlsUnlessItSaysOtherwise() {
    assertThat(
            read(
                "{mail: {to: noc@example.test, from: md@example.test, smtp: smtp.test, username: u, password_file: hook.key}}"))
        .isEqualTo(
            new MailReceiver(
                List.of("noc@example.test"),
                "md@example.test",
                new Server("smtp.test", 587),
                MailReceiver.StartTls.REQUIRED,
                Optional.of(new Login("u", Secret.in(folder.resolve("hook.key")))),
                false,
                Duration.ofSeconds(30),
                true));
  }

  @Test
  void anAlertmanagerHearsOfItAgainEveryMinuteUnlessItSaysOtherwise() {
    assertThat(
            read(
                "{alertmanager: {urls: ['http://127.0.0.1:9093', 'http://127.0.0.1:9094'], bearer_token_file: hook.key, resend: 30s}}"))
        .isEqualTo(
            new AlertmanagerReceiver(
                List.of(URI.create("http://127.0.0.1:9093"), URI.create("http://127.0.0.1:9094")),
                Optional.of(new Credentials.Bearer(Secret.in(folder.resolve("hook.key")))),
                Optional.empty(),
                Duration.ofSeconds(30),
                false,
                Duration.ofSeconds(30),
                true));
  }

  @Test
  void chatServicesHideTheAddressesAndKeysThatTheyAreReachedBy() {
    for (var kind : List.of("slack", "teams")) {
      assertThat(read("{%s: {url_file: chat.url}}".formatted(kind)))
          .hasToString(kind + " at hooks.test");
    }
    assertThat(read("{pagerduty: {routing_key_file: hook.key}}"))
        .isEqualTo(
            new PagerDutyReceiver(
                Secret.in(folder.resolve("hook.key")),
                URI.create("https://events.pagerduty.com/v2/enqueue"),
                false,
                Duration.ofSeconds(30),
                true))
        .hasToString("pagerduty at events.pagerduty.com");
    assertThat(read("{ntfy: {topic: '${env:HOOK}', token_file: hook.key, send_resolved: false}}"))
        .isEqualTo(
            new NtfyReceiver(
                Secret.of("geheim"),
                URI.create("https://ntfy.sh/"),
                Optional.of(Secret.in(folder.resolve("hook.key"))),
                false,
                Duration.ofSeconds(30),
                false))
        .hasToString("ntfy at ntfy.sh");
  }

  @Test
  void aDigestGoesToWhomTheTenantSaysAndFromTheSenderThatItsReceiverHasForIt() {
    var alerts =
        new Sandbox(folder)
            .loaded(
                """
                tenants: {contoso: {}, fabrikam: {}, quiet: {}}
                alerts:
                  receivers:
                    noc: {mail: {to: noc@x.test, from: md@x.test, smtp: smtp.test, senders: {contoso: md@contoso.test}}}
                  digest:
                    receiver: noc
                    time_zone: Europe/Berlin
                    tenants:
                      contoso: {to: it@contoso.test}
                      quiet: {enabled: false}
                """)
            .alerts();

    var times = new CronTimes("0 0 7 ? * MON", ZoneId.of("Europe/Berlin"));
    assertThat(alerts.digest("contoso"))
        .contains(
            new DigestConfig(
                "noc", List.of("it@contoso.test"), Optional.of("md@contoso.test"), times));
    assertThat(alerts.digest("fabrikam"))
        .contains(new DigestConfig("noc", List.of(), Optional.empty(), times));
    assertThat(alerts.digest("quiet")).isEmpty();
  }

  private Receiver read(String receiver) {
    return new Sandbox(folder)
        .file("hook.key", "geheim\n")
        .file("chat.url", "https://hooks.test/geheim\n")
        .environment("HOOK", "geheim")
        .loaded("alerts: {receivers: {a: %s}}".formatted(receiver))
        .alerts()
        .receivers()
        .values()
        .iterator()
        .next();
  }
}
