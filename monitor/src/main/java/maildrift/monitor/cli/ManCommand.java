package maildrift.monitor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** For packages: it is asked for once, when one is built. */
@Command(
    name = "man",
    hidden = true,
    description = "Print the manual page.",
    footer = {"", "Example: maildrift man | man -l -"})
final class ManCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.print(ManualPage.of(new CommandLine(new Root())));
    return Exit.OK;
  }
}
