package maildrift.monitor.cli;

import picocli.CommandLine.Mixin;

/** How a command looks that looks at something. */
sealed class CommonOptions extends OutputOptions permits CheckOptions {
  @Mixin NetworkOptions network = new NetworkOptions();
}
