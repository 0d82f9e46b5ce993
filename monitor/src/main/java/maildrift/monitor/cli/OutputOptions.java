package maildrift.monitor.cli;

import picocli.CommandLine.Option;

/** With the choice between text and JSON. */
class OutputOptions extends TerminalOptions {

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "json: one compact object a line (default: text).")
  String format = "text";

  boolean json() {
    return switch (format) {
      case "json" -> true;
      case "text" -> false;
      default -> throw new Failure("--format is text or json, not '" + format + "'");
    };
  }
}
