package maildrift.monitor.check;

import maildrift.probes.Deadline;
import maildrift.probes.Network;

/** Makes the door outside for one look. */
@FunctionalInterface
public interface Doors {
  Network open(Look look, Deadline deadline);
}
