package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large, deep and malicious files: loaded or refused in seconds, never a crash. */
final class LargeConfigTest {
  @TempDir private Path folder;

  @Test
  void aHundredThousandDomainsLoadInSeconds() {
    var yaml =
        "tenants: {t: {}}\ndomains:\n"
            + IntStream.range(0, 100_000)
                .mapToObj(
                    i ->
                        "  - {name: d%d.test, tenant: t, profiles: [{name: mimecast, region: de}], tls_level: verify}\n"
                            .formatted(i))
                .collect(Collectors.joining());
    var sandbox = new Sandbox(folder).file("maildrift.yml", yaml);
    var clock = ManagementFactory.getThreadMXBean();
    var before = clock.getCurrentThreadCpuTime();

    assertThat(sandbox.load()).isInstanceOf(ConfigLoader.Loaded.class);

    // CPU time, since machines that run tests are shared; about 3.5 s cold and 2 s warm.
    assertThat(Duration.ofNanos(clock.getCurrentThreadCpuTime() - before))
        .isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void aHundredThousandMistakesAreSaidInAThousandLines() {
    var yaml =
        "domains:\n"
            + IntStream.range(0, 100_000)
                .mapToObj(i -> "  - {name: d%d.test, tenannt: t}\n".formatted(i))
                .collect(Collectors.joining());
    var problems = new Sandbox(folder).problems(yaml);

    assertThat(problems).hasSize(1001);
    assertThat(problems.getFirst())
        .isEqualTo(
            "maildrift.yml:2:21: unknown key 'tenannt' in domain d0.test; did you mean 'tenant'?");
    assertThat(problems.getLast()).endsWith("and 99000 more problems");
  }

  @Test
  void depthIsBounded() {
    assertThat(new Sandbox(folder).problems("domains: " + "[".repeat(100_000)))
        .containsExactly("maildrift.yml:1:50: nested deeper than 40 levels");
  }

  @Test
  void aliasesAreBounded() {
    var yaml =
        "dns: {resolvers: &a [127.0.0.1]}\ndomains:\n"
            + IntStream.range(0, 51)
                .mapToObj(i -> "  - {name: d%d.test, skip: *a}\n".formatted(i))
                .collect(Collectors.joining());

    assertThat(new Sandbox(folder).problems(yaml))
        .containsExactly(
            "maildrift.yml:53:28: '*a' is one alias too many; a file may repeat lists and mappings 50 times");
  }

  @Test
  void anAliasBombDoesNotGoOff() {
    var bomb = new StringBuilder("profiles:\n  house:\n    a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 6; i++) {
      bomb.append("    a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(8)));
    }

    assertThat(new Sandbox(folder).problems(bomb.toString())).isNotEmpty();
  }

  @Test
  void anAnchorThatHoldsItselfIsRefused() {
    assertThat(new Sandbox(folder).problems("domains: &a [*a]"))
        .containsExactly("maildrift.yml:1:14: the alias '*a' has no anchor '&a' before it");
  }

  @Test
  void whatIsNotTextIsSaidWithItsLine() {
    var sandbox = new Sandbox(folder);

    assertThat(sandbox.problems("smtp:\n  helo: a\u0007b\n"))
        .containsExactly("maildrift.yml:2:10: the character U+0007 may not stand in YAML");
  }

  @Test
  void bytesThatAreNotUtf8AreSaidWithTheirLine() throws Exception {
    var sandbox = new Sandbox(folder);
    Files.write(
        sandbox.path("maildrift.yml"),
        "# fine\ntenants: {a: {name: M\u00fcller}}\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(sandbox.shown(((ConfigLoader.Rejected) sandbox.load()).problems()))
        .containsExactly("maildrift.yml:2:1: this line is not UTF-8");
  }
}
