package maildrift.monitor.cli;

import picocli.CommandLine.Option;

/** How a command looks on a terminal and how much it says. */
class TerminalOptions {

  @Option(names = "--no-color", description = "No colour on a terminal; NO_COLOR does the same.")
  boolean noColor;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr.")
  private boolean verbose;

  /** Before anything is done. */
  void begin() {
    Logging.quiet(verbose);
  }

  Terminal terminal() {
    return Terminal.standard(noColor);
  }
}
