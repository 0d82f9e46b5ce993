package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
  private static final String ESCAPE = "\u001b[";

  @TempDir Path folder;

  @Test
  void onlyATerminalThatCanIsColoured() {
    assertThat(Terminal.isColoured(false, true, Map.of())).isTrue();
    assertThat(Terminal.isColoured(false, true, Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
    assertThat(Terminal.isColoured(false, false, Map.of())).isFalse();
    assertThat(Terminal.isColoured(true, true, Map.of())).isFalse();
    assertThat(Terminal.isColoured(false, true, Map.of("NO_COLOR", "1"))).isFalse();
    assertThat(Terminal.isColoured(false, true, Map.of("TERM", "dumb"))).isFalse();
  }

  @Test
  void aRealTerminalGetsColourUnlessNoColourIsAskedFor() throws Exception {
    assumeThat(Path.of("/usr/bin/script")).exists();

    assertThat(Child.onTerminal(80, _ -> {}, "rules").out()).contains(ESCAPE);
    assertThat(Child.onTerminal(80, map -> map.put("NO_COLOR", "1"), "rules").out())
        .contains("spf.lookups")
        .doesNotContain(ESCAPE);
    assertThat(Child.onTerminal(80, _ -> {}, "rules", "--no-color").out())
        .contains("spf.lookups")
        .doesNotContain(ESCAPE);
    assertThat(Child.run(_ -> {}, Child.line(List.of(), "rules")).out())
        .contains("spf.lookups")
        .doesNotContain(ESCAPE);
  }

  @Test
  void theVersionIsToldWithoutVertxDnsOrTheStore() throws Exception {
    var loaded = folder.resolve("classes");
    var child =
        Child.run(_ -> {}, Child.line(List.of("-Xlog:class+load:file=" + loaded), "version"));

    assertThat(child.exit()).isZero();
    assertThat(child.out()).startsWith("maildrift ");
    var classes = Files.readString(loaded);
    assertThat(classes).contains("maildrift.monitor.cli.VersionCommand");
    assertThat(classes)
        .doesNotContain("io.vertx", "io.netty", "org.xbill", "org.h2", "org.quartz", "micrometer");
  }
}
