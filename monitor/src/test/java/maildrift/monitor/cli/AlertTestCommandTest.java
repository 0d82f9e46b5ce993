package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maildrift.alerts.notify.ReceiverCatalog;
import maildrift.alerts.notify.ReceiverKind;
import maildrift.alerts.notify.http.LoopbackHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertTestCommandTest {
  @TempDir Path folder;

  @Test
  void everyKindIsTriedWithoutADaemonAndSaysWhatWasAnswered() throws IOException {
    try (var server = new LoopbackHttp(_ -> LoopbackHttp.Answer.ok("{\"status\":\"taken\"}"))) {
      var config = config(server);
      for (var kind : ReceiverCatalog.ALL.stream().map(ReceiverKind::key).toList()) {
        for (var resolved : List.of(false, true)) {
          var ran =
              resolved
                  ? Ran.command("alert", "test", kind, "--config", config, "--resolved")
                  : Ran.command("alert", "test", kind, "--config", config);
          if (kind.equals("mail")) {
            // Nothing that speaks SMTP is there.
            assertThat(ran.lines().getFirst()).startsWith("mail: failed: ");
            assertThat(ran.exit()).isEqualTo(Exit.FINDINGS);
          } else {
            assertThat(ran.lines())
                .containsExactly(kind + ": delivered", "  HTTP 200: {\"status\":\"taken\"}");
            assertThat(ran.exit()).isEqualTo(Exit.OK);
          }
        }
      }
    }
  }

  @Test
  void aReceiverThatIsNotThereIsSaidWithTheNearest() throws IOException {
    try (var server = new LoopbackHttp(_ -> LoopbackHttp.Answer.ok(""))) {
      var ran = Ran.command("alert", "test", "slak", "--config", config(server));

      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).contains("there is no receiver 'slak'", "did you mean 'slack'?");
    }
  }

  private String config(LoopbackHttp server) throws IOException {
    var url = server.uri("/x").toString();
    Files.writeString(folder.resolve("secret"), "0123456789abcdef0123456789abcdef\n");
    Files.writeString(folder.resolve("url"), url + "\n");
    folder.resolve("secret").toFile().setReadable(false, false);
    folder.resolve("secret").toFile().setReadable(true, true);
    return Files.writeString(
            folder.resolve("maildrift.yml"),
            """
            alerts:
              receivers:
                webhook: {webhook: {url: "%1$s", secret_file: secret}}
                alertmanager: {alertmanager: {url: "%1$s"}}
                mail: {mail: {to: noc@example.test, from: md@example.test, smtp: "127.0.0.1:%2$d", starttls: none, timeout: 1s}}
                slack: {slack: {url_file: url}}
                teams: {teams: {url_file: url}}
                pagerduty: {pagerduty: {routing_key_file: secret, url: "%1$s"}}
                ntfy: {ntfy: {url: "%1$s", topic_file: secret}}
                http: {http: {url: "%1$s", body: '{"text": "{{title}}"}'}}
            """
                .formatted(url, server.port()))
        .toString();
  }
}
