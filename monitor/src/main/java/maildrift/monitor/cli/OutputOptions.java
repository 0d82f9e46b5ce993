package maildrift.monitor.cli;

import picocli.CommandLine.Option;

/** How a command prints and how much it says. */
class OutputOptions {

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "json: one compact object a line (default: text).")
  String format = "text";

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

  boolean json() {
    return switch (format) {
      case "json" -> true;
      case "text" -> false;
      default -> throw new Failure("--format is text or json, not '" + format + "'");
    };
  }

  Terminal terminal() {
    return Terminal.standard(noColor);
  }
}
