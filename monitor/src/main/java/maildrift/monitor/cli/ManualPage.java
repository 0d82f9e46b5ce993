package maildrift.monitor.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** maildrift(1), from what the commands say of themselves. */
final class ManualPage {
  private final StringBuilder page = new StringBuilder();

  private ManualPage() {}

  static String of(CommandLine root) {
    return new ManualPage().write(root.getCommandSpec());
  }

  private String write(CommandSpec root) {
    line(".TH MAILDRIFT 1 \"\" \"maildrift %s\" \"User Commands\"".formatted(Version.TEXT));
    line(".SH NAME");
    line("maildrift \\- watches that mail domains stay correct");
    line(".SH SYNOPSIS");
    line(".B maildrift");
    line("\\fICOMMAND\\fR [\\fIOPTION\\fR ...] [\\fIARGUMENT\\fR ...]");
    line(".SH DESCRIPTION");
    paragraphs(root.usageMessage().description());
    line(".SH COMMANDS");
    root.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(command -> !command.usageMessage().hidden() && !command.helpCommand())
        .forEach(command -> command(command, "maildrift"));
    line(".SH EXIT STATUS");
    status("0", "Nothing at warning or above.");
    status("1", "Findings at warning or above.");
    status("2", "Bad usage or configuration.");
    status("3", "Something could not be observed, and nothing worse was found.");
    line(".SH ENVIRONMENT");
    status("MAILDRIFT_TOKEN", "The token of commands that speak to a daemon (--url).");
    status("MAILDRIFT_JAVA_OPTS", "More options for the Java virtual machine, e.g. -Xmx2g.");
    status("NO_COLOR", "Set to anything: no colours.");
    status(
        "NOTIFY_SOCKET, WATCHDOG_USEC",
        "Set by systemd: run says when it is ready, and feeds the watchdog while event loop, schedule and store move.");
    line(".SH FILES");
    status("/etc/maildrift/maildrift.yml", "The configuration of the packaged daemon.");
    status("/var/lib/maildrift", "Its store.");
    line(".SH SEE ALSO");
    line(".BR dig (1),");
    line(".BR systemctl (1),");
    line(".BR journalctl (1)");
    return page.toString();
  }

  private void command(CommandSpec command, String parent) {
    var name = parent + " " + command.name();
    line(".SS " + text(name));
    paragraphs(command.usageMessage().description());
    command.positionalParameters().stream()
        .filter(parameter -> !parameter.hidden())
        .forEach(
            parameter -> {
              line(".TP");
              line("\\fI" + text(parameter.paramLabel()) + "\\fR");
              paragraphs(parameter.description());
            });
    command.options().stream()
        .filter(option -> !option.hidden() && !List.of(option.names()).contains("--help"))
        .sorted(Comparator.comparing(OptionSpec::longestName))
        .forEach(this::option);
    command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(inner -> !inner.usageMessage().hidden() && !inner.helpCommand())
        .forEach(inner -> command(inner, name));
  }

  private void option(OptionSpec option) {
    line(".TP");
    line(
        "\\fB%s\\fR%s"
            .formatted(
                text(String.join(", ", option.names())),
                option.arity().max() == 0 ? "" : " \\fI" + text(option.paramLabel()) + "\\fR"));
    var words = option.completionCandidates();
    var choices = words == null ? "" : String.join(", ", words);
    paragraphs(
        Arrays.stream(option.description())
            .map(sentence -> sentence.replace("${COMPLETION-CANDIDATES}", choices))
            .toArray(String[]::new));
  }

  private void status(String value, String means) {
    line(".TP");
    line(".B " + text(value));
    line(text(means));
  }

  /** Sentences of one description are one paragraph. */
  private void paragraphs(String... sentences) {
    Arrays.stream(sentences)
        .map(String::strip)
        .filter(sentence -> !sentence.isEmpty())
        .forEach(sentence -> line(text(sentence)));
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  /** So that roff takes nothing of it for a request, and no hyphen of an option for a dash. */
  private static String text(String plain) {
    var escaped = plain.replace("\\", "\\e").replace("-", "\\-").replace("\n", "\n.br\n");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
