package maildrift.monitor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The whole script, once; a step ends as soon as what it must bring about was told. */
class DemoTest {
  /** The longest that a step may take to be told. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Several turns of the daemon: long enough to tell what it must not. */
  private static final long SILENCE_SECONDS = 4;

  /** A step of the script and what must be told of it; nothing where the status is empty. */
  private record Expected(String drift, String status, String rule, String domains) {
    boolean isTold(String line) {
      return !status.isEmpty()
          && line.contains("  " + status)
          && line.contains(rule + " (")
          && line.contains("· " + domains + " ·");
    }
  }

  private static final Expected NOTHING = new Expected("", "", "", "");

  private static final List<Expected> SCRIPT =
      List.of(
          new Expected("is to move from Microsoft 365", "FIRING", "ttl.high", "northwind.tld"),
          new Expected("with a TTL of 60 s", "resolved", "ttl.high", "northwind.tld"),
          new Expected("the window begins", "FIRING", "migration.propagation", "northwind.tld"),
          new Expected(
              "the resolver has the new MX", "FIRING", "migration.progress", "northwind.tld"),
          new Expected("the window is over", "FIRING", "migration.leftover", "northwind.tld"),
          new Expected(
              "no longer includes Microsoft 365",
              "resolved",
              "migration.leftover",
              "northwind.tld"),
          new Expected(
              "Mimecast adds a network",
              "FIRING",
              "netblocks.missing",
              "contoso.tld, fabrikam.tld"),
          new Expected(
              "Mimecast withdraws", "resolved", "netblocks.missing", "contoso.tld, fabrikam.tld"),
          new Expected("somebody adds MX 20", "FIRING", "mx.extra", "contoso.tld"),
          new Expected("the MX of contoso.tld", "resolved", "mx.extra", "contoso.tld"),
          new Expected("is replaced by another one", "FIRING", "dkim.unexpected", "firma.tld"),
          new Expected("mail-connect's again", "resolved", "dkim.unexpected", "firma.tld"),
          new Expected("which TEAM forbids", "FIRING", "records.forbidden", "team.tld"),
          new Expected("of team.tld is removed", "resolved", "records.forbidden", "team.tld"),
          new Expected("with the wrong CN", "FIRING", "tls.connector-name", "secmail.tld"),
          new Expected("the right certificate", "resolved", "tls.connector-name", "secmail.tld"),
          new Expected("the resolver stops answering", "", "", ""),
          new Expected("the resolver answers again", "", "", ""));

  @Test
  void everyDriftIsToldAndResolvedAndAnOutageTellsNothing() throws Exception {
    var listener = new Listener();
    try (var demo = new Demo(0, PATIENCE, listener)) {
      listener.running.complete(demo);
      demo.run(true);
    }

    // What it gives to paste trusts its mail hosts as it does itself.
    assertThat(listener.authorities)
        .singleElement()
        .satisfies(
            root ->
                assertThat(root.getSubjectX500Principal().getName())
                    .isEqualTo("CN=maildrift demo CA"));
    var said = listener.said;
    for (var expected : SCRIPT) {
      assertThat(after(expected.drift(), said))
          .as("of '%s' in\n%s", expected.drift(), String.join("\n", said))
          .satisfies(
              told -> {
                if (expected.status().isEmpty()) {
                  assertThat(told)
                      .noneMatch(line -> line.contains("FIRING") || line.contains("  resolved"));
                } else {
                  assertThat(told).anyMatch(expected::isTold);
                }
              });
    }
    assertThat(after("Mimecast adds a network", said))
        .anyMatch(line -> line.contains("198.51.100.0/24"));
  }

  /** Hears what the demo says, and lets it go on. */
  private static final class Listener implements Consumer<String> {
    final List<String> said = new CopyOnWriteArrayList<>();
    final CompletableFuture<Demo> running = new CompletableFuture<>();
    private final List<X509Certificate> authorities = new CopyOnWriteArrayList<>();
    private volatile Expected expected = NOTHING;

    @Override
    public void accept(String line) {
      said.add(line);
      if (line.contains(" --ca-file ")) {
        authorities.add(certificate(line.substring(line.lastIndexOf(' ') + 1)));
      }
      if (isDrift(line)) {
        expected =
            SCRIPT.stream().filter(step -> line.contains(step.drift())).findFirst().orElseThrow();
        if (expected.status().isEmpty()) {
          nextAfterSilence();
        }
      } else if (line.startsWith("Every ")) {
        nextAfterSilence();
      } else if (expected.isTold(line)) {
        // A second message of the same step must not cut the next one short.
        expected = NOTHING;
        running.join().next();
      }
    }

    /** The file is gone when the demo is. */
    private static X509Certificate certificate(String file) {
      try (var in = Files.newInputStream(Path.of(file))) {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      } catch (IOException | CertificateException wrong) {
        throw new AssertionError(wrong);
      }
    }

    private void nextAfterSilence() {
      CompletableFuture.delayedExecutor(SILENCE_SECONDS, TimeUnit.SECONDS)
          .execute(() -> running.join().next());
    }
  }

  private static boolean isDrift(String line) {
    return line.contains("  drift ");
  }

  /** What was said between this drift and the next. */
  private static List<String> after(String drift, List<String> said) {
    var lines = new ArrayList<String>();
    var isIt = false;
    for (var line : said) {
      if (isDrift(line)) {
        isIt = line.contains(drift);
      }
      if (isIt) {
        lines.add(line);
      }
    }
    assertThat(lines).as(drift).isNotEmpty();
    return lines;
  }
}
