package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigExampleTest {
  @TempDir private Path folder;

  @Test
  void theExampleIsTheFileInDeploy() throws IOException {
    assertThat(ConfigExample.text())
        .isEqualTo(Files.readString(Path.of("../deploy/maildrift.example.yml")));
  }

  @Test
  void theExampleIsValidInAnEmptyFolderWithoutAWarning() {
    var sandbox = new Sandbox(folder);

    assertThat(sandbox.warnings(ConfigExample.text())).isEmpty();
    assertThat(sandbox.loaded(ConfigExample.text()).domains()).hasSize(3);
  }

  @Test
  void theExampleSpeaksOfRulesAndProbesThatThereAre() {
    var file = new Sandbox(folder).file("maildrift.yml", ConfigExample.text());
    var loader = new ConfigLoader(Vocabulary.with(Set.of("probe.unobservable")));

    var result = loader.load(file.path("maildrift.yml"));

    assertThat(result instanceof ConfigLoader.Rejected rejected ? rejected.problems() : List.of())
        .isEmpty();
  }

  @Test
  void theExampleShowsTheDefaults() {
    var config = new Sandbox(folder).loaded(ConfigExample.text());

    assertThat(config.schedule()).isEqualTo(ScheduleConfig.DEFAULT);
    assertThat(config.smtp()).isEqualTo(SmtpConfig.DEFAULT);
    assertThat(config.http())
        .usingRecursiveComparison()
        .ignoringFields("externalUrl")
        .isEqualTo(HttpConfig.DEFAULT);
    assertThat(config.store()).isEqualTo(StoreConfig.DEFAULT);
    assertThat(config.metrics()).isEqualTo(MetricsConfig.DEFAULT);
    assertThat(config.alerts().grouping()).isEqualTo(AlertsConfig.DEFAULT.grouping());
    assertThat(config.dns().timeout()).isEqualTo(DnsConfig.DEFAULT.timeout());
    assertThat(config.dns().queriesPerSecond()).isEqualTo(DnsConfig.DEFAULT.queriesPerSecond());
  }

  @Test
  void whatIsCommentedOutIsValidToo() {
    var all =
        ConfigExample.text()
            .lines()
            .map(ConfigExampleTest::uncommented)
            .collect(Collectors.joining("\n"));
    var sandbox =
        Everything.in(folder)
            .file("keys/contoso.pub", Sandbox.PUBLIC_KEY)
            .file("secrets/hook.key", "hook")
            .file("secrets/cmdb.token", "0123456789abcdef0123456789abcdef")
            .file("inventory/domains.json", "[]")
            .file("secrets/teams.url", "https://flows.test/x?sig=y\n")
            .file("secrets/pagerduty.key", "0123456789abcdef0123456789abcdef\n")
            .file("secrets/ntfy.topic", "maildrift_a1b2c3\n")
            .file("secrets/ntfy.token", "tk_a1b2c3\n")
            .file("secrets/slack.url", "https://chat.example.net/hook")
            .file("secrets/healthchecks.url", "https://beats.example.net/1")
            .file("secrets/smtp.password", "password")
            .file("secrets/sms.token", "Bearer token\n")
            .file("secrets/ci.token", "0123456789abcdef0123456789abcdef")
            .file("secrets/store.password", "password")
            .environment("LIST_WITH_KEY", "key.zen.example.org");

    assertThat(sandbox.warnings(all)).isEmpty();
    assertThat(sandbox.loaded(all).alerts().routes()).hasSize(5);
    assertThat(sandbox.loaded(all).domains()).hasSize(5);
  }

  /** A line whose {@code #} is not followed by a space is configuration. */
  private static String uncommented(String line) {
    var bare = line.stripLeading();
    return bare.length() > 1 && bare.charAt(0) == '#' && bare.charAt(1) != ' '
        ? line.replaceFirst("#", "")
        : line;
  }
}
