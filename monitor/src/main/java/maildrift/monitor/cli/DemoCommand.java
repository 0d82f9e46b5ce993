package maildrift.monitor.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import maildrift.monitor.demo.Demo;
import maildrift.monitor.wiring.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "The daemon beside a small mail world that drifts.",
      "On loopback, every few seconds: see alerts fire and resolve. Needs neither the "
          + "Internet nor root, and leaves nothing behind."
    })
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Of the page (default: 8425, or any that is free).")
  int port;

  @Option(
      names = "--pace",
      paramLabel = "DURATION",
      description = "Between two steps (default: 8s).")
  String pace = "8s";

  @Option(
      names = "--once",
      description = "End after the script's last step instead of beginning again.")
  boolean once;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr.")
  boolean verbose;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.quiet(verbose);
    try (var demo =
        new Demo(
            port,
            Arguments.duration("--pace", pace),
            line -> System.out.println(Terminal.safe(line)))) {
      Signals.on("TERM", demo::end);
      Signals.on("INT", demo::end);
      demo.run(once);
    } catch (IllegalStateException problem) {
      throw new Failure(String.valueOf(problem.getMessage()));
    }
    return Exit.OK;
  }
}
