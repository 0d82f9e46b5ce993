package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "completion",
    description = "Print the completion script of a shell.",
    footer = {"", "Example: maildrift completion bash > /etc/bash_completion.d/maildrift"})
final class CompletionCommand implements Callable<Integer> {
  @Parameters(paramLabel = "bash|zsh|fish", description = "Which shell.")
  String shell = "";

  @Override
  public Integer call() {
    System.out.print(
        switch (shell) {
          case "bash" -> AutoComplete.bash("maildrift", root());
          // The script is bash's; zsh runs it with its bash completion emulation, which the first
          // lines of it switch on.
          case "zsh" ->
              "autoload -U +X bashcompinit && bashcompinit\n"
                  + AutoComplete.bash("maildrift", root());
          case "fish" -> fish(root());
          default ->
              throw new Failure(
                  "completion is there for bash, zsh and fish, not for '" + shell + "'");
        });
    return Exit.OK;
  }

  private static CommandLine root() {
    return new CommandLine(new Root());
  }

  private static String fish(CommandLine root) {
    var lines = new ArrayList<String>();
    lines.add("complete -c maildrift -f");
    for (var command : new TreeMap<>(root.getSubcommands()).values()) {
      if (command.getCommandSpec().usageMessage().hidden()) {
        continue;
      }
      var name = command.getCommandName();
      lines.add(
          "complete -c maildrift -n __fish_use_subcommand -a %s -d %s"
              .formatted(name, quoted(summary(command))));
      for (var sub : new TreeMap<>(command.getSubcommands()).values()) {
        lines.add(
            "complete -c maildrift -n '__fish_seen_subcommand_from %s' -a %s -d %s"
                .formatted(name, sub.getCommandName(), quoted(summary(sub))));
      }
      for (var option : command.getCommandSpec().options()) {
        var flags =
            List.of(option.names()).stream()
                .map(
                    flag ->
                        flag.startsWith("--")
                            ? "-l " + flag.substring(2)
                            : "-s " + flag.substring(1))
                .toList();
        var needsValue = option.arity().max() > 0;
        lines.add(
            "complete -c maildrift -n '__fish_seen_subcommand_from %s' %s%s -d %s"
                .formatted(
                    name,
                    String.join(" ", flags),
                    needsValue ? " -r" : "",
                    quoted(String.join(" ", option.description()))));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String summary(CommandLine command) {
    var text = command.getCommandSpec().usageMessage().description();
    return text.length == 0 ? "" : text[0];
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
