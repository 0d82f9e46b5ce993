package maildrift.monitor;

import maildrift.monitor.cli.Cli;

/** Parses arguments, runs one command, exits with its code. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Cli.run(args));
  }
}
