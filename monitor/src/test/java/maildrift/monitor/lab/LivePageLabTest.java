package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import maildrift.monitor.wiring.Daemon;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the pages, in a browser. */
@Tag("lab")
class LivePageLabTest {
  /** On these pages time runs five times as fast: the script waits for seconds. */
  private static final String HASTE =
      """
      const later = window.setTimeout.bind(window);
      window.setTimeout = (what, after, ...more) => later(what, after / 5, ...more);
      const now = performance.now.bind(performance);
      performance.now = () => 5 * now();
      """;

  private static final String NEWS = "Something has happened since this page was read. Show it";

  @TempDir Path folder;

  @Test
  void openPagesFollowAndSayWhenTheyDoNot() throws IOException {
    try (var world = new Daemon.World(folder).with("contoso.test", "fabrikam.test", "adatum.test");
        var daemon =
            world.start(
                "domains: [{name: contoso.test, %1$s}, {name: fabrikam.test, %1$s}, {name: adatum.test, %1$s}]"
                    .formatted(Daemon.ONLY_MX));
        var relay = new Relay(daemon.port());
        var browser = Browser.start(Files.createDirectory(folder.resolve("browser")))) {
      look(daemon);
      world.drift("contoso.test");
      look(daemon);
      var fleet = browser.open(relay.url("/"), HASTE);
      var alerts = browser.open(relay.url("/alerts"), HASTE);
      assertThat(alerts.text()).contains("contoso.test", "take it").doesNotContain(NEWS);
      alerts.says("document.querySelector('details').open = true");
      fleet.says("window.isTheSame = true");
      shows(fleet, "1\nalerts firing");

      world.drift("fabrikam.test");
      look(daemon);
      shows(alerts, NEWS);
      // It moves nothing under the hand of who is about to take an alert.
      assertThat(alerts.text()).doesNotContain("fabrikam.test");
      assertThat(alerts.says("document.querySelector('details').open")).isEqualTo("true");
      shows(fleet, "2\nalerts firing");

      relay.away();
      shows(alerts, "maildrift tells this page nothing more. What stands here is as of");
      shows(fleet, "maildrift answers 503 Service Unavailable. What stands here is as of");

      world.drift("adatum.test");
      look(daemon);
      relay.back();
      shows(alerts, NEWS);
      shows(fleet, "3\nalerts firing");
      assertThat(fleet.text()).doesNotContain("What stands here");
      assertThat(fleet.says("window.isTheSame")).isEqualTo("true");
    }
  }

  private static void look(Daemon daemon) {
    daemon.look("contoso.test", "fabrikam.test", "adatum.test");
  }

  private static void shows(Browser.Tab tab, String text) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(tab.text()).contains(text));
  }
}
