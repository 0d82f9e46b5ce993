package maildrift.monitor.cli;

import java.util.List;
import picocli.CommandLine.Option;

/**
 * For the commands of one probe. A script may hand all commands the same options: those that choose
 * probes are taken and, since there is nothing to choose, said to count for nothing.
 */
final class SingleOptions extends CommonOptions {

  @Option(
      names = {"--only", "--skip"},
      hidden = true)
  private List<String> choice = List.of();

  @Override
  void begin() {
    super.begin();
    if (!choice.isEmpty()) {
      System.err.println(
          "warning: --only and --skip choose among the probes of check; here they change nothing");
    }
  }
}
