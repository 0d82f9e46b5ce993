package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import maildrift.monitor.cli.Cli;
import tools.jackson.databind.JsonNode;

/** What one command line printed, and how it ended. */
record Said(int exit, String out, String err) {

  /** Runs {@code maildrift} with these arguments. */
  static Said maildrift(String... arguments) {
    var stdout = System.out;
    var stderr = System.err;
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      var exit = Cli.run(arguments);
      return new Said(
          exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
  }

  /** The findings of the one domain that was checked as JSON. */
  List<JsonNode> findings() {
    assertThat(lines()).as(err).hasSize(1);
    return Web.parse(out).path("findings").valueStream().toList();
  }

  /** Ids of what was found at warning or above and is not waived. */
  List<String> rulesThatCount() {
    return findings().stream()
        .filter(finding -> !finding.path("severity").asString().equals("info"))
        .filter(finding -> !finding.has("waived"))
        .map(finding -> finding.path("rule").asString())
        .toList();
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
