package maildrift.monitor.cli;

import picocli.CommandLine.Mixin;

/** With the choice of probes. */
final class CheckOptions extends CommonOptions {
  @Mixin private ProbeOptions probes = new ProbeOptions();

  /** Which probes are wanted; unknown ones are a {@link Failure}. */
  ProbeChoice choice() {
    return probes.choice();
  }
}
