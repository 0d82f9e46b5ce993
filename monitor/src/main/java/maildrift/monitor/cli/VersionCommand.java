package maildrift.monitor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Which maildrift this is.")
final class VersionCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.println("maildrift " + Version.TEXT + " (Java " + Runtime.version().feature() + ")");
    return Exit.OK;
  }
}
