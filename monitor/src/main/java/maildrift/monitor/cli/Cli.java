package maildrift.monitor.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.monitor.config.Words;
import org.jspecify.annotations.Nullable;
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
    line.getCommandSpec().version(VersionCommand.text());
    complete(line);
    return line.execute(args);
  }

  /** What is wrong with these arguments, as far as it can be said without running them. */
  public static Optional<String> misspelt(String... args) {
    var line = new CommandLine(new Root());
    complete(line);
    try {
      line.parseArgs(args);
      return Optional.empty();
    } catch (CommandLine.ParameterException problem) {
      return Optional.ofNullable(problem.getMessage());
    }
  }

  /** The names of all commands. */
  public static Set<String> commands() {
    return new CommandLine(new Root())
        .getSubcommands().entrySet().stream()
            .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
            .map(java.util.Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Every command answers --help and takes the common options: a script may hand all commands the
   * same ones. One that has no meaning for a command changes nothing, and says so.
   */
  private static void complete(CommandLine line) {
    line.getSubcommands().values().forEach(Cli::complete);
    var command = line.getCommandSpec();
    if (command.findOption("--help") == null) {
      command.addOption(
          CommandLine.Model.OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Show this help.")
              .build());
    }
    if (line.getSubcommands().isEmpty() && !command.helpCommand()) {
      CommandLine.Model.CommandSpec.forAnnotatedObject(new CheckOptions()).options().stream()
          .filter(option -> command.findOption(option.longestName()) == null)
          .forEach(option -> command.addOption(withoutMeaning(option, command)));
    }
  }

  private static CommandLine.Model.OptionSpec withoutMeaning(
      CommandLine.Model.OptionSpec option, CommandLine.Model.CommandSpec command) {
    return CommandLine.Model.OptionSpec.builder(option.names())
        .arity(option.arity().toString())
        .type(option.arity().max() == 0 ? boolean.class : String.class)
        .hidden(true)
        .setter(
            new CommandLine.Model.ISetter() {
              @Override
              public <T> T set(T value) {
                taken(option.longestName(), value, command);
                return value;
              }
            })
        .build();
  }

  /**
   * @param value null or false when the option is not there
   */
  private static void taken(
      String option, @Nullable Object value, CommandLine.Model.CommandSpec command) {
    if (value == null || value.equals(false)) {
      return;
    }
    switch (option) {
      // Nothing is coloured, and text is what it prints.
      case "--no-color" -> {}
      case "--verbose" -> Logging.quiet(true);
      default -> {
        if (!(option.equals("--format") && value.equals("text"))) {
          System.err.println(
              "warning: %s changes nothing for %s".formatted(option, command.qualifiedName()));
        }
      }
    }
  }

  private static int usage(CommandLine.ParameterException problem, String[] args) {
    var command = problem.getCommandLine();
    command.getErr().println("maildrift: " + Terminal.safe(String.valueOf(problem.getMessage())));
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
      near(unmatched)
          .ifPresent(word -> command.getErr().println("Did you mean '%s'?".formatted(word)));
    }
    command.getErr().println("Try: %s --help".formatted(command.getCommandSpec().qualifiedName()));
    return Exit.USAGE;
  }

  /** The option or command that was meant; picocli's own suggestions may be far off. */
  private static Optional<String> near(CommandLine.UnmatchedArgumentException problem) {
    var command = problem.getCommandLine();
    var written = problem.getUnmatched().isEmpty() ? "" : problem.getUnmatched().getFirst();
    var equals = written.indexOf('=');
    var known =
        written.startsWith("-")
            ? command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Arrays.stream(option.names()))
                .collect(Collectors.toSet())
            : command.getSubcommands().keySet();
    return Words.near(equals < 0 ? written : written.substring(0, equals), known);
  }

  private static int failed(Exception failure) {
    if (Logging.isJson()) {
      // Whoever reads the daemon's lines by machine needs the last one most.
      Logging.last(failure);
      return Exit.USAGE;
    }
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
