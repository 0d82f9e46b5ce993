package maildrift.monitor.cli;

import ch.qos.logback.classic.Logger;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A command line that was run in this process, with what it printed. The process has one of each
 * stream, so one at a time.
 */
public record Ran(int exit, String out, String err) {

  public static Ran command(String... args) {
    return withInput("", args);
  }

  static Ran withInput(String input, String... args) {
    var stdin = System.in;
    var stdout = System.out;
    var stderr = System.err;
    var logger = (Logger) LoggerFactory.getLogger("maildrift");
    var level = logger.getLevel();
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    try {
      System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      var exit = Cli.run(args);
      return new Ran(
          exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setIn(stdin);
      System.setOut(stdout);
      System.setErr(stderr);
      logger.setLevel(level);
    }
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
