package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people get wrong, and exactly what they are told: see {@code mistakes.txt}. */
final class MistakesTest {
  private static final String CATALOGUE = "mistakes.txt";

  @TempDir private Path folder;

  /** One mistake: a title, the YAML, and every line that {@code config check} prints. */
  record Mistake(String title, String yaml, List<String> messages) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Mistake> catalogue() throws IOException {
    var mistakes = new ArrayList<Mistake>();
    var title = "";
    var yaml = new StringBuilder();
    var messages = new ArrayList<String>();
    var inMessages = false;
    for (var line : lines()) {
      if (line.startsWith("=== ")) {
        add(mistakes, title, yaml, messages);
        title = line.substring("=== ".length());
        yaml = new StringBuilder();
        messages = new ArrayList<>();
        inMessages = false;
      } else if (line.equals("---")) {
        inMessages = true;
      } else if (inMessages) {
        messages.add(line);
      } else {
        yaml.append(line.replace("<TAB>", "\t")).append('\n');
      }
    }
    add(mistakes, title, yaml, messages);
    return mistakes.stream();
  }

  private static void add(
      List<Mistake> mistakes, String title, StringBuilder yaml, List<String> messages) {
    if (!title.isEmpty()) {
      mistakes.add(new Mistake(title, yaml.toString(), List.copyOf(messages)));
    }
  }

  private static List<String> lines() throws IOException {
    try (var in = MistakesTest.class.getResourceAsStream(CATALOGUE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("catalogue")
  void everyMistakeIsSaidWithItsPlaceAndWhatWouldBeRight(Mistake mistake) {
    var sandbox =
        new Sandbox(folder)
            .file("web.yml", "basic_auth_users: {alice: \"" + Sandbox.BCRYPT + "\"}\n")
            .file(
                "dear-web.yml",
                "basic_auth_users: {alice: \"" + Sandbox.BCRYPT.replace("$10$", "$17$") + "\"}\n")
            .file("empty-web.yml", "basic_auth_users: {}\n")
            .file("plain-web.yml", "basic_auth_users:\n  alice: hunter2\n")
            .file("weak-web.yml", "tls_server_config: {cert_file: no.crt, min_version: TLS10}\n")
            .file("list.txt", "192.0.2.0/24\n192.0.2.1/24\n\nmail.test\n")
            .file("empty.key", "\n")
            .file("bad.key", "whsec_hunter2\n")
            .file("bad-header.key", "a\nb\n")
            .file("private.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
            .environment("BAD_TOPIC", "s3cret topic")
            .environment("BAD_INTERVAL", "s3cret");

    assertThat(sandbox.problems(mistake.yaml())).containsExactlyElementsOf(mistake.messages());
  }

  @Test
  void theCatalogueIsLong() throws IOException {
    assertThat(catalogue()).hasSizeGreaterThanOrEqualTo(45);
  }
}
