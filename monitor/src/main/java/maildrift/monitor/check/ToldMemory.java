package maildrift.monitor.check;

import java.util.Optional;
import maildrift.probes.Memory;

/**
 * Notes whether a judgement was told something of the past: then it does not depend on what was
 * seen alone.
 */
final class ToldMemory implements Memory {
  private final Memory memory;
  private boolean told;

  ToldMemory(Memory memory) {
    this.memory = memory;
  }

  @Override
  public Optional<Past> of(String record) {
    var past = memory.of(record);
    told |= past.isPresent();
    return past;
  }

  boolean told() {
    return told;
  }
}
