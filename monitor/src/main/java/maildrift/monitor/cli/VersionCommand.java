package maildrift.monitor.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import maildrift.monitor.json.CheckJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Which maildrift this is.")
final class VersionCommand implements Callable<Integer> {
  @Mixin OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    output.begin();
    System.out.println(output.json() ? json() : text());
    return Exit.OK;
  }

  static String text() {
    return "maildrift %s (Java %d)".formatted(Version.TEXT, Runtime.version().feature());
  }

  private static String json() {
    return CheckJson.value(
        new TreeMap<>(Map.of("version", Version.TEXT, "java", Runtime.version().feature())));
  }
}
