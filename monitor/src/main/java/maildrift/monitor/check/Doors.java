package maildrift.monitor.check;

import java.util.List;
import java.util.Set;
import maildrift.probes.Deadline;
import maildrift.probes.Network;
import maildrift.probes.dns.Question;

/** Makes the door outside for one look. */
@FunctionalInterface
public interface Doors {
  Door open(Look look, Deadline deadline);

  /** The network of one look, which remembers what concerns no single probe. */
  interface Door extends Network {

    /** Questions about which the authoritative servers contradicted each other during this look. */
    List<Contradiction> contradictions();

    /** Questions that the authoritative servers were meant to answer, and did not. */
    default Set<Question> secondHand() {
      return Set.of();
    }
  }
}
