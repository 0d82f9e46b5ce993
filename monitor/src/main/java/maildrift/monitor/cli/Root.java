package maildrift.monitor.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "maildrift",
    description = {
      "Watches that the mail domains you answer for stay correct: SPF, DKIM, DMARC, MX, TLS, and the"
          + " networks that a provider publishes against those that your gateway accepts."
    },
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      CheckCommand.class,
      ReportCommand.class,
      SpfCommand.class,
      DkimCommand.class,
      DmarcCommand.class,
      MxCommand.class,
      TlsCommand.class,
      NetblocksCommand.class,
      ConfigCommand.class,
      RulesCommand.class,
      ProfilesCommand.class,
      ChecklistCommand.class,
      DetectCommand.class,
      ImportCommand.class,
      BaselineCommand.class,
      AlertCommand.class,
      SilenceCommand.class,
      DigestCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      BenchCommand.class,
      CompletionCommand.class,
      ManCommand.class,
      VersionCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 nothing at warning or above; 1 findings at warning or above; 2 bad usage or"
          + " configuration; 3 something could not be observed and nothing worse was found.",
      "",
      "Examples:",
      "  maildrift demo                      a small mail world on this machine that drifts, with the daemon beside it",
      "  maildrift check contoso.tld         one look now",
      "  maildrift config example            a configuration to start from",
      "  maildrift run --config maildrift.yml"
    })
final class Root implements Runnable {
  @CommandLine.Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Say which maildrift this is.")
  boolean version;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
  }
}
