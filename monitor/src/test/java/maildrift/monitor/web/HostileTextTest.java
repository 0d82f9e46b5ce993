package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.wiring.Daemon;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers write into their records is shown as text and obeyed by nobody. */
class HostileTextTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{constructor}}",
        "javascript:alert(1)",
        "\n2026-11-21 ERROR forged line",
        "\u001b[31m\u001b]0;title\u0007\u001b]52;c;eA==\u0007",
        "\u202eevil\u2028\u2029",
        "\"} 1\nup 1",
        "' OR 1=1 --",
        "&lt;b&gt;"
      })
  void aRecordIsTextOnThePageInJsonAndInTheMetrics(String text) throws IOException {
    try (var world = new Daemon.World(folder)) {
      world.names.txt("contoso.test", "v=spf1 -all");
      world.names.txt("_dmarc.contoso.test", "v=DMARC1; p=reject");
      try (var daemon =
          world.start(
              "domains: [{name: contoso.test, skip: [mx, dkim, tls, netblocks, mtasts, tlsrpt, records, caa, strays, dnssec, dane]}]")) {
        world.names.remove("contoso.test").remove("_dmarc.contoso.test");
        var octets =
            new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.StandardCharsets.ISO_8859_1);
        world.names.txt("contoso.test", "v=spf1 include:" + octets + " " + octets + " -all");
        world.names.txt("_dmarc.contoso.test", "v=DMARC1; p=none; rua=mailto:" + octets);
        daemon.look("contoso.test");

        for (var path :
            new String[] {
              "/domains/contoso.test", "/domains/contoso.test/checklists/mail-connect"
            }) {
          var page = daemon.get(path).body();
          assertThat(
                  page.replaceFirst(
                      "<script src=\"/live\\.js\" defer data-after=\"[0-9a-f]+-\\d+\"></script>",
                      ""))
              .doesNotContain("<script", "<img", "href=\"javascript:");
          assertThat(page.codePoints().filter(c -> c != '\n').noneMatch(HostileTextTest::isObeyed))
              .isTrue();
        }

        for (var path :
            new String[] {
              "/api/v1/domains/contoso.test",
              "/api/v1/domains/contoso.test/checklists/mail-connect",
              "/api/v1/alerts",
              "/api/v1/domains/contoso.test/history"
            }) {
          var json = daemon.get(path).body();
          assertThat(CheckJson.mapper().readTree(json).isMissingNode()).isFalse();
          assertThat(json.codePoints().noneMatch(HostileTextTest::isObeyed)).isTrue();
        }

        var metrics = daemon.get("/metrics").body();
        assertThat(metrics.lines()).allMatch(HostileTextTest::isExposition).doesNotContain("up 1");
        assertThat(daemon.get("/probe?target=contoso.test&debug=true").body())
            .doesNotContain("\u001b", "\u202e");
      }
    }
  }

  @Test
  void aSubjectThatIsTooLongIsCutInALabel() {
    assertThat(isExposition("maildrift_x{a=\"b\\\"c\"} 1")).isTrue();
    assertThat(isExposition("maildrift_x{a=\"b\"c\"} 1")).isFalse();
  }

  /** Control characters, direction overrides and line separators. */
  private static boolean isObeyed(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** Prometheus' text format, one line: comment, or name, labels with escaped values, number. */
  private static boolean isExposition(String line) {
    if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
      return true;
    }
    var at = 0;
    while (at < line.length()
        && (Character.isLetterOrDigit(line.charAt(at)) || line.charAt(at) == '_')) {
      at++;
    }
    if (at == 0) {
      return false;
    }
    if (at < line.length() && line.charAt(at) == '{') {
      var quoted = false;
      for (at++; at < line.length() && (quoted || line.charAt(at) != '}'); at++) {
        var c = line.charAt(at);
        if (quoted && c == '\\') {
          at++;
        } else if (c == '"') {
          if (quoted && at + 1 < line.length() && ",}".indexOf(line.charAt(at + 1)) < 0) {
            return false;
          }
          quoted = !quoted;
        } else if (isObeyed(c)) {
          return false;
        }
      }
      at++;
    }
    try {
      return at < line.length()
          && line.charAt(at) == ' '
          && !Double.isInfinite(Double.parseDouble(line.substring(at + 1)));
    } catch (NumberFormatException _) {
      return false;
    }
  }
}
