package maildrift.monitor.cli;

import picocli.CommandLine.Option;

/** How a command prints; all that those take which look at nothing. */
class OutputOptions {

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "json: one compact object a line (default: text).")
  String format = "text";

  @Option(names = "--no-color", description = "No colour on a terminal; NO_COLOR does the same.")
  boolean noColor;

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
