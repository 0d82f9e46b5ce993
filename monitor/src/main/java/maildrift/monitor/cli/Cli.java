package maildrift.monitor.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import picocli.CommandLine;

/** Runs one command line. */
public final class Cli {
  private Cli() {}

  /** Parses, runs, and returns the exit code; problems are on stderr already. */
  public static int run(String... args) {
    var line = new CommandLine(new Root());
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(Cli::usage);
    line.setExecutionExceptionHandler((failure, _, _) -> failed(failure));
    addHelp(line);
    return line.execute(args);
  }

  /** The names of all commands. */
  public static Set<String> commands() {
    return Set.copyOf(new CommandLine(new Root()).getSubcommands().keySet());
  }

  /** Every command answers --help. */
  private static void addHelp(CommandLine line) {
    line.getSubcommands().values().forEach(Cli::addHelp);
    if (line.getCommandSpec().findOption("--help") == null) {
      line.getCommandSpec()
          .addOption(
              CommandLine.Model.OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Show this help.")
                  .build());
    }
  }

  private static int usage(CommandLine.ParameterException problem, String[] args) {
    var command = problem.getCommandLine();
    command.getErr().println("maildrift: " + Terminal.safe(String.valueOf(problem.getMessage())));
    CommandLine.UnmatchedArgumentException.printSuggestions(problem, command.getErr());
    command
        .getErr()
        .println(
            "Try: maildrift help"
                + (command.getParent() == null ? "" : " " + command.getCommandName()));
    return Exit.USAGE;
  }

  private static int failed(Exception failure) {
    if (failure instanceof Failure) {
      System.err.println(
          "maildrift: " + Terminal.safeLines(String.valueOf(failure.getMessage()), ""));
      return Exit.USAGE;
    }
    System.err.println("maildrift: internal error, please report it");
    failure.printStackTrace(System.err);
    return Exit.USAGE;
  }
}
